/** Tests of third parties' plugins in a process of their own, in virtual time: whatever it does, whoever asks gets an answer. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Done, type Outcome, success } from "../../contract/outcome.ts";
import type { Waiting } from "../../contract/policies/small_policies.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { PluginGuard } from "../../registry/guard/plugin_guard.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { testingLog } from "../../testing/log.ts";
import { RpcPeer } from "../../wire/local/rpc_peer.ts";
import { type LineEvents, type LoadedPlugin, PluginProcess } from "./plugin_process.ts";

const WAITING: readonly Waiting[] = [{ order: 3, pid: 10 }, { order: 4, pid: 11 }];
const BASE = { apiVersion: 1, description: "d", options: [] };
const DECLARED = [{ ...BASE, kind: "hash", name: "H" }, { ...BASE, kind: "balancing", name: "b" }];

/** How a process answers: it does not when there is no reply, and it may end. */
type Behaviour = (method: string, reply: Done<unknown>, end: (how: string) => void) => void;

const good: Behaviour = (method, reply) =>
  reply(
    success({ load: { plugins: DECLARED }, digest: { digest: "AQID" }, choose: { index: 1 } }[method] ?? {}),
  );
/** Loads its files, and does something else then. */
const then = (does: Behaviour): Behaviour => (method, reply, end) =>
  ["load", "seal"].includes(method) ? good(method, reply, end) : does(method, reply, end);
const silent: Behaviour = () => {};

class Stage {
  readonly time = new VirtualTime();
  readonly lines: string[] = [];
  readonly guard = new PluginGuard(testingLog(this.lines));
  readonly hash = this.guard.plugin({ kind: "hash", name: "H" }, "f.ts");
  readonly balancing = this.guard.plugin({ kind: "balancing", name: "b" }, "f.ts");
  readonly process: PluginProcess;
  started = 0;
  opened: Outcome<readonly LoadedPlugin[]> | undefined;

  constructor(public behaviour: Behaviour) {
    const { time } = this;
    this.process = new PluginProcess({
      clock: time,
      timers: time,
      random: new SeededRandom(1),
      log: testingLog(this.lines),
      files: ["f.ts"],
      start: (events) => this.#start(events),
    });
    this.process.open((outcome) => this.opened = outcome);
    time.advance(100);
  }

  #start(events: LineEvents) {
    const { time } = this;
    this.started++;
    let alive = true;
    const end = (how: string) => {
      if (!alive) return;
      alive = false;
      time.after(1, () => events.ended(how));
    };
    const say = (line: string) => void time.after(1, () => alive && events.line(line));
    const peer = new RpcPeer(say, time, {
      request: (method, _params, reply) => this.behaviour(method, reply, end),
      notification: () => {},
    });
    time.after(20, () => peer.notify("ready", {}));
    return {
      send: (line: string) => void time.after(1, () => alive && peer.handleLine(line)),
      kill: () => end("SIGKILL"),
    };
  }

  /** What comes of a digest and of a choice within so many milliseconds: `undefined` while nothing has. */
  ask(within: number): [Outcome<Uint8Array> | undefined, number | undefined] {
    let digest: Outcome<Uint8Array> | undefined;
    let index: number | undefined;
    this.process.hash(this.hash).digest(Uint8Array.of(1), (outcome) => {
      assert(!digest);
      digest = outcome;
    });
    this.process.balancer(this.balancing).ask(WAITING, (chosen) => {
      assert(index === undefined);
      index = chosen;
    });
    this.time.advance(within);
    return [digest, index];
  }
}

Deno.test("what a file declares is known, and its plugins answer", () => {
  const stage = new Stage(good);
  assert(stage.opened?.ok);
  assert.deepEqual(stage.opened.value.map(({ plugin: { name }, origin }) => `${name} ${origin}`), [
    "H f.ts",
    "b f.ts",
  ]);
  assert.deepEqual(stage.ask(10), [success(Uint8Array.of(1, 2, 3)), 1]);
  assert.deepEqual(stage.lines, []);
});

