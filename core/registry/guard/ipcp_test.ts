/** Tests of types of IPCPs under guard. @module */
import assert from "node:assert/strict";
import { PluginError } from "../../contract/errors.ts";
import { nameHash } from "../../contract/ids.ts";
import { failure, type Outcome, success } from "../../contract/outcome.ts";
import type { PluginInstances } from "../../contract/plugin.ts";
import { QOS } from "../../contract/qos.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { guardedOf } from "../../testing/guarded_plugin.ts";
import { RUNNING } from "./cells.ts";

Deno.test("a type of IPCP: its host gets what it throws, and what its timers throw ends nothing", () => {
  const time = new VirtualTime();
  const { made, guard } = guardedOf("ipcp", (_host, { timers }) => ({
    bootstrap: (_config: unknown, done: (outcome: unknown) => void) => {
      timers.after(5, () => assert.fail("late"));
      done(success({
        name: "l",
        register: () => assert.fail("boom"),
        stats: () => assert.fail("boom"),
        mpl: 7,
      }));
    },
    enroll: (_to: string, done: (outcome: unknown) => void) => done(failure(new PluginError("no"))),
  }), { timers: time });
  let layer: PluginInstances["ipcp"] extends
    { bootstrap(c: infer _C, done: (o: Outcome<infer L>) => void): void } ? L
    : never;
  made.bootstrap({ layer: "l", options: {} }, (outcome) => {
    assert(outcome.ok);
    layer = outcome.value;
    assert.equal(layer.mpl, 7);
    assert.deepEqual(layer.stats?.(), {});
    assert.throws(() => layer.register(nameHash("00"), () => {}), /boom/);
  });
  made.enroll?.("x", (outcome) => assert(!outcome.ok));
  time.advance(10);
  assert.equal(guard.stats()[0].faults, 2);
  assert.equal(guard.cells[RUNNING], 0);
});

Deno.test("a type of IPCP that throws with each packet, or when a flow ends, loses its packets only", () => {
  const boom = () => assert.fail("boom");
  const taken: Record<string, (value: never) => void> = {};
  const take = (name: string) => (...words: unknown[]) => {
    taken[name] = words.at(-1) as (value: never) => void;
  };
  const flow = () => ({
    onPacket: take("packet"),
    onDrained: take("drained"),
    onChange: take("changed"),
    onDown: take("down"),
  });
  const [above, below, incoming] = [flow(), flow(), flow()];
  const { made, guard } = guardedOf("ipcp", (_host, { lower, upper }) => ({
    bootstrap: (_config: unknown, done: (outcome: unknown) => void) => {
      const use = (given: ReturnType<typeof flow>) => {
        for (const one of Object.values(given)) (one as (...words: unknown[]) => void)(0, boom);
      };
      lower.accept((given) => use(given as unknown as ReturnType<typeof flow>));
      lower.allocate("n", QOS.raw, boom);
      upper.request({ hash: nameHash("00"), qos: QOS.raw, data: new Uint8Array(0) }, (outcome) => {
        if (outcome.ok) outcome.value.onPacket(boom);
      });
      done(success({ name: "l", allocate: (given: typeof above) => given.onPacket(boom) }));
    },
  }), {
    timers: new VirtualTime(),
    lower: { accept: take("accept"), allocate: take("allocated") },
    upper: { request: take("request") },
  });
  const call = (name: string, value: unknown) => taken[name](value as never);
  made.bootstrap({ layer: "l", options: {} }, (outcome) => {
    if (outcome.ok) outcome.value.allocate(above as never, {} as never, () => {});
  });
  let faults = 0;
  const faulty = (name: string, value?: unknown) => {
    call(name, value);
    assert.equal(guard.stats()[0].faults, ++faults, name);
  };
  faulty("packet", Uint8Array.of(1));
  call("accept", below);
  for (const name of ["packet", "drained", "changed", "down"]) faulty(name);
  call("request", success(incoming));
  faulty("packet", Uint8Array.of(1));
  faulty("allocated", success(flow()));
  assert.equal(guard.cells[RUNNING], 0);
});
