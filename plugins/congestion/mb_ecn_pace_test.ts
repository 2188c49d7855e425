/** Tests of the pace of an mb-ecn sender. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MbEcnReceiver } from "./mb_ecn_receiver.ts";
import { MbEcnPace } from "./mb_ecn_pace.ts";

const MS = 1e6;
const PACKET = 1400;

/** Sends as fast as it may for `ms` milliseconds, and hears nothing; gives the time. */
function greedy(pace: MbEcnPace, from: number, ms: number): number {
  let now = from;
  while (now < from + ms * MS) now = pace.sent(PACKET, now);
  return now;
}

/** The same, but packets arrive soon, and the receiver says so. */
function arriving(pace: MbEcnPace, from: number, ms: number): number {
  let now = from;
  for (let packets = 1, told = 2; now < from + ms * MS; packets++) {
    if (packets >= 1.2 * told) {
      pace.update(0);
      told *= 2;
    }
    now = pace.sent(PACKET, now);
  }
  return now;
}

/** Sends as fast as it may while so many megabits a second arrive, all packets marked with a level, and the receiver tells its average. */
function marked(pace: MbEcnPace, from: number, ms: number, level: number, rate: number): number {
  const receiver = new MbEcnReceiver();
  const interval = 8 * PACKET / rate * 1000;
  let [now, arrival] = [from, from];
  while (now < from + ms * MS) {
    for (; arrival <= now; arrival += interval) {
      const told = receiver.received(level);
      if (told !== undefined) pace.update(told);
    }
    now = pace.sent(PACKET, now);
  }
  return now;
}

const megabits = (pace: MbEcnPace): number => 8 * pace.rate / 1e6;

Deno.test("six packets go at once, the others are spread, not sent in bursts", () => {
  const pace = new MbEcnPace(0);
  let now = 0;
  const gaps = Array.from({ length: 40 }, () => {
    const next = pace.sent(PACKET, now);
    const gap = next - now;
    now = next;
    return gap;
  });
  assert(gaps.slice(0, 6).every((gap) => gap === 0), `from ${gaps[0]} to ${gaps[gaps.length - 1]} ns`);
  const others = gaps.slice(6);
  assert(
    Math.max(...others) < 5 * Math.min(...others) && Math.min(...others) > 0.5 * MS,
    `from ${gaps[0]} to ${gaps[gaps.length - 1]} ns`,
  );
});

Deno.test("a greedy sender is quick when it hears that its packets arrive", () => {
  const pace = new MbEcnPace(0);
  const now = arriving(pace, 0, 50);
  assert(megabits(pace) > 30, `${megabits(pace)} Mb/s`);
  arriving(pace, now, 100);
  assert(megabits(pace) > 150, `${megabits(pace)} Mb/s`);
});

Deno.test("a greedy sender that hears nothing goes no faster for a while, then it takes the receiver for one that says nothing", () => {
  const pace = new MbEcnPace(0);
  let packets = 0;
  let now = 0;
  for (; now < 150 * MS; packets++) now = pace.sent(PACKET, now);
  assert(packets < 60, `${packets} packets went`);
  now = greedy(pace, now, 100);
  const first = pace.rate;
  greedy(pace, now, 100);
  assert(pace.rate > 3 * first, `${pace.rate}`);
});

Deno.test("a sender that has little to send does not get a claim to much", () => {
  const pace = new MbEcnPace(0);
  for (let now = 0; now < 5000 * MS; now += MS) pace.sent(PACKET, now);
  assert(pace.rate < 16e6, String(pace.rate));
});

Deno.test("a long queue tells a sender that has begun at which rate its packets arrive, and it goes on a little slower", () => {
  for (const rate of [0.5, 5, 50]) {
    const pace = new MbEcnPace(0);
    const now = arriving(pace, 0, 150);
    assert(megabits(pace) > 80);
    marked(pace, now, 2000, 20, rate);
    const found = megabits(pace);
    assert(found > 0.5 * rate && found < rate, `${found} of ${rate} Mb/s`);
  }
});

Deno.test("as long as packets arrive at a rate, congestion takes a part of that rate, however often it is told", () => {
  const pace = new MbEcnPace(0);
  let now = arriving(pace, 0, 150);
  now = marked(pace, now, 2000, 3, 40);
  assert(megabits(pace) > 0.85 * 40 && megabits(pace) < 40, `${megabits(pace)}`);
  const before = pace.rate;
  pace.update(0);
  greedy(pace, now, 500);
  assert(pace.rate > 1.5 * before);
});

Deno.test("a sender that was told of congestion and hears nothing more goes ever slower", () => {
  const pace = new MbEcnPace(0);
  let now = arriving(pace, 0, 150);
  pace.update(40);
  const gaps: number[] = [];
  for (const until = now + 400 * MS; now < until;) {
    const next = pace.sent(PACKET, now);
    gaps.push(next - now);
    now = next;
  }
  assert(
    gaps[gaps.length - 1] > 10 * gaps[0] && gaps.at(-2) === Math.max(...gaps.slice(0, -1)),
    `from ${gaps[0]} to ${gaps[gaps.length - 1]} ns`,
  );
});

Deno.test("a level of which nothing is heard any more is forgotten", () => {
  const pace = new MbEcnPace(0);
  let now = arriving(pace, 0, 150);
  now = marked(pace, now, 300, 3, 40);
  now = greedy(pace, now, 250);
  const congested = pace.rate;
  greedy(pace, now, 400);
  assert(pace.rate > 1.5 * congested, `${congested} ${pace.rate}`);
});

Deno.test("of two paces that hear the same, the lower one rises by the larger part", () => {
  const rates = [5, 100].map((rate) => {
    const pace = new MbEcnPace(0);
    const now = marked(pace, arriving(pace, 0, 200), 500, 3, rate);
    pace.update(0);
    const before = pace.rate;
    greedy(pace, now, 100);
    return { before, part: pace.rate / before };
  });
  assert(rates[0].before < rates[1].before / 4 && rates[0].part > rates[1].part, JSON.stringify(rates));
});

Deno.test("after a second of silence it begins anew", () => {
  const pace = new MbEcnPace(0);
  const first = pace.rate;
  const now = arriving(pace, 0, 200);
  assert(pace.rate > 50 * first);
  pace.sent(PACKET, now + 1100 * MS);
  assert(pace.rate <= 3 * first, `${first} ${pace.rate}`);
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
