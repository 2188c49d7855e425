/**
 * Raw flows, signs of life, checksums and ciphers.
 *
 * @module
 */
import assert from "node:assert/strict";
import { QOS } from "../contract/qos.ts";
import { FlowPair, numbered, TestingCipher, Transfer } from "../testing/flow_pair.ts";

const RAW = { ...QOS.raw, timeout: 2000 };

Deno.test("raw flow: a packet is a PDU", () => {
  const pair = new FlowPair({ qos: RAW });
  const [a, b] = pair.ends;
  a.sent = [];
  a.writeAll("one", "two");
  pair.advance(1);
  assert.deepEqual(a.sent.map((pdu) => new TextDecoder().decode(pdu)), ["one", "two"]);
  assert.deepEqual(b.takeAll(), ["one", "two"]);
});

Deno.test("raw flow: an empty packet is a sign of life, as in the reference", () => {
  const pair = new FlowPair({ qos: RAW });
  const [a, b] = pair.ends;
  a.writeAll("");
  pair.advance(1);
  assert.deepEqual([b.takeAll(), b.flow.stats.keepAlivesReceived], [[], 1]);
});

Deno.test("raw flow: what is not taken is kept up to a limit, then dropped", () => {
  const pair = new FlowPair({ qos: RAW });
  const [a, b] = pair.ends;
  for (let at = 0; at < 300; at++) a.flow.write(numbered(at, 20));
  pair.advance(1);
  assert.deepEqual([b.flow.stats.ready, b.flow.stats.dropped], [256, 44]);
});

Deno.test("signs of life: two idle ends keep each other alive, at no more than the rate", () => {
  for (const qos of [RAW, { ...QOS.best, timeout: 2000 }, { ...QOS.data, timeout: 2000 }]) {
    const pair = new FlowPair({ qos });
    pair.advance(60_000);
    for (const { flow, failed, sentCount } of pair.ends) {
      assert.equal(failed, "");
      assert.equal(sentCount, 120);
      assert.equal(flow.stats.keepAlivesSent, 120);
    }
  }
});

Deno.test("signs of life: one that writes sends none; its silence is at most a quarter", () => {
  const pair = new FlowPair({ qos: RAW });
  const [a, b] = pair.ends;
  b.onDeliverable = () => b.takeAll();
  for (let past = 0; past < 30_000; past += 100) {
    a.writeAll("on");
    pair.advance(100);
  }
  assert.equal(a.flow.stats.keepAlivesSent, 0);
  const before = a.sentCount;
  pair.advance(500);
  assert.equal(a.sentCount - before, 1);
});

Deno.test("signs of life: a silent peer is dead after the time-out, not before; what came can be read", () => {
  const pair = new FlowPair({ qos: { ...QOS.data, timeout: 2000 } });
  const [a, b] = pair.ends;
  b.writeAll("last words");
  pair.advance(20);
  b.transmit = () => {};
  pair.advance(1950);
  assert.equal(a.failed, "");
  pair.advance(400);
  assert.equal(a.failed, "OURO_FLOW_PEER");
  assert.deepEqual(a.takeAll(), ["last words"]);
  assert.throws(() => a.flow.write(new Uint8Array(1)), { code: "OURO_FLOW_PEER" });
  const { sentCount } = a;
  pair.advance(10_000);
  assert.equal(a.sentCount, sentCount);
});

Deno.test("signs of life: without a time-out there are none", () => {
  const pair = new FlowPair({ qos: { ...QOS.raw, timeout: 0 } });
  pair.advance(1e6);
  assert.deepEqual([pair.ends[0].sentCount, pair.scheduler.waiting], [0, 0]);
});

for (const ber of [0, 1]) {
  for (const encrypted of [false, true]) {
    const name = `${encrypted ? "encrypted" : "clear"}, ${ber === 0 ? "with" : "without"} checksum`;
    const cipher = encrypted ? () => new TestingCipher() : undefined;

    Deno.test(`envelope: ${name}: raw and reliable packets arrive`, () => {
      for (const qos of [{ ...QOS.raw, ber }, { ...QOS.data, ber }]) {
        const pair = new FlowPair({ qos, cipher, maxPdu: 300 });
        const transfer = new Transfer(pair, 200, (at) => 4 + at);
        transfer.run(1000);
        assert.deepEqual([transfer.received, transfer.wrong], [200, undefined]);
      }
    });

    if (ber === 1 && !encrypted) continue;
    Deno.test(`envelope: ${name}: damage is noticed and counted`, () => {
      const path = { corrupt: 0.1, delay: 3 };
      const pair = new FlowPair({ qos: { ...QOS.data, ber }, cipher, path });
      const transfer = new Transfer(pair, 2000, 500);
      transfer.run(60_000);
      assert.deepEqual([transfer.received, transfer.wrong], [2000, undefined]);
      const { damaged, undecryptable } = pair.ends[1].flow.stats;
      assert((ber === 0 ? damaged : undecryptable) > 100);
    });
  }
}
