/**
 * Forged and damaged PDUs.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { QOS, type QosSpec } from "../contract/qos.ts";
import { mutated } from "../../tests/support/mutations.ts";
import { FlowPair, numbered, TestingCipher, Transfer } from "../testing/flow_pair.ts";
import { decodePci, encodePci, FLAG, type Pci } from "../wire/frct_header.ts";

const QUALITIES: readonly QosSpec[] = [QOS.raw, QOS.best, QOS.data, { ...QOS.best, ber: 0 }, {
  ...QOS.data,
  ber: 0,
}];

/** Two ends, of which the first has sent three packets that are acknowledged and three that are not yet. */
function running() {
  const pair = new FlowPair({ qos: QOS.data, path: { delay: 5 } });
  const [a, b] = pair.ends;
  a.sent = [];
  a.writeAll("1", "2", "3");
  pair.advance(100);
  b.writeAll("answer");
  pair.advance(100);
  a.writeAll("4", "5", "6");
  const next = decodePci(a.sent[a.sent.length - 1]).seqno + 1 >>> 0;
  const forge = (pci: Partial<Pci>, ...rest: number[]) =>
    Uint8Array.of(...encodePci({ flags: 0, window: 0, seqno: 0, ackno: 0, ...pci }), ...rest);
  return { pair, a, b, next, forge };
}

Deno.test("bad input: acknowledgements of what was never sent are ignored and counted", () => {
  const { a, next, forge } = running();
  for (const ahead of [1, 2, 256, 65536, 0x7fffffff, 0x80000000, -4, -1000]) {
    a.flow.receive(forge({ flags: FLAG.ack, ackno: next + ahead >>> 0 }));
  }
  assert.deepEqual([a.flow.stats.unconfirmed, a.flow.stats.acksIgnored], [3, 8]);
  a.flow.receive(forge({ flags: FLAG.ack, ackno: next }));
  assert.equal(a.flow.stats.unconfirmed, 0);
});

Deno.test("bad input: a map of what was never sent changes nothing", () => {
  const { a, next, forge } = running();
  const all = new Array(100).fill(255);
  a.flow.receive(forge({ flags: FLAG.ack, ackno: next }, ...all));
  a.flow.receive(forge({ flags: FLAG.ack, ackno: next }, ...all));
  assert.equal(a.flow.stats.unconfirmed, 0);
  assert(a.flow.write(numbered(1, 10)));
  assert.equal(a.flow.stats.unconfirmed, 1);
});

Deno.test("bad input: windows that no receiver can have are ignored and counted; none shrinks", () => {
  const { pair, a, b, next, forge } = running();
  for (const ahead of [260, 1000, 0x10000, 0x7fffff, 0x800000, 0xf00000]) {
    a.flow.receive(forge({ flags: FLAG.window, window: next + ahead & 0xffffff }));
  }
  assert.equal(a.flow.stats.windowsIgnored, 6);
  for (const ahead of [-3, 0, 10]) {
    a.flow.receive(forge({ flags: FLAG.window, window: next + ahead & 0xffffff }));
  }
  let sent = 0;
  for (let round = 0; round < 10; round++) {
    while (a.flow.write(numbered(sent, 10))) sent++;
    pair.advance(20);
  }
  // Six were sent before, and none was read.
  assert.equal(sent, 250);
  pair.advance(1000);
  assert.equal(b.flow.stats.ready, 256);
});

Deno.test("bad input: packets outside the window, and runs that begin from nowhere, are not delivered", () => {
  const { b, next, forge } = running();
  const { ready } = b.flow.stats;
  for (const ahead of [300, 1000, 5000, 0x10000, 0x7fffffff, 0x80000000, -300, -5000]) {
    for (const flags of [FLAG.data, FLAG.data | FLAG.run]) {
      b.flow.receive(forge({ flags, seqno: next + ahead >>> 0 }, 66));
    }
  }
  assert.deepEqual([b.flow.stats.ready, b.flow.stats.runs], [ready, 0]);
  const { outside, dropped } = b.flow.stats;
  assert.equal(outside + dropped, 16);
});

