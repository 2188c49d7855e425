/** @module */
import assert from "node:assert/strict";
import { InvalidError, NotFoundError, NotSupportedError, TimedOutError } from "../../contract/errors.ts";
import { failure, success } from "../../contract/outcome.ts";
import { emptyWorld } from "../../testing/irmd/layer.ts";

const TOKEN = "00112233445566778899aabbccddeeff";

Deno.test("an IPCP is told where the tool that captures listens", () => {
  const { world } = emptyWorld({});
  world.command("ipcp.create", { name: "l", type: "local" });
  const [ipcp] = world.ipcps;
  ipcp.answers.set("layer.capture", (_params, reply) => reply(success({ linkType: 147 })));
  assert.deepEqual(world.command("ipcp.capture", { name: "l", token: TOKEN, snapLength: 96 }).result, {
    ...{ linkType: 147, type: "local", layer: null },
  });
  assert.deepEqual(ipcp.requests.at(-1), {
    method: "layer.capture",
    params: { path: world.tool.dataPath, token: TOKEN, uid: 1000, snapLength: 96 },
  });
  world.command("ipcp.capture", { name: "l", token: TOKEN });
  assert.deepEqual(ipcp.requests.at(-1)?.params, {
    path: world.tool.dataPath,
    token: TOKEN,
    uid: 1000,
    snapLength: 262144,
  });
});

Deno.test("what the IPCP refuses, or does not answer, reaches the tool", () => {
  const { world } = emptyWorld({});
  world.command("ipcp.create", { name: "l", type: "local" });
  const [ipcp] = world.ipcps;
  ipcp.answers.set(
    "layer.capture",
    (_params, reply) => reply(failure(new NotSupportedError("nothing there"))),
  );
  assert(world.command("ipcp.capture", { name: "l", token: TOKEN }).error instanceof NotSupportedError);
  ipcp.answers.set("layer.capture", (_params, reply) => reply(success({ linkType: "tea" })));
  assert(world.command("ipcp.capture", { name: "l", token: TOKEN }).error instanceof InvalidError);
  ipcp.answers.set("layer.capture", () => {});
  const asked = world.tool.ask("ipcp.capture", { name: "l", token: TOKEN });
  world.time.advance(2100);
  assert(asked.error instanceof TimedOutError);
});

Deno.test("captures without an IPCP, a token or a tool are refused", () => {
  const { world } = emptyWorld({});
  assert(world.command("ipcp.capture", { name: "l", token: TOKEN }).error instanceof NotFoundError);
  world.command("ipcp.create", { name: "l", type: "local" });
  for (
    const params of [{ name: "l" }, { name: "l", token: "12" }, { name: "l", token: TOKEN, snapLength: 0 }]
  ) {
    assert(world.command("ipcp.capture", params).error instanceof InvalidError);
  }
  const { pid, uid, gid } = world.tool;
  const faults: unknown[] = [];
  const capture = { method: "ipcp.capture", params: { name: "l", token: TOKEN } };
  world.irmd.follow({ pid, uid, gid }, [capture], (error) => faults.push(error));
  assert(faults[0] instanceof InvalidError);
});
