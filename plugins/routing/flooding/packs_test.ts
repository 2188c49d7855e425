/** Tests of updates that go together. @module */
import assert from "node:assert/strict";
import { EPOCH, type PlayedPeer, ScriptedMember } from "../../testing/routing.ts";
import { LINK_STATE_UPDATE_BYTES } from "../link_state_update.ts";
import { GREETING, MOST_TOGETHER } from "./packs.ts";

const ENTRIES = 100;

/** A member that knows 100 adjacencies, and peers, the first of which has told of them. */
function knowing(...numbers: readonly number[]): { member: ScriptedMember; peers: PlayedPeer[] } {
  const member = new ScriptedMember();
  const teller = member.management(9);
  for (let entry = 0; entry < ENTRIES; entry++) member.hear(teller, 100 + entry, 50, 0);
  const peers = numbers.map((number) => member.management(number));
  return { member, peers };
}

/** It is of this implementation: its numbers show that. */
function announces(member: ScriptedMember, peer: PlayedPeer): void {
  member.transfer(peer.neighbour, 70 + peer.neighbour);
  member.hear(peer, peer.neighbour, 1, 2 ** 52 + EPOCH);
}

const told = ({ sent }: PlayedPeer) =>
  new Set(sent.filter(({ source }) => source >= 100).map(({ source }) => source)).size;

Deno.test("a neighbour of this implementation is greeted and, when it has greeted, sent updates together; others get one by one", () => {
  const { member, peers: [ours, silent, reference] } = knowing(2, 3, 4);
  for (const peer of [ours, silent]) announces(member, peer);
  member.transfer(4, 74);
  member.hear(reference, 4, 1, 0);
  member.routing.receive(ours, GREETING);
  member.time.advance(500);
  for (const peer of [ours, silent, reference]) assert.equal(told(peer), ENTRIES);
  assert(ours.lengths.length < 20, `${ours.lengths}`);
  assert.equal(Math.max(...ours.lengths), MOST_TOGETHER * LINK_STATE_UPDATE_BYTES);
  const greetings = ({ lengths }: PlayedPeer) =>
    lengths.filter((length) => length === GREETING.length).length;
  assert.deepEqual([greetings(silent), greetings(reference)], [1, 0]);
  assert.equal(silent.lengths.length, reference.lengths.length + 1);
  assert.equal(member.count("dropped", "malformed"), 0);
  member.time.advance(20_000);
  assert.deepEqual([greetings(silent) <= 3, greetings(reference)], [true, 0]);
});

Deno.test("updates that come together are taken like those that come alone, and what is none among them is counted", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  const pack = new Uint8Array(3 * LINK_STATE_UPDATE_BYTES);
  pack.set([7, 0, 0, 0, 0, 0, 0, 0, 8], 7);
  pack.set([8, 0, 0, 0, 0, 0, 0, 0, 7], 7 + LINK_STATE_UPDATE_BYTES);
  pack.set([8, 0, 0, 0, 0, 0, 0, 0, 8], 7 + 2 * LINK_STATE_UPDATE_BYTES);
  member.routing.receive(peer, pack);
  assert.deepEqual([member.count("received"), member.count("accepted")], [3, 2]);
  assert.equal(member.count("dropped", "malformed"), 1);
});

Deno.test("a path that does not carry updates together any more gets all of them one by one", () => {
  const { member, peers: [peer] } = knowing(2);
  announces(member, peer);
  member.routing.receive(peer, GREETING);
  peer.longest = 100;
  member.time.advance(500);
  assert.equal(told(peer), ENTRIES);
  assert.equal(Math.max(...peer.lengths), LINK_STATE_UPDATE_BYTES);
});

Deno.test("what a flow does not take stays owed, all of it", () => {
  const { member, peers: [peer] } = knowing(2);
  announces(member, peer);
  member.routing.receive(peer, GREETING);
  peer.open = false;
  member.time.advance(500);
  peer.open = true;
  member.time.advance(200);
  assert.equal(told(peer), ENTRIES);
  assert(peer.lengths.length < 20, `${peer.lengths}`);
});
