/** Tests of the management messages over UDP: recorded ones, any, and damaged ones. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { checkMutations } from "../../tests/support/mutations.ts";
import { recorded } from "../../tests/support/pcap.ts";
import { udpDatagrams } from "../../tests/support/udp_datagrams.ts";
import { MessageSizeError, ProtocolError } from "../../core/contract/errors.ts";
import { nameHash } from "../../core/contract/ids.ts";
import { decodeUdpManagement, encodeUdpManagement, type UdpManagement } from "./udp_management.ts";

const CAPTURES = [
  ["udp4", "request reply"],
  ["udp4-flow2", "request reply request reply"],
  ["udp4-reject", "request reply"],
  ["udp4-sentinel", "request reply"],
  ["udp6", "request reply"],
  ["udp6-flow2", "request reply request reply"],
  ["udp6-sentinel", "request reply"],
] as const;

const managementOf = (capture: string): Uint8Array[] =>
  udpDatagrams(recorded(capture)).map(({ payload }) => payload)
    .filter((payload) => payload.subarray(0, 4).every((byte) => byte === 0));

const word = fc.integer({ min: 0, max: 0xffffffff });
const byte = fc.nat(255);
const data = fc.uint8Array({ maxLength: 200 });
const hash = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => nameHash(bytes.toHex()));
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
const messages: fc.Arbitrary<UdpManagement> = fc.oneof(
  record({ code: fc.constant("request" as const), requester: word, qos, hash, data }),
  record({
    code: fc.constant("reply" as const),
    requester: word,
    responder: word,
    response: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
    data,
  }),
  record({ code: fc.constantFrom("deallocate" as const, "check" as const), source: word, destination: word }),
  record({ code: fc.constant("present" as const), source: word, destination: word }),
  record({ code: fc.constant("former" as const), address: fc.uint8Array({ minLength: 6, maxLength: 18 }) }),
  record({ code: fc.constant("absent" as const), destination: word }),
  record({
    code: fc.constantFrom("query" as const, "answer" as const, "unknown" as const),
    nonce: word,
    hash,
  }),
);

function record<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(fields, { noNullPrototype: true });
}

for (const [capture, codes] of CAPTURES) {
  Deno.test(`the messages of ${capture} are read and written as they were`, () => {
    const found = managementOf(capture);
    const decoded = found.map(decodeUdpManagement);
    assert.equal(decoded.map(({ code }) => code).join(" "), codes);
    assert.deepEqual(
      decoded.map((message) => encodeUdpManagement(message).toHex()),
      found.map((m) => m.toHex()),
    );
  });
}

Deno.test("fields stand where the reference has them", () => {
  const [request] = managementOf("udp4-sentinel").map(decodeUdpManagement);
  assert(request.code === "request");
  assert.deepEqual({ ...request, data: request.data.length }, {
    code: "request",
    requester: 64,
    qos: {
      delay: 0x11121314,
      bandwidth: 0x2122232425262728n,
      availability: 0x31,
      loss: 0x41424344,
      ber: 1,
      inOrder: 0,
      maxGap: 0x71727374,
      timeout: 4000,
    },
    hash: "2ac55b63eadf29c36e89d4a8f05a85ea",
    data: 36,
  });
  const reply = managementOf("udp4-flow2").map(decodeUdpManagement)[3];
  assert(reply.code === "reply");
  assert.deepEqual([reply.requester, reply.responder, reply.response, reply.data.length], [
    0x40,
    0x41,
    0,
    84,
  ]);
  const refusal = managementOf("udp4-reject").map(decodeUdpManagement)[1];
  assert(refusal.code === "reply");
  assert.deepEqual([refusal.requester, refusal.responder, refusal.response], [0x1234, 0x40, -1009]);
});

Deno.test("messages about ends and names have codes of our own", () => {
  const gone = encodeUdpManagement({ code: "deallocate", source: 0x1234, destination: 0x40 });
  assert.equal(gone.toHex(), "000000000000123400000040" + "00".repeat(32) + "030000");
  const ends = { source: 0x1234, destination: 0x40 };
  for (const [code, byte] of [["check", "07"], ["present", "09"]] as const) {
    assert.equal(
      encodeUdpManagement({ code, ...ends }).toHex(),
      gone.toHex().replace("030000", `${byte}0000`),
    );
  }
  const absent = encodeUdpManagement({ code: "absent", destination: 0x40 });
  assert.equal(absent.toHex(), "000000000000000000000040" + "00".repeat(32) + "060000");
  const hash = nameHash("2ac55b63eadf29c36e89d4a8f05a85ea");
  const query = encodeUdpManagement({ code: "query", nonce: 0xdeadbeef, hash });
  const answer = encodeUdpManagement({ code: "answer", nonce: 0xdeadbeef, hash });
  assert.equal(query.toHex(), "00000000deadbeef" + "00".repeat(36) + "040000" + hash);
  assert.equal(answer.toHex(), query.toHex().replace("040000", "050000"));
});

Deno.test("any message survives the way", () => {
  fc.assert(fc.property(messages, (message) => {
    assert.deepEqual(decodeUdpManagement(encodeUdpManagement(message)), message);
  }));
});

Deno.test("wrong lengths, a wrong endpoint id and an unknown code are refused", () => {
  const [request, reply] = managementOf("udp4");
  const changed = (bytes: Uint8Array, at: number, value: number) => bytes.with(at, value);
  for (
    const fault of [
      new Uint8Array(0),
      reply.subarray(0, 46),
      request.subarray(0, 62),
      new Uint8Array(2049),
      changed(reply, 3, 1),
      changed(reply, 44, 0),
      changed(reply, 44, 200),
    ]
  ) assert.throws(() => decodeUdpManagement(fault), ProtocolError);
  assert.equal(decodeUdpManagement(reply.subarray(0, 47)).code, "reply");
  assert.equal(decodeUdpManagement(request.subarray(0, 63)).code, "request");
});

Deno.test("too much data is refused before it is sent", () => {
  const reply = (length: number): UdpManagement => ({
    code: "reply",
    requester: 64,
    responder: 64,
    response: 0,
    data: new Uint8Array(length),
  });
  assert.equal(encodeUdpManagement(reply(2001)).length, 2048);
  assert.throws(() => encodeUdpManagement(reply(2002)), MessageSizeError);
});

Deno.test("a damaged message is a message or a ProtocolError", () => {
  checkMutations(CAPTURES.flatMap(([name]) => managementOf(name)), decodeUdpManagement, encodeUdpManagement);
});
