/** Tests of what is forgotten of members that there is no way to, and told again to those that are back. @module */
import assert from "node:assert/strict";
import type { Address } from "../../../core/contract/ids.ts";
import { dhtValue } from "./dht_message.ts";
import { answerOf, foreign, HASH, KEY, LoneNode } from "../../testing/dht.ts";

const [NEAR, GONE] = [foreign(1), foreign(2)];
const BOTH = [NEAR.address, GONE.address];

/** A node that has two contacts; one of them is in the directory under the key. */
function meeting(): LoneNode {
  const node = new LoneNode();
  node.members = BOTH;
  const values = [dhtValue(GONE.address)];
  node.answer = (to, message) =>
    to === NEAR.address ? answerOf(NEAR, message) : answerOf(GONE, message, values);
  node.directory.routesChanged();
  node.time.advance(1000);
  const expiry = Math.floor(node.time.wall() / 1000) + 3600;
  node.receive({ type: "store", source: GONE, key: KEY, value: dhtValue(GONE.address), expiry });
  node.take();
  return node;
}

function lead(node: LoneNode, members: Address[]): void {
  node.members = members;
  node.reachable = new Set(members);
  node.directory.routesChanged();
}

const known = (node: LoneNode): { contacts: number; values: number } => {
  const { contactCount, foreignValues } = JSON.parse(JSON.stringify(node.directory.stats()));
  return { contacts: contactCount, values: foreignValues };
};

Deno.test("a member that routing has lost leaves contacts and values within seconds", () => {
  const node = meeting();
  assert.deepEqual([known(node), node.query()], [{ contacts: 2, values: 1 }, [GONE.address]]);
  lead(node, [NEAR.address]);
  node.time.advance(5500);
  assert.deepEqual([known(node), node.query()], [{ contacts: 1, values: 0 }, []]);
  // Others that have not noticed yet mention it.
  node.answer = (_, message) => answerOf(NEAR, message, [], [GONE]);
  node.time.advance(3_600_000);
  node.query();
  assert.equal(known(node).contacts, 1);
  lead(node, BOTH);
  node.time.advance(1000);
  node.receive({ type: "findNode", source: GONE, cookie: 9n, key: KEY });
  assert.equal(known(node).contacts, 2);
});

Deno.test("a member that routing has lost does not come back from those that wait for a place among the contacts", () => {
  const node = new LoneNode(undefined, { dht_k: 2 });
  const contacts = [foreign(129), foreign(130), foreign(131)];
  const [first, second] = contacts;
  node.answer = (to, message) => answerOf(to === first.address ? first : second, message);
  node.members = contacts.map(({ address }) => address);
  for (const source of contacts) node.receive({ type: "findNode", source, cookie: 9n, key: KEY });
  lead(node, [first.address, second.address]);
  node.time.advance(8000);
  node.answer = (to, message) => to === second.address ? answerOf(second, message) : undefined;
  node.query();
  assert.equal(known(node).contacts, 1);
});

Deno.test("a member of whom others speak, and who was asked just before it was cut off, does not stay a contact", () => {
  const node = new LoneNode();
  node.answer = (to, message) => to === NEAR.address ? answerOf(NEAR, message) : undefined;
  lead(node, BOTH);
  node.time.advance(150);
  assert(node.sent.some(({ to }) => to === GONE.address), "it was not asked");
  node.answer = (to, message) => to === NEAR.address ? answerOf(NEAR, message, [], [GONE]) : undefined;
  node.directory.query(HASH, () => {});
  assert.equal(known(node).contacts, 2);
  lead(node, [NEAR.address]);
  for (let second = 0; second < 10; second++) {
    node.time.advance(1000);
    node.directory.query(HASH, () => {});
  }
  assert.equal(known(node).contacts, 1);
});

Deno.test("what others said of a member that is gone is not remembered as where the name was found", () => {
  const node = meeting();
  lead(node, [NEAR.address]);
  node.time.advance(6000);
  node.answer = (_, message) => answerOf(NEAR, message, [dhtValue(GONE.address)]);
  assert.deepEqual(node.query(), [GONE.address]);
  node.answer = (_, message) => answerOf(NEAR, message);
  assert.deepEqual(node.query(), []);
});

Deno.test("a member that is away for a moment is not forgotten, and is told again what is registered here", () => {
  const node = meeting();
  node.directory.register(HASH, () => {});
  node.time.advance(1000);
  lead(node, [NEAR.address]);
  node.time.advance(3500);
  node.take();
  lead(node, BOTH);
  node.time.advance(1000);
  assert.equal(known(node).values, 1);
  assert.deepEqual(node.sent.filter(({ message }) => message.type === "store").map(({ to }) => to), [
    GONE.address,
  ]);
});

Deno.test("who is cut off itself forgets nobody, and tells all again what is registered here when it is back", () => {
  const node = meeting();
  node.directory.register(HASH, () => {});
  node.time.advance(1000);
  lead(node, []);
  node.time.advance(30_000);
  node.take();
  lead(node, BOTH);
  node.time.advance(5000);
  assert.deepEqual(known(node), { contacts: 2, values: 1 });
  const stored = new Set(node.sent.filter(({ message }) => message.type === "store").map(({ to }) => to));
  assert.deepEqual(stored, new Set(BOTH));
});
