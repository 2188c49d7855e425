/** Tests of copies of packets without ids. @module */
import assert from "node:assert/strict";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { Copies, Way } from "./copies.ts";

const HELLO = Uint8Array.of(1, 2, 3), OTHER = Uint8Array.of(4);

/** Two members of ours, in a ring with one that knows no ids. */
function ring() {
  const time = new VirtualTime();
  return { time, copies: new Copies(time, 7), theirs: new Way() };
}

Deno.test("what a neighbour without ids sends twice is two packets, where there is no loop", () => {
  const { copies, theirs } = ring();
  assert.deepEqual([copies.arrived(theirs, HELLO), copies.arrived(theirs, HELLO)], [true, true]);
});

Deno.test("where there is a loop, what its slow member sends on again is a copy, however often", () => {
  const { time, copies, theirs } = ring();
  // What was written here has come back.
  copies.entered(OTHER);
  assert.equal(copies.arrived(theirs, OTHER), false);
  // The other member of ours has got this one's packet first, and has given it to theirs, which sends it here again.
  assert.equal(copies.arrived(theirs, HELLO), true);
  for (let round = 0; round < 10; round++) {
    time.advance(20);
    assert.equal(copies.arrived(theirs, HELLO), false);
  }
  time.advance(1000);
  assert.equal(copies.arrived(theirs, HELLO), true, "by now it is another packet");
  time.advance(61_000);
  assert.deepEqual(
    [copies.arrived(theirs, OTHER), copies.arrived(theirs, OTHER)],
    [true, true],
    "the loop is gone",
  );
});
