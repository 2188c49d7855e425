/** Flows through the public API, between two clients of a stand-in IRMd, over real sockets. */
import assert from "node:assert/strict";
import {
  CancelledError,
  FlowDownError,
  MessageSizeError,
  NotAllocatedError,
  TimedOutError,
  WouldBlockError,
} from "../contract/errors.ts";
import { Ouroboros } from "./client.ts";
import type { Flow } from "./flow.ts";
import { TestingIrmd } from "../testing/irmd.ts";
import { within } from "../testing/within.ts";

/** Two ends of a flow, in two clients. */
async function withFlow(run: (here: Flow, there: Flow, irmd: TestingIrmd) => Promise<void>): Promise<void> {
  await using irmd = await TestingIrmd.start();
  await using client = await Ouroboros.connect({ runtimeFolder: irmd.folder });
  await using server = await Ouroboros.connect({ runtimeFolder: irmd.folder });
  const [here, there] = await Promise.all([client.allocate("name"), server.accept()]);
  await run(here, there, irmd);
}

const bytes = (...numbers: number[]) => new Uint8Array(numbers);

Deno.test("both ends know the flow, and what one writes the other reads", () =>
  withFlow(async (here, there) => {
    assert.deepEqual([here.name, there.name], ["name", "name"]);
    assert(here.fd >= 64 && there.fd >= 64 && here.fd !== there.fd);
    await here.write(bytes(1, 2, 3));
    assert.deepEqual(await there.read(), bytes(1, 2, 3));
    await there.write(bytes()); // Without a protocol between the ends, a sign of life only.
    await there.write(bytes(4));
    assert.deepEqual(await here.read(), bytes(4));
  }));

Deno.test("a slow reader slows the writer; nothing is lost or reordered, concurrent writes keep their order", () =>
  withFlow(async (here, there) => {
    const COUNT = 5000;
    const write = (i: number) => {
      const packet = new Uint8Array(200);
      new DataView(packet.buffer).setUint32(0, i);
      return here.write(packet);
    };
    const all = Promise.all(Array.from({ length: COUNT }, (_, i) => write(i)));
    let done = false;
    all.then(() => done = true);
    await assert.rejects(here.write(bytes(1), { timeout: 20 }), TimedOutError);
    assert(!done && here.queued.sent > 100);
    for (let i = 0; i < COUNT; i++) {
      const packet = there.tryRead() ?? await there.read();
      assert.equal(new DataView(packet.buffer, packet.byteOffset).getUint32(0), i);
    }
    await all;
    assert.equal(there.tryRead(), undefined);
  }));

Deno.test("several reads that wait get their packets in order, each its own bytes", () =>
  withFlow(async (here, there) => {
    const reads = Promise.all([there.read(), there.read(), there.read()]);
    assert.equal(there.tryRead(), undefined);
    for (let i = 1; i <= 3; i++) await here.write(bytes(i));
    assert.deepEqual(await reads, [bytes(1), bytes(2), bytes(3)]);
  }));

Deno.test("reads and writes that would wait: limits, signals, non-blocking", () =>
  withFlow(async (here, there) => {
    await assert.rejects(there.read({ timeout: 1 }), TimedOutError);
    there.readTimeout = 1;
    await assert.rejects(there.read(), TimedOutError);
    await assert.rejects(there.read({ timeout: -1 }), { code: "OURO_INVALID" });
    there.readTimeout = undefined;
    const stop = new AbortController();
    const waiting = there.read({ signal: stop.signal });
    stop.abort("enough");
    await assert.rejects(waiting, CancelledError);
    await assert.rejects(there.read({ signal: stop.signal }), CancelledError);
    there.nonBlocking = true;
    await assert.rejects(there.read(), WouldBlockError);
    here.nonBlocking = true;
    await assert.rejects(async () => {
      for (;;) await here.write(new Uint8Array(10_000));
    }, WouldBlockError);
    assert.equal(here.tryWrite(new Uint8Array(200_000)), false);
    here.nonBlocking = false;
    here.writeTimeout = 1;
    await assert.rejects(here.write(new Uint8Array(200_000)), TimedOutError);
    there.nonBlocking = false;
    while (there.tryRead() ?? await there.read({ timeout: 50 }).catch(() => undefined));
    assert.equal(here.tryWrite(bytes(1)), true);
  }));

Deno.test("a packet that is too large is refused", () =>
  withFlow(async (here, there) => {
    const largest = new Uint8Array(here.maxPacket).fill(7);
    await assert.rejects(here.write(new Uint8Array(here.maxPacket + 1)), MessageSizeError);
    await here.write(largest);
    assert.deepEqual(await there.read(), largest);
  }));

