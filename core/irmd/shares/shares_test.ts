/** Tests of the shares of users. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ExhaustedError } from "../../contract/errors.ts";
import { uid } from "../../contract/ids.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { testingLog } from "../../testing/log.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { Pool } from "./pool.ts";
import { Shares } from "./shares.ts";

const publicly = (user: number) => ({ uid: uid(user), socket: "public" as const });

Deno.test("property: however users take and give, nobody gets more than is left for others, and what was given back is free", () => {
  const acts = fc.array(fc.record({ user: fc.nat(4), take: fc.boolean() }), { maxLength: 300 });
  fc.assert(fc.property(acts, fc.integer({ min: 2, max: 60 }), (plan, together) => {
    const pool = new Pool("things", { together, each: Infinity });
    const has = new Map<number, number>();
    for (const { user, take } of plan) {
      const own = has.get(user) ?? 0;
      const free = together - has.values().reduce((sum, count) => sum + count, 0);
      assert.equal(pool.fits(uid(user)), own + 1 <= free);
      if (take && pool.fits(uid(user))) {
        pool.take(uid(user));
        has.set(user, own + 1);
      } else if (!take && own > 0) {
        pool.give(uid(user));
        has.set(user, own - 1);
      }
    }
    for (const [user, count] of has) pool.give(uid(user), count);
    assert.equal(pool.counts().used, 0);
  }));
});

Deno.test("root, the owner of the IRMd and the administrators' socket have what no other user can take", () => {
  const time = new VirtualTime();
  const shares = new Shares({ clock: time, log: testingLog([]) }, DEFAULT_LIMITS, 4, 1000);
  for (let count = 0; count < 2; count++) shares.connections.take(publicly(2000));
  assert.throws(() => shares.connections.take(publicly(2000)), ExhaustedError);
  for (let count = 0; count < 10; count++) {
    for (const who of [publicly(0), publicly(1000), { uid: uid(2000), socket: "admin" as const }]) {
      shares.connections.take(who);
    }
  }
});

Deno.test("who sends more messages than his share waits, and nobody else does", () => {
  const time = new VirtualTime();
  const limits = { ...DEFAULT_LIMITS, messages: 100 };
  const shares = new Shares({ clock: time, log: testingLog([]) }, limits);
  const waits = Array.from({ length: 22 }, () => shares.spend(publicly(2000), 1));
  assert.deepEqual(waits.slice(19), [0, 10, 20]);
  assert.equal(shares.spend(publicly(2001), 1), 0);
  time.advance(10_000);
  assert.equal(shares.spend(publicly(2000), 1), 0);
});

Deno.test("what a user does takes so many lines of the log a minute, and what is left out is told", () => {
  const time = new VirtualTime();
  const lines: string[] = [];
  const shares = new Shares({ clock: time, log: testingLog(lines) }, { ...DEFAULT_LIMITS, lines: 60 });
  for (let second = 0; second < 60; second++) {
    for (let count = 0; count < 100; count++) shares.logOf(publicly(2000)).warning("Garbage.");
    time.advance(1000);
  }
  assert(lines.length <= 60 + 60 + 7, `${lines.length} lines`);
  assert(lines.some((line) => line.includes("lines on what user 2000 does are left out")));
  shares.logOf(publicly(2001)).warning("Another's.");
  assert.match(lines.at(-1) ?? "", /Another's/);
});

Deno.test("what data sockets have turned away is added up for each user", () => {
  const time = new VirtualTime();
  const shares = new Shares({ clock: time, log: testingLog([]) });
  assert.deepEqual(shares.counts().dataSockets, {});
  shares.turnedAway([
    { user: uid(2000), failed: 256, unheard: 7 },
    { user: undefined, failed: 64, unheard: 0 },
  ]);
  shares.turnedAway([{ user: uid(2000), failed: 1, unheard: 2 }]);
  assert.deepEqual(shares.counts().dataSockets, {
    "2000": { failed: 257, unheard: 9 },
    unknown: { failed: 64, unheard: 0 },
  });
});
