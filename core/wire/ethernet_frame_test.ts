/** Tests of the frames of layers on Ethernet, on recorded traffic. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../contract/errors.ts";
import { recorded } from "../../tests/support/pcap.ts";
import { mutated } from "../../tests/support/mutations.ts";
import * as frames from "./ethernet_frame.ts";

const DIX = [
  "eth-dix",
  "eth-dix-flow2",
  "eth-dix-sentinel",
  "eth-dix-qos",
  "eth-dix-reject",
  "eth-dix-sha3-512",
];
const LLC = ["eth-llc", "eth-llc-flow2", "eth-llc-sentinel", "eth-llc-reject"];
const all = (names: readonly string[]) =>
  names.flatMap((name) =>
    recorded(name).map(({ number, bytes }) => ({ where: `${name} frame ${number}`, bytes }))
  );
const destination = (bytes: Uint8Array) => frames.macAddress(bytes.slice(0, 6));

/** Says more than it has. */
const MALFORMED = "eth-dix-reject frame 14";

function rebuiltDix(frame: Uint8Array): string {
  const [to, from] = [destination(frame), frames.frameSource(frame)];
  const header = frames.dixHeader(to, from, frames.etherType(frame), frames.dixEid(frame));
  frames.setDixLength(header, frames.dixPayload(frame).length);
  return header.toHex() + frames.dixPayload(frame).toHex();
}

function rebuiltLlc(frame: Uint8Array): string {
  const [to, from] = [destination(frame), frames.frameSource(frame)];
  const header = frames.llcHeader(to, from, frames.llcTo(frame), frames.llcFrom(frame));
  frames.setLlcLength(header, frames.llcPayload(frame).length);
  return header.toHex() + frames.llcPayload(frame).toHex();
}

Deno.test("recorded DIX frames are taken apart and put together again; padding is left out", () => {
  let padded = 0;
  for (const { where, bytes } of all(DIX)) {
    if (where === MALFORMED) continue;
    frames.checkDixFrame(bytes);
    const rebuilt = rebuiltDix(bytes);
    assert.equal(rebuilt, bytes.toHex().slice(0, rebuilt.length), where);
    if (rebuilt.length < 2 * bytes.length) padded++;
  }
  assert.equal(padded, 2, "frames 5 and 7 of eth-dix-reject have padding");
});

Deno.test("recorded LLC frames are taken apart and put together again", () => {
  for (const { where, bytes } of all(LLC)) {
    frames.checkLlcFrame(bytes);
    assert(frames.isUnnumbered(bytes));
    assert.equal(rebuiltLlc(bytes), bytes.toHex(), where);
  }
});

Deno.test("a frame whose length lies is refused by name", () => {
  const lying = all(DIX).find(({ where }) => where === MALFORMED);
  assert(lying);
  assert.throws(
    () => frames.checkDixFrame(lying.bytes),
    /says that \d+ bytes follow its header; there are \d+/,
  );
  assert.throws(
    () => frames.checkDixFrame(lying.bytes.subarray(0, 17)),
    /at least 18 bytes; this one has 17/,
  );
  const [{ bytes }] = all(LLC);
  for (
    const [length, error] of [[2, /at least 3 bytes; this one says 2/], [1501, /at most 1500 bytes/], [
      bytes.length - 13,
      /there are/,
    ]] as const
  ) {
    const frame = bytes.slice();
    frame.set([length >> 8, length], 12);
    assert.throws(() => frames.checkLlcFrame(frame), error);
  }
  assert.throws(() => frames.checkLlcFrame(bytes.subarray(0, 16)), /at least 17 bytes; this one has 16/);
});

Deno.test("damaged frames are whole or give a ProtocolError, and payloads stay inside", () => {
  const check = (names: readonly string[], run: (frame: Uint8Array) => string) => {
    let refused = 0;
    const bytes = all(names).map(({ bytes }) => bytes);
    fc.assert(
      fc.property(mutated(bytes), (frame) => {
        try {
          const rebuilt = run(frame);
          assert(rebuilt.length <= 2 * frame.length);
        } catch (error) {
          assert(error instanceof ProtocolError, String(error));
          refused++;
        }
      }),
      { numRuns: 500 },
    );
    assert(refused > 0);
  };
  check(DIX, (frame) => (frames.checkDixFrame(frame), rebuiltDix(frame)));
  check(LLC, (frame) => (frames.checkLlcFrame(frame), rebuiltLlc(frame)));
});

Deno.test("SAPs travel in reverse", () => {
  const at = (sap: number) => frames.llcHeader(frames.BROADCAST, frames.BROADCAST, sap, 0)[14];
  assert.deepEqual([1, 2, 3, 4, 5, 21].map(at), [0x80, 0x40, 0xc0, 0x20, 0xa0, 0xa8]);
  for (let sap = 0; sap < 256; sap++) {
    assert.equal(frames.llcFrom(frames.llcHeader(frames.BROADCAST, frames.BROADCAST, 0, sap)), sap);
  }
});

Deno.test("addresses are compared whole", () => {
  const own = frames.macAddress(Uint8Array.of(2, 0, 0, 0, 0x0a, 1));
  const frame = new Uint8Array(14);
  frame.set(own);
  frame.set(own, 6);
  assert(frames.goesTo(frame, own) && frames.comesFrom(frame, own) && !frames.goesToGroup(frame));
  for (let at = 0; at < 6; at++) {
    const other = frame.slice();
    other[at] ^= 4;
    other[6 + at] ^= 4;
    assert(!frames.goesTo(other, own) && !frames.comesFrom(other, own));
  }
  assert(frames.goesToGroup(frames.BROADCAST));
  assert.equal(frames.formatMac(own), "02:00:00:00:0a:01");
});
