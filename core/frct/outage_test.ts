/** Reliable flows over paths that carry nothing for a while, and windows whose opening is not heard of. @module */
import assert from "node:assert/strict";
import { QOS, type QosSpec } from "../contract/qos.ts";
import { FlowPair, numbered, type PairEnd } from "../testing/flow_pair.ts";

const FOREVER = { ...QOS.data, timeout: 0 };
const DELAY = 5;

/** A flow on which one end writes every 20 ms and the other end echoes; the path can be cut. */
class EchoedFlow {
  readonly pair: FlowPair;
  echoes = 0;
  #cut = false;

  constructor(plain = false) {
    this.pair = new FlowPair({ qos: FOREVER, path: { delay: DELAY }, plain });
    for (const end of this.pair.ends) {
      const { transmit } = end;
      end.transmit = (pdu) => this.#cut ? undefined : transmit(pdu);
    }
    const [here, there] = this.pair.ends;
    there.onDeliverable = () => there.takeAll().forEach((text) => there.writeAll(text));
    here.onDeliverable = () => this.echoes += here.takeAll().length;
    this.pass(1000);
  }

  pass(milliseconds: number): void {
    for (let past = 0; past < milliseconds; past += 20) {
      if (this.pair.ends[0].flow.stats.unconfirmed < 200) this.pair.ends[0].writeAll("echo");
      this.pair.advance(20);
    }
  }

  outage(milliseconds: number): void {
    this.#cut = true;
    this.pass(milliseconds);
    this.#cut = false;
    this.echoes = 0;
  }
}

for (const plain of [false, true]) {
  const peer = plain ? "a peer of the reference" : "a peer of its own kind";
  Deno.test(`reliable flow: it goes on the moment a suspension ends, with ${peer}`, () => {
    for (const outage of [500, 3000, 8000, 15_000, 30_000, 100_000]) {
      for (const told of [[0, 1], [0], [1]]) {
        const flow = new EchoedFlow(plain);
        flow.outage(outage);
        for (const end of told) flow.pair.ends[end].flow.recover();
        flow.pass(100);
        assert(flow.echoes > 0, `after ${outage} ms, told at ${told}`);
      }
    }
  });
}

Deno.test("reliable flow: a path that was cut without a word is found to carry again within 4 s", () => {
  for (const outage of [1000, 5000, 20_000, 60_000, 110_000]) {
    const flow = new EchoedFlow();
    flow.outage(outage);
    flow.pass(4100);
    assert(flow.echoes > 0, `after ${outage} ms`);
  }
});

Deno.test("reliable flow: the end of a suspension changes nothing where nothing waits, or all is over", () => {
  const pair = new FlowPair({ qos: FOREVER, path: { delay: DELAY } });
  const [here, there] = pair.ends;
  here.sent = [];
  here.flow.recover();
  pair.advance(1000);
  assert.deepEqual(here.sent, []);
  here.writeAll("one");
  pair.advance(1000);
  for (const { flow } of [here, there]) flow.recover();
  pair.advance(1000);
  assert.deepEqual([there.takeAll(), here.flow.stats.retransmitted], [["one"], 0]);
  here.close();
  pair.advance(10_000);
  here.flow.recover();
});

/** A writer that always writes, and a reader that sleeps 3 s and then reads a window. Returns the longest wait for a packet, in ms. */
function longestWait(qos: QosSpec, seed: number, loss: number): number {
  const pair = new FlowPair({ qos, seed, path: { delay: DELAY }, back: { delay: DELAY, loss } });
  const [writer, reader] = pair.ends;
  const write = () => {
    while (writer.flow.write(numbered(0, 1000)));
  };
  writer.onWritable = write;
  write();
  const take = (end: PairEnd, most: number) => {
    let taken = 0;
    while (taken < most && end.flow.take() !== undefined) taken++;
    return taken;
  };
  let longest = 0;
  for (let round = 0; round < 20; round++) {
    pair.advance(3000);
    for (let left = 256, waited = 0; left > 0 && waited < 60_000; waited += 10) {
      const taken = take(reader, left);
      left -= taken;
      longest = Math.max(longest, waited);
      if (taken > 0) waited = 0;
      pair.advance(10);
    }
  }
  return longest;
}

for (const [name, qos] of [["reliable", FOREVER], ["best effort", { ...QOS.best, timeout: 0 }]] as const) {
  Deno.test(`${name} flow: the news of an open window is told again until packets come`, () => {
    for (let seed = 1; seed <= 20; seed++) {
      const wait = longestWait(qos, seed, 0.3);
      assert(wait < 2000, `seed ${seed}: ${wait} ms without a packet`);
    }
    assert(longestWait(qos, 1, 0) < 100);
  });

  Deno.test(`${name} flow: an open window that nobody wants is not told for ever`, () => {
    const pair = new FlowPair({ qos, path: { delay: DELAY } });
    const [writer, reader] = pair.ends;
    while (writer.flow.write(numbered(0, 100))) pair.advance(1);
    pair.advance(3000);
    while (reader.flow.take() !== undefined);
    const before = reader.sentCount;
    pair.advance(3_600_000);
    assert(reader.sentCount - before < 20, `${reader.sentCount - before} PDUs`);
  });
}
