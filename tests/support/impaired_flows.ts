/**
 * Random transfers on random paths, by seed: what has to hold for every one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FlowDownError } from "../../core/contract/errors.ts";
import { QOS } from "../../core/contract/qos.ts";
import type { ImpairmentOptions } from "../../core/kit/impairment.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { FlowPair, TestingCipher, Transfer } from "../../core/testing/flow_pair.ts";

const GONE = new FlowDownError("the other end has deallocated the flow");
/** Time in which any of the transfers must be over, in milliseconds. */
const LONG = 600_000;

class Choices {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  /** 0 … `most`. */
  upTo(most: number): number {
    return most * this.#random.uint32() / 0x1_0000_0000;
  }

  happens(part: number): boolean {
    return this.upTo(1) < part;
  }

  path(corrupt: boolean): ImpairmentOptions {
    return {
      loss: this.happens(0.3) ? 0 : this.upTo(0.2),
      duplicate: this.upTo(0.1),
      reorder: this.upTo(0.2),
      reorderBy: this.upTo(30),
      corrupt: corrupt ? this.upTo(0.02) : 0,
      delay: this.upTo(60),
      jitter: this.upTo(20),
      rate: this.happens(0.5) ? undefined : 1e5 + this.upTo(1e8),
      queue: 10 + Math.floor(this.upTo(500)),
    };
  }
}

/**
 * A transfer both ways on a path of its own. One end, or both, closes when it has written all or at a random moment; the other one
 * reads, sometimes slowly; or the layer loses the flow. Never a wrong byte, never a packet less than the outcome says, never a hang.
 */
export function checkSeed(seed: number): void {
  const choices = new Choices(seed);
  const plain = choices.happens(0.2);
  const encrypted = !plain && choices.happens(0.3);
  const pair = new FlowPair({
    qos: { ...QOS.data, ber: plain || (encrypted && choices.happens(0.5)) ? 1 : 0 },
    plain,
    cipher: encrypted ? () => new TestingCipher() : undefined,
    seed,
    path: choices.path(!plain),
    back: choices.path(!plain),
  });
  const length = (index: number) => 4 + (index * 7919 + seed) % 1400;
  const slow = choices.happens(0.2);
  const transfer = new Transfer(pair, 100 + Math.floor(choices.upTo(500)), length, 0, !slow);
  const answers = new Transfer(pair, Math.floor(choices.upTo(200)), length, 1);
  const [a, b] = pair.ends;
  answers.write();
  transfer.write();
  const closeAt = choices.happens(0.5) ? choices.upTo(5000) : Infinity;
  const lostAt = choices.happens(0.1) ? choices.upTo(10_000) : Infinity;
  const both = choices.happens(0.3);
  let closed = false;
  for (let past = 0; past < LONG && !(a.over && (b.over || !both)); past += 20) {
    pair.advance(20);
    if (slow) transfer.take(2);
    if (past >= lostAt) { for (const { flow } of pair.ends) flow.down(new FlowDownError("lost")); }
    if (!closed && (transfer.sent === transfer.count || past >= Math.min(closeAt, lostAt))) {
      closed = true;
      a.close();
      if (both) b.close();
    }
    // The layer tells the end that is left.
    if (a.over && b.failed === "" && !b.over) b.flow.down(GONE);
    if (b.over && !a.over) a.flow.down(GONE);
  }
  transfer.take();
  const story = `seed ${seed}: ${transfer.received} of ${transfer.sent}; ${a.result}; ${b.result}`;
  assert.equal(transfer.wrong, undefined, story);
  assert.equal(answers.wrong, undefined, story);
  assert(a.over && (b.over || !both), `${story}: not over`);
  if (lostAt === Infinity) {
    assert.deepEqual([a.failed, b.failed], ["", ""], story);
    // Of two ends that close, the one that is over first cannot answer the other one for ever.
    const results = [a.result, b.result].filter((result) => result !== "done");
    if (both) assert(results.length === 0 || results.join() === "OURO_FLOW_DOWN", story);
    else assert.deepEqual(results, [""], story);
  }
  // An end that closes itself reads no more.
  if (a.result === "done" && b.result === "") assert.equal(transfer.received, transfer.sent, story);
}