Deno.test("deallocate sends what was written; the other end reads it and then flow-down", () =>
  withFlow(async (here, there) => {
    await there.write(bytes(9)); // Unread data of the other end must not cost it what was sent.
    const writes = Array.from({ length: 300 }, (_, i) => here.write(new Uint8Array(3000).fill(i)));
    const closing = here.deallocate();
    await assert.rejects(here.write(bytes(1)), NotAllocatedError);
    for (let i = 0; i < writes.length; i++) assert.equal((await there.read())[0], i & 255);
    await Promise.all([closing, ...writes]);
    await assert.rejects(there.read(), FlowDownError);
    await assert.rejects(there.write(bytes(1)), FlowDownError);
    assert((await there.whenDown) === there.down);
    await there.deallocate();
    await assert.rejects(there.read(), NotAllocatedError);
    assert.throws(() => there.tryRead(), NotAllocatedError);
    assert.equal(there.deallocate(), there.deallocate());
  }));

Deno.test("deallocate gives up on a reader that does not read, and says so", () =>
  withFlow(async (here) => {
    // One has arrived, one is being written, one is collected, one has to wait.
    for (let i = 0; i < 3; i++) await here.write(new Uint8Array(900_000));
    const blocked = assert.rejects(here.write(new Uint8Array(900_000)), NotAllocatedError);
    await assert.rejects(here.deallocate({ linger: 10 }), TimedOutError);
    await blocked;
  }));

Deno.test("both ends close at once with full sockets: neither waits for the other", () =>
  withFlow(async (here, there) => {
    for (const flow of [here, there]) while (flow.tryWrite(new Uint8Array(50_000)));
    const closed = Promise.all([here.deallocate(), there.deallocate()]);
    await within(Math.min(here.linger, there.linger) / 2, "both ends are closed", closed);
  }));

Deno.test("a process that only writes notices the end", () =>
  withFlow(async (here, there) => {
    await there.deallocate();
    await assert.rejects(async () => {
      for (;;) {
        await here.write(new Uint8Array(1000));
        await new Promise((done) => setImmediate(done));
      }
    }, FlowDownError);
    await here.whenDown;
  }));

Deno.test("a layer that is gone takes the flow down after what has arrived", () =>
  withFlow(async (here, there, irmd) => {
    await there.write(bytes(5));
    irmd.takeDown("the layer is gone");
    assert.deepEqual(await here.read(), bytes(5));
    await assert.rejects(here.read(), { message: "the layer is gone" });
    assert.equal((await there.whenDown).message, "the layer is gone");
  }));

Deno.test("streams and iteration: packets are copies, the end of the flow is the end", () =>
  withFlow(async (here, there) => {
    const echo = there.readable.pipeTo(there.writable).catch((error) => error);
    const writer = here.writable.getWriter();
    const seen: Uint8Array[] = [];
    const reading = (async () => {
      for await (const packet of here.readable) {
        seen.push(packet);
        if (seen.length === 100) return;
      }
    })();
    for (let i = 0; i < 100; i++) await writer.write(bytes(i));
    await reading;
    assert.deepEqual(seen, Array.from({ length: 100 }, (_, i) => bytes(i)));
    await writer.write(bytes(1));
    await here.deallocate();
    assert((await echo) === undefined || (await echo) instanceof FlowDownError);
  }));

Deno.test("iteration ends when the flow goes down", () =>
  withFlow(async (here, there) => {
    for (let i = 0; i < 3; i++) await here.write(bytes(i));
    await here.deallocate();
    const seen: number[] = [];
    for await (const [first] of there) seen.push(first);
    assert.deepEqual(seen, [0, 1, 2]);
  }));

Deno.test("reading into a buffer: parts, end markers, whole packets", () =>
  withFlow(async (here, there) => {
    const buffer = new Uint8Array(4);
    const readInto = async (options = {}) => [...buffer.subarray(0, await there.readInto(buffer, options))];
    const packets = [bytes(1, 2), bytes(1, 2, 3, 4), bytes(1, 2, 3, 4, 5, 6), bytes(7)];
    for (const packet of packets) await here.write(packet);
    assert.deepEqual(await readInto(), [1, 2]);
    assert.deepEqual(await readInto(), [1, 2, 3, 4]);
    assert.deepEqual(await readInto(), []);
    assert.deepEqual(await readInto(), [1, 2, 3, 4]);
    assert.deepEqual(await readInto(), [5, 6]);
    assert.deepEqual(await readInto(), [7]);
    for (const packet of packets.slice(1)) await here.write(packet);
    assert.deepEqual(await readInto({ whole: true }), [1, 2, 3, 4]);
    await assert.rejects(readInto({ whole: true }), MessageSizeError);
    assert.deepEqual(await readInto({ whole: true }), [7]);
    await here.write(packets[2]);
    assert.deepEqual(await readInto(), [1, 2, 3, 4]);
    assert(there.hasPacket);
    assert.deepEqual(await there.read(), bytes(5, 6));
  }));
