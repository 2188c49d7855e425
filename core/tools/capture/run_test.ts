/** Tests of captures from source to sink, in virtual time. @module */
import assert from "node:assert/strict";
import { IrmdError, type OuroError, PermissionError } from "../../contract/errors.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { LINK_TYPES } from "../../wire/capture/pcap.ts";
import { type CaptureSummary, runCapture, summaryText } from "./run.ts";
import type { CaptureSink } from "./sink.ts";
import type { CapturedPacket, CaptureSource, CaptureTaker } from "./source.ts";

class Source implements CaptureSource {
  readonly linkType = LINK_TYPES.lower;
  dropped = 0;
  readonly did: string[] = [];
  taker: CaptureTaker | undefined;
  start(taker: CaptureTaker): void {
    this.taker = taker;
  }
  pause(): void {
    this.did.push("pause");
  }
  resume(): void {
    this.did.push("resume");
  }
  close(): void {
    this.did.push("close");
  }
  give(length: number): void {
    this.taker?.packet({ time: 0, direction: "in", packet: new Uint8Array(2), length });
  }
}

class Sink implements CaptureSink {
  full = false;
  readonly packets: CapturedPacket[] = [];
  room = () => {};
  closed: (error?: unknown) => void = () => {};
  fault: OuroError | undefined;
  packet(packet: CapturedPacket): void {
    this.packets.push(packet);
  }
  onRoom(room: () => void): void {
    this.room = room;
  }
  onClosed(closed: (error?: unknown) => void): void {
    this.closed = closed;
  }
  finish(): Promise<void> {
    return this.fault ? Promise.reject(this.fault) : Promise.resolve();
  }
}

function start(settings: { count?: number; duration?: number } = {}) {
  const [source, sink, time, stop] = [new Source(), new Sink(), new VirtualTime(), new AbortController()];
  const { count = Infinity, duration } = settings;
  const ended = runCapture(source, sink, { count, duration }, time, stop.signal);
  return { source, sink, time, stop, ended };
}

const kept = ({ packets, bytes, dropped }: CaptureSummary) => [packets, bytes, dropped];

Deno.test("a capture counts packets, bytes, and what was dropped, until it is stopped", async () => {
  const { source, sink, time, stop, ended } = start();
  source.give(100);
  source.give(1400);
  source.dropped = 7;
  stop.abort();
  // What was on its way when the end was asked for.
  source.give(10);
  time.advance(100);
  source.give(1000);
  const summary = await ended;
  assert.deepEqual([kept(summary), summary.error, source.did, sink.packets.length], [
    [3, 1510, 7],
    undefined,
    ["close"],
    3,
  ]);
});

Deno.test("a count and a duration end it", async () => {
  const counted = start({ count: 2 });
  for (let packet = 0; packet < 5; packet++) counted.source.give(1);
  assert.deepEqual(kept(await counted.ended), [2, 2, 0]);
  const timed = start({ duration: 1000 });
  timed.time.advance(999);
  timed.source.give(5);
  timed.time.advance(2);
  timed.source.give(5);
  assert.deepEqual(kept(await timed.ended), [1, 5, 0]);
});

Deno.test("a source is paused while the sink is full", () => {
  const { source, sink } = start();
  source.give(1);
  sink.full = true;
  source.give(1);
  sink.full = false;
  sink.room();
  assert.deepEqual(source.did, ["pause", "resume"]);
});

Deno.test("the end of the source, or a sink that fails, is said; a reader that went away is no fault", async () => {
  const gone = start();
  gone.source.taker?.ended(new IrmdError("the IPCP has ended"));
  assert((await gone.ended).error instanceof IrmdError);
  const failed = start();
  failed.sink.closed(new PermissionError("no"));
  failed.sink.fault = new IrmdError("later");
  assert((await failed.ended).error instanceof PermissionError);
  const late = start({ count: 1 });
  late.sink.fault = new PermissionError("full");
  late.source.give(1);
  assert((await late.ended).error instanceof PermissionError);
  const left = start();
  left.sink.closed();
  assert.equal((await left.ended).error, undefined);
});

Deno.test("the summary", () => {
  const error = undefined;
  assert.equal(
    summaryText({ packets: 1, bytes: 2, dropped: 0, error }),
    "1 packet captured, 2 bytes; 0 packets dropped",
  );
});
