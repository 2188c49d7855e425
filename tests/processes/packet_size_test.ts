/** The largest packets of flows through layers of real processes. @module */
import assert from "node:assert/strict";
import { connect } from "../../mod.ts";
import { UnicastHost } from "../support/unicast_layer.ts";

Deno.test("flows know what their layer carries, and carry it, through unicast on unicast on local", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.first("a");
  await layer.join("b", "a");
  await layer.first("x", { layer: "top", over: "net" });
  await layer.join("y", "x", { layer: "top", over: "none" });
  await layer.untilReaches("a", ["b"]);
  await layer.untilReaches("x", ["y"]);
  await using server = await connect({ runtimeFolder: host.folder });
  await using client = await connect({ runtimeFolder: host.folder });
  for (const [name, ipcp, maxPacket] of [["low", "b", 65_536], ["high", "y", 65_521]] as const) {
    await host.ok(`irm bind process ${Deno.pid} name ${name}`);
    await host.ok(`irm name register ${name} ipcp ${ipcp}`);
    const [there, here] = await Promise.all([server.accept(), client.allocate(name)]);
    assert.deepEqual([here.maxPacket, there.maxPacket, here.suspended], [maxPacket, maxPacket, false]);
    const packet = crypto.getRandomValues(new Uint8Array(maxPacket));
    await here.write(packet);
    assert.deepEqual(await there.read({ timeout: 5000 }), packet);
    await assert.rejects(here.write(new Uint8Array(maxPacket + 1)), { code: "OURO_MESSAGE_SIZE" });
    await Promise.all([here.deallocate(), there.deallocate()]);
  }
});
