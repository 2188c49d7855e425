/**
 * The conformance suite of congestion policies.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Congestion } from "../contract/policies/congestion.ts";
import type { Plugin } from "../contract/plugin.ts";
import { fc } from "./property.ts";
import { type Check, declarationChecks, instanceOf, type Needs, registerChecks } from "./suite.ts";

const SECOND = 1e9;
const level = fc.integer({ min: 0, max: 0xff });

/** Registers tests that prove a plugin of kind `congestion`. */
export function conformCongestion(plugin: Plugin<"congestion">, needs?: Needs): void {
  registerChecks(plugin, congestionChecks(plugin, needs));
}

/** What a plugin of kind `congestion` must do. */
export function congestionChecks(plugin: Plugin<"congestion">, needs: Needs = {}): Check[] {
  const make = (): Congestion => instanceOf(plugin, needs);
  return [
    ...declarationChecks(plugin, needs.options),
    {
      name: "an empty queue is not marked, and any other gets a level of 8 bits",
      run: () => {
        const congestion = make();
        assert.equal(congestion.mark(0), 0);
        for (let queued = 0; queued <= 4096; queued++) {
          const marked = congestion.mark(queued);
          assert(Number.isInteger(marked) && marked >= 0 && marked <= 0xff, `${queued} gave ${marked}`);
        }
      },
    },
    {
      name: "whatever is told, the next packet may go within a second",
      run: () => {
        const step = fc.record({
          length: fc.integer({ min: 0, max: 65_000 }),
          idle: fc.integer({ min: 0, max: 2 * SECOND }),
          told: fc.option(fc.integer({ min: 0, max: 0xffff }), { nil: undefined }),
        });
        fc.assert(fc.property(fc.array(step, { maxLength: 100, size: "max" }), (steps) => {
          const flow = make().flow(SECOND);
          let now = SECOND;
          for (const { length, idle, told } of steps) {
            if (told !== undefined) flow.update(told);
            const next = flow.sent(length, now);
            assert(Number.isFinite(next) && next <= now + SECOND, `it waits ${next - now} ns`);
            now = Math.max(now, next) + idle;
          }
        }));
      },
    },
    {
      name: "a sender that is told of congestion for long still sends a packet in a second",
      run: () => {
        for (const [level, pause] of [[1, 1], [1, 100], [0xffff, 1], [0xffff, 100], [0xffff, 1000]]) {
          const flow = make().flow(0);
          let now = 0;
          for (let count = 0; count < 1000; count++) {
            flow.update(level);
            const next = flow.sent(65_000, now);
            assert(
              next <= now + SECOND,
              `told of level ${level} every ${pause} ms, it waits ${next - now} ns`,
            );
            now = Math.max(next, now + pause * SECOND / 1000);
          }
        }
      },
    },
    {
      name: "a receiver without congestion tells nothing, and tells levels of 16 bits",
      run: () => {
        fc.assert(fc.property(fc.array(level, { maxLength: 300, size: "max" }), (levels) => {
          const flow = make().flow(0);
          assert.equal(flow.received(0), undefined);
          for (const met of levels) {
            const told = flow.received(met) ?? 0;
            assert(Number.isInteger(told) && told >= 0 && told <= 0xffff, `it tells ${told}`);
          }
        }));
      },
    },
    {
      name: "flows do not slow each other down",
      run: () => {
        const congestion = make();
        const [one, other] = [congestion.flow(0), make().flow(0)];
        const noise = congestion.flow(0);
        for (let now = 0; now < SECOND; now += SECOND / 1000) {
          noise.update(200);
          noise.sent(1400, now);
          noise.received(9);
          assert.equal(one.sent(100, now), other.sent(100, now));
        }
      },
    },
    {
      name: "its statistics are plain data",
      run: () => {
        const stats = make().flow(0).stats();
        assert.deepEqual(JSON.parse(JSON.stringify(stats)), stats);
      },
    },
  ];
}
