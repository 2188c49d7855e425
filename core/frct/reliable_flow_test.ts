/**
 * @module
 */
import assert from "node:assert/strict";
import { QOS } from "../contract/qos.ts";
import { FlowPair, numbered, TestingCipher, Transfer } from "../testing/flow_pair.ts";
import { decodePci, FLAG } from "../wire/frct_header.ts";

const pairOf = (options: Partial<ConstructorParameters<typeof FlowPair>[0]> = {}) =>
  new FlowPair({ qos: QOS.data, path: { delay: 5 }, ...options });

Deno.test("reliable flow: the first packet begins a run and tells nothing of the other direction", () => {
  const { ends: [a] } = pairOf();
  a.sent = [];
  a.writeAll("one", "two");
  const [one, two] = a.sent.map(decodePci);
  assert.deepEqual({ ...one, seqno: 0 }, { flags: FLAG.data | FLAG.run, window: 0, seqno: 0, ackno: 0 });
  assert.deepEqual(two, { flags: FLAG.data, window: 0, seqno: (one.seqno + 1) >>> 0, ackno: 0 });
});

Deno.test("reliable flow: packets arrive once and in order, empty ones too", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  a.writeAll("one", "", "two");
  pair.advance(100);
  assert.deepEqual(b.takeAll(), ["one", "", "two"]);
  assert.equal(a.flow.stats.unconfirmed, 0);
});

Deno.test("reliable flow: what has arrived is acknowledged before it is read", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  a.writeAll("one");
  pair.advance(50);
  assert.deepEqual([a.flow.stats.unconfirmed, a.flow.stats.retransmitted, b.flow.stats.ready], [0, 0, 1]);
});

Deno.test("reliable flow: an answer carries the acknowledgement: nothing else is sent", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  b.onDeliverable = () => b.takeAll().forEach((text) => b.writeAll(`${text}!`));
  a.onDeliverable = () => {
    if (a.takeAll().length > 0 && a.flow.stats.sent < 10) a.writeAll("more");
  };
  a.writeAll("one");
  pair.advance(1000);
  assert.deepEqual([a.flow.stats.sent, b.flow.stats.sent, b.flow.stats.control], [10, 10, 0]);
  // The last one.
  assert.equal(a.flow.stats.control, 1);
});

Deno.test("reliable flow: a lost first packet costs one retransmission, whatever came behind it", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  const { transmit } = a;
  a.transmit = () => a.transmit = transmit;
  for (let at = 0; at < 20; at++) a.flow.write(numbered(at, 100));
  pair.advance(1000);
  assert.deepEqual([b.flow.stats.ready, a.flow.stats.retransmitted], [20, 1]);
});

Deno.test("reliable flow: only what is lost is sent again, and at once", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  a.writeAll("first");
  pair.advance(100);
  const { transmit } = a;
  let at = 0;
  a.transmit = (pdu) => [3, 4, 30].includes(at++) ? undefined : transmit(pdu);
  for (let packet = 0; packet < 60; packet++) a.flow.write(numbered(packet, 100));
  pair.advance(25);
  assert.deepEqual([b.flow.stats.ready, a.flow.stats.retransmitted, a.flow.stats.timeouts], [61, 3, 0]);
});

Deno.test("reliable flow: a lost tail is found by a probe", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  a.writeAll("first");
  pair.advance(100);
  const { transmit } = a;
  a.transmit = () => {};
  for (let packet = 0; packet < 40; packet++) a.flow.write(numbered(packet, 100));
  a.transmit = transmit;
  pair.advance(300);
  assert.deepEqual([b.flow.stats.ready, a.flow.stats.unconfirmed], [41, 0]);
  assert(a.flow.stats.retransmitted < 45, `${a.flow.stats.retransmitted}`);
});

Deno.test("reliable flow: overtaken packets are hardly sent again", () => {
  const pair = pairOf({ path: { delay: 5, reorder: 0.2, reorderBy: 4, rate: 50e6 } });
  const transfer = new Transfer(pair, 5000, 1000);
  transfer.run(60_000);
  assert.deepEqual([transfer.received, transfer.wrong], [5000, undefined]);
  assert(pair.ends[0].flow.stats.retransmitted < 50, `${pair.ends[0].flow.stats.retransmitted}`);
});

Deno.test("reliable flow: to a peer that tells only up to where it has everything, losses go again by time", () => {
  const pair = pairOf({ plain: true, path: { loss: 0.02, delay: 5, rate: 100e6 } });
  const transfer = new Transfer(pair, 3000, 1000);
  transfer.run(60_000);
  assert.deepEqual([transfer.received, transfer.wrong], [3000, undefined]);
  const { stats } = pair.ends[0].flow;
  assert((transfer.finishedAt ?? Infinity) < 5000, `${transfer.finishedAt}`);
  // Little more is sent again than was lost, and a round trip is not taken for longer than it is.
  assert(stats.retransmitted < 90 && stats.timeout < 100, JSON.stringify(stats));
});

Deno.test("reliable flow: when almost all of a window is lost, it recovers at the pace of the path", () => {
  for (const plain of [false, true]) {
    const pair = pairOf({ plain, path: { delay: 20, rate: 20e6, queue: 10 } });
    const transfer = new Transfer(pair, 2000, 1000);
    transfer.run(30_000);
    assert.deepEqual([transfer.received, transfer.wrong], [2000, undefined]);
    assert((transfer.finishedAt ?? Infinity) < (plain ? 25_000 : 3000), `${transfer.finishedAt}`);
  }
});

