/** What can be set on a flow: access, non-blocking calls of either kind, whole reads; flows that join a set when they are allocated. @module */
import assert from "node:assert/strict";
import { InvalidError, MessageSizeError, PermissionError, WouldBlockError } from "../contract/errors.ts";
import { QOS } from "../contract/qos.ts";
import type { FlowAccess } from "./flow_calls.ts";
import { FlowSet } from "./flow_set.ts";
import { TestingFlows } from "../testing/flow_ends.ts";

const packet = Uint8Array.of(1, 2, 3);
const settle = async () => {
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
};

Deno.test("what the access forbids fails, waits for nothing and loses nothing; then it is allowed again", async () => {
  await using flows = new TestingFlows({ qos: QOS.raw });
  const { here, there } = flows;
  const set = new FlowSet();
  set.add(there);
  here.access = "read";
  await assert.rejects(here.write(packet), PermissionError);
  assert.throws(() => here.tryWrite(packet), PermissionError);
  here.access = "write";
  await here.write(packet);
  await assert.rejects(here.read(), PermissionError);
  there.access = "write";
  await settle();
  assert.equal(there.hasPacket, false);
  assert.throws(() => there.tryRead(), /reading from flow 65 \(name\) is not allowed/);
  await assert.rejects(there.readInto(new Uint8Array(9)), PermissionError);
  await assert.rejects(set.next({ timeout: 0 }), { code: "OURO_TIMED_OUT" });
  there.access = "read-write";
  assert.deepEqual(await set.next({ timeout: 0 }), { type: "packet", flow: there });
  assert.deepEqual(there.tryRead(), packet);
  set.clear();
  const wrong: string = "execute";
  assert.throws(() => here.access = wrong as FlowAccess, InvalidError);
  assert.equal(here.access, "write");
});

Deno.test("reads and writes are non-blocking one by one, or both", async () => {
  await using flows = new TestingFlows({ qos: QOS.raw, capacity: 100 });
  const { here, there } = flows;
  there.nonBlockingReads = true;
  await assert.rejects(there.read(), WouldBlockError);
  assert.equal(there.nonBlocking, false);
  here.nonBlockingWrites = true;
  await assert.rejects(async () => {
    for (;;) await here.write(new Uint8Array(1000));
  }, WouldBlockError);
  const reading = here.read();
  await there.write(packet);
  assert.deepEqual(await reading, packet);
  here.nonBlocking = true;
  assert(here.nonBlockingReads && here.nonBlockingWrites && here.nonBlocking);
});

Deno.test("reads are of whole packets where the flow says so, unless the call says otherwise", async () => {
  await using flows = new TestingFlows({ qos: QOS.raw });
  const { here, there } = flows;
  there.wholeReads = true;
  for (let count = 0; count < 3; count++) await here.write(packet);
  await assert.rejects(there.readInto(new Uint8Array(2)), MessageSizeError);
  assert.equal(await there.readInto(new Uint8Array(2), { whole: false }), 2);
  assert.deepEqual(await there.read(), packet.subarray(2));
  assert.equal(await there.readInto(new Uint8Array(3)), 3);
});

Deno.test("a packet stays as it is until the next read, whatever arrives meanwhile", async () => {
  for (const qos of [QOS.raw, QOS.data, QOS.best, { ...QOS.raw, ber: 0 }, { ...QOS.data, ber: 0 }]) {
    await using flows = new TestingFlows({ qos });
    const { here, there } = flows;
    const reading = there.read();
    for (let count = 0; count < 50; count++) await here.write(new Uint8Array(100).fill(count));
    const first = await reading;
    await settle();
    assert.deepEqual(first, new Uint8Array(100).fill(0));
    const second = await there.read();
    await settle();
    assert.deepEqual(second, new Uint8Array(100).fill(1));
  }
});

Deno.test("a set tells that a flow is allocated before all else; what failed to be is said to whoever expected it", async () => {
  await using flows = new TestingFlows({ qos: QOS.raw });
  const { here, there } = flows;
  await here.write(packet);
  await settle();
  const set = new FlowSet();
  const next = set.next();
  await set.expect(Promise.resolve(there));
  assert.deepEqual(await next, { type: "allocated", flow: there });
  assert.deepEqual(await set.next(), { type: "packet", flow: there });
  await assert.rejects(set.expect(Promise.resolve(there)), PermissionError);
  await assert.rejects(set.expect(Promise.reject(new InvalidError("no"))), InvalidError);
  set.clear();
});

Deno.test("packets without bytes arrive on flows with order; on others they are signs of life", async () => {
  for (
    const [qos, arrives] of [
      [QOS.raw, false],
      [{ ...QOS.raw, timeout: 0 }, false],
      [{ ...QOS.raw, ber: 0 }, false],
      [QOS.best, true],
      [
        QOS.data,
        true,
      ],
    ] as const
  ) {
    await using flows = new TestingFlows({ qos });
    const { here, there } = flows;
    await here.write(new Uint8Array(0));
    await here.write(packet);
    if (arrives) assert.equal((await there.read()).length, 0);
    assert.deepEqual(await there.read(), packet);
  }
});
