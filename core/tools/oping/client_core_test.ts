/**
 * Tests of oping's client in virtual time.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FlowDownError } from "../../contract/errors.ts";
import { fd } from "../../contract/ids.ts";
import { encodeOping, turnIntoReply } from "./oping_message.ts";
import { PingClient } from "./client_core.ts";
import { ResultOutput } from "../result_output.ts";
import type { ClientSettings } from "./settings.ts";

const SETTINGS: ClientSettings = {
  name: "oping_server",
  qos: "raw",
  count: 2,
  interval: 1000,
  size: 64,
  flood: false,
  floodTime: undefined,
  quiet: false,
  timeOfDay: false,
};

function start(changes: Partial<ClientSettings> = {}, json = false) {
  const time = { now: 5000 };
  const lines: string[] = [];
  const clock = { now: () => time.now, wall: () => 1795160767_000 + time.now };
  const complaints: string[] = [];
  const client = new PingClient(
    { ...SETTINGS, ...changes },
    fd(64),
    clock,
    new ResultOutput({ print: (line) => lines.push(line), complain: (line) => complaints.push(line) }, json),
  );
  /** Sends what is due next and hands its reply back `roundTrip` later. */
  const ping = (roundTrip: number) => {
    time.now = Math.max(time.now, client.sendAt);
    const packet = Uint8Array.from(client.nextPacket());
    turnIntoReply(packet);
    time.now += roundTrip;
    client.handlePacket(packet);
  };
  return { client, lines, complaints, time, ping };
}

function reply(id: number, time: number): Uint8Array {
  const packet = new Uint8Array(64);
  encodeOping({ type: "reply", id, time }, packet);
  return packet;
}

Deno.test("as JSON it prints the statistics, and nothing else; what goes wrong is a complaint", () => {
  const { client, lines, complaints, time, ping } = start({ quiet: true }, true);
  ping(1);
  ping(2);
  client.handlePacket(Uint8Array.of(1));
  time.now = 8000;
  client.finish();
  assert.deepEqual(complaints, ["Invalid message on fd 64."]);
  const { roundTrip: { mdev, ...bounds }, ...rest } = JSON.parse(lines.join());
  assert.deepEqual(rest, {
    name: "oping_server",
    sent: 2,
    received: 2,
    outOfOrder: 0,
    loss: 0,
    time: 3000,
  });
  assert.deepEqual(Object.keys(bounds), ["min", "avg", "max"]);
  assert(mdev > 0.7 && mdev < 0.71);
});

Deno.test("prints what the reference prints", () => {
  const { client, lines, time, ping } = start();
  ping(0.181);
  assert.equal(client.done, false);
  ping(0.085);
  assert.equal(client.done, true);
  assert.equal(client.sendAt, Infinity);
  time.now = 5000 + 2000.453;
  assert.equal(client.finish(), 0);
  assert.deepEqual(lines, [
    "Pinging oping_server with 64 bytes of data (2 packets):",
    "",
    "64 bytes from oping_server: seq=0 time=0.181 ms",
    "64 bytes from oping_server: seq=1 time=85.000 µs",
    "",
    "--- oping_server ping statistics ---",
    "2 packets transmitted, 2 received, 0 out-of-order, 0% packet loss, time: 2000.453 ms",
    "rtt min/avg/max/mdev = 0.085/0.133/0.181/0.068 ms",
  ]);
});

Deno.test("waits one interval before each packet, without drift", () => {
  const { client, time } = start({ interval: 10, count: 3 });
  assert.equal(client.sendAt, 5010);
  time.now = 5013;
  client.nextPacket();
  assert.equal(client.sendAt, 5020);
});

Deno.test("a flood sends when the reply is there, and ends with its time", () => {
  const { client, ping, lines } = start({ flood: true, floodTime: 50, count: 1000, quiet: true });
  assert.equal(client.sendAt, 5000);
  client.nextPacket();
  assert.equal(client.sendAt, Infinity);
  client.handlePacket(reply(0, 5000));
  assert.equal(client.sendAt, 5000);
  ping(49.5);
  assert.equal(client.done, false);
  ping(0.5);
  assert.equal(client.done, true);
  assert.deepEqual(lines, []);
});

Deno.test("a late reply is marked and counted, the time of day stands in front", () => {
  const { client, lines, time } = start({ timeOfDay: true, count: 3, interval: 0 });
  for (let n = 0; n < 3; n++) client.nextPacket();
  time.now = 5321.914;
  for (const id of [0, 2, 1]) client.handlePacket(reply(id, 5321));
  client.finish();
  assert.deepEqual(lines.slice(2, 5), [
    "[1795160772.321914] 64 bytes from oping_server: seq=0 time=0.914 ms",
    "[1795160772.321914] 64 bytes from oping_server: seq=2 time=0.914 ms",
    "[1795160772.321914] 64 bytes from oping_server: seq=1 time=0.914 ms [out-of-order]",
  ]);
  assert.match(lines[7], /^3 packets transmitted, 3 received, 1 out-of-order, 0% packet loss/);
});

Deno.test("the patience counts whole seconds of the interval and starts anew with each reply", () => {
  const { client, time, ping } = start({ interval: 1500 });
  assert.equal(client.deadline, 5000 + 3000);
  ping(1);
  assert.equal(client.deadline, time.now + 3000);
});

Deno.test("nothing answered: status 1, no line of times", () => {
  const { client, lines } = start();
  client.nextPacket();
  client.handleSilence();
  assert.equal(client.done, true);
  assert.equal(client.finish(), 1);
  assert.deepEqual(lines.slice(2), [
    "Server timed out.",
    "",
    "--- oping_server ping statistics ---",
    "1 packets transmitted, 0 received, 0 out-of-order, 100% packet loss, time: 0.000 ms",
  ]);
});

Deno.test("a flow that goes down is said: status 1, although replies came", () => {
  const { client, lines, ping } = start();
  ping(1);
  client.handleDown(new FlowDownError("the other end is gone"));
  assert.equal(client.done, true);
  assert.equal(client.finish(), 1);
  assert.equal(lines[3], "Flow 64 is down: the other end is gone.");
  assert.equal(lines.at(-1), "rtt min/avg/max/mdev = 1.000/1.000/1.000/0.000 ms");
});

Deno.test("interrupted before the first packet: status 0, no loss", () => {
  const { client, lines } = start();
  assert.equal(client.finish(), 0);
  assert.match(lines.at(-1) ?? "", /^0 packets transmitted, 0 received, 0 out-of-order, 0% packet loss/);
});

Deno.test("the percentage is rounded up", () => {
  const { client, lines, ping } = start({ count: 300 });
  ping(1);
  ping(1);
  client.nextPacket();
  client.finish();
  assert.match(lines.at(-2) ?? "", /, 34% packet loss/);
});

Deno.test("what is no reply to this run is said and not counted", () => {
  const { client, lines } = start();
  client.nextPacket();
  for (const packet of [new Uint8Array(64), new Uint8Array(3), reply(1, 5000)]) client.handlePacket(packet);
  assert.deepEqual(lines.slice(2), ["Invalid message on fd 64.", "Invalid message on fd 64.", "Invalid id."]);
  assert.equal(client.finish(), 1);
});

Deno.test("any packet is taken without a fault", () => {
  const { client } = start();
  client.nextPacket();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (packet) => client.handlePacket(packet)));
});
