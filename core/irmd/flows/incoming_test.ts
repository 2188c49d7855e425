/** @module */
import assert from "node:assert/strict";
import {
  CancelledError,
  FlowDownError,
  NameError,
  NotFoundError,
  PluginError,
  TimedOutError,
} from "../../contract/errors.ts";
import { failure, success } from "../../contract/outcome.ts";
import { worldWithLayer } from "../../testing/irmd/layer.ts";
import { hashOf } from "../../testing/irmd/plugins.ts";
import type { FakeProcess, World } from "../../testing/irmd/world.ts";

const TOKEN = "00112233445566778899aabbccddeeff";
const QOS_RAW = {
  delay: 4294967295,
  bandwidth: "0",
  availability: 0,
  loss: 1,
  ber: 1,
  inOrder: 0,
  maxGap: 4294967295,
  timeout: 120000,
};

const accept = (process: FakeProcess, rest = {}) => process.ask("flow.accept", { token: TOKEN, ...rest });

function registered(balancing = "spillover"): World {
  const world = worldWithLayer();
  world.command("name.create", { name: "x", balancing });
  world.command("name.register", { name: "x", layers: ["local_layer"] });
  return world;
}

function server(world: World, name = "x"): FakeProcess {
  const process = world.connect("server");
  world.command("bind.process", { name, pid: process.pid });
  return process;
}

/** Which of `servers` get `count` flows that are asked for one after the other; each accepts again at once. */
function shares(world: World, servers: FakeProcess[], count: number): number[] {
  const served: number[] = [];
  const wait = (index: number) =>
    servers[index].ask("flow.accept", { token: TOKEN }, (outcome) => {
      if (!outcome.ok) return;
      served.push(index);
      wait(index);
    });
  servers.forEach((_server, index) => wait(index));
  const client = world.connect("client");
  for (let flow = 0; flow < count; flow++) {
    client.ask("flow.allocate", { name: "x" });
    world.time.advance(20);
  }
  return served;
}

Deno.test("both sides learn of the flow, its quality, its largest packet and its data", () => {
  const world = registered();
  const accepted = accept(server(world));
  const qos = { ...QOS_RAW, delay: 100, bandwidth: "18446744073709551615" };
  const allocated = world.connect("client").ask("flow.allocate", { name: "x", qos, data: "aGVsbG8=" });
  world.time.advance(20);
  assert.deepEqual(accepted.result, {
    flow: 1,
    qos,
    mpl: 5,
    maxPacket: 1300,
    name: "x",
    data: "aGVsbG8=",
  });
  const connect = { path: `/flows/${world.connect("other").pid - 2}`, token: TOKEN };
  assert.deepEqual(allocated.result, {
    flow: 0,
    qos,
    mpl: 5,
    maxPacket: 1400,
    connect,
    owner: 1000,
    data: "",
  });
});

Deno.test("round-robin serves processes in the order in which they called accept", () => {
  const world = registered("round-robin");
  assert.deepEqual(shares(world, [server(world), server(world), server(world)], 7), [0, 1, 2, 0, 1, 2, 0]);
});

Deno.test("spillover serves the process that called accept last", () => {
  const world = registered("spillover");
  assert.deepEqual(shares(world, [server(world), server(world), server(world)], 5), [2, 2, 2, 2, 2]);
});

Deno.test("a request waits longer for a process that has accepted before: it is busy, or the machine is", () => {
  const world = registered();
  const process = server(world);
  accept(process);
  const [first, second] = [0, 1].map(() => world.connect("client").ask("flow.allocate", { name: "x" }));
  world.time.advance(4900);
  const accepted = accept(process);
  world.time.advance(20);
  assert.deepEqual([first.error, second.error, accepted.answers.length], [undefined, undefined, 1]);
});

Deno.test("a request waits 1000 ms for a process that accepts", () => {
  for (const [wait, fits] of [[990, true], [1010, false]] as const) {
    const world = registered();
    const process = server(world);
    const allocated = world.connect("client").ask("flow.allocate", { name: "x" });
    world.time.advance(wait);
    const accepted = accept(process);
    world.time.advance(20);
    assert.equal(accepted.answers.length, fits ? 1 : 0);
    assert.equal(allocated.error === undefined, fits);
    if (!fits) {
      assert(allocated.error instanceof NotFoundError);
      assert.match(allocated.error.message, /no process accepts flows for "x"/);
      assert(world.log().includes(`irmd(EE): No processes for ${hashOf("x")}.`));
      assert.equal(world.status().flows, 0);
    }
    assert.equal(world.status().waitingRequests, 0);
  }
});

