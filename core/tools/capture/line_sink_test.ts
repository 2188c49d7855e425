/** Packets as lines. @module */
import assert from "node:assert/strict";
import { jsonLine, textLine } from "./line_sink.ts";

const PACKET = { time: 1795160767_123.5, direction: "out", length: 70, packet: new Uint8Array(70) } as const;
const DESCRIBED = { peer: "flow 64", what: "keep-alive" };

Deno.test("a packet is a line for people, or an object in JSON", () => {
  assert.match(textLine(PACKET, DESCRIBED), /^\d\d:\d\d:07\.123500 > flow 64: keep-alive, 70 bytes$/);
  assert.deepEqual(JSON.parse(jsonLine(PACKET, DESCRIBED)), {
    time: 1795160767_123.5,
    direction: "out",
    peer: "flow 64",
    what: "keep-alive",
    bytes: 70,
  });
});
