/** Layers between two raptor cards, in virtual time. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { checkMutations } from "../../tests/support/mutations.ts";
import { QOS } from "../../core/contract/qos.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import type { ShimMessage } from "../../core/ipcp/shim/shim_message.ts";
import { HASH, NONE, OTHER, Station } from "../testing/ethernet.ts";
import { cable } from "../testing/raptor.ts";
import { raptor } from "./raptor.ts";
import {
  decodeRaptorManagement,
  encodeRaptorManagement,
  FRAME_LIMIT,
  HEADER_BYTES,
  payloadOf,
  writeHeader,
} from "./raptor_frame.ts";

/** Two members; the second one has the name. */
function pair() {
  const time = new VirtualTime();
  const cards = cable(time);
  const [near, far] = cards.map((card) => new Station(time, card, { plugin: raptor }));
  for (const station of [near, far]) assert(station.start({ hash: "SHA3_256" }).ok);
  far.register();
  return { time, near, far, cards };
}

Deno.test("a name is found at the other end of the cable, and a flow carries packets both ways, up to its limit", () => {
  const { time, near, far } = pair();
  const flow = near.allocate(HASH, Uint8Array.of(1, 2));
  assert.equal(flow.reply?.response, 0);
  assert.deepEqual(far.requests[0].data, Uint8Array.of(1, 2));
  const [other] = far.offered;
  assert.equal(flow.maxPacket, FRAME_LIMIT - 1 - HEADER_BYTES);
  for (const length of [1, 64, 3892]) {
    flow.write(new Uint8Array(length).fill(length));
    other.write(new Uint8Array(length).fill(length + 1));
  }
  flow.write(new Uint8Array(3893));
  time.advance(10);
  assert.deepEqual(other.received.map(({ length }) => length), [1, 64, 3892]);
  assert.deepEqual(flow.received.map(({ length }) => length), [1, 64, 3892]);
  near.deallocate(flow);
  time.advance(3000);
  assert.match(other.lost ?? "", /the other end has deallocated the flow/);
});

Deno.test("a name that nobody has is not found, and a refusal arrives as one", () => {
  const { near, far } = pair();
  assert((near.allocate(OTHER).reply?.response ?? 0) < 0);
  far.accept({ response: -1007, data: NONE });
  assert.equal(near.allocate().reply?.response, -1007);
});

Deno.test("lost messages cost time, not the flow", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { near, cards } = pair();
    const random = new SeededRandom(seed);
    for (const card of cards) card.carries = () => random.uint32() % 5 !== 0;
    assert.equal(near.allocate().reply?.response, 0, `seed ${seed}`);
  }
});

Deno.test("a card that is taken out ends its flows with a reason", () => {
  const { near, cards } = pair();
  const flow = near.allocate();
  cards[0].vanish();
  assert.match(flow.lost ?? "", /the card is gone: it was taken out/);
});

Deno.test("whatever comes from the cable does no harm, and what is none is counted", () => {
  const { time, near, far, cards } = pair();
  const flow = near.allocate();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (bytes, whole) => {
      const frame = bytes.slice();
      if (whole && frame.length >= HEADER_BYTES) {
        writeHeader(frame, frame[2] % 4, frame.length - HEADER_BYTES);
      }
      cards[1].arrive(frame);
    }),
    { seed: 1, numRuns: 500 },
  );
  time.advance(5000);
  const before = far.offered[0].received.length;
  flow.write(Uint8Array.of(9));
  time.advance(10);
  assert.equal(far.offered[0].received.length, before + 1);
  assert.match(JSON.stringify(far.layer.stats?.()), /"malformed":[1-9]/);
});

Deno.test("every message is read as it was written, and damaged ones are read or refused", () => {
  const messages: ShimMessage[] = [
    { code: "request", requester: 7, qos: QOS.voice, hash: HASH, data: Uint8Array.of(1, 2, 3) },
    { code: "reply", requester: 7, responder: 9, response: -1007, data: NONE },
    { code: "reply", requester: 7, responder: 9, response: 0, data: Uint8Array.of(5) },
    { code: "query", hash: HASH },
    { code: "answer", hash: OTHER },
    { code: "deallocate", source: 2, destination: 255 },
    { code: "check", source: 3, destination: 4 },
    { code: "present", source: 4, destination: 3 },
    { code: "absent", destination: 8 },
  ];
  for (const message of messages) {
    const bytes = encodeRaptorManagement(message);
    assert.deepEqual(decodeRaptorManagement(bytes, 32), message);
  }
  const all = messages.map(encodeRaptorManagement);
  checkMutations(all, (damaged) => decodeRaptorManagement(damaged, 32), encodeRaptorManagement);
  const frame = new Uint8Array(20);
  writeHeader(frame, 5, 10);
  assert.equal(payloadOf(frame).length, 10);
});
