/** What a member announces beside its adjacencies. @module */
import assert from "node:assert/strict";
import { announcing, withdraws } from "../lsdb/sequence.ts";
import { EPOCH, ScriptedMember } from "../../testing/routing.ts";

Deno.test("a flow that is made again is followed by an adjacency that nobody knows, once: the reference computes for that only", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.transfer(2, 70);
  member.time.advance(20_000);
  const others = () => peer.sent.filter(({ destination }) => destination !== 2);
  assert.deepEqual(others(), []);
  member.transferDown(2, 70);
  member.time.advance(1000);
  const again = member.time.now();
  for (const flow of [71, 72]) {
    member.transfer(2, flow);
    member.transferDown(2, flow);
  }
  member.transfer(2, 73);
  member.time.advance(100_000);
  const [{ source, sequence, at }, ...more] = others();
  assert.deepEqual([source, withdraws(sequence), more], [1, true, []]);
  assert(at - again > 900 && at - again < 2100, "later than the flow");
});

Deno.test("a flow to a member of this kind that is made again is followed by nothing that makes the reference compute: it would forget which of its flows are down", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.transfer(2, 70);
  const announced = announcing(EPOCH + 2 ** 52);
  member.hear(peer, 2, 1, announced);
  member.time.advance(20_000);
  member.transferDown(2, 70);
  member.hear(peer, 2, 1, announced + 1);
  member.time.advance(1000);
  member.transfer(2, 71);
  member.time.advance(100_000);
  assert.deepEqual(peer.sent.filter(({ source, destination }) => source === 1 && destination !== 2), []);
});
