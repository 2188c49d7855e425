import assert from "node:assert/strict";
import { closeFd, netCalls } from "../../c/net_calls.ts";
import { type Pollable, Poller, READABLE, WRITABLE } from "./poller.ts";

const EFD_NONBLOCK = 0o4000;
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

/** Both ways to wait: a new poller, which ends with the test, and that has been brought to wait in this way. */
const WAYS = {
  "in a thread": (end: AsyncDisposableStack) => open(end, Infinity),
  "in the event loop": async (end: AsyncDisposableStack) => {
    const poller = open(end, 0);
    const counter = new Counter(poller);
    counter.watch(READABLE);
    // Somebody else keeps the way that is being used.
    end.defer(() => counter[Symbol.dispose]());
    for (let turn = 0; !poller.quick; turn++) {
      assert(turn < 1000, "the event loop does not wait for descriptors");
      counter.raise();
      await counter.called();
    }
    return poller;
  },
};

function open(end: AsyncDisposableStack, quickAfter: number): Poller {
  const poller = new Poller(quickAfter);
  end.defer(() => poller.ended());
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

for (const [quickAfter, way] of [[Infinity, "in a thread"], [0, "in the event loop"]] as const) {
  Deno.test(`a poller that has nobody left ends its wait, and can be used again: ${way}`, async () => {
    await using end = new AsyncDisposableStack();
    const poller = open(end, quickAfter);
    using counter = new Counter(poller);
    for (let round = 0; round < 3; round++) {
      for (const pause of [false, true]) {
        counter.watch(READABLE);
        for (let turn = 0; turn < 3 || poller.quick !== (quickAfter === 0); turn++) {
          assert(turn < 1000, "the way to wait is another one");
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
    await using end = new AsyncDisposableStack();
    const poller = open(end, quickAfter);
    let last = false;
    using counter = new Counter(poller, (counter) => {
      if (last) poller.forget(counter.fd);
      counter.empty();
      return last;
    });
    counter.watch(READABLE);
    for (let turn = 0; turn < 3 || poller.quick !== (quickAfter === 0); turn++) {
      counter.raise();
      await counter.called();
    }
    last = true;
    counter.raise();
    await counter.called();
    await poller.ended();
  });
}
