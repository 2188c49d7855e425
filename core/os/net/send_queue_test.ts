import { NO_BYTES } from "../../kit/bytes.ts";
import assert from "node:assert/strict";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { EAGAIN } from "../c/errno.ts";
import { SendQueue } from "./send_queue.ts";
import { SendRing } from "./send_ring.ts";

const ENOBUFS = 105, EPERM = 1, EINTR = 4;
/** Bytes that a packet takes in the system. */
const PACKET = 2048;
const microtasks = () => new Promise<void>((done) => setImmediate(done));

/** A queue of 64 whose system takes as many packets a call as `answers` says, and all when it is empty. */
function setUp(batch = 4) {
  const time = new VirtualTime();
  /** What a device has not sent. */
  const held = { bytes: 0 };
  let ring = new SendRing(64, 0, 64);
  const sent: number[] = [], wanted: boolean[] = [], answers: number[] = [];
  const queue = new SendQueue(
    ring,
    {
      transmit() {
        const answer = answers.shift() ?? ring.row;
        const count = Math.min(answer, ring.row);
        for (let slot = ring.head; slot < ring.head + count; slot++) {
          sent.push(ring.block.bytes[ring.block.slotAt(slot)]);
        }
        return count;
      },
      held: () => held.bytes,
      refused: (errno) => errno === EPERM ? 1 : ring.count,
      wantRoom: (now) => wanted.push(now),
    },
    batch,
    { clock: time, timers: time },
  );
  const send = (...numbers: readonly number[]) => {
    for (const number of numbers) if (queue.put(NO_BYTES, new Uint8Array([number])) >= 0) queue.commit();
  };
  const replace = (largest: number) => queue.replace(ring = new SendRing(largest, 0, 64));
  return { time, held, sent, wanted, answers, queue, send, replace };
}

Deno.test("a full batch goes out at once, the rest when what runs now has ended", async () => {
  const { sent, queue, send } = setUp();
  send(1, 2, 3, 4, 5, 6);
  assert.deepEqual([sent, queue.count], [[1, 2, 3, 4], 2]);
  await microtasks();
  assert.deepEqual([sent, queue.count], [[1, 2, 3, 4, 5, 6], 0]);
});

Deno.test("what the system does not take waits in order until there is room", async () => {
  const { sent, wanted, answers, queue, send } = setUp();
  answers.push(2, -EAGAIN);
  send(1, 2, 3, 4);
  assert.deepEqual([sent, wanted, queue.count], [[1, 2], [true], 2]);
  send(5, 6, 7, 8, 9);
  await microtasks();
  assert.deepEqual(sent, [1, 2], "nothing is tried before there is room");
  answers.push(-EINTR, 3);
  queue.writable();
  assert.deepEqual([sent, wanted, queue.count], [[1, 2, 3, 4, 5, 6, 7, 8, 9], [true, false], 0]);
});

Deno.test("a device whose queue is full is tried again after a millisecond", () => {
  const { time, sent, answers, wanted, send } = setUp();
  answers.push(-ENOBUFS, -ENOBUFS);
  send(1, 2, 3, 4);
  time.advance(1);
  assert.deepEqual(sent, []);
  time.advance(1);
  assert.deepEqual([sent, wanted], [[1, 2, 3, 4], []]);
});

Deno.test("a device that sends slowly is not given all: what waits is counted here, and so seen above", async () => {
  const { time, held, sent, queue, send } = setUp();
  let most = 0, number = 0;
  for (let past = 0; past < 2000; past++) {
    // It takes all that it is given, and sends a packet a millisecond.
    for (let added = 0; added < 40 && queue.count < 40; added++) {
      const before = sent.length;
      send(number++ & 0xff);
      await microtasks();
      held.bytes += PACKET * (sent.length - before);
    }
    if (past > 1000) most = Math.max(most, held.bytes / PACKET);
    held.bytes = Math.max(0, held.bytes - PACKET);
    const before = sent.length;
    time.advance(1);
    held.bytes += PACKET * (sent.length - before);
  }
  assert(most <= 60, `the device has ${most} packets`);
  assert.deepEqual([queue.lost, queue.count >= 20], [0, true]);
  assert(sent.length >= 1990, `${sent.length} packets in two seconds`);
  held.bytes = 0;
  time.advance(1);
  assert.equal(queue.count, 0);
});

Deno.test("a packet that is refused is dropped and counted, and those behind it go", () => {
  const { sent, answers, queue, send } = setUp();
  answers.push(1, -EPERM);
  send(1, 2, 3, 4);
  assert.deepEqual([sent, queue.lost], [[1, 3, 4], 1]);
});

Deno.test("a full queue drops and counts", () => {
  const { answers, queue, send } = setUp();
  answers.push(-EAGAIN);
  send(...Array.from({ length: 70 }, (_, number) => number));
  assert.deepEqual([queue.count, queue.lost], [64, 6]);
  assert.equal(queue.put(NO_BYTES, new Uint8Array(65)), -1);
});

Deno.test("who waits for a level is told whenever the queue has fallen to it; who asked last counts", async () => {
  const { answers, queue, send } = setUp();
  const told: string[] = [];
  queue.onDrained(4, () => told.push("4"));
  queue.onDrained(2, () => told.push("2"));
  answers.push(-EAGAIN);
  send(1, 2, 3, 4, 5);
  answers.push(2, -EAGAIN);
  queue.writable();
  await microtasks();
  assert.deepEqual([queue.count, told], [3, []]);
  answers.push(1, -EAGAIN);
  queue.writable();
  assert.deepEqual(told, [], "not from within the call");
  await microtasks();
  assert.deepEqual(told, ["2"]);
  queue.writable();
  await microtasks();
  assert.deepEqual(told, ["2"], "it was not above");
  send(1, 2, 3, 4);
  await microtasks();
  assert.deepEqual(told, ["2", "2"]);
});

Deno.test("the end sends what it can, drops the rest, and nothing comes after", async () => {
  const { time, sent, answers, queue, send } = setUp();
  queue.onDrained(0, () => assert.fail("it has ended"));
  send(1, 2);
  answers.push(1, -ENOBUFS);
  queue.close();
  assert.deepEqual([sent, queue.lost, queue.count], [[1], 1, 0]);
  send(3);
  await microtasks();
  time.advance(10);
  assert.deepEqual([sent, queue.lost], [[1], 2]);
});

Deno.test("another ring is used for what comes after", async () => {
  const { sent, answers, queue, send, replace } = setUp();
  send(1);
  answers.push(-EAGAIN);
  replace(128);
  assert.deepEqual([sent, queue.lost], [[], 1]);
  queue.writable();
  assert(queue.put(NO_BYTES, new Uint8Array(100).fill(7)) >= 0);
  queue.commit();
  await microtasks();
  assert.deepEqual(sent, [7]);
});
