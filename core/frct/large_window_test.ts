/**
 * Windows beyond the first one, between two ends of our kind.
 *
 * @module
 */
import assert from "node:assert/strict";
import { QOS } from "../contract/qos.ts";
import { FlowPair, type FlowPairOptions, numbered, TestingCipher, Transfer } from "../testing/flow_pair.ts";
import { FLAG, PCI_BYTES, pciFlags } from "../wire/frct_header.ts";
import { FlowMemory } from "./flow_memory.ts";

const LONG = { delay: 50, rate: 100e6 };
const pairOf = (options: Partial<FlowPairOptions> = {}) =>
  new FlowPair({ qos: QOS.data, path: LONG, ...options });

/** Lets a transfer go on for so many seconds. Returns the most packets that were in flight at once. */
function most(transfer: Transfer, seconds: number): number {
  let found = 0;
  transfer.write();
  for (let past = 0; past < seconds * 1000; past += 10) {
    transfer.pair.advance(10);
    found = Math.max(found, transfer.pair.ends[0].flow.stats.unconfirmed);
  }
  assert.equal(transfer.wrong, undefined);
  return found;
}

Deno.test("large window: it follows the path, also when packets are lost", () => {
  for (const loss of [0, 0.01, 0.1]) {
    const found = most(new Transfer(pairOf({ path: { ...LONG, loss } }), Infinity, 200), 1.5);
    assert(found > (loss > 0.01 ? 300 : 500), `${found} in flight with a loss of ${loss}`);
  }
});

Deno.test("large window: a short path does with the first one", () => {
  const pair = pairOf({ path: { rate: 100e6 } });
  pair.ends[0].sent = [];
  assert(most(new Transfer(pair, Infinity, 200), 0.5) <= 256);
  assert(pair.ends[0].sent.every((pdu) => (pciFlags(pdu) & FLAG.rendezvous) === 0));
});

Deno.test("large window: towards a peer that does not show itself to be of our kind nothing is asked for", () => {
  const pair = pairOf({ plain: true });
  const [a, b] = pair.ends;
  [a.sent, b.sent] = [[], []];
  assert(most(new Transfer(pair, Infinity, 200), 3) <= 256);
  for (const pdu of a.sent) {
    assert((pciFlags(pdu) & FLAG.data) !== 0 || pdu.length === PCI_BYTES);
    assert.equal(pciFlags(pdu) & FLAG.runs, 0);
  }
  // It is not told of more either.
  assert(b.sent.every((pdu) => (pciFlags(pdu) & FLAG.runs) === 0));
});

Deno.test("large window: a reader that stops stops the writer, and all arrives when it goes on", () => {
  const pair = pairOf({ cipher: () => new TestingCipher(), qos: { ...QOS.data, ber: 0 } });
  const transfer = new Transfer(pair, 50_000, 200);
  most(transfer, 1);
  Object.assign(transfer, { read: false });
  pair.advance(600_000);
  const { ready } = pair.ends[1].flow.stats;
  assert(ready > 500 && pair.ends[0].failed === "", `${ready}`);
  Object.assign(transfer, { read: true });
  transfer.take();
  transfer.run(20_000);
  assert.deepEqual([transfer.received, transfer.wrong], [50_000, undefined]);
});

Deno.test("large window: the flows of a process share its memory, and a flow that ends or rests gives back", () => {
  const memory = new FlowMemory(1e6, 1.2e6);
  const grown = () => {
    const pair = pairOf({ memory });
    const found = most(new Transfer(pair, Infinity, 1000), 3);
    return { pair, found };
  };
  const one = grown();
  const two = grown();
  assert(one.found > 500 && two.found <= 256, `${one.found}, ${two.found}`);
  one.pair.ends[0].onWritable = undefined;
  one.pair.advance(60_000);
  const three = grown();
  assert(three.found > 500, `${three.found}`);
  // The first one goes on with the first window.
  one.pair.ends[1].onDeliverable = undefined;
  let sent = 0;
  for (let round = 0; round < 30; round++) {
    while (one.pair.ends[0].flow.write(numbered(sent, 1000))) sent++;
    one.pair.advance(100);
  }
  assert(sent <= 256 + 16 && one.pair.ends[0].failed === "", `${sent}`);
});

Deno.test("large window: runs and requests that nobody can mean change nothing", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  a.writeAll("1", "2", "3");
  pair.advance(300);
  const bare = (flags: number, ...body: number[]) => Uint8Array.of(flags, ...new Array(11).fill(0), ...body);
  b.flow.receive(bare(FLAG.rendezvous, 255, 255, 255, 255));
  b.flow.receive(bare(FLAG.rendezvous, 1));
  b.flow.receive(bare(FLAG.rendezvous, 0, 0, 0, 0));
  a.writeAll("4", "5");
  for (const body of [[0], [0, 0], [255, 255, 255, 255], [1, 255], [1, 0, 1], [200]]) {
    const pdu = bare(FLAG.ack | FLAG.runs, ...body);
    a.flow.receive(pdu);
  }
  pair.advance(1000);
  assert.deepEqual(b.takeAll(), ["1", "2", "3", "4", "5"]);
  assert.equal(a.flow.stats.unconfirmed, 0);
});
