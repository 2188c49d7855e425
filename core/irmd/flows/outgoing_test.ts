/** @module */
import assert from "node:assert/strict";
import {
  CancelledError,
  CryptError,
  ExhaustedError,
  FlowDownError,
  InvalidError,
  IpcpError,
  NameError,
  TimedOutError,
} from "../../contract/errors.ts";
import { failure } from "../../contract/outcome.ts";
import { emptyWorld, type LayerManners } from "../../testing/irmd/layer.ts";
import { hashOf } from "../../testing/irmd/plugins.ts";
import type { World } from "../../testing/irmd/world.ts";

const TOKEN = "00112233445566778899aabbccddeeff";

/** A world with one IPCP for each of `layers`, in which `x` is registered. */
function layered(...layers: [type: string, LayerManners][]): World {
  const { world, manners } = emptyWorld({});
  for (const [index, [type, wanted]] of layers.entries()) {
    for (const key of Object.keys(manners)) delete manners[key as keyof LayerManners];
    Object.assign(manners, wanted);
    void world.command("ipcp.bootstrap", { name: `i${index}`, type, layer: `l${index}` }).result;
    void world.command("name.register", { name: "x", ipcps: [`i${index}`] }).result;
  }
  const server = world.connect("server");
  world.command("bind.process", { name: "x", pid: server.pid });
  for (let call = 0; call < 10; call++) server.ask("flow.accept", { token: TOKEN });
  world.log();
  return world;
}

const asked = (world: World, index: number, method: string) =>
  world.ipcps[index].requests.filter((one) => one.method === method).length;

Deno.test("the local layer comes first, whatever the age", () => {
  const world = layered(["unicast", {}], ["local", { splices: true }]);
  const got = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  assert.equal(got.answers.length, 1);
  assert.deepEqual([asked(world, 0, "layer.allocate"), asked(world, 1, "layer.allocate")], [0, 1]);
});

Deno.test("a layer that refuses is followed by the next that knows the name", () => {
  for (
    const manners of [{ response: -1 }, { refuses: new CryptError("no") }, { silent: ["layer.allocate"] }]
  ) {
    const world = layered(["local", manners], ["local", {}]);
    const got = world.connect("client").ask("flow.allocate", { name: "x", timeout: 30_000 });
    world.time.advance(21_000);
    const { pid } = world.ipcps[1];
    assert.equal(got.result.connect.path, `/flows/${pid}`);
    assert.match(got.result.connect.token, /^[0-9a-f]{32}$/);
    assert.equal(world.status().flows, 2);
  }
});

Deno.test("when all refuse, the first refusal is the answer", () => {
  const world = layered(["local", { response: -1009 }], ["unicast", { refuses: new CryptError("later") }]);
  const got = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(50);
  assert.match(
    got.error?.message ?? "",
    /flow to "x" was refused in layer "l0": the other end could not be auth/,
  );
  assert.equal(got.error?.errno, 1009);
  assert(world.log().includes("irmd(II): Flow_allocation failed."));
  assert.equal(world.status().flows, 0);
});

Deno.test("when the time is up while a layer is asked, the error tells which", () => {
  for (const timeout of [1, 300, 20_000]) {
    const world = layered(["local", { silent: ["layer.allocate"] }]);
    const got = world.connect("client").ask("flow.allocate", { name: "x", timeout });
    world.time.advance(timeout + 1);
    assert.equal(
      got.error?.message,
      `no flow to "x" within ${timeout} ms; layer "l0" was asked for the flow and did not answer`,
    );
    world.time.advance(1000);
    assert.equal(world.status().flows, 0);
  }
});

Deno.test("a name that no layer knows is unreachable; without layers that is said", () => {
  const world = layered(["local", {}]);
  const got = world.connect("client").ask("flow.allocate", { name: "y" });
  world.time.advance(20);
  assert(got.error instanceof NameError);
  assert.deepEqual([asked(world, 0, "layer.query"), world.log().at(-1)], [
    1,
    "irmd(II): Destination y unreachable.",
  ]);
  const empty = emptyWorld({}).world;
  assert(empty.connect("client").ask("flow.allocate", { name: "y" }).error instanceof IpcpError);
});

Deno.test("when a layer cannot be asked for a name, the error says why", () => {
  const world = layered(["local", {}], ["unicast", {}]);
  world.ipcps[0].answers.set(
    "layer.query",
    (_params, reply) => reply(failure(new FlowDownError("eth7 is down"))),
  );
  const got = world.connect("client").ask("flow.allocate", { name: "y" });
  world.time.advance(20);
  assert(got.error instanceof NameError);
  assert.match(got.error.message, /knows the name "y"; layer "l0" cannot be asked: eth7 is down$/);
});

