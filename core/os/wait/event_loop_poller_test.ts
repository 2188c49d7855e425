import assert from "node:assert/strict";
import { openLibc } from "../c/libc.ts";
import { closeFd, netCalls } from "../c/net_calls.ts";
import { READABLE, WRITABLE } from "./epoll.ts";
import { EventLoopPoller } from "./event_loop_poller.ts";
import { afterCall, afterTurn, wantTurn } from "../turn.ts";
import type { Pollable, Poller } from "./watched.ts";
import type { WaitingOptions, WayToWait } from "./event_loop_poller.ts";

const EFD_NONBLOCK = 0o4000;
openLibc();
const calls = netCalls();

/** A counter that can be read when it is not zero. */
class Counter implements Pollable, Disposable {
  readonly fd = calls.eventfd(0, EFD_NONBLOCK);
  readonly #poller: Poller;
  readonly #onReadable: (counter: Counter) => boolean;
  #wait = Promise.withResolvers<void>();
  reads = 0;
  writes = 0;

  constructor(poller: Poller, onReadable: (counter: Counter) => boolean = (counter) => counter.empty()) {
    this.#poller = poller;
    this.#onReadable = onReadable;
  }

  watch(events: number): void {
    this.#poller.watch(this.fd, this, events);
  }

  raise(): void {
    calls.eventfd_write(this.fd, 1n);
  }

  empty(): false {
    calls.eventfd_read(this.fd, new Uint8Array(8));
    return false;
  }

  readable(): boolean {
    this.reads++;
    this.#wait.resolve();
    return this.#onReadable(this);
  }

  writable(): void {
    this.writes++;
    this.#wait.resolve();
  }

  /** Resolves at the next call. */
  async called(): Promise<void> {
    this.#wait = Promise.withResolvers();
    await this.#wait.promise;
  }

  [Symbol.dispose](): void {
    this.#poller.forget(this.fd);
    closeFd(this.fd);
  }
}

/** The ways to wait: a new poller, which ends with the test, and that has been brought to wait in this way. */
const WAYS = {
  "in a thread": (end: AsyncDisposableStack) => open(end, { quickAfter: Infinity }, "thread"),
  "in the event loop": (end: AsyncDisposableStack) => open(end, { quickAfter: 0 }, "loop"),
  "in a call of its own": (end: AsyncDisposableStack) => open(end, { sleeps: true }, "reactor"),
  "in a call of its own, within its turn": (end: AsyncDisposableStack) =>
    open(end, { sleeps: true, stays: true }, "reactor"),
};

async function open(
  end: AsyncDisposableStack,
  options: WaitingOptions,
  wanted: WayToWait,
): Promise<EventLoopPoller> {
  const poller = new EventLoopPoller(options);
  end.defer(() => poller.ended());
  const counter = new Counter(poller);
  counter.watch(READABLE);
  // Somebody else keeps the way that is being used.
  end.defer(() => counter[Symbol.dispose]());
  for (let turn = 0; poller.way !== wanted; turn++) {
    assert(turn < 1000, `it does not wait ${wanted}`);
    counter.raise();
    await counter.called();
  }
  return poller;
}

for (const [way, start] of Object.entries(WAYS)) {
  Deno.test(`each descriptor is told of what it was watched for: ${way}`, async () => {
    await using end = new AsyncDisposableStack();
    const poller = await start(end);
    using one = new Counter(poller);
    using other = new Counter(poller);
    one.watch(READABLE);
    other.watch(READABLE);
    other.raise();
    await other.called();
    one.raise();
    await one.called();
    one.raise();
    await one.called();
    assert.deepEqual([one.reads, other.reads], [2, 1]);
  });

  Deno.test(`room to write is told as long as it is asked for, while a wait is under way too: ${way}`, async () => {
    await using end = new AsyncDisposableStack();
    const poller = await start(end);
    using counter = new Counter(poller);
    counter.watch(READABLE);
    counter.raise();
    await counter.called();
    assert.equal(counter.writes, 0);
    counter.watch(READABLE | WRITABLE);
    await counter.called();
    counter.watch(READABLE);
    const { writes } = counter;
    assert(writes > 0);
    counter.raise();
    await counter.called();
    assert.equal(counter.writes, writes);
  });

  Deno.test(`who has more to read is called again, after others and without another wait: ${way}`, async () => {
    await using end = new AsyncDisposableStack();
    const poller = await start(end);
    const order: string[] = [];
    const reads = (name: string, times: number) => (counter: Counter) =>
      order.push(name) && counter.reads < times || counter.empty();
    using long = new Counter(poller, reads("long", 3));
    using short = new Counter(poller, reads("short", 1));
    long.raise();
    short.raise();
    long.watch(READABLE);
    short.watch(READABLE);
    while (order.length < 4) await new Promise((done) => setImmediate(done));
    assert.deepEqual(order.filter((name) => name === "long").length, 3);
    assert(order.indexOf("short") < order.lastIndexOf("long"), `${order}`);
  });

  Deno.test(`what was forgotten is not called, though it was ready: ${way}`, async () => {
    await using end = new AsyncDisposableStack();
    const poller = await start(end);
    using other = new Counter(poller);
    const forget = (counter: Counter) => {
      poller.forget(other.fd);
      poller.forget(one.fd);
      return counter.empty();
    };
    using one = new Counter(poller, forget);
    other.raise();
    one.raise();
    one.watch(READABLE);
    other.watch(READABLE);
    await one.called();
    using third = new Counter(poller);
    third.raise();
    third.watch(READABLE);
    await third.called();
    assert.equal(one.reads, 1);
    assert(other.reads <= 1);
  });
}

