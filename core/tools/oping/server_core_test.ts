/**
 * Tests of oping's server in virtual time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fd } from "../../contract/ids.ts";
import { decodeOping, encodeOping } from "./oping_message.ts";
import { PingServer } from "./server_core.ts";

function start(settings = { quiet: false, busy: false }) {
  const time = { now: 0 };
  const lines: string[] = [];
  const clock = { now: () => time.now, wall: () => time.now };
  return { server: new PingServer(settings, clock, (line) => lines.push(line)), time, lines };
}

function request(): Uint8Array {
  const packet = new Uint8Array(100);
  encodeOping({ type: "request", id: 7, time: 12 }, packet);
  return packet;
}

Deno.test("answers and prints what the reference prints", () => {
  const { server, time, lines } = start();
  server.handleFlow(fd(64));
  const packet = request();
  assert.equal(server.handlePacket(fd(64), packet), true);
  assert.deepEqual(decodeOping(packet), { type: "reply", id: 7, time: 12 });
  time.now = 10_499;
  assert.deepEqual(server.silent(), []);
  time.now = 10_500;
  assert.deepEqual(server.silent(), [64]);
  assert.deepEqual(server.silent(), []);
  assert.deepEqual(lines, [
    "Ouroboros ping server started.",
    "New flow 64.",
    "Received 100 bytes on fd 64.",
    "Flow 64 timed out.",
  ]);
});

Deno.test("a packet starts the wait anew, for its flow only", () => {
  const { server, time } = start();
  server.handleFlow(fd(64));
  server.handleFlow(fd(65));
  time.now = 5000;
  server.handlePacket(fd(65), request());
  time.now = 10_500;
  assert.deepEqual(server.silent(), [64]);
  time.now = 15_500;
  assert.deepEqual(server.silent(), [65]);
});

Deno.test("a peer that goes is said once, and never after a time-out", () => {
  const { server, time, lines } = start();
  server.handleFlow(fd(64));
  server.handleFlow(fd(65));
  server.handleDown(fd(64));
  server.handleDown(fd(64));
  time.now = 20_000;
  assert.deepEqual(server.silent(), [65]);
  server.handleDown(fd(65));
  assert.deepEqual(lines.slice(3), ["Flow 64 closed by peer.", "Flow 65 timed out."]);
});

Deno.test("what is no request gets no answer", () => {
  const { server, lines } = start();
  server.handleFlow(fd(64));
  for (const packet of [new Uint8Array(0), new Uint8Array(23), new Uint8Array(64).fill(9)]) {
    assert.equal(server.handlePacket(fd(64), packet), false);
  }
  const reply = request();
  server.handlePacket(fd(64), reply);
  assert.equal(server.handlePacket(fd(64), reply), false);
  assert.equal(lines.filter((line) => line === "Invalid message on fd 64.").length, 4);
});

Deno.test("quiet and busy leave the lines per packet out", () => {
  for (
    const [settings, line] of [
      [{ quiet: true, busy: false }, "New flow 64."],
      [{ quiet: true, busy: true }, "New flow 64 (busy-poll)."],
    ] as const
  ) {
    const { server, lines } = start(settings);
    server.handleFlow(fd(64));
    server.handlePacket(fd(64), request());
    assert.deepEqual(lines, ["Ouroboros ping server started.", line]);
  }
});
