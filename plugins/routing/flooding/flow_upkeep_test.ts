/** Tests of what management flows need beyond flooding, with one member among peers. @module */
import assert from "node:assert/strict";
import { EPOCH, ScriptedMember } from "../../testing/routing.ts";

Deno.test("a management flow never falls silent for 5 s, nor this end of it for 30 s, also without an adjacency", () => {
  const member = new ScriptedMember();
  const [peer, other] = [member.management(2), member.management(3)];
  const heard: number[] = [];
  for (let round = 0; round < 200; round++) {
    member.hear(peer, 2, 9, round);
    heard.push(member.time.now());
    member.time.advance(3000);
  }
  const longest = (times: number[]) => {
    times.sort((one, other) => one - other);
    return Math.max(...times.slice(1).map((time, index) => time - times[index]));
  };
  const [spoken, alone] = [peer, other].map(({ sent }) => sent.map(({ at }) => at));
  assert(longest([...spoken, ...heard]) <= 5000 && longest(alone) <= 5000);
  assert(spoken.length > 10 && longest(spoken) <= 30_000, `${longest(spoken)}`);
});

Deno.test("a neighbour of this implementation that asks gets the database, not more often than it can use it; no other one is asked", () => {
  const member = new ScriptedMember();
  const [peer, other] = [member.management(2), member.management(3)];
  for (const neighbour of [2, 3]) member.transfer(neighbour, 70 + neighbour);
  member.hear(peer, 2, 1, 2 ** 52 + EPOCH);
  member.hear(other, 3, 1, 0);
  for (let number = 10; number < 60; number++) member.hear(other, number, 9, 0);
  member.time.advance(12_000);
  peer.sent.length = 0;
  for (let time = 0; time < 1000; time += 10) {
    member.hear(peer, 1, 2, 0);
    member.time.advance(10);
  }
  assert.deepEqual(peer.of(59, 9).length, 1);
  assert.equal(member.count("dropped", "foreign"), 0);
  member.time.advance(20_000);
  for (const one of [peer, other]) {
    one.sent.length = 0;
    member.hear(one, one.neighbour, 1, 2 ** 40);
    assert.equal(
      one.of(one.neighbour, 1).filter(({ sequence }) => sequence === 0).length,
      one === peer ? 1 : 0,
    );
  }
});
