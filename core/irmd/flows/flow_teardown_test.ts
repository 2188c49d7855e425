/** @module */
import assert from "node:assert/strict";
import { NotAllocatedError } from "../../contract/errors.ts";
import { type LayerManners, worldWithLayer } from "../../testing/irmd/layer.ts";

const TOKEN = "00112233445566778899aabbccddeeff";

/** A client and a server with a flow between them. */
function flowing(manners: LayerManners) {
  const world = worldWithLayer(manners);
  world.command("name.register", { name: "x", layers: ["local_layer"] });
  const server = world.connect("server");
  world.command("bind.process", { name: "x", pid: server.pid });
  const accepted = server.ask("flow.accept", { token: TOKEN });
  const client = world.connect("client");
  const allocated = client.ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  assert.deepEqual([allocated.result.flow, accepted.result.flow], [0, 1]);
  world.log();
  return { world, server, client };
}

for (const splices of [true, false]) {
  const kind = splices ? "spliced" : "layered";

  Deno.test(`${kind}: when one end deallocates, the other is told and keeps its id until it deallocates`, () => {
    const { world, server, client } = flowing({ splices });
    client.ask("flow.deallocate", { flow: 0 });
    world.time.advance(20);
    assert.deepEqual(server.notified.map(({ method, params }) => [method, params.flow]), [["flow.down", 1]]);
    assert.equal(world.status().flows, 1);
    assert.deepEqual(server.ask("flow.deallocate", { flow: 1, linger: 5 }).result, null);
    world.time.advance(20);
    assert.equal(world.status().flows, 0);
    assert.deepEqual(client.notified, []);
  });

  Deno.test(`${kind}: when a process dies, its flow is deallocated and the other end is told`, () => {
    const { world, server, client } = flowing({ splices });
    world.starts.delete(server.pid);
    server.end();
    const [ipcp] = world.ipcps;
    assert.deepEqual(world.log(), [
      `irmd(DB): Dead process removed: ${server.pid}.`,
      `irmd(DB): Process ${server.pid} gone, deallocating flow 1.`,
      `irmd(II): Completed deallocation of port_id 1 by process ${ipcp.pid}.`,
    ]);
    assert.deepEqual(client.notified.map(({ params }) => params.flow), [0]);
    assert.equal(world.status().flows, 1);
  });

  Deno.test(`${kind}: when the IPCP dies, both ends are told once, and deallocate without it`, () => {
    const { world, server, client } = flowing({ splices });
    world.ipcps[0].end();
    const { pid } = world.ipcps[0];
    assert.deepEqual(world.log().slice(0, 3), [
      `irmd(DB): Dead IPCP removed: ${pid}.`,
      `irmd(EE): IPCP ${pid} gone, flow 0 removed.`,
      `irmd(EE): IPCP ${pid} gone, flow 1 removed.`,
    ]);
    for (const end of [client, server]) {
      assert.deepEqual(end.notified.map(({ params }) => params.reason), ['the IPCP "local_1" is gone']);
    }
    client.ask("flow.deallocate", { flow: 0 });
    server.ask("flow.deallocate", { flow: 1 });
    assert.deepEqual(world.log(), [
      `irmd(II): Completed deallocation of port_id 0 by process ${client.pid}.`,
      `irmd(II): Completed deallocation of port_id 1 by process ${server.pid}.`,
    ]);
    assert.deepEqual([world.status().flows, client.notified.length, server.notified.length], [0, 1, 1]);
  });
}

Deno.test("a flow belongs to one connection", () => {
  const { server, client } = flowing({ splices: true });
  assert(server.ask("flow.deallocate", { flow: 0 }).error instanceof NotAllocatedError);
  assert(client.ask("flow.deallocate", { flow: 7 }).error instanceof NotAllocatedError);
  assert.equal(client.ask("flow.deallocate", { flow: 0 }).error, undefined);
  assert(client.ask("flow.deallocate", { flow: 0 }).error instanceof NotAllocatedError);
});

Deno.test("an id is free only when the IPCP says that it is", () => {
  const { world, server, client } = flowing({ splices: true });
  const answers: (() => void)[] = [];
  world.ipcps[0].answers.set("layer.deallocate", ({ linger }, reply) => {
    assert.equal(linger, 1500);
    answers.push(() => reply({ ok: true, value: null }));
  });
  client.ask("flow.deallocate", { flow: 0, linger: 1500 });
  world.time.advance(100_000);
  server.ask("flow.accept", { token: TOKEN });
  const next = client.ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  assert.equal(next.result.flow, 2);
  answers[0]();
  world.time.advance(5);
  server.ask("flow.accept", { token: TOKEN });
  const third = client.ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  assert.equal(third.result.flow, 0);
});

Deno.test("what a layer says of a flow that is not its own is ignored", () => {
  const { world, client } = flowing({ splices: true });
  world.command("ipcp.bootstrap", { name: "other", type: "local", layer: "l2" });
  world.ipcps[1].tell("upper.down", { flow: 0, reason: "lies" });
  world.ipcps[1].tell("upper.allocated", { flow: 0, response: 0, mpl: 1 });
  world.time.advance(10);
  assert.deepEqual(client.notified, []);
});

Deno.test("spliced: a layer that loses one end has lost the flow: both ends are told once", () => {
  const { world, server, client } = flowing({ splices: true });
  const [ipcp] = world.ipcps;
  ipcp.tell("upper.down", { flow: 1, reason: "lost" });
  ipcp.tell("upper.down", { flow: 0, reason: "lost" });
  world.time.advance(10);
  for (const end of [client, server]) {
    assert.deepEqual(end.notified.map(({ params }) => params.reason), ["lost"]);
  }
});

Deno.test("an end that is lost before the other side hears of it is not joined", () => {
  const { world, server, client } = flowing({ splices: true });
  const [ipcp] = world.ipcps;
  ipcp.answers.set("layer.respond", ({ flow, data }) => {
    ipcp.tell("upper.down", { flow, reason: "lost" });
    ipcp.tell("upper.allocated", { flow: 2, response: 0, mpl: 1, data, splice: flow });
  });
  server.ask("flow.accept", { token: TOKEN });
  const refused = client.ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  assert.match(refused.error?.message ?? "", /the other end of the flow to "x" is gone/);
});