Deno.test("bad input: a peer that was silent may begin anew, and what had arrived is still read", () => {
  const { pair, b, next, forge } = running();
  pair.advance(11_000);
  const run = { flags: FLAG.data | FLAG.run, seqno: next + 0x123456 >>> 0 };
  b.flow.receive(forge(run, 66));
  b.flow.receive(forge({ flags: FLAG.data, seqno: run.seqno + 1 >>> 0 }, 67));
  assert.deepEqual(b.takeAll(), ["1", "2", "3", "4", "5", "6", "B", "C"]);
  assert.equal(b.flow.stats.runs, 1);
});

Deno.test("bad input: before a run begins, little is kept and nothing delivered or acknowledged", () => {
  const pair = new FlowPair({ qos: QOS.data });
  const [a] = pair.ends;
  a.sent = [];
  for (let seqno = 0; seqno < 1000; seqno++) {
    a.flow.receive(encodePci({ flags: FLAG.data, window: 0, seqno: seqno * 7, ackno: 0 }));
  }
  pair.advance(100);
  assert.deepEqual([a.flow.stats.ready, a.flow.stats.outside, a.sent.length], [0, 1000, 0]);
});

Deno.test("bad input: short PDUs are dropped and counted", () => {
  for (const qos of QUALITIES.filter(({ inOrder }) => inOrder !== 0)) {
    const [a] = new FlowPair({ qos }).ends;
    for (let length = 1; length < 12; length++) a.flow.receive(new Uint8Array(length).fill(1));
    assert.equal(a.flow.stats.malformed + a.flow.stats.damaged, 11);
    assert.equal(a.flow.stats.ready, 0);
  }
});

Deno.test("bad input: a flood of acknowledgements or of repeated packets is not answered each", () => {
  const { pair, a, b, forge, next } = running();
  const before = [a.sentCount, b.sentCount];
  for (let at = 0; at < 1000; at++) {
    a.flow.receive(forge({ flags: FLAG.ack, ackno: next - 3 >>> 0 }));
    b.flow.receive(forge({ flags: FLAG.data, seqno: next - 4 >>> 0 }, 1));
  }
  pair.advance(3);
  assert(a.sentCount - before[0] < 5 && b.sentCount - before[1] < 5);
});

/** PDUs of either end of a running flow, for damage. */
function samples(qos: QosSpec, cipher?: () => TestingCipher): Uint8Array[] {
  const pair = new FlowPair({ qos, cipher, path: { loss: 0.1, delay: 5 } });
  for (const end of pair.ends) {
    end.sent = [];
    for (let at = 0; at < 20; at++) end.flow.write(numbered(at, 30));
  }
  pair.advance(200);
  return pair.ends.flatMap(({ sent }) => sent ?? []);
}

Deno.test("bad input: whatever arrives, nothing is thrown, and little is kept", () => {
  for (const qos of QUALITIES) {
    const found = samples(qos);
    const any = fc.oneof(mutated(found), fc.uint8Array({ maxLength: 60 }));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 100 }), fc.nat(50), (pdus, gap) => {
        const pair = new FlowPair({ qos });
        for (const [at, pdu] of pdus.entries()) {
          for (const { flow } of pair.ends) {
            flow.receive(pdu.slice());
            if (at % 5 === 0 && flow.write(new Uint8Array(20))) assert(flow.stats.unconfirmed <= 256);
            if (at % 7 === 0) flow.take();
          }
          pair.advance(gap);
        }
        pair.advance(1000);
        for (const { flow } of pair.ends) assert(flow.stats.ready <= 256);
      }),
      { numRuns: 60 },
    );
  }
});

Deno.test("bad input: to an encrypted flow forged and damaged PDUs do nothing", () => {
  const cipher = () => new TestingCipher();
  const found = samples(QOS.data, cipher);
  fc.assert(
    fc.property(fc.array(mutated(found), { minLength: 20, maxLength: 40 }), fc.nat(100), (forged, seed) => {
      const pair = new FlowPair({ qos: QOS.data, cipher, seed: seed + 100, path: { delay: 2, loss: 0.05 } });
      const transfer = new Transfer(pair, 200, 100);
      for (const pdu of forged) {
        // Those that are damaged; one that is only cut may be whole by chance.
        if (found.some((one) => one.toHex() === pdu.toHex())) continue;
        for (const { flow } of pair.ends) flow.receive(pdu.slice());
        transfer.run(1);
      }
      transfer.run(10_000);
      assert.deepEqual([transfer.received, transfer.wrong], [200, undefined]);
    }),
    { numRuns: 60 },
  );
});
