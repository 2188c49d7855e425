/** Tests of packets in words, on recorded traffic and on damaged copies of it. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { fd } from "../../../contract/ids.ts";
import { encodeCapturePacketHeader } from "../../../wire/capture/capture_packet.ts";
import { LINK_TYPES } from "../../../wire/capture/pcap.ts";
import { LAYERS } from "../../../../tests/vectors/captures.ts";
import { mutated } from "../../../../tests/support/mutations.ts";
import { recorded } from "../../../../tests/support/pcap.ts";
import { type Kind, walk } from "../../../../tests/vectors/walk.ts";
import { BUILTINS } from "../../../../plugins/builtins.ts";
import { SILENT } from "../../../contract/ports.ts";
import { openRegistry } from "../../../registry/open_registry.ts";
import { Describer } from "./describer.ts";

const formats = await (await openRegistry(() => Promise.resolve(BUILTINS), [], SILENT)).allFormats();

/** What of a description says that it is a message of this kind. */
const WORDS: Partial<Record<Kind, RegExp>> = {
  "lower management": /^(flow request for|flow reply|name query|name answer) /,
  "keep-alive": /keep-alive$/,
  "CEP": /connection of (Enrollment|Management|Data Transfer)$/,
  "enrolment request": /enrolment request$/,
  "enrolment response": /enrolment response, 0$/,
  "enrolment ack": /enrolment ack, 0$/,
  "LSU": /link [0-9a-f.]{11} → [0-9a-f.]{11}, number \d+$/,
  "DT header": /to [0-9a-f.]{11}, /,
  "flow allocation": /to [0-9a-f.]{11}, (flow request|flow reply|congestion) /,
  "DHT": /to [0-9a-f.]{11}, directory: /,
  "broadcast data": /broadcast data$/,
};

for (const [name, , options] of LAYERS) {
  // Flows that are older than the capture are data to those who know nothing but the capture.
  if (options?.older !== undefined) continue;
  Deno.test(`each packet of ${name} in words`, () => {
    const describer = new Describer(LINK_TYPES.ethernet, formats);
    const descriptions = recorded(name).map((frame) =>
      describer.describe({ packet: frame.bytes, direction: "out" })
    );
    for (const { kind, where } of walk(name, options)) {
      const words = WORDS[kind];
      if (words === undefined) continue;
      const { what, peer } = descriptions[Number(where.split(" ").at(-1)) - 1];
      assert.match(what, words, `${where}: ${kind}`);
      assert.match(peer, /^(([0-9a-f]{2}:){5}[0-9a-f]{2}|10\.\d+\.\d\.\d:3435)$/);
    }
    assert(descriptions.every(({ what }) => !what.startsWith("malformed")));
  });
}

const ethernet = (name: string) => {
  const describer = new Describer(LINK_TYPES.ethernet, formats);
  return recorded(name).map(({ bytes }) => describer.describe({ packet: bytes, direction: "in" }));
};

Deno.test("the words of a capture over LLC, and of one with refusals", () => {
  const texts = (name: string, ...numbers: number[]) =>
    numbers.map((number) => ethernet(name)[number - 1].what);
  assert.deepEqual(texts("eth-llc-flow2", 1, 2, 3, 4, 9), [
    "name query for 42dee3b0…",
    "name answer for 42dee3b0…",
    "flow request for 42dee3b0… from end 2",
    "flow reply to end 2: accepted, end 2",
    "SAP 3, data",
  ]);
  assert.deepEqual(texts("eth-dix-reject", 2, 5, 14), [
    "flow reply to end 4660: refused, -1009",
    "EID 65, data",
    "malformed: a DIX frame says that 20 bytes follow its header; there are 5",
  ]);
  assert.equal(ethernet("udp6")[0].peer, "[fd77::1]:3435");
  assert.deepEqual(texts("udp4-sentinel", 5), ["EID 64, keep-alive"]);
});

Deno.test("the last fragment of a datagram is said to be one", () => {
  assert(ethernet("oap-x448mlkem1024-srv").some(({ what }) => what === "a fragment"));
});

Deno.test("packets of N-1 flows have their flow as peer, and their component from the header", () => {
  const describer = new Describer(LINK_TYPES.lower, formats);
  const update = Uint8Array.fromHex("000000004ea009d600000000a6b2a66c0010000000000001");
  const packet = (component: "management" | "unknown" | "broadcast") =>
    Uint8Array.from([...encodeCapturePacketHeader({ direction: "in", component, fd: fd(70) }), ...update]);
  const words = (["management", "unknown", "broadcast"] as const).map((component) =>
    describer.describe({ packet: packet(component), direction: "in" })
  );
  assert.deepEqual(words.map(({ what }) => what), [
    "link 6c.a6.b2.a6 → d6.09.a0.4e, number 4503599627370497, withdrawn",
    "data",
    "broadcast data",
  ]);
  assert(words.every(({ peer }) => peer === "flow 70"));
});

Deno.test("no packet makes it throw", () => {
  const frames = ["unicast-over-udp4", "eth-llc", "dht-basic-ab", "udp6"].flatMap((name) =>
    recorded(name).map(({ bytes }) => bytes)
  );
  for (const linkType of Object.values(LINK_TYPES)) {
    const describer = new Describer(linkType, formats);
    fc.assert(
      fc.property(
        mutated(frames),
        (packet) => describer.describe({ packet, direction: "out" }).what.length > 0,
      ),
      { numRuns: 1000 },
    );
    for (let length = 0; length < 60; length++) {
      describer.describe({ packet: frames[40].subarray(0, length), direction: "in" });
    }
  }
});
