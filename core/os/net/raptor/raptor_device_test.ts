/** A card's driver played by a double that takes and gives addresses as the kernel module does. @module */
import assert from "node:assert/strict";
import { systemTimers } from "../../clock.ts";
import { turnTaken, turnWanted } from "../../turn.ts";
import { CALLS, type RaptorCall, type RaptorControl } from "./raptor_control.ts";
import { RaptorDevice } from "./raptor_device.ts";

const PAGE = 4096;

/** Memory at an address, as the kernel sees it. */
function memory(address: bigint): Uint8Array {
  const pointer = Deno.UnsafePointer.create(address);
  assert(pointer && address % BigInt(PAGE) === 0n, "a frame is not at the beginning of a page");
  return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, PAGE));
}

/** One card of two. */
class Double implements RaptorControl {
  other: Double | undefined;
  closed = false;
  /** Calls that are refused: the card is busy. */
  busy = 0;
  readonly #sent: bigint[] = [];
  readonly #empty: bigint[] = [];
  readonly #full: bigint[] = [];
  readonly #waiting: Uint8Array[] = [];

  call(call: RaptorCall, count: number, addresses = new BigUint64Array(count)): Promise<number> {
    assert(!this.closed, "a call came after the end");
    return Promise.resolve(this.busy-- > 0 ? -1 : this.#answer(call, count, addresses));
  }

  close(): void {
    assert(!this.closed);
    this.closed = true;
  }

  #answer(call: RaptorCall, count: number, addresses: BigUint64Array): number {
    switch (call) {
      case CALLS.send:
        this.other?.arrive(memory(addresses[0]));
        this.#sent.push(addresses[0]);
        return 1;
      case CALLS.sendDone:
        return give(this.#sent, addresses);
      case CALLS.receiveNeed:
        return Math.min(count, 8 - this.#empty.length);
      case CALLS.receive:
        // It takes one fewer than it was offered: the rest is offered again.
        this.#empty.push(...addresses.subarray(0, Math.max(1, count - 1)));
        for (const frame of this.#waiting.splice(0, this.#empty.length)) this.arrive(frame);
        return Math.max(1, count - 1);
      case CALLS.receiveDone:
        return give(this.#full, addresses);
    }
  }

  /** A frame comes from the cable. It waits on the card for an empty buffer. */
  arrive(frame: Uint8Array): void {
    const buffer = this.#empty.shift();
    if (buffer === undefined) return void this.#waiting.push(frame.slice());
    memory(buffer).set(frame.subarray(0, frame[0] | frame[1] << 8));
    this.#full.push(buffer);
  }
}

function give(from: bigint[], into: BigUint64Array): number {
  const given = from.splice(0, into.length);
  into.set(given);
  return given.length;
}

function pair() {
  const controls = [new Double(), new Double()];
  [controls[0].other, controls[1].other] = [controls[1], controls[0]];
  const devices = controls.map((control) => new RaptorDevice(control, systemTimers));
  return { controls, devices };
}

const frame = (number: number) => Uint8Array.of(number, number >> 8);
const header = (length: number) => Uint8Array.of(length + 3, length + 3 >> 8, 1);

/** Waits until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("more frames than there are pages go through, in order, while a card is busy now and then", async () => {
  const { controls, devices: [near, far] } = pair();
  const numbers: number[] = [];
  near.onFrame(() => {});
  far.onFrame((bytes) => numbers.push(bytes[3] | bytes[4] << 8));
  let drained = 0;
  near.onDrained(2, () => drained++);
  for (let number = 0; number < 1000; number++) {
    if (number % 50 === 0) controls[0].busy = 2;
    await until(() => near.queued < 4 && numbers.length > number - 6);
    assert(near.send(frame(number), header(2)));
  }
  await until(() => numbers.length === 1000);
  assert.deepEqual(numbers, Array.from({ length: 1000 }, (_, index) => index));
  assert(drained > 0);
  for (const device of [near, far]) device.close();
  await until(() => controls.every(({ closed }) => closed));
});

Deno.test("what does not fit, or finds no page, is dropped and counted; an address that was not lent is no frame", async () => {
  const { controls: [control, other], devices: [near, far] } = pair();
  assert.equal(near.send(new Uint8Array(near.maxFrame), header(0)), false);
  control.busy = Infinity;
  let taken = 0;
  while (near.send(frame(1), header(2))) taken++;
  assert(taken >= 100 && near.lost.sent === 2);
  other.call = (call, _count, addresses) => {
    addresses?.fill(4096n);
    return Promise.resolve(call === CALLS.receiveDone ? 3 : 0);
  };
  far.onFrame(() => assert.fail("there was no frame"));
  await until(() => far.lost.received >= 3);
  for (const device of [near, far]) device.close();
  await until(() => control.closed && other.closed);
});

Deno.test("a card whose calls fail is gone, with the reason", async () => {
  const { controls: [control], devices: [near] } = pair();
  control.call = () => Promise.reject(new Error("no such device"));
  const gone = new Promise<string>((resolve) => near.onGone(resolve));
  near.onFrame(() => {});
  assert.equal(await gone, "no such device");
  await until(() => control.closed);
});

Deno.test("a frame for the card lets the turn end: its calls wait for promises", () => {
  const device = new RaptorDevice(new Double(), systemTimers);
  turnTaken();
  assert(!turnWanted());
  device.send(new Uint8Array(64), new Uint8Array(14));
  assert(turnWanted());
  turnTaken();
  device.close();
});
