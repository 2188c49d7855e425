/** Tests of looking a name up: what counts as an answer, and who is believed. @module */
import assert from "node:assert/strict";
import type { Address } from "../../../../core/contract/ids.ts";
import type { Outcome } from "../../../../core/contract/outcome.ts";
import { type DhtMessage, dhtValue } from "../dht_message.ts";
import { answerOf, foreign, HASH, LoneNode, OWN } from "../../../testing/dht.ts";

const [HOLDER, OWNER, OTHER] = [foreign(1), foreign(2), foreign(3)];
const ALL = [HOLDER, OWNER, OTHER];
const value = dhtValue(OWNER.address);

/** A node in a layer of three others; what each answers to findValue is given by address. */
function layer(values: Record<number, readonly Uint8Array[] | undefined>): LoneNode {
  const node = new LoneNode(HOLDER.address);
  node.members = ALL.map(({ address }) => address);
  node.answer = (to, message) => {
    const source = ALL.find((one) => one.address === to) ?? OTHER;
    if (message.type === "findNode") return answerOf(source, message, [], ALL);
    const known = values[to];
    return known && answerOf(source, message, known, ALL);
  };
  node.time.advance(5000);
  node.take();
  return node;
}

const asked = (node: LoneNode): Address[] => node.sent.map(({ to }) => to);

Deno.test("an owner that says so itself is the result, at once", () => {
  const node = layer({ [HOLDER.address]: [value], [OWNER.address]: [value], [OTHER.address]: [] });
  assert.deepEqual(node.query(0), [OWNER.address]);
});

Deno.test("a name that was looked up before costs one question to its owner", () => {
  const node = layer({ [HOLDER.address]: [value], [OWNER.address]: [value], [OTHER.address]: [] });
  node.query();
  node.take();
  assert.deepEqual(node.query(0), [OWNER.address]);
  assert.deepEqual(asked(node), [OWNER.address]);
});

Deno.test("a value that its owner denies is out of date and left out", () => {
  const node = layer({ [HOLDER.address]: [value], [OWNER.address]: [], [OTHER.address]: [] });
  assert.deepEqual(node.query(0), []);
});

Deno.test("an owner that is silent comes after those that answer", () => {
  const other = dhtValue(OTHER.address);
  const silent = layer({ [HOLDER.address]: [value], [OTHER.address]: [value] });
  assert.deepEqual(silent.query(190), [OWNER.address]);
  const both = layer({ [HOLDER.address]: [value, other], [OTHER.address]: [other] });
  assert.deepEqual(both.query(190), [OTHER.address, OWNER.address]);
});

Deno.test("a name registered only here gives the own address, in time though nobody answers", () => {
  const node = layer({});
  node.directory.register(HASH, () => {});
  assert.deepEqual(node.query(190), [OWN]);
});

Deno.test("values that are no addresses are passed over", () => {
  const node = layer({
    [HOLDER.address]: [Uint8Array.of(1), new Uint8Array(8), dhtValue(OWN), value],
    [OWNER.address]: [value],
    [OTHER.address]: [],
  });
  assert.deepEqual(node.query(0), [OWNER.address]);
});

Deno.test("members of a small layer are asked although nobody knows of them", () => {
  const node = layer({ [HOLDER.address]: [], [OWNER.address]: [], [OTHER.address]: [] });
  const hermit = foreign(9);
  node.members = [...node.members, hermit.address];
  const { answer } = node;
  node.answer = (to, message) =>
    to === hermit.address ? answerOf(hermit, message, [dhtValue(to)]) : answer?.(to, message);
  assert.deepEqual(node.query(0), [hermit.address]);
});

Deno.test("a question is repeated; after that others are asked in its place; silence is no answer", () => {
  const node = layer({});
  const outcomes: Outcome<readonly Address[]>[] = [];
  node.directory.query(HASH, (outcome) => outcomes.push(outcome));
  node.time.advance(12_000);
  const [outcome] = outcomes;
  assert(
    !outcome.ok && /no member of the layer answered the directory within \d+ ms/.test(outcome.error.message),
  );
  for (const { address } of ALL) {
    const times = node.sent.filter(({ to }) => to === address).map(({ at }) => at);
    assert(times.length >= 3, `${address} was asked ${times.length} times`);
  }
});

