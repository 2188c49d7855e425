/**
 * Orderly ends.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FlowDownError } from "../contract/errors.ts";
import { QOS } from "../contract/qos.ts";
import { FlowPair, Transfer } from "../testing/flow_pair.ts";

const pairOf = (path = {}) => new FlowPair({ qos: QOS.data, path: { delay: 5, ...path } });

Deno.test("close: what was written arrives, lossy or not, and then the flow is over", () => {
  const pair = pairOf({ loss: 0.2 });
  const [a, b] = pair.ends;
  const transfer = new Transfer(pair, 60, 100, 0, false);
  transfer.write();
  a.close();
  assert.equal(a.result, "");
  pair.advance(20_000);
  assert.deepEqual([a.result, a.over, b.flow.stats.ready], ["done", true, 60]);
  transfer.take();
  assert.equal(transfer.wrong, undefined);
});

Deno.test("close: with nothing outstanding it is over at once", () => {
  for (const qos of [QOS.raw, QOS.best, QOS.data]) {
    const [a] = new FlowPair({ qos }).ends;
    a.close();
    assert.deepEqual([a.result, a.over], ["done", true]);
    assert.throws(() => a.flow.write(new Uint8Array(1)), { code: "OURO_NOT_ALLOCATED" });
    assert.equal(a.flow.take(), undefined);
  }
});

Deno.test("close: says that it could not, in the time that it was given", () => {
  const pair = pairOf();
  const [a] = pair.ends;
  a.transmit = () => {};
  a.writeAll("one", "two");
  a.close(5000);
  pair.advance(4999);
  assert.deepEqual([a.result, a.over], ["", false]);
  pair.advance(1);
  assert(a.outcome !== undefined && !a.outcome.ok);
  assert.match(a.outcome.error.message, /2 packets/);
  assert.deepEqual([a.outcome.error.code, a.over], ["OURO_TIMED_OUT", true]);
  const { sentCount } = a;
  pair.advance(100_000);
  assert.equal(a.sentCount, sentCount);
});

Deno.test("close: an end that has just received stays to answer what is sent again", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  const { transmit } = b;
  b.transmit = () => {};
  a.writeAll("one");
  pair.advance(8);
  b.takeAll();
  b.close();
  b.transmit = transmit;
  a.close();
  assert.deepEqual([b.result, b.over], ["done", false]);
  pair.advance(2500);
  assert.deepEqual([a.result, a.over, b.over], ["done", true, true]);
});

Deno.test("close: both ends at once, with packets under way both ways", () => {
  const pair = pairOf({ loss: 0.1 });
  for (const end of pair.ends) {
    end.writeAll(..."abcdefghij");
    end.close();
  }
  pair.advance(30_000);
  for (const { result, over } of pair.ends) assert.deepEqual([result, over], ["done", true]);
});

Deno.test("close: an end that has its answer closes at once, and the one that gave it knows that it arrived", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const pair = new FlowPair({ qos: QOS.data, seed, path: { delay: 1, loss: 0.1 } });
    const [a, b] = pair.ends;
    b.onDeliverable = () => {
      if (b.takeAll().includes("question")) b.writeAll("answer");
      b.close();
    };
    a.onDeliverable = () => a.close();
    a.writeAll("question");
    for (let past = 0; past < 20_000 && !(a.over && b.over); past += 5) {
      pair.advance(5);
      if (a.over) b.flow.down(new FlowDownError("the other end has deallocated the flow"));
    }
    assert.deepEqual([a.result, b.result, b.over], ["done", "done", true], `seed ${seed}`);
  }
});

Deno.test("close: when the layer loses the flow, what had arrived can be taken, and the writer learns of its loss", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  a.writeAll("one");
  pair.advance(6);
  const gone = new FlowDownError("gone");
  for (const { flow } of pair.ends) flow.down(gone);
  assert.deepEqual(b.takeAll(), ["one"]);
  assert.throws(() => b.flow.write(new Uint8Array(1)), gone);
  a.close();
  b.close();
  assert.deepEqual([a.result, b.result], ["OURO_FLOW_DOWN", "done"]);
  pair.advance(1000);
  assert.equal(pair.scheduler.waiting, 0);
});

Deno.test("close: the other end gives the flow back while this one still waits", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  b.transmit = () => {};
  a.writeAll("one");
  a.close();
  pair.advance(20);
  a.flow.down(new FlowDownError("the other end has deallocated the flow"));
  assert.deepEqual([a.result, a.over], ["OURO_FLOW_DOWN", true]);
});

Deno.test("close: an end that goes on sending does not keep the other one from ending", () => {
  const pair = pairOf();
  const [a, b] = pair.ends;
  a.writeAll("one");
  pair.advance(50);
  b.takeAll();
  b.close();
  for (let past = 0; past < 1900; past += 100) {
    a.writeAll("more");
    pair.advance(100);
  }
  assert.deepEqual([b.result, b.over], ["done", false]);
  a.writeAll("more");
  pair.advance(150);
  assert.equal(b.over, true);
});
