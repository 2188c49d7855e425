/** Tests of what a node answers and what it takes. @module */
import assert from "node:assert/strict";
import { nameHash } from "../../../../core/contract/ids.ts";
import { decodeDht, type DhtMessage, dhtValue } from "../dht_message.ts";
import { recorded } from "../../../../tests/support/pcap.ts";
import { foreign, HASH, KEY, LoneNode, OWN } from "../../../testing/dht.ts";

const ASKER = foreign(1);
const ask = (type: "findNode" | "findValue", source = ASKER): DhtMessage => ({
  type,
  source,
  cookie: 9n,
  key: KEY,
});
const store = (value: Uint8Array, expiry: number, source = ASKER): DhtMessage => ({
  type: "store",
  source,
  key: KEY,
  value,
  expiry,
});
const later = (node: LoneNode, seconds = 100) => Math.floor(node.time.wall() / 1000) + seconds;

Deno.test("every answer has a contact, and one to findValue has values, though there be none", () => {
  const node = new LoneNode();
  node.receive(ask("findNode"));
  node.receive(ask("findValue"));
  const [source] = node.all("findNodeReply").map((reply) => reply.source);
  assert.equal(source.address, OWN);
  const common = { source, cookie: 9n, key: KEY, contacts: [ASKER] };
  assert.deepEqual(node.take().map(({ to, message }) => ({ to, message })), [
    { to: ASKER.address, message: { type: "findNodeReply", ...common } },
    { to: ASKER.address, message: { type: "findValueReply", ...common, values: [] } },
  ]);
});

Deno.test("answers have the k nearest nodes that were heard of, nearest first, without the asker", () => {
  const node = new LoneNode(undefined, { dht_k: 3 });
  for (const number of [2, 3, 4, 5, 6]) node.receive(ask("findNode", foreign(number, 0x90 ^ number)));
  node.take();
  node.receive(ask("findNode", foreign(3, 0x90 ^ 3)));
  const [{ contacts }] = node.all("findNodeReply");
  assert.deepEqual(contacts.map(({ address }) => Number(address)), [0x1002, 0x1004]);
});

Deno.test("an answer fits a frame of Ethernet, whatever is known", () => {
  const node = new LoneNode(undefined, { dht_k: 20 });
  for (let number = 2; number < 100; number++) {
    node.receive(ask("findNode", foreign(number, 255 & (number * 37))));
  }
  for (let number = 2; number < 30; number++) {
    node.receive(store(dhtValue(foreign(number).address), later(node)));
  }
  node.receive(ask("findValue"));
  const [{ contacts, values }] = node.all("findValueReply");
  assert(contacts.length > 15 && 32 * (contacts.length + 2) + 12 * values.length < 1200);
  assert.equal(values.length, 8);
});

Deno.test("an answer that finds no way is sent as soon as there is one", () => {
  const node = new LoneNode(undefined, {}, []);
  node.receive(ask("findNode"));
  node.receive(ask("findNode", foreign(2)));
  node.time.advance(50);
  assert.deepEqual(node.sent, []);
  node.reachable = new Set([ASKER.address]);
  node.directory.routesChanged();
  assert.deepEqual(node.take().map(({ to }) => to), [ASKER.address]);
  node.reachable.add(foreign(2).address);
  node.time.advance(2000);
  assert.deepEqual(node.all("findNodeReply").length, 1);
  node.reachable.clear();
  node.receive(ask("findNode"));
  node.time.advance(10_000);
  assert.equal(node.dropped("answerGivenUp"), 1);
});

Deno.test("a value is given out until it expires; the own registration comes first", () => {
  const node = new LoneNode();
  const value = dhtValue(ASKER.address);
  node.receive(store(value, later(node, 10)));
  const values = () => {
    node.take();
    node.receive(ask("findValue"));
    return node.all("findValueReply")[0].values;
  };
  assert.deepEqual(values(), [value]);
  node.directory.register(HASH, () => {});
  assert.deepEqual(values(), [dhtValue(OWN), value]);
  node.directory.unregister(HASH, () => {});
  node.time.advance(10_500);
  assert.deepEqual(values(), [value]);
  node.time.advance(1000);
  assert.deepEqual(values(), []);
});

