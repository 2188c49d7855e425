/**
 * Random sequences of what processes and IPCPs do to the IRMd, and what must hold afterwards.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { worldWithLayer } from "../testing/irmd/layer.ts";
import type { Asked, FakeProcess, Message, World } from "../testing/irmd/world.ts";

/** One end of a flow that a process got. */
interface End {
  readonly process: FakeProcess;
  readonly flow: number;
  /** What the process had been told before. */
  readonly before: number;
  deallocated: boolean;
}

/** The two ends that belong together, by the data that the requester sent along. */
interface Pair {
  requester?: End;
  responder?: End;
}

const STEPS = [
  "allocate",
  "accept",
  "deallocate",
  "cancel",
  "end",
  "unbind",
  "crash",
  "wait",
  "long wait",
] as const;

/** A run of random steps. */
class Run {
  readonly world: World;
  readonly #processes: FakeProcess[] = [];
  readonly asked: Asked[] = [];
  readonly pairs = new Map<string, Pair>();
  readonly #ends: End[] = [];
  readonly #token = "0".repeat(32);

  constructor(splices: boolean) {
    this.world = worldWithLayer({ splices });
    for (const name of ["x", "y"]) this.world.command("name.register", { name, layers: ["local_layer"] });
    for (let index = 0; index < 4; index++) this.#processes.push(this.world.connect("both"));
    for (const [index, process] of this.#processes.entries()) {
      if (index > 0) this.world.command("bind.process", { name: "x", pid: process.pid });
      if (index > 1) this.world.command("bind.process", { name: "y", pid: process.pid });
    }
  }

  step(what: typeof STEPS[number], pick: number): void {
    const { world } = this;
    const process = this.#processes[pick % this.#processes.length];
    const name = pick % 3 === 0 ? "y" : "x";
    const timeout = pick % 5 === 0 ? pick % 400 : undefined;
    switch (what) {
      case "allocate": {
        const data = btoa(String(this.asked.length));
        return this.#ask(process, "flow.allocate", { name, data, timeout }, (end) => {
          this.#pair(data).requester = end;
        });
      }
      case "accept":
        return this.#ask(process, "flow.accept", { token: this.#token, timeout }, (end, { data }) => {
          this.#pair(data).responder = end;
        });
      case "deallocate":
        return this.#deallocate(this.#ends.filter((end) => !end.deallocated && !end.process.ended)[pick % 7]);
      case "cancel":
        return void process.ask("cancel", { id: Math.max(1, process.lastId - pick % 4) });
      case "end":
        return this.#replace(process);
      case "unbind":
        world.tool.ask("unbind.process", { pid: process.pid, name });
        return void world.tool.ask("bind.process", { pid: process.pid, name });
      case "crash":
        return this.#crash();
      case "wait":
        return world.time.advance(pick % 6);
      case "long wait":
        return world.time.advance(pick * 3);
    }
  }

  /** What every state must be like once all messages have arrived. */
  checkQuiet(): void {
    for (const { requester, responder } of this.pairs.values()) {
      this.#checkTold(requester, responder);
      this.#checkTold(responder, requester);
    }
  }

  finish(): void {
    this.world.starts.clear();
    for (const process of this.#processes) process.end();
    this.world.time.advance(30_000);
    for (const { answers } of this.asked) assert.equal(answers.length, 1);
    const { flows, waitingCalls, waitingRequests, processes, sessions } = this.world.status();
    assert.deepEqual({ flows, waitingCalls, waitingRequests }, {
      flows: 0,
      waitingCalls: 0,
      waitingRequests: 0,
    });
    assert.deepEqual([processes, sessions], [1, 2]); // The IPCP, and the tool.
    assert.equal(this.world.command("ipcp.stats", { name: "local_1" }).result.flows, 0);
    assert.equal(this.world.time.settle(10_000), true, "no timer is left");
  }

  #pair(data: string): Pair {
    let pair = this.pairs.get(data);
    if (!pair) this.pairs.set(data, pair = {});
    return pair;
  }

  #ask(
    process: FakeProcess,
    method: string,
    params: unknown,
    got: (end: End, result: Message) => void,
  ): void {
    const asked = process.ask(method, params, (outcome) => {
      if (!outcome.ok) return;
      const before = process.notified.length;
      const end = { process, flow: outcome.value.flow, before, deallocated: false };
      this.#ends.push(end);
      got(end, outcome.value);
    });
    this.asked.push(asked);
  }

  #deallocate(end: End | undefined): void {
    if (!end) return;
    end.deallocated = true;
    assert.equal(end.process.ask("flow.deallocate", { flow: end.flow }).error, undefined);
  }

  #replace(process: FakeProcess): void {
    process.end();
    const next = this.world.connect("both");
    this.#processes[this.#processes.indexOf(process)] = next;
    for (const name of ["x", "y"]) this.world.tool.ask("bind.process", { name, pid: next.pid });
  }

  #crash(): void {
    const { world } = this;
    const ipcp = world.ipcps[world.ipcps.length - 1];
    ipcp.end();
    world.irmd.childExited(ipcp.pid, "SIGKILL");
    void world.command("ipcp.bootstrap", { name: "local_1", type: "local", layer: "local_layer" }).result;
    for (const name of ["x", "y"]) world.command("name.register", { name, layers: ["local_layer"] });
  }

  /** A process that still has its end knows when the other end is gone. */
  #checkTold(end: End | undefined, other: End | undefined): void {
    if (!end || end.deallocated || end.process.ended) return;
    const told =
      end.process.notified.slice(end.before).filter(({ params }) => params.flow === end.flow).length;
    const gone = !other || other.deallocated || other.process.ended;
    assert(told <= 1, "a process is told once");
    if (gone) assert.equal(told, 1, "a process whose other end is gone is told");
  }
}

for (const splices of [true, false]) {
  Deno.test(`property: nothing leaks and everybody is told, ${splices ? "spliced" : "layered"}`, () => {
    const step = fc.tuple(fc.constantFrom(...STEPS), fc.nat(1000));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: "max" }), (steps) => {
        const run = new Run(splices);
        for (const [what, pick] of steps) run.step(what, pick);
        run.world.time.advance(25_000);
        run.checkQuiet();
        run.finish();
      }),
      { numRuns: 300 },
    );
  });
}

Deno.test("everybody is told although the id of a withdrawn request was used again", () => {
  const run = new Run(false);
  const steps = [
    ["unbind", 118],
    ["allocate", 199],
    ["end", 627],
    ["wait", 2],
    ["allocate", 141],
    ["wait", 451],
    ["accept", 878],
    ["long wait", 333],
    ["end", 5],
  ] as const;
  for (const [what, pick] of steps) run.step(what, pick);
  run.world.time.advance(25_000);
  run.checkQuiet();
  run.finish();
});