/** Two layers, of which the preferred one says after a while whether it knows names. */
function slow(found: boolean, after: number, manners: LayerManners = { response: -1 }): World {
  const world = layered(["local", { response: -2 }], ["unicast", { knowsAll: true, ...manners }]);
  world.ipcps[0].answers.set("layer.query", (_params, reply) => {
    world.time.after(after, () => reply({ ok: true, value: { found } }));
  });
  return world;
}

Deno.test("layers are asked for a name side by side: a slow one holds up the others for 200 ms only", () => {
  const world = slow(true, 5000);
  world.connect("client").ask("flow.allocate", { name: "far" });
  world.time.advance(2);
  assert.deepEqual([asked(world, 0, "layer.query"), asked(world, 1, "layer.query")], [1, 1]);
  assert.deepEqual(world.ipcps[1].requests.at(-1)?.params.hash, hashOf("far"));
  world.time.advance(199);
  assert.equal(asked(world, 1, "layer.allocate"), 0);
  world.time.advance(2);
  assert.equal(asked(world, 1, "layer.allocate"), 1);
});

Deno.test("layers behind one where the name is registered from here are asked only when that one fails", () => {
  for (const fails of [false, true]) {
    const local: LayerManners = fails ? { refuses: new CryptError("no") } : {};
    const world = layered(["local", {}], ["local", local], ["unicast", { knowsAll: true }]);
    world.command("name.unregister", { name: "x", ipcps: ["i0"] });
    world.command("name.unregister", { name: "x", ipcps: ["i2"] });
    const got = world.connect("client").ask("flow.allocate", { name: "x" });
    world.time.advance(50);
    assert.equal(got.result.connect.path, `/flows/${world.ipcps[fails ? 2 : 1].pid}`);
    assert.deepEqual([0, 1, 2].map((index) => asked(world, index, "layer.query")), [1, 0, fails ? 1 : 0]);
  }
});

Deno.test("a layer that comes up while others are waited for is asked, too", () => {
  const { world, manners } = emptyWorld({});
  void world.command("ipcp.bootstrap", { name: "i0", type: "local", layer: "l0" }).result;
  world.ipcps[0].answers.set("layer.query", () => {});
  world.connect("client").ask("flow.allocate", { name: "far" });
  world.time.advance(100);
  Object.assign(manners, { knowsAll: true, response: -2 });
  void world.command("ipcp.bootstrap", { name: "i1", type: "unicast", layer: "l1" }).result;
  world.time.advance(250);
  assert.deepEqual([asked(world, 1, "layer.query"), asked(world, 1, "layer.allocate")], [1, 1]);
});

Deno.test("of two layers that know a name the preferred one is used, if it says so within 200 ms", () => {
  const world = slow(true, 150);
  const got = world.connect("client").ask("flow.allocate", { name: "far" });
  world.time.advance(153);
  assert.deepEqual([asked(world, 0, "layer.allocate"), asked(world, 1, "layer.allocate")], [1, 0]);
  world.time.advance(20);
  assert.equal(got.error?.errno, 2, "the first refusal");
  assert.equal(asked(world, 1, "layer.allocate"), 1);
});

Deno.test("a look-up takes what the path takes: a layer that answers late is used all the same", () => {
  for (const time of [300, 1200, 15_000]) {
    const world = slow(true, time, { knowsAll: false });
    world.connect("client").ask("flow.allocate", { name: "far" });
    world.time.advance(time + 10);
    assert.equal(asked(world, 0, "layer.allocate"), 1, `after ${time} ms`);
  }
});

Deno.test("a layer that does not answer is named when the time is over, and nothing is said of the name", () => {
  const world = slow(true, 60_000, { knowsAll: false });
  const got = world.connect("client").ask("flow.allocate", { name: "far", timeout: 700 });
  world.time.advance(700);
  assert(got.error instanceof TimedOutError);
  assert.equal(
    got.error.message,
    'no flow to "far" within 700 ms; layer "l0" did not say whether it knows the name',
  );
  const refused = slow(true, 60_000);
  const other = refused.connect("client").ask("flow.allocate", { name: "far" });
  refused.time.advance(20_000);
  assert.equal(other.error?.errno, 1);
  assert.match(
    other.error?.message ?? "",
    /^the flow to "far" was refused in layer "l1": the layer refused; layer "l0" did not say/,
  );
});

Deno.test("the reason that the other end gives is told, unless it is nothing that can be shown", () => {
  for (
    const [reason, words] of [["its clock is wrong", /"l0": its clock is wrong$/], ["a\nb", /authenticated/]]
  ) {
    const world = layered(["local", { response: -1009, reason: String(reason) }]);
    const got = world.connect("client").ask("flow.allocate", { name: "x" });
    world.time.advance(20);
    assert.match(got.error?.message ?? "", new RegExp(words));
  }
});

