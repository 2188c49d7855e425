/**
 * The dissector on recorded traffic: what it shows of each message is what our codecs decode.
 *
 * @module
 */
import assert from "node:assert/strict";
import { unless } from "../../core/testing/left_out.ts";
import { APPLICATIONS, type Capture, LAYERS } from "../vectors/captures.ts";
import { type Found, type Kind, KINDS, walk } from "../vectors/walk.ts";
import { EXPECTED } from "./expected.ts";
import { dissectRecorded } from "./recorded.ts";
import { type Dissected, dissectorFields, whyNoTshark } from "./tshark.ts";

const test = unless(whyNoTshark);

/** Frames with faults, and those that the dissector must report. All others must be without. */
const FAULTS: ReadonlyMap<string, readonly string[]> = new Map([
  // Says more bytes than it has, and has no room for what it is.
  ["eth-dix-reject frame 14", ["_ws.malformed", "ouro.malformed"]],
  // A positive answer without an allocation header.
  ["eth-dix-reject frame 19", ["_ws.malformed", "ouro.malformed"]],
  // A request without one.
  ["unicast-fa-negative-reply frame 1", ["_ws.malformed", "ouro.malformed"]],
  // The reference sends retransmissions, and what it makes itself, without a checksum.
  ["frct-crc frame 15", ["ouro.bad_checksum"]],
  ["frct-crc frame 16", ["ouro.bad_checksum"]],
  ["frct-crc frame 17", ["ouro.bad_checksum"]],
  ["frct-enc-crc frame 8", ["ouro.bad_checksum"]],
]);

const WORDS: Readonly<Record<string, string>> = {
  "Management": "management",
  "Data Transfer": "transfer",
};

/** What of a capture's options the dissector has to be told. */
function flowsOf([, , options]: Capture): string {
  return Object.entries(options?.older ?? {}).map(([eid, component]) => `${eid}=${WORDS[component]}`).join(
    ",",
  );
}

/** Where a capture was made: those with the same letters at the end are of different layers. */
const linkOf = ([name]: Capture) => name.match(/-[abc]{2}$/)?.[0] ?? "";

const CAPTURES = [...LAYERS, ...APPLICATIONS];
/** What has been dissected so far, by what can be dissected together. */
const groups = new Map<string, ReadonlyMap<string, readonly Dissected[]>>();

function dissected(capture: Capture): readonly Dissected[] {
  const group = (one: Capture) => `${flowsOf(one)} ${linkOf(one)}`;
  const key = group(capture);
  let shown = groups.get(key);
  if (!shown) {
    const names = CAPTURES.filter((one) => group(one) === key).map(([name]) => name);
    shown = dissectRecorded(names, { preferences: { ethertypes: "a000,a123", flows: flowsOf(capture) } });
    groups.set(key, shown);
  }
  return shown.get(capture[0]) ?? [];
}

/** What a flow of an application carries may be data, a header, or a secret. */
const DATA = ["user data", "FRCT", "encrypted"];
const kindsOf = (frame: Dissected): string[] => {
  const kinds = frame.values("ouro.carries").filter((kind) => kind === "encrypted" || known(kind));
  const others = kinds.filter((kind) => !DATA.includes(kind));
  // Behind an FRCT header there may be messages again; the walk does not look that far.
  if (kinds.includes("FRCT") && !kinds.includes("user data")) {
    return [...kinds.slice(0, kinds.indexOf("FRCT")), "data"];
  }
  return kinds.length > others.length ? [...others, "data"] : others;
};
const known = (kind: string): kind is Kind => KINDS.some((one) => one === kind);
const framesOf = (found: readonly Found[]): Map<number, Found[]> =>
  Map.groupBy(found, ({ where }) => Number(where.split(" ").at(-1)));

for (const capture of CAPTURES) {
  const [name, contents, options] = capture;
  test(`dissected: ${name}: ${contents}`, () => {
    const frames = new Map(dissected(capture).map((frame) => [frame.number, frame]));
    for (const frame of frames.values()) {
      const where = `${name} frame ${frame.number}`;
      assert.deepEqual([...frame.faults].sort(), FAULTS.get(where) ?? [], `${where}: faults`);
    }
    let compared = 0;
    for (const [number, found] of framesOf(walk(name, options))) {
      const frame = frames.get(number);
      assert(frame, `${name} frame ${number} is not shown`);
      if (FAULTS.get(`${name} frame ${number}`)?.includes("ouro.malformed")) continue;
      const kinds = found.map(({ kind }) => DATA.includes(kind) ? "data" : kind);
      assert.deepEqual(kindsOf(frame), kinds, `${name} frame ${number}: kinds`);
      for (const { kind, bytes, hashLength, where } of found) {
        for (const [field, values] of Object.entries(EXPECTED.get(kind)?.(bytes, hashLength) ?? {})) {
          assert.deepEqual(frame.values(field), values, `${where}: ${kind}: ${field}`);
          compared += values.length;
        }
      }
    }
    assert(compared >= 9, `${compared} values compared`);
  });
}

test("the dissector has fields of every format, each with its prefix", () => {
  const prefixes = new Set(dissectorFields().map((field) => field.split(".").slice(0, 2).join(".")));
  for (
    const format of "dix llc udp mgmt qos oap frct crc crypt dt fa lsu dht cep enrol oping cap".split(" ")
  ) assert(prefixes.has(`ouro.${format}`), format);
});
