/** Streams of bytes over flows: any sizes arrive as they were, ends and aborts are told apart, limits change meanwhile. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FlowDownError, MessageSizeError, NotSupportedError } from "../contract/errors.ts";
import { QOS } from "../contract/qos.ts";
import type { Flow } from "./flow.ts";
import { TestingFlows } from "../testing/flow_ends.ts";

const data = { ...QOS.data, ber: 0 };

/** Writes all chunks; `between` is called after each. */
async function writeAll(flow: Flow, chunks: readonly Uint8Array[], between: () => void = () => {}) {
  const writer = flow.stream().writable.getWriter();
  for (const chunk of chunks) {
    await writer.write(chunk);
    between();
  }
  await writer.close();
}

const readAll = (flow: Flow): Promise<Uint8Array> => new Response(flow.stream().readable).bytes();

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

const sizes = fc.array(fc.oneof(fc.nat(20), fc.nat(3000)), { maxLength: 30 });
const chunksOf = (lengths: readonly number[]) =>
  lengths.map((length, at) => Uint8Array.from({ length }, (_, index) => at * 31 + index));

Deno.test("bytes of any sizes arrive as they were, both ways at once, and both ends see the end", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, sizes, fc.integer({ min: 50, max: 2000 }), async (one, other, maxPacket) => {
      await using flows = new TestingFlows({ qos: data, maxPacket });
      const { here, there } = flows;
      const [forth, back] = [chunksOf(one), chunksOf(other)];
      const [, , arrived, returned] = await Promise.all([
        writeAll(here, forth),
        writeAll(there, back),
        readAll(there),
        readAll(here),
      ]);
      assert.deepEqual(arrived, joined(forth));
      assert.deepEqual(returned, joined(back));
    }),
    { numRuns: 30 },
  );
});

Deno.test("limits that change in the middle of a stream lose nothing", async () => {
  const limits = fc.array(fc.integer({ min: 17, max: 2000 }), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(sizes, limits, fc.integer({ min: 10, max: 5000 }), async (lengths, limits, capacity) => {
      await using flows = new TestingFlows({ qos: data, capacity });
      const chunks = chunksOf(lengths);
      let at = 0;
      const writing = writeAll(flows.here, chunks, () => flows.limit(limits[at++ % limits.length]));
      const arrived = await readAll(flows.there);
      await writing;
      assert.deepEqual(arrived, joined(chunks));
    }),
    { numRuns: 30 },
  );
});

Deno.test("a large stream waits for its reader, and packets of a stream are as large as can be", async () => {
  await using flows = new TestingFlows({ qos: data });
  const { here, there } = flows;
  const all = Uint8Array.from({ length: 1_000_000 }, (_, index) => index * index);
  let written = false;
  const writing = writeAll(here, [all]).then(() => written = true);
  await new Promise((done) => setTimeout(done, 50));
  assert(!written, "256 packets wait at most");
  const arrived: Uint8Array[] = [];
  for await (const chunk of there.stream().readable) {
    arrived.push(chunk);
    assert(chunk.length === here.maxPacket || arrived.length * here.maxPacket > all.length);
  }
  await writing;
  assert.deepEqual(joined(arrived), all);
});

Deno.test("a reader may bring buffers of its own, to the end", async () => {
  await using flows = new TestingFlows({ qos: data });
  const writing = writeAll(flows.here, [new Uint8Array(1500).fill(1)]);
  const reader = flows.there.stream().readable.getReader({ mode: "byob" });
  let total = 0;
  for (let buffer = new Uint8Array(400);;) {
    const { value, done } = await reader.read(buffer);
    if (done) break;
    total += value.length;
    buffer = new Uint8Array(400);
  }
  await writing;
  assert.equal(total, 1500);
});

Deno.test("the flow stays when a stream has ended: packets, and then another stream", async () => {
  await using flows = new TestingFlows({ qos: data });
  const { here, there } = flows;
  for (let round = 0; round < 3; round++) {
    const first = here.stream();
    assert.equal(here.stream(), first);
    await Promise.all([writeAll(here, chunksOf([5])), writeAll(there, []), readAll(here), readAll(there)]);
    assert.notEqual(here.stream(), first);
    await here.write(Uint8Array.of(round));
    assert.deepEqual(await there.read(), Uint8Array.of(round));
  }
});

Deno.test("on the flow the stream is packets with its bytes, and an empty packet at the end", async () => {
  await using flows = new TestingFlows({ qos: data, maxPacket: 116 });
  const { here, there } = flows;
  const writing = writeAll(here, [new Uint8Array(250), new Uint8Array(0), new Uint8Array(1)]);
  const lengths = [];
  for (let length = -1; length !== 0;) lengths.push(length = (await there.read()).length);
  assert.deepEqual(lengths, [100, 100, 50, 1, 0]);
  await writing;
  await there.write(Uint8Array.of(7));
  await there.write(new Uint8Array(0));
  assert.deepEqual(await readAll(here), Uint8Array.of(7));
});

Deno.test("an abort, and a flow that goes down before the end, are errors for the reader", async () => {
  for (const how of ["abort", "deallocate"] as const) {
    await using flows = new TestingFlows({ qos: data });
    const { here, there } = flows;
    const writer = here.stream().writable.getWriter();
    await writer.write(new Uint8Array(10));
    const reader = there.stream().readable.getReader();
    assert.equal((await reader.read()).value?.length, 10);
    if (how === "abort") await writer.abort("no more");
    else await here.deallocate();
    await assert.rejects(reader.read(), (error) => {
      assert(error instanceof FlowDownError);
      assert.match(error.message, /^flow 65 \(name\) went down before the end of the stream: /);
      return true;
    });
    assert(here.deallocated);
  }
});

Deno.test("a reader that cancels ends the flow; what it had written arrives", async () => {
  await using flows = new TestingFlows({ qos: data });
  const { here, there } = flows;
  await here.stream().writable.getWriter().write(new Uint8Array(5000));
  await writeAll(there, [Uint8Array.of(1, 2, 3)]);
  for await (const _chunk of there.stream().readable) break;
  assert(there.deallocated);
  assert.deepEqual(await readAll(here), Uint8Array.of(1, 2, 3));
});

Deno.test("flows that are not reliable have no streams of bytes; flows that carry nothing say so", async () => {
  for (const qos of [QOS.raw, QOS.best, QOS.voice, { ...QOS.raw, loss: 0 }]) {
    await using flows = new TestingFlows({ qos });
    assert.throws(() => flows.here.stream(), (error) => {
      assert(error instanceof NotSupportedError);
      assert.match(error.message, /^flow 64 \(name\) is not reliable.*quality data/);
      return true;
    });
  }
  await using flows = new TestingFlows({ qos: data, maxPacket: 16 });
  assert.equal(flows.here.maxPacket, 0);
  await assert.rejects(flows.here.stream().writable.getWriter().write(new Uint8Array(1)), MessageSizeError);
});
