/** Other ends that fall silent without a word: applications learn of it, and layers go around it. @module */
import assert from "node:assert/strict";
import { connect, FlowDownError, FlowPeerError, FlowSet, QOS } from "../../mod.ts";
import { ControlConnection } from "../../core/os/unix/control_connection.ts";
import { qosToJson } from "../../core/wire/local/qos_json.ts";
import { UnicastHost } from "../support/unicast_layer.ts";

const SERVER = new URL("../support/echo_server.ts", import.meta.url).pathname;
const TIMEOUT = 800;
const QUALITIES = { raw: { ...QOS.raw, timeout: TIMEOUT }, reliable: { ...QOS.data, timeout: TIMEOUT } };

for (const [kind, qos] of Object.entries(QUALITIES)) {
  Deno.test(`a ${kind} flow over a layer learns that its other end is dead, and not while it is only quiet`, async () => {
    await using layer = await UnicastHost.start();
    const { host } = layer;
    await layer.first("a");
    await layer.join("b", "a");
    const server = host.program([Deno.execPath(), "run", "-A", "-q", SERVER]);
    await server.waitFor(/ready/);
    await host.ok(`irm bind process ${server.pid} name echo`);
    await host.ok("irm name register echo ipcp b");
    await layer.untilReaches("a", ["b"]);
    await using client = await connect({ runtimeFolder: host.folder });
    const flow = await client.allocate("echo", { qos });
    const set = new FlowSet();
    set.add(flow);
    await flow.write(Uint8Array.of(1));
    assert.deepEqual(await set.next({ timeout: 5000 }), { type: "packet", flow });
    flow.tryRead();
    // Nobody says anything for longer than the time-out, but for signs of life.
    await assert.rejects(set.next({ timeout: 2 * TIMEOUT }), { code: "OURO_TIMED_OUT" });
    try {
      server.kill("SIGSTOP");
      assert.deepEqual(await set.next({ timeout: 10_000 }), { type: "peer", flow });
      assert(flow.down instanceof FlowDownError && flow.down.cause instanceof FlowPeerError);
      assert.match(flow.down.message, /silent for 0\.8 s/);
      await assert.rejects(flow.read(), flow.down);
      await assert.rejects(flow.write(Uint8Array.of(1)), FlowDownError);
      await flow.deallocate();
    } finally {
      server.kill("SIGCONT");
    }
  });
}

Deno.test("a member whose neighbour is dead takes the adjacency down when the N-1 flow's time-out is over", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.first("a");
  await host.ok("irm ipcp enroll name b layer net dst a autobind");
  const control = await ControlConnection.connect([`${host.folder}/admin.sock`], {
    request: () => {},
    notification: () => {},
  }, () => {});
  try {
    await control.call("hello", { protocol: 1, program: "test", role: "tool" });
    for (const component of ["mgmt", "dt"]) {
      const qos = qosToJson(QUALITIES.raw);
      await control.call("ipcp.connect", { name: "b", destination: "a", component, qos });
    }
  } finally {
    control.close();
  }
  await layer.untilReaches("b", ["a"]);
  const pid = await layer.pid("a");
  Deno.kill(pid, "SIGSTOP");
  try {
    await layer.untilReaches("b", []);
    await host.irmd.waitFor(/silent for 0\.8 s/);
  } finally {
    Deno.kill(pid, "SIGCONT");
  }
});