Deno.test("an IPCP never allocates over its own layer", () => {
  const { world } = emptyWorld({ knowsAll: true, response: -1 });
  for (const name of ["a", "b"]) world.command("ipcp.bootstrap", { name, type: "unicast", layer: "same" });
  const got = world.ipcps[0].ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  assert(got.error instanceof IpcpError);
  world.command("ipcp.bootstrap", { name: "c", type: "unicast", layer: "other" });
  const allowed = world.ipcps[0].ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  assert.match(allowed.error?.message ?? "", /in layer "other"/);
});

Deno.test("an allocation ends at its limit, else after 20 s, and the layer is told", () => {
  for (const [timeout, wait] of [[300, 300], [undefined, 20_000]] as const) {
    const world = layered(["local", {}]);
    world.ipcps[0].answers.set("layer.allocate", (_params, reply) => reply({ ok: true, value: null }));
    const got = world.connect("client").ask("flow.allocate", { name: "x", timeout });
    world.time.advance(wait - 1);
    assert.equal(got.answers.length, 0);
    world.time.advance(1);
    assert(got.error instanceof TimedOutError);
    world.time.advance(10);
    assert.deepEqual([asked(world, 0, "layer.deallocate"), world.status().flows], [1, 0]);
  }
});

Deno.test("an allocation that is cancelled, or whose process dies, is withdrawn from the layer", () => {
  const world = layered(["local", {}]);
  world.ipcps[0].answers.set("layer.allocate", (_params, reply) => reply({ ok: true, value: null }));
  const client = world.connect("client");
  const cancelled = client.ask("flow.allocate", { name: "x" });
  world.time.advance(10);
  client.ask("cancel", { id: client.lastId });
  assert(cancelled.error instanceof CancelledError);
  client.ask("flow.allocate", { name: "x" });
  world.time.advance(10);
  client.end();
  world.time.advance(10);
  assert.deepEqual([asked(world, 0, "layer.deallocate"), world.status().flows], [2, 0]);
});

Deno.test("an IPCP that dies during an allocation is followed by the next", () => {
  const world = layered(["local", {}], ["local", {}]);
  world.ipcps[0].answers.set("layer.allocate", (_params, reply) => reply({ ok: true, value: null }));
  const got = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(10);
  world.ipcps[0].end();
  world.time.advance(20);
  assert.equal(got.result.flow, 0);
});

Deno.test("a late word of a layer that was given up does not disturb the flow", () => {
  const world = layered(["local", { response: -1 }], ["local", {}]);
  const got = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  world.ipcps[0].tell("upper.allocated", { flow: 0, response: 0, mpl: 1 });
  world.ipcps[0].tell("upper.down", { flow: 0, reason: "late" });
  world.time.advance(20);
  assert.equal(got.answers.length, 1);
});

Deno.test("a process may not have more than 4096 flows and waiting requests, nor two of one id", () => {
  const { world } = emptyWorld({});
  const process = world.connect("greedy");
  for (let call = 0; call < 4096; call++) process.ask("flow.accept", { token: TOKEN });
  assert(process.ask("flow.accept", { token: TOKEN }).error instanceof ExhaustedError);
  const other = world.connect("odd");
  const accept = () => world.irmd.request(other, "flow.accept", { token: TOKEN }, () => {}, "same");
  accept();
  assert.throws(accept, InvalidError);
});

Deno.test("wrong parameters are refused in words", () => {
  const { world } = emptyWorld({});
  const process = world.connect("odd");
  const refusals = [
    ["flow.allocate", {}, /name must be a text; it is missing/],
    ["flow.allocate", { name: "" }, /name must not be empty/],
    ["flow.allocate", { name: "n".repeat(256) }, /longer than 255 bytes/],
    ["flow.allocate", { name: "x", timeout: -1 }, /timeout must be a whole number/],
    ["flow.allocate", { name: "x", qos: { delay: 1 } }, /bandwidth must be a text/],
    ["flow.allocate", { name: "x", data: "?" }, /data must be base64/],
    ["flow.accept", { token: "12" }, /token must be 16 to 16 bytes/],
    ["flow.deallocate", { flow: -1 }, /flow must be a whole number/],
    ["flow.join", { layer: 7 }, /layer must be a text/],
    ["cancel", {}, /id must be the id of a request/],
    ["flow.accept", [], /params must be an object/],
  ] as const;
  for (const [method, params, message] of refusals) {
    assert.match(process.ask(method, params).error?.message ?? "", message);
  }
  assert.equal(world.status().flows, 0);
});