Deno.test("binding a process that waits in accept serves the requests that wait", () => {
  const world = registered();
  const process = world.connect("server");
  const accepted = accept(process);
  const allocated = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(100);
  assert.equal(allocated.answers.length, 0);
  world.command("bind.process", { name: "x", pid: process.pid });
  world.time.advance(20);
  assert.deepEqual([accepted.result.name, allocated.result.flow], ["x", 0]);
});

Deno.test("unbinding ends accepting for the name, also for a call that waits", () => {
  const world = registered();
  const process = server(world);
  accept(process);
  world.command("unbind.process", { name: "x", pid: process.pid });
  const allocated = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(1100);
  assert(allocated.error instanceof NotFoundError);
});

Deno.test("a destroyed name gets no flows until it is created again; bindings and registrations stay", () => {
  const world = registered();
  const accepted = accept(server(world));
  world.command("name.destroy", { name: "x" });
  const client = world.connect("client");
  const refused = client.ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  assert(refused.error instanceof NameError);
  assert(world.log().includes(`irmd(EE): Unknown hash: ${hashOf("x")}.`));
  world.command("name.create", { name: "x" });
  client.ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  assert.equal(accepted.result.name, "x");
});

Deno.test("an accept ends at its limit, when it is cancelled, and with its connection", () => {
  const world = registered();
  const process = server(world);
  const limited = accept(process, { timeout: 300 });
  const cancelled = accept(process);
  process.ask("cancel", { id: process.lastId });
  assert(cancelled.error instanceof CancelledError);
  world.time.advance(300);
  assert(limited.error instanceof TimedOutError);
  assert.equal(world.status().waitingCalls, 0);
  accept(process);
  process.end();
  const late = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(1100);
  assert(late.error instanceof NotFoundError);
});

Deno.test("an accept that is cancelled while it gets a flow gives the flow back", () => {
  const world = registered();
  const process = server(world);
  const accepted = accept(process);
  const client = world.connect("client");
  const allocated = client.ask("flow.allocate", { name: "x" });
  world.time.advance(2); // The layer has asked and was told of a flow; its answer is under way.
  assert.equal(world.status().flows, 2);
  process.ask("cancel", { id: process.lastId });
  world.time.advance(20);
  assert(accepted.error instanceof CancelledError);
  assert.equal(accepted.answers.length, 1);
  if (allocated.error === undefined) assert.equal(client.notified.length, 1);
  assert(world.status().flows <= 1);
});

Deno.test("an accept that is withdrawn while it gets a flow gets it; one that waits ends, also when it does not get its flow", () => {
  const world = registered();
  const process = server(world);
  const [waits, given] = [process, process].map((one) => {
    const answer = accept(one);
    return { answer, withdraw: { id: one.lastId, idle: true } };
  });
  process.ask("cancel", waits.withdraw);
  assert(waits.answer.error instanceof CancelledError);
  const client = world.connect("client");
  const allocated = client.ask("flow.allocate", { name: "x" });
  world.time.advance(2);
  process.ask("cancel", given.withdraw);
  world.time.advance(20);
  assert.equal(given.answer.result.name, "x");
  assert.equal(allocated.error, undefined);
  const passedOver = accept(process);
  world.ipcps[0].answers.set("layer.respond", (_params, reply) => reply(failure(new FlowDownError("gone"))));
  client.ask("flow.allocate", { name: "x" });
  world.time.advance(2);
  process.ask("cancel", { id: process.lastId, idle: true });
  assert.equal(passedOver.answers.length, 0);
  world.time.advance(100);
  assert(passedOver.error instanceof CancelledError);
  assert.equal(world.status().waitingCalls, 0);
});

Deno.test("an answer that the layer refuses leaves the process waiting", () => {
  const world = registered();
  const process = server(world);
  const accepted = accept(process);
  const client = world.connect("client");
  world.ipcps[0].answers.set("layer.respond", (_params, reply) => reply(failure(new FlowDownError("gone"))));
  const lost = client.ask("flow.allocate", { name: "x" });
  world.time.advance(100);
  assert.match(lost.error?.message ?? "", /the flow to "x" was lost/);
  assert.deepEqual([accepted.answers.length, world.status().waitingCalls], [0, 1]);
  assert.equal(world.status().flows, 0);
});

