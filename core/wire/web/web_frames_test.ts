/** Frames of WebSockets. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { joinBytes } from "../../kit/bytes.ts";
import { FrameReader, mask, OPCODES, writeFrameHeader } from "./web_frames.ts";

const LARGEST = 70_000;

/** A frame. @param first opcode and flags */
function frame(first: number, payload: Uint8Array, key?: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((payload.length + 18) / 4) * 4);
  let at = writeFrameHeader(bytes, 0, first & 0x0f, payload.length, key !== undefined);
  bytes[0] = first;
  if (key !== undefined) { for (let index = 0; index < 4; index++) bytes[at++] = key >>> 8 * index; }
  bytes.set(payload, at);
  if (key !== undefined) mask(bytes, new Uint32Array(bytes.buffer), at, payload.length, key);
  return bytes.subarray(0, at + payload.length);
}

function read(parts: readonly Uint8Array[], masked = false, largest = LARGEST) {
  const messages: Uint8Array[] = [], pings: Uint8Array[] = [], closes: number[] = [];
  const reader = new FrameReader({ masked, largest }, {
    message: (bytes) => messages.push(bytes.slice()),
    ping: (bytes) => pings.push(bytes.slice()),
    close: (code) => closes.push(code),
  });
  for (const part of parts) reader.read(part);
  return { messages, pings, closes };
}

const WHOLE = 0x80 | OPCODES.binary;

Deno.test("messages of all lengths arrive however the stream is cut, masked and not", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 1, 125, 126, 127, 9014, 65_535, LARGEST), { maxLength: 3 }),
      fc.boolean(),
      fc.constantFrom(1, 2, 3, 7, 1000, 50_000),
      fc.integer(),
      (lengths, masked, cut, key) => {
        const sent = lengths.map((length) => new Uint8Array(length).map((_, index) => index * 7));
        const stream = joinBytes(...sent.map((payload) => frame(WHOLE, payload, masked ? key : undefined)));
        const parts: Uint8Array[] = [];
        for (let at = 0; at < stream.length; at += cut) {
          parts.push(stream.subarray(at, at + cut));
        }
        assert.deepEqual(read(parts, masked).messages, sent);
      },
    ),
    { numRuns: 20 },
  );
});

Deno.test("the example of RFC 6455 is read", () => {
  const { messages } = read([Uint8Array.fromHex("828537fa213d7f9f4d5158")], true);
  assert.deepEqual(messages, [new TextEncoder().encode("Hello")]);
});

Deno.test("a message in parts is put together, with a ping between them", () => {
  const parts = [
    frame(OPCODES.binary, Uint8Array.of(1)),
    frame(0x80 | OPCODES.ping, Uint8Array.of(9)),
    frame(OPCODES.continuation, Uint8Array.of(2, 3)),
    frame(0x80 | OPCODES.continuation, new Uint8Array(0)),
    frame(WHOLE, Uint8Array.of(4)),
  ];
  const { messages, pings } = read(parts);
  assert.deepEqual(messages, [Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
  assert.deepEqual(pings, [Uint8Array.of(9)]);
});

Deno.test("nothing counts behind the close, which may say why", () => {
  const bye = frame(0x80 | OPCODES.close, Uint8Array.of(3, 0xe9));
  assert.deepEqual(read([bye, frame(WHOLE, Uint8Array.of(1))]), { messages: [], pings: [], closes: [1001] });
  assert.deepEqual(read([frame(0x80 | OPCODES.close, new Uint8Array(0))]).closes, [1005]);
});

Deno.test("what may not come is refused in words", () => {
  const payload = Uint8Array.of(1);
  const cases: [Uint8Array, RegExp][] = [
    [frame(WHOLE | 0x40, payload), /reserved bits/],
    [frame(WHOLE, payload, 5), /is masked/],
    [frame(0x80 | OPCODES.text, payload), /is text/],
    [frame(0x80 | OPCODES.continuation, payload), /type 0 is none/],
    [frame(0x83, payload), /type 3 is none/],
    [frame(OPCODES.ping, payload), /too long or in parts/],
    [frame(0x80 | OPCODES.ping, new Uint8Array(126)), /too long or in parts/],
    [Uint8Array.of(0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), /more than 70000 bytes/],
  ];
  for (const [bytes, message] of cases) assert.throws(() => read([bytes]), message);
  assert.throws(() => read([frame(WHOLE, payload)], true), /not masked/);
  const first = frame(OPCODES.binary, new Uint8Array(60)),
    more = frame(OPCODES.continuation, new Uint8Array(60));
  assert.throws(() => read([first, more], false, 100), /more than 100 bytes/);
  assert.throws(() => read([first, first], false, 1000), /type 2 is none/);
});

Deno.test("any bytes are read or refused, nothing else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, masked) => {
      try {
        read([bytes], masked, 200);
      } catch (thrown) {
        assert.equal((thrown as Error).constructor.name, "ProtocolError");
      }
    }),
    { numRuns: 300 },
  );
});