for (const [way, start] of Object.entries(WAYS)) {
  Deno.test(`a poller that has nobody left ends its wait, and can be used again: ${way}`, async () => {
    const poller = await (async () => {
      await using end = new AsyncDisposableStack();
      return await start(end);
    })();
    using counter = new Counter(poller);
    for (let round = 0; round < 3; round++) {
      for (const pause of [false, true]) {
        counter.watch(READABLE);
        for (let turn = 0; turn < 3; turn++) {
          counter.raise();
          await counter.called();
        }
        poller.forget(counter.fd);
        assert.equal(poller.size, 0);
        // Without a pause it is used again before the wait has ended.
        if (pause) await poller.ended();
      }
    }
  });

  Deno.test(`one that is called may end all of it: ${way}`, async () => {
    const poller = await (async () => {
      await using end = new AsyncDisposableStack();
      return await start(end);
    })();
    let last = false;
    using counter = new Counter(poller, (counter) => {
      if (last) poller.forget(counter.fd);
      counter.empty();
      return last;
    });
    counter.watch(READABLE);
    for (let turn = 0; turn < 3; turn++) {
      counter.raise();
      await counter.called();
    }
    last = true;
    counter.raise();
    await counter.called();
    await poller.ended();
  });

  Deno.test(`the runtime's timers, files and children have their turn beside traffic: ${way}`, async () => {
    await using end = new AsyncDisposableStack();
    const poller = await start(end);
    // Traffic without end.
    let going = true;
    using counter = new Counter(poller, (counter) => {
      counter.empty();
      if (going) counter.raise();
      return false;
    });
    counter.watch(READABLE);
    counter.raise();
    await new Promise((done) => setTimeout(done, 5));
    assert.equal((await new Deno.Command("true").output()).code, 0);
    assert((await Deno.readTextFile(new URL(import.meta.url))).length > 0);
    assert((await crypto.subtle.digest("SHA-256", new Uint8Array(1000))).byteLength === 32);
    let ticks = 0;
    await new Promise<void>((done) => {
      const timer = setInterval(() => {
        if (++ticks < 5) return;
        clearInterval(timer);
        done();
      }, 2);
    });
    going = false;
  });
}

/** Lets two descriptors call each other, many times. @returns how often one was called in the same turn as the other before it */
async function inOneTurn(options: WaitingOptions, eachTime: () => void): Promise<number> {
  await using end = new AsyncDisposableStack();
  const poller = await open(end, { sleeps: true, ...options }, "reactor");
  let turn = 0, last = 0, same = 0, left = 200;
  const over = Promise.withResolvers<void>();
  let next = setImmediate(function count() {
    turn++;
    next = setImmediate(count);
  });
  end.defer(() => clearImmediate(next));
  const called = (counter: Counter) => {
    if (turn === last) same++;
    last = turn;
    eachTime();
    if (--left > 0) (counter === one ? other : one).raise();
    else over.resolve();
    return counter.empty();
  };
  using one = new Counter(poller, called);
  using other = new Counter(poller, called);
  one.watch(READABLE);
  other.watch(READABLE);
  one.raise();
  await over.promise;
  return same;
}

Deno.test("a process that need not end its turn goes on in it after a packet, unless promises wait for its end", async () => {
  assert(await inOneTurn({ stays: true }, () => {}) > 0);
  assert.equal(await inOneTurn({ stays: true }, wantTurn), 0);
  assert.equal(await inOneTurn({ stays: false }, () => {}), 0);
});

Deno.test("what is put off to the end of a call or of a turn runs before a process goes on in its turn", async () => {
  const order: string[] = [];
  assert(
    await inOneTurn({ stays: true }, () => {
      const number = order.push("packet");
      afterCall(() => order.push("call"));
      if (number === 1) afterTurn(() => order.push("turn"));
    }) > 0,
  );
  assert.deepEqual(order.slice(0, 5), ["packet", "call", "turn", "packet", "call"]);
});
