/** Sending at a rate, in virtual time. @module */
import assert from "node:assert/strict";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { send } from "./sender.ts";

const never = new AbortController().signal;

/** Lets virtual time pass until the promise is settled. */
async function settled<T>(time: VirtualTime, promise: Promise<T>): Promise<T> {
  let over = false;
  const done = promise.finally(() => over = true);
  for (let turns = 0; !over && turns < 100_000; turns++) {
    await Promise.resolve();
    if (turns % 20 === 19) time.advance(1);
  }
  return await done;
}

Deno.test("as many packets go out as the rate and the time say, in order", async () => {
  for (const [interval, expected] of [[10, 100], [0.25, 4000], [3, 334]]) {
    const time = new VirtualTime();
    const numbers: number[] = [];
    const flow = {
      tryWrite: ([low, high]: Uint8Array) => numbers.push(low + 256 * high) > 0,
      write: assert.fail,
    };
    const packet = (number: number) => Uint8Array.of(number, number >> 8);
    const sending = send(flow, { interval, duration: 1000, packet }, { clock: time, timers: time }, never);
    const { packets, took } = await settled(time, sending);
    assert.equal(packets, numbers.length);
    assert(Math.abs(packets - expected) <= Math.max(1, 1 / interval), `${packets} of ${expected}`);
    assert(took >= 1000 && took < 1020, `${took} ms`);
    assert.deepEqual(numbers, numbers.map((_, index) => index));
  }
});

Deno.test("a flood sends what the flow takes, and waits when it takes no more", async () => {
  const time = new VirtualTime();
  let [room, written] = [10, 0];
  const flow = {
    tryWrite: () => room > 0 && room-- > 0,
    write: () => {
      written++;
      return new Promise<void>((resolve) =>
        time.after(5, () => {
          room = 10;
          resolve();
        })
      );
    },
  };
  const traffic = { interval: 0, duration: 100, packet: () => new Uint8Array(1) };
  const { packets } = await settled(time, send(flow, traffic, { clock: time, timers: time }, never));
  // Ten at once, then eleven each five milliseconds.
  assert(packets >= 200 && packets <= 250, `${packets}`);
  assert(written >= 18);
});

Deno.test("what is stopped says what was sent", async () => {
  const time = new VirtualTime();
  const stop = new AbortController();
  time.after(50, () => stop.abort());
  const traffic = { interval: 10, duration: 1e6, packet: () => new Uint8Array(1) };
  const flow = { tryWrite: () => true, write: assert.fail };
  const { packets } = await settled(time, send(flow, traffic, { clock: time, timers: time }, stop.signal));
  assert(packets >= 5 && packets <= 7, `${packets}`);
});
