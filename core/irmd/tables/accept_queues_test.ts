/** @module */
import assert from "node:assert/strict";
import { pid } from "../../contract/ids.ts";
import { World } from "../../testing/irmd/world.ts";
import type { Name } from "./names.ts";
import { Process } from "./processes.ts";
import { AcceptQueues, type QueuedAccept } from "./accept_queues.ts";

const world = new World();
const [log] = [{
  error: (text: string) => void world.lines.push(text),
  warning: () => {},
  info: () => {},
  debug: () => {},
  component: () => log,
}];

function processOf(id: number, ...names: string[]): Process {
  const process = new Process(pid(id), 1);
  for (const name of names) process.names.set(name, new Set(["process"]));
  return process;
}

const acceptOf = (process: Process, order: number): QueuedAccept => ({
  waits: false,
  order,
  pid: process.pid,
  process,
  session: world.tool,
  token: "",
});

const named = (name: string, choose: (waiting: readonly unknown[]) => number): Name => ({
  name,
  balancing: "some",
  balancer: { choose },
  paths: {},
});

Deno.test("an accept waits for all names of its process, and leaves all queues at once", () => {
  const queues = new AcceptQueues<QueuedAccept>(log);
  const first = acceptOf(processOf(1, "a", "b"), 0);
  const second = acceptOf(processOf(2, "b"), 1);
  queues.add(first);
  queues.add(second);
  assert.equal(queues.take(named("a", () => 0)), first);
  assert.equal(queues.take(named("b", () => 0)), second);
  assert.equal(queues.take(named("b", () => 0)), undefined);
  assert.equal(queues.size, 0);
});

Deno.test("a policy sees who waits in the order of their calls, whenever they were bound", () => {
  const queues = new AcceptQueues<QueuedAccept>(log);
  const late = processOf(1);
  queues.add(acceptOf(late, 0));
  queues.add(acceptOf(processOf(2, "a"), 1));
  late.names.set("a", new Set(["process"]));
  queues.bound(late, "a");
  const seen: number[] = [];
  queues.take({
    ...named("a", () => 0),
    balancer: {
      choose: (waiting) => {
        seen.push(...waiting.map(({ pid }) => pid));
        return 1;
      },
    },
  });
  assert.deepEqual(seen, [1, 2]);
});

Deno.test("a process that is unbound does not get flows for the name", () => {
  const queues = new AcceptQueues<QueuedAccept>(log);
  const process = processOf(1, "a");
  queues.add(acceptOf(process, 0));
  process.names.delete("a");
  queues.unbound(process, "a");
  assert.equal(queues.take(named("a", () => 0)), undefined);
});

Deno.test("a policy that fails costs a line in the log, not the flow", () => {
  for (
    const choose of [() => -1, () => 0.5, () => 1, () => {
      throw new Error("no");
    }]
  ) {
    const queues = new AcceptQueues<QueuedAccept>(log);
    const accept = acceptOf(processOf(1, "a"), 0);
    queues.add(accept);
    world.lines.length = 0;
    assert.equal(queues.take(named("a", choose)), accept);
    assert.match(world.lines[0], /Balancing policy some failed for a/);
  }
});

Deno.test("another process chooses: who waits no more when it answers gives way to the first", () => {
  const queues = new AcceptQueues<QueuedAccept>(log);
  const accepts = [0, 1, 2].map((order) => acceptOf(processOf(order + 1, "a"), order));
  for (const accept of accepts) queues.add(accept);
  const answers: ((index: number) => void)[] = [];
  const name = {
    ...named("a", () => 0),
    balancer: { ask: (_waiting: unknown, done: (index: number) => void) => void answers.push(done) },
  };
  const taken: (QueuedAccept | undefined)[] = [];
  const ask = () => queues.ask(name, (accept) => taken.push(accept));
  assert.equal(queues.take(name), undefined);
  assert(ask());
  answers[0](2);
  assert(ask());
  queues.remove(accepts[1]);
  answers[1](1);
  assert(!ask());
  assert.deepEqual(taken, [accepts[2], accepts[0]]);
  assert.equal(queues.ask(named("a", () => 0), () => {}), false);
});
