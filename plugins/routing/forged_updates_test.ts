/** Tests of link-state routing among strangers: what it does not believe, and whom it asks. @module */
import assert from "node:assert/strict";
import { EPOCH, ScriptedMember } from "../testing/routing.ts";

const HOUR = 3_600_000;

Deno.test("numbers that no member can have come to are dropped, whomever they are of, and change nothing", () => {
  const member = new ScriptedMember();
  const [peer, other] = [member.management(2), member.management(3)];
  member.transfer(2, 70);
  member.hearLinks(peer, 2 ** 52 + EPOCH, [1, 2], [2, 4]);
  member.time.advance(5000);
  const forged = [2 ** 53 - 1, 2 ** 53 - 2, 2 ** 53 - 2 ** 32 + 2, 2 ** 52 + EPOCH + 25 * HOUR + 1];
  const adjacencies = [[1, 2], [2, 1], [2, 4], [4, 2], [7, 8]] as const;
  const count = member.count("dropped", "forged");
  for (const sequence of forged) {
    for (const [source, destination] of adjacencies) member.hear(other, source, destination, sequence);
  }
  member.time.advance(10_000);
  assert.deepEqual(member.table, { 2: [70], 4: [70] });
  assert.equal(member.count("dropped", "forged") - count, forged.length * adjacencies.length);
  assert([...peer.sent, ...other.sent].every(({ sequence }) => !forged.includes(sequence)));
  assert(peer.of(1, 2).every(({ sequence }) => sequence < 2 ** 52 + EPOCH + HOUR));
});

Deno.test("a member whose clock was never set believes the others", () => {
  const member = new ScriptedMember(undefined, {}, 1, 0);
  const peer = member.management(2);
  member.transfer(2, 70);
  member.hearLinks(peer, 2 ** 52 + EPOCH, [1, 2], [2, 4]);
  member.time.advance(5000);
  assert.deepEqual(member.table, { 2: [70], 4: [70] });
});

/** A member with two neighbours, both reached directly, and a stranger that is connected for management only. */
function withStranger(as: number) {
  const member = new ScriptedMember();
  const neighbour = member.management(2);
  const number = 2 ** 52 + EPOCH;
  member.transfer(2, 70);
  member.hearLinks(neighbour, number, [1, 2], [2, 4]);
  member.time.advance(5000);
  return { member, neighbour, stranger: member.management(as), number };
}

for (const [who, as] of [["a stranger", 9], ["a stranger under the address of a neighbour", 2]] as const) {
  Deno.test(`what ${who} says does not withdraw what the neighbour says when it is asked`, () => {
    const { member, neighbour, stranger, number } = withStranger(as);
    for (let round = 1; round < 20; round++) {
      const forged = number + 100 * round + 1;
      neighbour.sent.length = 0;
      for (const destination of [1, 4]) member.hear(stranger, 2, destination, forged);
      // The neighbour hears of it at once, and goes on above that.
      assert.deepEqual(neighbour.sent.map(({ sequence }) => sequence), [forged, forged]);
      member.time.advance(50);
      for (const destination of [1, 4]) member.hear(neighbour, 2, destination, forged + 1);
      member.time.advance(950);
      assert.deepEqual(member.table, { 2: [70], 4: [70] });
    }
    member.time.advance(3000);
    assert.deepEqual(member.table, { 2: [70], 4: [70] });
    assert.equal(member.count("dropped", "hearsay"), 38);
  });
}

Deno.test("what others say that an adjacency of a neighbour is gone holds when the neighbour does not contradict", () => {
  const { member, stranger, number } = withStranger(9);
  member.hear(stranger, 2, 4, number + 1);
  member.time.advance(50);
  assert.deepEqual(member.table, { 2: [70], 4: [70] });
  member.time.advance(200);
  assert.deepEqual(member.table, { 2: [70] });
});

Deno.test("a neighbour is told when somebody has announced more under its address", () => {
  const { member, neighbour, stranger, number } = withStranger(2);
  member.hear(stranger, 2, 4, number + 1000);
  member.time.advance(5000);
  neighbour.sent.length = 0;
  member.hear(neighbour, 2, 4, number + 2);
  member.time.advance(100);
  assert.deepEqual(neighbour.of(2, 4).map(({ sequence }) => sequence), [number + 1000]);
});