Deno.test("only the node that was asked can answer, with the cookie and the key of the question", () => {
  const node = layer({});
  let found: readonly Address[] | undefined;
  node.directory.query(HASH, (outcome) => found = outcome.ok ? outcome.value : []);
  const [{ to, message }] = node.sent;
  const asked = ALL.find(({ address }) => address === to) ?? HOLDER;
  const stranger = ALL.find(({ address }) => address !== to) ?? HOLDER;
  const truth = answerOf(asked, message, [dhtValue(to)]);
  assert(truth?.type === "findValueReply");
  const { values: _, ...bare } = truth;
  const forged: [DhtMessage, string][] = [
    [{ ...truth, cookie: truth.cookie ^ 1n }, "noRequest"],
    [{ ...truth, source: stranger }, "wrongAnswer"],
    [{ ...truth, key: new Uint8Array(32) }, "wrongAnswer"],
    [{ ...bare, type: "findNodeReply" }, "wrongAnswer"],
  ];
  for (const [message, reason] of forged) {
    const before = Number(node.dropped(reason));
    node.receive(message);
    assert.equal(node.dropped(reason), before + 1, reason);
    assert.equal(found, undefined);
  }
  node.receive(truth);
  assert.deepEqual(found, [to]);
  node.receive(truth);
});

Deno.test("where answers take long, the search waits for them", () => {
  const node = layer({});
  const { answer } = node;
  node.answer = undefined;
  let found: readonly Address[] | undefined;
  node.directory.query(HASH, (outcome) => found = outcome.ok ? outcome.value : []);
  node.time.advance(700);
  assert.equal(found, undefined);
  for (const { to, message } of node.take()) {
    const late = to === OWNER.address ? answerOf(OWNER, message, [value]) : undefined;
    if (late !== undefined) node.receive(late);
  }
  assert.deepEqual(found, [OWNER.address]);
  node.answer = answer;
});

Deno.test("a query while the node joins waits until it has joined", () => {
  const node = new LoneNode(OWNER.address, {}, []);
  let found: readonly Address[] | undefined;
  node.directory.query(HASH, (outcome) => found = outcome.ok ? outcome.value : []);
  node.time.advance(60);
  assert.equal(found, undefined);
  node.answer = (_, message) => answerOf(OWNER, message, [value]);
  node.reachable = undefined;
  node.time.advance(80);
  assert.deepEqual(found, [OWNER.address]);
});

Deno.test("a name that is not found while the layer is in motion is looked for again", () => {
  const nobody = { [HOLDER.address]: [], [OWNER.address]: [], [OTHER.address]: [] };
  for (const moves of [false, true]) {
    const node = layer(nobody);
    const { answer } = node;
    if (moves) node.directory.routesChanged();
    let found: readonly Address[] | undefined;
    node.directory.query(HASH, (outcome) => found = outcome.ok ? outcome.value : []);
    node.time.advance(300);
    assert.deepEqual(found, moves ? undefined : []);
    node.answer = (to, message) =>
      to === OWNER.address ? answerOf(OWNER, message, [value]) : answer?.(to, message);
    node.time.advance(500);
    assert.deepEqual(found, moves ? [OWNER.address] : []);
  }
});

Deno.test("the motion of a layer holds up the word that nobody has a name for three seconds at most", () => {
  const node = layer({ [HOLDER.address]: [], [OWNER.address]: [], [OTHER.address]: [] });
  node.directory.routesChanged();
  assert.deepEqual(node.query(4000), []);
});

Deno.test("a member of a small layer that is far away is waited for, though all others have answered", () => {
  const node = layer({ [HOLDER.address]: [], [OTHER.address]: [] });
  let found: readonly Address[] | undefined;
  node.directory.query(HASH, (outcome) => found = outcome.ok ? outcome.value : []);
  node.time.advance(1200);
  assert.equal(found, undefined);
  const asked = node.all("findValue").length;
  assert(asked > 0);
  const question = node.sent.findLast(({ to }) => to === OWNER.address);
  assert(question);
  const late = answerOf(OWNER, question.message, [value]);
  if (late) node.receive(late);
  assert.deepEqual(found, [OWNER.address]);
});
