/** Tests of the pace of an mb-ecn sender. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MbEcnPace } from "./mb_ecn_pace.ts";

const MS = 1e6;
const PACKET = 1400;

/** Sends as fast as it may for `ms` milliseconds; gives the time. */
function greedy(pace: MbEcnPace, from: number, ms: number, level?: number): number {
  let now = from;
  while (now < from + ms * MS) {
    if (level !== undefined) pace.update(level);
    now = pace.sent(PACKET, now);
  }
  return now;
}

Deno.test("packets are spread, not sent in bursts", () => {
  const pace = new MbEcnPace(0);
  let now = 0;
  const gaps = Array.from({ length: 40 }, () => {
    const next = pace.sent(PACKET, now);
    const gap = next - now;
    now = next;
    return gap;
  });
  assert(Math.max(...gaps) < 2 * Math.min(...gaps), String(gaps));
});

Deno.test("a greedy sender without congestion about doubles its pace in 17 ms", () => {
  const pace = new MbEcnPace(0);
  const rates: number[] = [];
  let now = 0;
  for (let step = 0; step < 6; step++) {
    now = greedy(pace, now, 16.8);
    rates.push(pace.rate);
  }
  rates.reduce((before, rate) => {
    assert(rate > 1.5 * before && rate < 3 * before, String(rates));
    return rate;
  });
});

Deno.test("a sender that has little to send does not get a claim to much", () => {
  const pace = new MbEcnPace(0);
  for (let now = 0; now < 5000 * MS; now += MS) pace.sent(PACKET, now);
  assert(pace.rate < 16e6, String(pace.rate));
});

Deno.test("congestion slows down, once in the time of its effect; its end speeds up again", () => {
  const pace = new MbEcnPace(0);
  let now = greedy(pace, 0, 100);
  const before = pace.rate;
  now = greedy(pace, now, 10, 200);
  assert.equal(pace.rate, before / 2);
  now = greedy(pace, now, 500, 200);
  const congested = pace.rate;
  assert(congested < before / 3 && congested > before / 20, `${before} ${congested}`);
  pace.update(0);
  greedy(pace, now, 200);
  assert(pace.rate > 1.5 * congested);
});

Deno.test("a level that is not told again is forgotten", () => {
  const pace = new MbEcnPace(0);
  let now = greedy(pace, 0, 100);
  now = greedy(pace, now, 5, 500);
  now = greedy(pace, now, 50);
  const congested = pace.rate;
  greedy(pace, now, 200);
  assert(pace.rate > congested);
});

Deno.test("of two paces that hear the same, the lower one rises by the larger part", () => {
  const paces = [new MbEcnPace(0), new MbEcnPace(0)];
  const rates = paces.map((pace, index) => {
    const now = greedy(pace, 0, index === 0 ? 20 : 120);
    const cut = greedy(pace, now, 60, 100);
    pace.update(0);
    const before = pace.rate;
    greedy(pace, cut, 100);
    return { before, part: pace.rate / before };
  });
  assert(rates[0].before < rates[1].before / 4 && rates[0].part > rates[1].part, JSON.stringify(rates));
});

Deno.test("after a second of silence it begins anew", () => {
  const pace = new MbEcnPace(0);
  const first = pace.rate;
  const now = greedy(pace, 0, 200);
  assert(pace.rate > 100 * first);
  pace.sent(PACKET, now + 1100 * MS);
  assert(pace.rate <= 2 * first);
});

Deno.test("whatever is told, the next packet may go within a second", () => {
  const step = fc.record({
    length: fc.integer({ min: 0, max: 65536 }),
    idle: fc.integer({ min: 0, max: 2 ** 31 }),
    update: fc.option(fc.integer({ min: 0, max: 0xffff }), { nil: undefined }),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
    const pace = new MbEcnPace(1e12);
    let now = 1e12;
    for (const { length, idle, update } of steps) {
      if (update !== undefined) pace.update(update);
      const next = pace.sent(length, now);
      assert(next >= now && next <= now + 1e9, `${next - now}`);
      now = next + idle;
    }
  }));
});