Deno.test("a layer that does not answer gives a flow that is down", () => {
  const world = registered();
  const process = server(world);
  const accepted = accept(process);
  world.ipcps[0].answers.set("layer.respond", () => {});
  const lost = world.connect("client").ask("flow.allocate", { name: "x", timeout: 700 });
  world.time.advance(800);
  assert(lost.error instanceof TimedOutError);
  world.time.advance(20_000);
  assert.equal(accepted.result.flow, 1);
  assert.deepEqual(process.notified.map(({ method, params }) => [method, params.flow]), [["flow.down", 1]]);
});

Deno.test("a layer that answers after seconds, since it was stopped or its host is busy, gives a flow that is up", () => {
  const world = registered();
  const process = server(world);
  const accepted = accept(process);
  world.ipcps[0].answers.set(
    "layer.respond",
    (_params, reply) => world.time.after(3000, () => reply(success(null))),
  );
  world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(4000);
  assert.equal(accepted.result.flow, 1);
  assert.deepEqual(process.notified, []);
});

Deno.test("many requests at once get one process each", () => {
  const world = registered();
  const process = server(world);
  const accepted = Array.from({ length: 40 }, () => accept(process));
  const clients = Array.from(
    { length: 40 },
    () => world.connect("client").ask("flow.allocate", { name: "x" }),
  );
  world.time.advance(20);
  const ids = [...clients, ...accepted].map((asked) => asked.result.flow).sort((a, b) => a - b);
  assert.deepEqual(ids, Array.from({ length: 80 }, (_, id) => id));
});

Deno.test("a policy in another process chooses, one flow of a name after the other, among those who wait then", () => {
  const world = registered("elsewhere");
  const seen: number[][] = [];
  world.chooses = (waiting, done) => {
    seen.push(waiting.map(({ order }) => order));
    world.time.after(100, () => done(waiting.length - 1));
  };
  const servers = [server(world), server(world), server(world)];
  const served: number[] = [];
  servers.forEach((one, index) => one.ask("flow.accept", { token: TOKEN }, () => served.push(index)));
  const clients = [0, 1, 2].map(() => world.connect("client").ask("flow.allocate", { name: "x" }));
  world.time.advance(150);
  assert.deepEqual([seen.length, served], [2, [2]]);
  world.time.advance(500);
  assert.deepEqual(seen, [[0, 1, 2], [0, 1], [0]]);
  assert.deepEqual(served, [2, 1, 0]);
  assert(clients.every(({ error }) => error === undefined));
});

Deno.test("a request that has gone while another process chose leaves its process waiting", () => {
  const world = registered("elsewhere");
  world.chooses = (_waiting, done) => void world.time.after(6000, () => done(0));
  const accepted = accept(server(world));
  const late = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(6500);
  assert(late.error && accepted.answers.length === 0);
  world.chooses = (_waiting, done) => void world.time.after(1, () => done(0));
  const allocated = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(4000);
  assert.equal(allocated.error ?? accepted.error, undefined);
});

Deno.test("names are hashed in another process: flows come about when it answers, and what it fails with is told", () => {
  const world = worldWithLayer();
  const here = world.hashes("FNV");
  world.hashes = () => ({
    digest: (bytes, done) => void world.time.after(50, () => here.digest(bytes, done)),
  });
  world.command("name.create", { name: "x" });
  const registering = world.tool.ask("name.register", { name: "x", layers: ["local_layer"] });
  world.time.advance(100);
  assert.equal(registering.error, undefined);
  const accepted = accept(server(world));
  const allocated = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(100);
  assert(allocated.result && accepted.result);
  world.hashes = () => ({
    digest: (_bytes, done) =>
      void world.time.after(5, () => done(failure(new PluginError("H: digest: boom")))),
  });
  const unknown = world.connect("client").ask("flow.allocate", { name: "y" });
  world.time.advance(100);
  assert.match(unknown.error?.message ?? "", /layer "local_layer" cannot be asked: H: digest: boom/);
});

Deno.test("a program is bound, its name registered and it is started in any order, and its name is reached", () => {
  for (
    const order of [
      "bind register start",
      "bind start register",
      "register bind start",
      "register start bind",
      "start bind register",
      "start register bind",
    ]
  ) {
    const world = worldWithLayer();
    const steps: Record<string, () => void> = {
      bind: () => world.command("bind.program", { name: "x", program: "/bin/server" }),
      register: () => world.command("name.register", { name: "x", layers: ["local_layer"] }),
      start: () => accept(world.connect("server")),
    };
    for (const step of order.split(" ")) steps[step]();
    const allocated = world.connect("client").ask("flow.allocate", { name: "x" });
    world.time.advance(20);
    assert.equal(allocated.error, undefined, order);
    assert.equal(allocated.answers.length, 1, order);
  }
});