Deno.test("reliable flow: a round trip that is suddenly longer is learnt", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  b.onDeliverable = () => b.takeAll();
  for (let at = 0; at < 20; at++) {
    a.writeAll("ping");
    pair.advance(50);
  }
  assert(a.flow.stats.timeout < 50);
  const { transmit } = a;
  a.transmit = (pdu) => void pair.scheduler.after(200, () => transmit(pdu));
  for (let at = 0; at < 20; at++) {
    a.writeAll("ping");
    pair.advance(1000);
  }
  assert(a.flow.stats.retransmitted < 15, `${a.flow.stats.retransmitted}`);
  assert(a.flow.stats.timeout > 200);
});

Deno.test("reliable flow: a reader that pauses stops the writer, and goes on without a stall", () => {
  const pair = pairOf();
  const transfer = new Transfer(pair, 2000, 100, 0, false);
  transfer.write();
  pair.advance(60_000);
  // The window was full and all of it acknowledged.
  const { stats } = pair.ends[0].flow;
  assert.deepEqual([transfer.sent, stats.unconfirmed, stats.retransmitted], [256, 0, 0]);
  const start = pair.scheduler.now();
  while (transfer.received < 2000 && pair.scheduler.now() < start + 10_000) {
    transfer.take(10);
    pair.advance(1);
  }
  assert.equal(transfer.wrong, undefined);
  assert(pair.scheduler.now() - start < 350, `${pair.scheduler.now() - start}`);
});

Deno.test("reliable flow: a reader may pause for longer than a run of numbers is remembered", () => {
  const pair = pairOf();
  const transfer = new Transfer(pair, 1000, 100, 0, false);
  transfer.write();
  pair.advance(600_000);
  assert.deepEqual([transfer.sent, pair.ends[0].failed, pair.ends[1].flow.stats.runs], [256, "", 0]);
  for (let round = 0; round < 10; round++) {
    transfer.take();
    pair.advance(1000);
  }
  assert.deepEqual([transfer.received, transfer.wrong], [1000, undefined]);
});

Deno.test("reliable flow: a lost window is asked for", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  const transfer = new Transfer(pair, 300, 100, 0, false);
  transfer.write();
  pair.advance(2000);
  const { transmit } = b;
  b.transmit = () => {};
  transfer.take();
  b.transmit = transmit;
  assert.equal(transfer.received, 256);
  pair.advance(6000);
  assert.equal(a.flow.stats.sent, 300);
});

Deno.test("reliable flow: the window is in bytes too, when packets are large", () => {
  const pair = pairOf({ maxPdu: 1 << 20 });
  const [a, b] = pair.ends;
  const packet = new Uint8Array(1_000_000);
  for (let round = 0; round < 50; round++) {
    while (a.flow.write(packet));
    pair.advance(20);
  }
  assert(b.flow.stats.ready < 70, `${b.flow.stats.ready}`);
  const before = a.flow.stats.sent;
  while (b.flow.take() !== undefined);
  pair.advance(20);
  assert(a.flow.write(packet));
  assert(before < 70);
});

Deno.test("reliable flow: packets over the limit are refused; the limit may change", () => {
  const [a] = pairOf({ maxPdu: 1400, qos: { ...QOS.data, ber: 0 }, cipher: () => new TestingCipher() }).ends;
  assert.equal(a.flow.maxPacket, 1400 - 12 - 8 - 4);
  assert.throws(() => a.flow.write(new Uint8Array(1377)), { code: "OURO_MESSAGE_SIZE" });
  a.flow.limit(500);
  assert.throws(() => a.flow.write(new Uint8Array(477)), { code: "OURO_MESSAGE_SIZE" });
  assert(a.flow.write(new Uint8Array(476)));
});

Deno.test("reliable flow: it fails when nothing is acknowledged for two minutes, though the other end lives", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  const { transmit } = a;
  // Of what it sends, only signs of life arrive.
  a.transmit = (pdu) => transmit(pdu.subarray(0, 0));
  a.writeAll("one");
  pair.advance(119_000);
  assert.equal(a.failed, "");
  pair.advance(2000);
  assert.equal(a.failed, "OURO_TIMED_OUT");
  assert(a.flow.stats.retransmitted < 40, `${a.flow.stats.retransmitted}`);
  assert.throws(() => a.flow.write(new Uint8Array(1)), { code: "OURO_TIMED_OUT" });
  assert.equal(b.failed, "");
});

Deno.test("reliable flow: numbers go on after a long silence, and wrap around", () => {
  const pair = pairOf({ seed: 5 });
  const [a, b] = pair.ends;
  a.sent = [];
  a.writeAll("one");
  pair.advance(300_000);
  a.writeAll("two");
  pair.advance(100);
  assert.deepEqual(b.takeAll(), ["one", "two"]);
  const data = a.sent.filter((pdu) => pdu.length > 12).map(decodePci);
  assert.equal(data[1].seqno, (data[0].seqno + 1) >>> 0);
  assert((data[1].flags & FLAG.run) !== 0);
});

Deno.test("reliable flow: the packet that is taken last stays valid while others arrive", () => {
  const pair = pairOf();
  const [, b] = pair.ends;
  const transfer = new Transfer(pair, 600, 50, 0, false);
  transfer.write();
  pair.advance(100);
  const first = b.flow.take();
  pair.advance(500);
  assert.equal(first?.toHex(), numbered(0, 50).toHex());
});
