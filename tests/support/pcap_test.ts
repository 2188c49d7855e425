import assert from "node:assert/strict";
import { readPcap, recorded } from "./pcap.ts";

/** The same bytes with every word of the headers turned round. */
function swapped(bytes: Uint8Array): Uint8Array {
  const result = Uint8Array.from(bytes);
  const turn = (at: number, length: number) => result.subarray(at, at + length).reverse();
  turn(0, 4);
  turn(4, 2);
  turn(6, 2);
  for (let at = 8; at < 24; at += 4) turn(at, 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = 24; at < bytes.length; at += 16 + view.getUint32(at + 8, true)) {
    for (let word = 0; word < 4; word++) turn(at + word * 4, 4);
  }
  return result;
}

const file = Deno.readFileSync(new URL("../vectors/eth-dix.pcap", import.meta.url));

Deno.test("captures are read in both byte orders", () => {
  const frames = recorded("eth-dix");
  assert.equal(frames.length, 10);
  assert.deepEqual(frames.map(({ number }) => number), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal(frames[0].bytes.subarray(0, 14).toHex(), "ffffffffffff020000000a01a000");
  assert(frames.every(({ time }, index) => index === 0 || time >= frames[index - 1].time));
  assert.deepEqual(readPcap(swapped(file)), frames);
});

Deno.test("what is not a capture is refused", () => {
  assert.throws(() => readPcap(new Uint8Array(10)), /header of 24 bytes/);
  assert.throws(() => readPcap(new Uint8Array(24)), /not a capture/);
  assert.throws(() => readPcap(file.subarray(0, -1)), /within a frame/);
  assert.throws(() => readPcap(file.subarray(0, 30)), /header of a frame/);
  const other = Uint8Array.from(file);
  other[20] = 101;
  assert.throws(() => readPcap(other), /link type is 101, not 1/);
});
