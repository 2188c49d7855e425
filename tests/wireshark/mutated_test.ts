/**
 * No bytes make the dissector fail: damaged frames of all captures are dissected, or said to be malformed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { unless } from "../../core/testing/left_out.ts";
import fc from "fast-check";
import { fd } from "../../core/contract/ids.ts";
import { COMPONENT_CODES, encodeCapturePacketHeader } from "../../core/wire/capture/capture_packet.ts";
import { LINK_TYPES } from "../../core/wire/capture/pcap.ts";
import { mutated } from "../support/mutations.ts";
import { recorded } from "../support/pcap.ts";
import { LAYERS } from "../vectors/captures.ts";
import { walk } from "../vectors/walk.ts";
import { dissectMade } from "./made.ts";
import { dissectRecorded } from "./recorded.ts";
import { type Dissected, whyNoTshark } from "./tshark.ts";

const test = unless(whyNoTshark);
const CAPTURES = [...Deno.readDirSync(new URL("../vectors/", import.meta.url))]
  .filter(({ name }) => name.endsWith(".pcap")).map(({ name }) => name.slice(0, -5)).sort();
/** Damage begins behind the addresses and types of the carriers: what is not ours is not dissected. */
const CARRIER = 14;
const FRAMES = 4000;

/** Every third frame as it was, so that flows are known; the others damaged. */
function damaged(frames: readonly Uint8Array[], carrier: number, seed: number): Uint8Array[] {
  const bodies = frames.map((frame) => frame.subarray(carrier));
  const bad = fc.sample(mutated(bodies), { numRuns: FRAMES, seed });
  return bad.flatMap((body, index) => {
    const whole = frames[index % frames.length];
    const head = whole.subarray(0, carrier);
    return [
      whole,
      Uint8Array.from([...head, ...body]),
      Uint8Array.from([...head, ...body.subarray(0, index % 90)]),
    ];
  });
}

function check(dissected: readonly Dissected[], count: number): void {
  assert.equal(dissected.length, count);
  const errors = dissected.filter(({ faults }) => faults.includes("_ws.lua.error"));
  assert.deepEqual(errors.map(({ number, values }) => `${number}: ${values("_ws.expert.message")}`), []);
  const malformed = dissected.filter(({ faults }) => faults.includes("ouro.malformed")).length;
  assert(malformed > count / 20, `${malformed} of ${count} are said to be malformed`);
  assert(malformed < count * 19 / 20, `${malformed} of ${count} are said to be malformed`);
}

test("damaged frames of Ethernet and UDP give no error of the script", () => {
  const frames = CAPTURES.flatMap((name) => recorded(name).slice(0, 60).map(({ bytes }) => bytes));
  const packets = damaged(frames, CARRIER, 1);
  check(
    dissectMade(LINK_TYPES.ethernet, packets, { preferences: { ethertypes: "a000,a123" } }),
    packets.length,
  );
});

test("damaged messages of every component give no error of the script", () => {
  const messages = LAYERS.flatMap(([name, , options]) => walk(name, options)).map(({ bytes }) => bytes);
  const packets = damaged(messages, 0, 2).map((bytes, index) => {
    const component = COMPONENT_CODES[index % COMPONENT_CODES.length];
    const direction = index % 2 === 0 ? "in" : "out";
    return Uint8Array.from([
      ...encodeCapturePacketHeader({ direction, component, fd: fd(64 + index % 7) }),
      ...bytes,
    ]);
  });
  check(
    dissectMade(LINK_TYPES.lower, packets, { preferences: { older: "FRCT headers and checksums" } }),
    packets.length,
  );
});

test("dissecting twice, as the program with windows does, gives the same", () => {
  const names = ["unicast-over-udp4", "eth-llc", "frct-enc-crc", "dht-basic-ab"];
  const [once, twice] = [[], ["-2"]].map((words) => dissectRecorded(names, { words }));
  for (const name of names) {
    const [first, second] = [once, twice].map((frames) =>
      frames.get(name)?.map(({ values }) => ["ouro.carries", "ouro.dt.eid", "ouro.frct.seqno"].map(values))
    );
    assert.deepEqual(second, first);
    assert(first?.some(([carries]) => carries.length > 0));
  }
});
