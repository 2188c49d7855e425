/** Tests of what of a device's frames is captured, on recorded traffic. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { mutated } from "../../../tests/support/mutations.ts";
import { recorded } from "../../../tests/support/pcap.ts";
import { frameFilter, type FrameFilterSettings } from "./frame_filter.ts";

const ALL: FrameFilterSettings = { etherTypes: [0xa000], ports: [3435], llc: true };

/** Numbers of frames of a capture that pass. */
function passed(name: string, settings: FrameFilterSettings = ALL): number[] {
  const matches = frameFilter(settings);
  return recorded(name).filter(({ bytes }) => matches(bytes)).map(({ number }) => number);
}

const everything = (name: string) => recorded(name).map(({ number }) => number);

Deno.test("each kind of layer passes, fragments too; others do not", () => {
  for (const name of ["eth-dix", "eth-llc", "eth-llc-sentinel", "udp4", "udp6", "oap-x448mlkem1024-srv"]) {
    assert.deepEqual(passed(name), everything(name), name);
  }
  for (const name of ["eth-dix-sha3-512", "udp4-ddns"]) assert.deepEqual(passed(name), [], name);
  assert.deepEqual(
    passed("eth-dix-sha3-512", { ...ALL, etherTypes: [1536, 0xa123] }),
    everything("eth-dix-sha3-512"),
  );
  assert.deepEqual(passed("udp4-ddns", { ...ALL, ports: [53] }), everything("udp4-ddns"));
});

Deno.test("what is not wanted does not pass", () => {
  assert.deepEqual(passed("eth-dix", { ...ALL, etherTypes: [] }), []);
  assert.deepEqual(passed("eth-llc", { ...ALL, llc: false }), []);
  assert.deepEqual(passed("oap-x448mlkem1024-srv", { ...ALL, ports: [] }), []);
  assert.deepEqual(passed("udp6", { ...ALL, ports: [3436] }), []);
});

Deno.test("spanning tree, SNAP and numbered LLC frames are others'", () => {
  const matches = frameFilter(ALL);
  const llc = (...bytes: number[]) =>
    matches(Uint8Array.of(...new Array(12).fill(2), 0, bytes.length, ...bytes, ...new Array(46).fill(0)));
  assert.equal(llc(0x80, 0x80, 0x03, 0), true);
  assert.equal(llc(0x40, 0xc0, 0x03), true);
  for (
    const bytes of [[0x42, 0x42, 0x03], [0xaa, 0xaa, 0x03], [0x40, 0x40, 0x13], [0x00, 0x40, 0x03], [0x40]]
  ) {
    assert.equal(llc(...bytes), false, bytes.join(" "));
  }
});

Deno.test("of many fragmented datagrams at once, the last are known", () => {
  const frames = recorded("oap-x448mlkem1024-srv").map(({ bytes }) => bytes);
  const first = frames.find((bytes) => (bytes[20] & 0x20) !== 0 && (bytes[21] | bytes[20] & 0x1f) === 0);
  const later = frames.find((bytes) => (bytes[21] | bytes[20] & 0x1f) !== 0);
  assert(first && later);
  const matches = frameFilter(ALL);
  const numbered = (frame: Uint8Array, id: number) =>
    Uint8Array.from(frame, (byte, at) => at === 18 ? id : byte);
  const same = Uint8Array.from(later, (byte, at) => at === 18 || at === 19 ? first[at] : byte);
  for (let id = 0; id < 100; id++) assert(matches(numbered(first, id)));
  assert.deepEqual([99, 36, 35, 0].map((id) => matches(numbered(same, id))), [true, true, false, false]);
});

Deno.test("no frame makes it throw", () => {
  const frames = ["eth-dix", "eth-llc", "udp4", "udp6", "oap-x448mlkem1024-srv"].flatMap((name) =>
    recorded(name).map(({ bytes }) => bytes)
  );
  const matches = frameFilter(ALL);
  fc.assert(fc.property(mutated(frames), (frame) => typeof matches(frame) === "boolean"), { numRuns: 2000 });
});
