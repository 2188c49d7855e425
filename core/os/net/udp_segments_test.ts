import { NO_BYTES } from "../../kit/bytes.ts";
import assert from "node:assert/strict";
import { MessageBlock } from "../c/message_block.ts";
import { SendRing } from "./send_ring.ts";
import { EPERM } from "../c/errno.ts";
import { countSegments, segmentLength, SegmentLimit, setSegmentLength } from "./udp_segments.ts";

const EINVAL = 22, EIO = 5;

/** How the datagrams of these lengths are split into messages; those in `other` go elsewhere than the one before. */
function split(lengths: readonly number[], largest = 9000, other: readonly number[] = []): number[] {
  const ring = new SendRing(9000), same = new Uint8Array(ring.capacity).fill(1);
  for (const length of lengths) ring.put(NO_BYTES, new Uint8Array(length));
  for (const slot of [0, ...other]) same[slot] = 0;
  const counts: number[] = [];
  for (let slot = 0; slot < ring.row;) {
    const count = countSegments(ring, slot, ring.row, largest, same);
    counts.push(count);
    slot += count;
  }
  return counts;
}

Deno.test("datagrams of one length share a message; a shorter one ends it", () => {
  assert.deepEqual(split([100, 100, 100]), [3]);
  assert.deepEqual(split([100, 100, 50, 50, 100]), [3, 1, 1]);
  assert.deepEqual(split([50, 100]), [1, 1]);
  assert.deepEqual(split([100]), [1]);
});

Deno.test("empty datagrams have a message each", () => {
  assert.deepEqual(split([0, 0, 100, 0, 100]), [1, 1, 1, 1, 1]);
});

Deno.test("an endpoint's datagrams do not share a message with another's", () => {
  assert.deepEqual(split([100, 100, 100, 100], 9000, [1, 3]), [1, 2, 1]);
});

Deno.test("a message has at most 64 datagrams and 65507 bytes", () => {
  assert.deepEqual(split(new Array(130).fill(10)), [64, 64, 2]);
  assert.deepEqual(split(new Array(50).fill(1400)), [46, 4]);
  assert.deepEqual(split(new Array(8).fill(8189)), [7, 1]);
});

Deno.test("datagrams that are too long for it have a message each", () => {
  assert.deepEqual(split([100, 100, 99, 99], 99), [1, 1, 2]);
  assert.deepEqual(split([1, 1], 0), [1, 1]);
});

Deno.test("the length of datagrams is told and read as ancillary data", () => {
  const block = new MessageBlock({ messages: 2, slots: 2, slotBytes: 8 });
  assert.equal(segmentLength(block, 1, 700), 700, "none");
  setSegmentLength(block, 1, 1400);
  block.setControl(1, 24);
  const at = block.controlAt(1);
  assert.equal(block.bytes.subarray(at, at + 18).toHex(), "120000000000000011000000670000007805");
  assert.equal(segmentLength(block, 1, 3000), 3000, "of another type");
  block.words[(at >> 2) + 3] = 104;
  assert.equal(segmentLength(block, 1, 3000), 1400);
  block.words[(at >> 2) + 4] = 0;
  assert.equal(segmentLength(block, 1, 3000), 3000);
});

Deno.test("one refusal does not turn messages of several datagrams off for good", () => {
  const limit = new SegmentLimit(9000);
  for (const [errno, longest] of [[EINVAL, 1399], [EIO, 0]]) {
    assert.equal(limit.refused(errno, 1400), true);
    assert.equal(limit.longest, longest);
    limit.sent(64);
    assert.equal(limit.longest, longest);
    for (let sent = 64; sent < 4096; sent += 64) limit.sent(64);
    assert.equal(limit.longest, 9000);
  }
  assert.equal(limit.refused(EINVAL, 1400), true);
  limit.renew();
  assert.equal(limit.longest, 9000);
  assert.equal(limit.refused(EPERM, 1400), false, "it would fail one by one as well");
});
