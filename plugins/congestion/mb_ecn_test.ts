/** Tests of mb-ecn on the reference's vectors. @module */
import assert from "node:assert/strict";
import { instanceOf } from "../../core/testing/instance.ts";
import fc from "fast-check";
import * as errors from "../../core/contract/errors.ts";
import type { PluginHost } from "../../core/contract/plugin.ts";
import { mbEcn } from "./mb_ecn.ts";
import { MbEcnReceiver } from "./mb_ecn_receiver.ts";
import { MbEcnSender } from "./mb_ecn_sender.ts";

const log = { error() {}, warning() {}, info() {}, debug() {}, component: () => log };
const host: PluginHost = { errors, log, make: () => assert.fail("it uses no other plugin") };

/** `["ece", time, level]`, or `["snd", time, length, wait, tx_ece, …, tx_slot]` with the state after. */
type SenderRow = readonly (string | number | boolean)[];

interface Vectors {
  readonly sender: readonly {
    readonly name: string;
    readonly t_create: string;
    readonly rows: readonly SenderRow[];
  }[];
  readonly receiver: readonly { readonly rows: readonly (readonly number[])[] }[];
  readonly calc_ecn: readonly (readonly [queued: number, before: number, after: number])[];
}

const vectors: Vectors = JSON.parse(
  Deno.readTextFileSync(new URL("../../tests/vectors/mb-ecn.json", import.meta.url)),
);

for (const { name, t_create, rows } of vectors.sender) {
  Deno.test(`the sender's state follows the reference: ${name}`, () => {
    const sender = new MbEcnSender(Number(t_create));
    rows.forEach((row, index) => {
      const [operation, time] = row;
      if (operation === "ece") return sender.update(Number(row[2]));
      const now = Number(time);
      sender.sent(Number(row[2]), now);
      const state = sender.state();
      const end = (state.slot + 1) * 2 ** state.shift;
      const wait = state.bytes > state.limit ? end - now : 0;
      assert.deepEqual(
        [
          wait,
          state.level,
          state.sinceUpdate,
          state.bytes,
          state.packets,
          state.limit,
          state.avoiding,
          state.shift,
          state.increase,
          state.slot,
        ],
        row.slice(3).map((value, column) => column === 6 ? Boolean(value) : Number(value)),
        `row ${index}`,
      );
    });
  });
}

Deno.test("the receiver's state and updates follow the reference", () => {
  for (const { rows } of vectors.receiver) {
    const receiver = new MbEcnReceiver();
    rows.forEach(([level, told, update, after], index) => {
      assert.equal(receiver.received(level), told ? update : undefined, `row ${index}`);
      assert.equal(receiver.state().level, after, `row ${index}`);
    });
  }
});

Deno.test("marks follow the reference", () => {
  const congestion = instanceOf(mbEcn, host, {});
  for (const [queued, before, after] of vectors.calc_ecn) {
    assert.equal(before | congestion.mark(queued), after, `${queued} queued`);
  }
});

Deno.test("whatever is told, the state stays in whole numbers", () => {
  const step = fc.record({
    length: fc.integer({ min: 0, max: 65536 }),
    idle: fc.integer({ min: 0, max: 2 ** 34 }),
    update: fc.option(fc.integer({ min: 0, max: 0xffff }), { nil: undefined }),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const sender = new MbEcnSender(1e12);
    let now = 1e12;
    for (const { length, idle, update } of steps) {
      if (update !== undefined) sender.update(update);
      sender.sent(length, now);
      for (const value of Object.values(sender.state())) assert(value >= 0 && Number.isInteger(+value));
      now += idle;
    }
  }));
});

Deno.test("statistics name the regime", () => {
  const flow = instanceOf(mbEcn, host, {}).flow(0);
  const regimes = [flow.stats().regime];
  flow.update(5);
  regimes.push(flow.stats().regime);
  flow.update(0);
  regimes.push(flow.stats().regime);
  assert.deepEqual(regimes, ["Slow start", "Multiplicative decrease", "Additive increase"]);
});