Deno.test("a balancing policy that loops costs each flow at most 400 ms, ends its process after 4 s, and is out of use after the fourth time", () => {
  const stage = new Stage(then(silent));
  const { time, process, balancing } = stage;
  const choose = (within: number) => {
    let index: number | undefined;
    process.balancer(balancing).ask(WAITING, (chosen) => index = chosen);
    time.advance(within);
    return index;
  };
  assert.equal(choose(399), undefined);
  time.advance(5);
  // While it does not return, nobody waits for it.
  assert.equal(choose(1), 0);
  assert.equal(stage.started, 1);
  time.advance(4000);
  assert.equal(stage.started, 2);
  for (let round = 0; round < 3; round++) {
    assert.equal(choose(401), 0);
    time.advance(10_000);
  }
  assert(balancing.out);
  assert.equal(choose(1), 0);
  const { started } = stage;
  time.advance(20_000);
  assert.equal(stage.started, started);
  assert.match(
    stage.lines[0],
    /Plugin balancing "b" \(f\.ts\) failed in choose: it has not answered within 400 ms; the process that/,
  );
  assert.match(
    stage.lines[1],
    /Plugin balancing "b" \(f\.ts\): choose has not returned for 4000 ms; the process is started anew\./,
  );
  assert.match(
    stage.lines.at(-1) ?? "",
    /is out of use after \d+ faults, .*; the process that has waited longest gets the flow\.$/,
  );
});

Deno.test("an answer that comes late is nobody's, and ends nothing", () => {
  const late: Done<unknown>[] = [];
  const stage = new Stage(then((method, reply) => {
    if (method === "digest") late.push(reply);
    else good(method, reply, () => {});
  }));
  const [digest] = stage.ask(500);
  assert(digest && !digest.ok);
  for (const reply of late) reply(success({ digest: "AQID" }));
  stage.time.advance(10_000);
  assert.equal(stage.started, 1);
  stage.behaviour = good;
  assert.deepEqual(stage.ask(10), [success(Uint8Array.of(1, 2, 3)), 1]);
});

Deno.test("a plugin that takes all memory ends its own process, which is started anew; the one that ran is blamed", () => {
  const slowly = new Stage(then((_method, _reply, end) => void slowly.time.after(900, () => end("SIGTRAP"))));
  slowly.ask(1000);
  assert.match(slowly.lines[1], /Plugin hash "H" \(f\.ts\): digest has ended its process \(SIGTRAP\)/);
  const stage = new Stage(then((_method, _reply, end) => end("SIGTRAP")));
  const [digest, index] = stage.ask(200);
  assert(digest && !digest.ok && index === 0);
  assert.match(
    stage.lines[0],
    /Plugin hash "H" \(f\.ts\): digest has ended its process \(SIGTRAP\); the process is started anew\./,
  );
  assert.equal(stage.balancing.faults, 0);
  stage.behaviour = good;
  stage.time.advance(1000);
  assert.deepEqual(stage.ask(10), [success(Uint8Array.of(1, 2, 3)), 1]);
  assert.equal(stage.started, 2);
});

Deno.test("a process that ends again and again is started with growing pauses", () => {
  const stage = new Stage(good);
  stage.behaviour = (_method, _reply, end) => end("exit status 1");
  stage.ask(10);
  stage.time.advance(120_000);
  assert(stage.started > 5 && stage.started < 16, String(stage.started));
});

Deno.test("what is asked while the process starts is answered when it has", () => {
  const stage = new Stage(then((_method, _reply, end) => end("SIGKILL")));
  stage.ask(2);
  stage.behaviour = good;
  stage.time.advance(20);
  assert.deepEqual(stage.ask(390), [success(Uint8Array.of(1, 2, 3)), 1]);
});

Deno.test("a file that loops when it is loaded is an error that names it", () => {
  const stage = new Stage(silent);
  stage.time.advance(10_000);
  assert(stage.opened && !stage.opened.ok);
  assert.equal(stage.opened.error.message, "plugin file f.ts cannot be loaded: it loops");
  const ends = new Stage((_method, _reply, end) => end("SIGKILL"));
  assert(ends.opened && !ends.opened.ok);
  assert.match(
    ends.opened.error.message,
    /plugin file f\.ts cannot be loaded: it loops, or takes too much memory \(SIGKILL\)/,
  );
  assert.equal(ends.started, 1);
});

Deno.test("whatever the process answers, or whenever it ends, whoever asks gets one answer in time", () => {
  const deed = fc.oneof(
    fc.constantFrom("good", "silent", "ends"),
    fc.record({ says: fc.jsonValue() }),
    fc.record({ digest: fc.jsonValue(), index: fc.jsonValue() }),
  );
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 20 }), (deeds) => {
      const stage = new Stage(good);
      for (const one of deeds) {
        stage.behaviour = then((method, reply, end) => {
          if (one === "good") return good(method, reply, end);
          if (one === "ends") return end("exit status 7");
          if (one !== "silent") reply(success("says" in one ? one.says : one));
        });
        const [digest, index] = stage.ask(801);
        assert(digest && index !== undefined && [0, 1].includes(index));
        stage.time.advance(700);
      }
    }),
    { numRuns: 50 },
  );
});
