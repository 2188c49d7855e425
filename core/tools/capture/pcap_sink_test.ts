/** Tests of the writer of capture files. @module */
import assert from "node:assert/strict";
import { ExhaustedError, OuroError } from "../../contract/errors.ts";
import { readPcap } from "../../../tests/support/pcap.ts";
import { LINK_TYPES } from "../../wire/capture/pcap.ts";
import { type ByteWriter, PcapSink } from "./pcap_sink.ts";

/** Takes a few bytes at a time, and nothing while it is held. */
class SlowWriter implements ByteWriter {
  readonly written: number[] = [];
  most = 7;
  closed = false;
  fault: Error | undefined;
  held: Promise<void> | undefined;
  async write(bytes: Uint8Array): Promise<number> {
    await this.held;
    if (this.fault) throw this.fault;
    const some = bytes.subarray(0, this.most);
    for (const byte of some) this.written.push(byte);
    return some.length;
  }
  close(): void {
    this.closed = true;
  }
}

const packet = (bytes: Uint8Array, length = bytes.length) =>
  ({ time: 1000.5, direction: "in", packet: bytes, length }) as const;

Deno.test("packets are written in order, whatever the file takes at a time", async () => {
  const writer = new SlowWriter();
  const sink = new PcapSink(writer, "x", LINK_TYPES.ip, 100);
  const packets = Array.from({ length: 20 }, (_, count) => new Uint8Array(count).fill(count));
  for (const bytes of packets.slice(0, 10)) sink.packet(packet(bytes));
  await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
  for (const bytes of packets.slice(10)) sink.packet(packet(bytes));
  await sink.finish();
  assert(writer.closed);
  const frames = readPcap(Uint8Array.from(writer.written), LINK_TYPES.ip);
  assert.deepEqual(frames.map(({ bytes }) => bytes), packets);
  assert(frames.every(({ time }) => time === 1.0005));
});

Deno.test("a capture without packets has its header", async () => {
  const writer = new SlowWriter();
  await new PcapSink(writer, "x", LINK_TYPES.ethernet, 100).finish();
  assert.deepEqual(readPcap(Uint8Array.from(writer.written)), []);
});

Deno.test("it says when it is full, and when there is room again", async () => {
  const writer = new SlowWriter();
  writer.most = Infinity;
  const gate = Promise.withResolvers<void>();
  writer.held = gate.promise;
  const sink = new PcapSink(writer, "x", LINK_TYPES.ip, 262144);
  let rooms = 0;
  sink.onRoom(() => rooms++);
  let count = 0;
  for (; !sink.full; count++) sink.packet(packet(new Uint8Array(100_000)));
  assert(count > 10 && count < 100);
  gate.resolve();
  await sink.finish();
  assert.deepEqual([sink.full, rooms], [false, 1]);
});

Deno.test("a full disk is an error; a reader that went away is the end", async () => {
  for (
    const [fault, expected] of [
      [new Error("No space left on device (os error 28)"), /cannot write x\.pcap: No space left/],
      [new Deno.errors.BrokenPipe(), undefined],
    ] as const
  ) {
    const writer = new SlowWriter();
    const sink = new PcapSink(writer, "x.pcap", LINK_TYPES.ip, 100);
    writer.fault = fault;
    const closed = await new Promise<unknown>((resolve) => sink.onClosed(resolve));
    sink.packet(packet(new Uint8Array(3)));
    if (expected) {
      assert(closed instanceof ExhaustedError, String(closed));
      await assert.rejects(
        sink.finish(),
        (error) => error instanceof OuroError && expected.test(error.message),
      );
    } else {
      assert.equal(closed, undefined);
      await sink.finish();
    }
    assert(writer.closed);
  }
});
