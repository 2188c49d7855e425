/**
 * @module
 */
import assert from "node:assert/strict";
import { QOS } from "../contract/qos.ts";
import { FlowPair, numbered } from "../testing/flow_pair.ts";
import { decodePci, encodePci, FLAG } from "../wire/frct_header.ts";

const pairOf = (path = {}) => new FlowPair({ qos: QOS.best, path: { delay: 5, ...path } });

Deno.test("unreliable flow: every packet begins a run; none is acknowledged or sent again", () => {
  const pair = pairOf({ loss: 0.2 });
  const [a, b] = pair.ends;
  a.sent = [];
  for (let at = 0; at < 50; at++) a.flow.write(numbered(at, 20));
  pair.advance(1000);
  assert(a.sent.filter((pdu) => pdu.length > 12).every((pdu) => pdu[0] === (FLAG.data | FLAG.run)));
  assert.equal(a.flow.stats.retransmitted, 0);
  assert(b.flow.stats.ready > 30 && b.flow.stats.ready < 50);
});

Deno.test("unreliable flow: order is kept, late packets are dropped", () => {
  const pair = pairOf({ reorder: 0.3, reorderBy: 20, duplicate: 0.1 });
  const [a, b] = pair.ends;
  const seen: number[] = [];
  b.onDeliverable = () => {
    for (let packet; (packet = b.flow.take()) !== undefined;) {
      seen.push(new DataView(packet.buffer, packet.byteOffset).getUint32(0));
    }
  };
  for (let at = 0; at < 1000; at++) {
    a.flow.write(numbered(at, 20));
    pair.advance(1);
  }
  assert(seen.length > 500 && b.flow.stats.duplicates > 50);
  assert.deepEqual(seen, [...new Set(seen)].sort((one, other) => one - other));
});

Deno.test("unreliable flow: a stream in one direction never stalls, whatever is lost", () => {
  const pair = pairOf({ loss: 0.05, delay: 1 });
  const [a, b] = pair.ends;
  b.onDeliverable = () => b.takeAll();
  let refused = 0;
  for (let at = 0; at < 20_000; at++) {
    if (!a.flow.write(numbered(at % 100, 20))) refused++;
    if (at % 8 === 0) pair.advance(1);
  }
  assert.deepEqual([refused, a.flow.stats.windowsOverridden], [0, 0]);
});

Deno.test("unreliable flow: a slow reader stops the writer, and its window opens again", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  let writable = 0;
  a.onWritable = () => writable++;
  for (let at = 0; at < 1000; at++) {
    a.flow.write(numbered(at, 20));
    pair.advance(1);
  }
  pair.advance(10_000);
  assert.deepEqual([a.flow.stats.sent, b.flow.stats.ready, b.flow.stats.dropped], [256, 256, 0]);
  assert.equal(writable, 0);
  b.takeAll();
  pair.advance(50);
  assert.equal(writable, 1);
});

Deno.test("unreliable flow: a silent peer's window is not waited for", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  b.transmit = () => {};
  let sent = 0;
  a.onWritable = () => {
    while (a.flow.write(numbered(sent, 20))) sent++;
  };
  a.onWritable();
  assert.equal(sent, 64);
  pair.advance(3000);
  assert(sent >= 128 && a.flow.stats.windowsOverridden > 0, `${sent}`);
});

Deno.test("unreliable flow: a peer that begins anew is believed at the second packet", () => {
  const [, b] = pairOf().ends;
  const send = (seqno: number) =>
    b.flow.receive(
      Uint8Array.of(...encodePci({ flags: FLAG.data | FLAG.run, window: 0, seqno, ackno: 0 }), 65),
    );
  send(1);
  send(0x80000000);
  assert.deepEqual([b.flow.stats.ready, b.flow.stats.runs], [1, 0]);
  send(0x80000001);
  assert.deepEqual([b.flow.stats.ready, b.flow.stats.runs], [2, 1]);
});

Deno.test("unreliable flow: nothing follows data that is not answered: PDUs without need crash readers of the reference", () => {
  for (const qos of [QOS.best, QOS.data]) {
    const pair = new FlowPair({ qos, path: { delay: 5 } });
    const [a, b] = pair.ends;
    a.sent = [];
    b.transmit = () => {};
    a.writeAll("one");
    pair.advance(20);
    assert.deepEqual(a.sent.map(({ length }) => length), [15]);
    assert.equal(decodePci(a.sent[0]).window, 0);
  }
});