Deno.test("values are refused for a reason that is counted", () => {
  const node = new LoneNode();
  const refused: [DhtMessage, string][] = [
    [store(dhtValue(ASKER.address), later(node, -5)), "expired"],
    [store(Uint8Array.of(1, 2, 3), later(node)), "notAnAddress"],
    [store(new Uint8Array(8), later(node)), "notAnAddress"],
    [store(new Uint8Array(8).fill(1), later(node)), "notAnAddress"],
    [store(dhtValue(OWN), later(node)), "ownValue"],
    [{ ...store(dhtValue(ASKER.address), later(node)), source: { ...ASKER, address: OWN } }, "fromSelf"],
  ];
  for (const [message, reason] of refused) {
    const before = Number(node.dropped(reason));
    node.receive(message);
    assert.equal(node.dropped(reason), before + 1, reason);
  }
  node.receive(ask("findValue"));
  assert.deepEqual(node.all("findValueReply")[0].values, []);
});

Deno.test("what a clock far ahead stores does not live longer than others", () => {
  const node = new LoneNode(undefined, { dht_t_expire: 100 });
  node.receive(store(dhtValue(ASKER.address), 0xffffffff));
  node.time.advance(1000 * 170);
  node.receive(ask("findValue"));
  assert.deepEqual(node.all("findValueReply")[0].values, []);
});

Deno.test("a peer that floods is served up to a rate, others are served on", () => {
  const node = new LoneNode();
  for (let i = 0; i < 9000; i++) node.receive(ask("findNode"));
  assert.equal(node.dropped("tooFast"), 1000);
  assert.equal(node.take().length, 8000);
  node.receive(ask("findNode", foreign(2)));
  assert.equal(node.sent.length, 1);
});

Deno.test("nonsense is counted, and logged once", () => {
  const node = new LoneNode();
  for (let i = 0; i < 3; i++) node.directory.receive(Uint8Array.of(8, 5));
  assert.equal(node.dropped("malformed"), 3);
  assert.equal(node.lines.length, 1);
  assert.match(node.lines[0], /^dht\(WW\): Dropped a message: dht_msg/);
  assert.deepEqual(node.sent, []);
});

Deno.test("questions of the reference, as recorded, get answers that it accepts", () => {
  const node = new LoneNode();
  const HEADERS = 14 + 4 + 15; // Ethernet, the layer on it, data transfer.
  for (const frame of recorded("dht-basic-bc")) {
    if (frame.bytes.length < HEADERS + 60 || frame.bytes[HEADERS - 8] !== 1 || frame.bytes[HEADERS] !== 8) {
      continue;
    }
    const length = frame.bytes[16] << 8 | frame.bytes[17];
    const payload = frame.bytes.subarray(HEADERS, 18 + length);
    const message = decodeDht(payload, 32);
    node.take();
    node.directory.receive(payload);
    if (message.type !== "findNode" && message.type !== "findValue") continue;
    const [{ to, message: answer }] = node.sent;
    assert.equal(to, message.source.address);
    assert.equal(answer.type, `${message.type}Reply`);
    if (answer.type !== "findNodeReply" && answer.type !== "findValueReply") continue;
    assert.equal(answer.cookie, message.cookie);
    assert.deepEqual(answer.key, message.key);
    assert(answer.contacts.length > 0);
  }
  const { received } = JSON.parse(JSON.stringify(node.directory.stats())).messages;
  assert.deepEqual(
    [received.findNode > 0, received.findValue > 0, received.store > 0, node.dropped("malformed")],
    [true, true, true, 0],
  );
  // The recorded node knows the name from its owner.
  const known = nameHash("bd2e04ff77cef9a237c09677d4702de6fbe0712d2074ac2a2abcb98c6816309a");
  node.take();
  node.receive({ ...ask("findValue"), key: Uint8Array.fromHex(known) });
  assert.equal(node.all("findValueReply").length, 1);
});
