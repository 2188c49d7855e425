import assert from "node:assert/strict";
import fc from "fast-check";
import { MessageSizeError, ProtocolError } from "../../../core/contract/errors.ts";
import { address, nameHash } from "../../../core/contract/ids.ts";
import { QOS } from "../../../core/contract/qos.ts";
import {
  decodeFlowAllocationMessage,
  encodeFlowAllocationMessage,
  type FlowAllocationMessage,
} from "./flow_allocation_message.ts";

const HASH = "42dee3b0415b4f690fd91cbd99876f1e9bd8d9745ef7fa32b142773af0349d54";
const ID = "e70627f50cde19d32181db2245434e49";
const REQUEST = "00000000a6b2a66c0000000000000000c41fd46d000000420000000000000000" +
  "00000000ffffffff0000000100000001ffffffff0001d4c0000000" + "0000" + HASH + ID + "18e9b014866574ac" +
  "00".repeat(12);
const REPLY = "0000000000000000c41fd46d00000042b438a67300000042" + "00".repeat(34) + "010000";
const REFUSAL = "00000000000000001122334400000098b04428a000000044" + "00".repeat(8) + "fffffc0f" +
  "00".repeat(22) + "010000";
const UPDATE = "000000000000000073ca188a00000043" + "00".repeat(40) + "0001" + "020000";

const word = fc.integer({ min: 0, max: 0xffffffff });
const byte = fc.nat(255);
const eid = record({ high: word, low: word });
const data = fc.uint8Array({ maxLength: 200 });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => nameHash(bytes.toHex()));
const qos = record({
  delay: word,
  bandwidth: fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }),
  availability: byte,
  loss: word,
  ber: word,
  inOrder: byte,
  maxGap: word,
  timeout: word,
});
const messages: fc.Arbitrary<FlowAllocationMessage> = fc.oneof(
  record({
    kind: fc.constant("request" as const),
    source: word.map(address),
    sourceEid: eid,
    qos,
    hash,
    data,
  }),
  record({
    kind: fc.constant("reply" as const),
    remoteEid: eid,
    sourceEid: eid,
    response: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
    data,
  }),
  record({ kind: fc.constant("update" as const), remoteEid: eid, level: fc.nat(0xffff) }),
  record({ kind: fc.constant("deallocate" as const), remoteEid: eid }),
  record({
    kind: fc.constant("probe" as const),
    source: word.map(address),
    id: eid,
    size: fc.integer({ min: 61, max: 3000 }),
  }),
  record({ kind: fc.constant("probe answer" as const), id: eid, size: word }),
  record({
    kind: fc.constant("part" as const),
    source: word.map(address),
    remoteEid: eid,
    number: word,
    offset: word,
    total: word,
    data,
  }),
  record({ kind: fc.constant("check" as const), source: word.map(address), sourceEid: eid, remoteEid: eid }),
);

function record<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(fields, { noNullPrototype: true });
}

const decode = (hex: string) => decodeFlowAllocationMessage(Uint8Array.fromHex(hex), 32);

Deno.test("recorded messages are read and written as they were", () => {
  assert.deepEqual(decode(REQUEST), {
    kind: "request",
    source: 0xa6b2a66c,
    sourceEid: { high: 0xc41fd46d, low: 0x42 },
    qos: QOS.raw,
    hash: HASH,
    data: Uint8Array.fromHex(ID + "18e9b014866574ac" + "00".repeat(12)),
  });
  assert.deepEqual(decode(REPLY), {
    kind: "reply",
    remoteEid: { high: 0xc41fd46d, low: 0x42 },
    sourceEid: { high: 0xb438a673, low: 0x42 },
    response: 0,
    data: new Uint8Array(0),
  });
  const refusal = decode(REFUSAL);
  assert(refusal.kind === "reply" && refusal.response === -1009);
  assert.deepEqual(decode(UPDATE), { kind: "update", remoteEid: { high: 0x73ca188a, low: 0x43 }, level: 1 });
  for (const hex of [REQUEST, REPLY, REFUSAL, UPDATE]) {
    assert.equal(encodeFlowAllocationMessage(decode(hex)).toHex(), hex);
  }
});

Deno.test("deallocation is told with the remote end and nothing else", () => {
  const bytes = encodeFlowAllocationMessage({ kind: "deallocate", remoteEid: { high: 1, low: 2 } });
  assert.equal(bytes.toHex(), "00".repeat(8) + "0000000100000002" + "00".repeat(42) + "030000");
});

Deno.test("a probe is zeros of its size behind the header; its answer is short", () => {
  const id = { high: 1, low: 2 };
  const probe = encodeFlowAllocationMessage({ kind: "probe", source: address(0xa6b2a66c), id, size: 9000 });
  assert.equal(probe.length, 9000);
  assert.equal(
    probe.subarray(0, 61).toHex(),
    "00000000a6b2a66c" + "00".repeat(8) + "0000000100000002" + "00".repeat(34) + "040000",
  );
  assert(probe.subarray(61).every((byte) => byte === 0));
  const answer = encodeFlowAllocationMessage({ kind: "probe answer", id, size: 9000 });
  assert.equal(
    answer.toHex(),
    "00".repeat(8) + "0000000100000002" + "00".repeat(16) + "00002328" + "00".repeat(22) + "050000",
  );
});

Deno.test("any message survives the way", () => {
  fc.assert(fc.property(messages, (message) => {
    assert.deepEqual(decodeFlowAllocationMessage(encodeFlowAllocationMessage(message), 32), message);
  }));
});

Deno.test("wrong lengths, an unknown code and a wide address are refused", () => {
  const request = Uint8Array.fromHex(REQUEST);
  const faults = [new Uint8Array(0), request.subarray(0, 60), request.subarray(0, 92), new Uint8Array(2049)];
  for (const [at, value] of [[58, 8], [58, 255], [0, 1]]) {
    const fault = request.slice();
    fault[at] = value;
    faults.push(fault);
  }
  const probe = encodeFlowAllocationMessage({
    kind: "probe",
    source: address(1),
    id: { high: 1, low: 2 },
    size: 3000,
  });
  probe[3] = 1;
  faults.push(probe);
  for (const fault of faults) assert.throws(() => decodeFlowAllocationMessage(fault, 32), ProtocolError);
});

Deno.test("too much data is refused before it is sent", () => {
  const reply = { kind: "reply", remoteEid: { high: 0, low: 64 }, sourceEid: { high: 0, low: 64 } } as const;
  const message = (length: number) => ({ ...reply, response: 0, data: new Uint8Array(length) });
  assert.equal(encodeFlowAllocationMessage(message(2048 - 61)).length, 2048);
  assert.throws(() => encodeFlowAllocationMessage(message(2048 - 60)), MessageSizeError);
});

Deno.test("a changed or cut message is a message or a ProtocolError", () => {
  fc.assert(
    fc.property(
      messages,
      fc.array(fc.tuple(fc.nat(300), byte), { maxLength: 4 }),
      fc.nat(300),
      (...given) => {
        const [message, changes, cut] = given;
        const bytes = encodeFlowAllocationMessage(message);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        try {
          const read = decodeFlowAllocationMessage(cut < bytes.length ? bytes.subarray(0, cut) : bytes, 32);
          assert.deepEqual(decodeFlowAllocationMessage(encodeFlowAllocationMessage(read), 32), read);
        } catch (thrown) {
          if (!(thrown instanceof ProtocolError)) throw thrown;
        }
      },
    ),
  );
});
