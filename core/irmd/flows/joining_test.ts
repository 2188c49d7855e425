/** @module */
import assert from "node:assert/strict";
import { IpcpError, NotSupportedError, TimedOutError } from "../../contract/errors.ts";
import { emptyWorld } from "../../testing/irmd/layer.ts";

Deno.test("a process joins the broadcast of a layer by the layer's name", () => {
  const { world } = emptyWorld({});
  world.command("ipcp.bootstrap", { name: "b", type: "broadcast", layer: "all" });
  world.command("ipcp.bootstrap", { name: "u", type: "unicast", layer: "some" });
  const client = world.connect("client");
  const joined = client.ask("flow.join", { layer: "all" });
  world.time.advance(10);
  const [ipcp] = world.ipcps;
  assert.equal(joined.result.connect.path, ipcp.dataPath);
  assert.equal(joined.result.connect.token, ipcp.requests.at(-1)?.params.token);
  assert.equal(joined.result.maxPacket, 1399);
  assert(client.ask("flow.join", { layer: "none" }).error instanceof IpcpError);
  assert(client.ask("flow.join", { layer: "some" }).error instanceof NotSupportedError);
  ipcp.end();
  world.time.advance(10);
  assert.equal(client.notified.length, 1);
});

Deno.test("a layer that does not answer is not joined, and is told", () => {
  const { world } = emptyWorld({ silent: ["layer.join"] });
  world.command("ipcp.bootstrap", { name: "b", type: "broadcast", layer: "all" });
  const joined = world.connect("client").ask("flow.join", { layer: "all" });
  world.time.advance(5010);
  assert(joined.error instanceof TimedOutError);
  assert.equal(world.ipcps[0].requests.at(-1)?.method, "layer.deallocate");
  assert.equal(world.status().flows, 0);
});
