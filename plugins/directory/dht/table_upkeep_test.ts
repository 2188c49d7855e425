/** Tests of joining and of meeting members. @module */
import assert from "node:assert/strict";
import { address } from "../../../core/contract/ids.ts";
import { dhtValue } from "./dht_message.ts";
import { answerOf, foreign, HASH, KEY, LoneNode } from "../../testing/dht.ts";

const PEER = foreign(1);

Deno.test("it asks its peer after 2, 4, 8 … ms, later every 1 to 2 s, until there is an answer", () => {
  const node = new LoneNode(PEER.address);
  node.time.advance(60_000);
  const questions = node.all("findNode");
  assert(questions.every(({ key, source }) => key.toHex() === source.id.toHex()));
  const pauses = node.sent.map(({ at }, index) => at - (node.sent[index - 1]?.at ?? 0));
  assert.deepEqual(pauses.slice(0, 11), [0, 2, 4, 8, 16, 32, 64, 128, 256, 512, pauses[10]]);
  assert(pauses.slice(10).every((pause) => pause >= 1000 && pause < 2000), String(pauses));
  assert(pauses.length > 35);
  assert.deepEqual(node.lines, []);
  const answer = answerOf(PEER, questions[3]);
  assert(answer);
  node.receive(answer);
  node.receive(answer);
  assert.deepEqual(node.lines, ["dht(DB): Enrollment of DHT completed."]);
});

Deno.test("without a way it asks when there is one; what it learns then, it contacts", () => {
  const node = new LoneNode(PEER.address, {}, []);
  const found = [foreign(2), foreign(3)];
  node.answer = (to, message) =>
    answerOf([PEER, ...found].find((one) => one.address === to) ?? PEER, message, [], found);
  node.time.advance(10_000);
  assert.deepEqual(node.sent, []);
  node.reachable = undefined;
  node.time.advance(2000);
  assert.deepEqual(node.lines, ["dht(DB): Enrollment of DHT completed."]);
  const asked = new Set(node.sent.map(({ to }) => Number(to)));
  for (const { address } of [PEER, ...found]) assert(asked.has(address), `${address} was not contacted`);
});

Deno.test("the first member neither asks nor says anything, and has no timer", () => {
  const node = new LoneNode();
  node.directory.routesChanged();
  node.time.advance(1000);
  assert.deepEqual([node.sent, node.lines, node.time.armed], [[], [], 0]);
});

Deno.test("members of a small layer are met once, with what is registered here", () => {
  const node = new LoneNode();
  node.directory.register(HASH, () => {});
  const others = [1, 2, 3].map((number) => foreign(number));
  node.members = others.map(({ address }) => address);
  node.answer = (to, message) => answerOf(others.find((one) => one.address === to) ?? PEER, message);
  for (let i = 0; i < 5; i++) node.directory.routesChanged();
  node.time.advance(1000);
  assert.deepEqual(
    node.sent.filter(({ message }) => message.type === "findNode").map(({ to }) => to).sort(),
    node.members,
  );
  for (const { address: to } of others) {
    assert(
      node.sent.some((one) => one.to === to && one.message.type === "store"),
      `nothing was stored at ${to}`,
    );
  }
  for (const { key, value } of node.all("store")) {
    assert.deepEqual([key, value], [KEY, dhtValue(address(0xabc))]);
  }
  node.take();
  node.directory.routesChanged();
  node.time.advance(60_000);
  assert.deepEqual(node.sent, []);
});

Deno.test("members that do not answer are asked more and more seldom", () => {
  const node = new LoneNode();
  node.members = [foreign(1).address];
  node.directory.routesChanged();
  node.time.advance(3_600_000);
  assert(node.sent.length > 20 && node.sent.length < 60, `${node.sent.length} messages in an hour`);
});

Deno.test("of a large layer only some members are asked", () => {
  const node = new LoneNode();
  node.members = Array.from({ length: 200 }, (_, index) => foreign(1 + index).address);
  node.answer = (to, message) => answerOf(foreign(to - 0x1000), message);
  node.directory.routesChanged();
  node.time.advance(1000);
  assert(node.sent.length > 0 && node.sent.length < 20, `${node.sent.length} messages`);
});

Deno.test("when all contacts are gone it joins again, and says nothing", () => {
  const node = new LoneNode(PEER.address, { dht_t_refresh: 10 });
  let alive = true;
  node.answer = (_, message) => alive ? answerOf(PEER, message) : undefined;
  node.time.advance(100);
  alive = false;
  node.time.advance(100_000);
  alive = true;
  node.take();
  node.time.advance(20_000);
  assert.deepEqual(node.lines, ["dht(DB): Enrollment of DHT completed."]);
  assert.equal(JSON.parse(JSON.stringify(node.directory.stats())).contactCount, 1);
});
