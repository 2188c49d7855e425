/** Tests of storing names at other nodes, and of keeping them there. @module */
import assert from "node:assert/strict";
import { type NameHash, nameHash } from "../../../core/contract/ids.ts";
import { SeededRandom } from "../../../core/kit/seeded_random.ts";
import { dhtValue } from "./dht_message.ts";
import { SimulatedDirectories } from "../../../core/conformance/directory/simulated_directories.ts";
import { dht } from "./dht.ts";
import { answerOf, foreign, HASH, KEY, LoneNode, OWN } from "../../testing/dht.ts";

const OPTIONS = { dht_t_expire: "40", dht_t_refresh: "5", dht_t_replicate: "5" };
const hashes = (count: number): NameHash[] => {
  const random = new SeededRandom(count);
  return Array.from({ length: count }, () => nameHash(random.bytes(32).toHex()));
};
const database = (layer: SimulatedDirectories, index: number) => {
  const { keys, ownValues, foreignValues } = layer.all[index].directory.stats();
  return { keys, ownValues, foreignValues };
};

Deno.test("all names stay in the layer as long as they are registered, then go within the life of an entry", () => {
  const layer = new SimulatedDirectories(dht, { options: OPTIONS });
  layer.grow(6, 10);
  const names = hashes(5);
  for (const hash of names) layer.register(layer.all[1], hash);
  for (let minute = 0; minute < 5; minute++) {
    layer.time.advance(60_000);
    for (let index = 0; index < 6; index++) {
      const own = index === 1;
      const expected = { keys: 5, ownValues: own ? 5 : 0, foreignValues: own ? 0 : 5 };
      assert.deepEqual(database(layer, index), expected);
    }
  }
  for (const hash of names) layer.unregister(layer.all[1], hash);
  layer.time.advance(60_000);
  for (let index = 0; index < 6; index++) assert.equal(database(layer, index).keys, 0);
});

Deno.test("copies do not spread beyond the nodes that should have them", () => {
  const layer = new SimulatedDirectories(dht, {
    options: { dht_k: "4", dht_t_expire: "3600", dht_t_replicate: "60" },
  });
  layer.grow(60, 20);
  const names = hashes(20);
  names.forEach((hash, index) => layer.register(layer.all[index], hash));
  const copies = () =>
    layer.all.reduce((sum, { directory }) => sum + Number(directory.stats().foreignValues), 0);
  assert(copies() <= 4 * names.length);
  layer.time.advance(1_800_000);
  assert(copies() <= 6 * names.length, `${copies()} copies of ${names.length} names`);
});

Deno.test("a holder copies a value that nobody stored for a while, and only then", () => {
  const node = new LoneNode(undefined, { dht_t_replicate: 100, dht_t_refresh: 1000 });
  const [sender, other] = [foreign(1), foreign(2)];
  node.answer = (to, message) => answerOf(to === other.address ? other : sender, message);
  node.receive({ type: "findNode", source: other, cookie: 1n, key: KEY });
  const expiry = Math.floor(node.time.wall() / 1000) + 5000;
  const offer = () =>
    node.receive({ type: "store", source: sender, key: KEY, value: dhtValue(sender.address), expiry });
  for (let i = 0; i < 20; i++) {
    offer();
    node.time.advance(50_000);
  }
  assert.deepEqual(node.all("store"), []);
  node.time.advance(200_000);
  const copies = node.sent.filter(({ message }) => message.type === "store");
  assert(copies.length >= 1 && copies.length <= 3, `${copies.length} copies`);
  for (const { to, message } of copies) {
    assert.equal(to, other.address, "its owner needs no copy");
    assert(message.type === "store" && message.expiry === expiry);
  }
});

Deno.test("values of members that routing does not know any more are not copied", () => {
  const node = new LoneNode(undefined, { dht_t_replicate: 100, dht_t_refresh: 1000 });
  const [gone, other] = [foreign(1), foreign(2)];
  node.members = [other.address];
  node.answer = (_, message) => answerOf(other, message);
  node.receive({ type: "findNode", source: other, cookie: 1n, key: KEY });
  const expiry = Math.floor(node.time.wall() / 1000) + 5000;
  node.receive({ type: "store", source: other, key: KEY, value: dhtValue(gone.address), expiry });
  node.time.advance(1_000_000);
  assert.deepEqual(node.all("store"), []);
});

Deno.test("a name outlives all that held it, and a layer that grows keeps it within reach", () => {
  const layer = new SimulatedDirectories(dht, { strangers: true, options: { dht_t_replicate: "60" } });
  layer.grow(12, 20);
  const [hash] = hashes(1);
  layer.register(layer.all[3], hash);
  layer.grow(120, 20);
  for (let index = 1; index < 12; index++) if (index !== 3) layer.kill(layer.all[index]);
  for (const asker of layer.all.filter(({ alive }) => alive)) {
    assert.equal(layer.query(asker, hash)[0], layer.all[3].address);
  }
});

Deno.test("ten thousand names are published a few at a time", () => {
  const node = new LoneNode();
  node.members = [foreign(1).address];
  let done = 0;
  for (const hash of hashes(10_000)) node.directory.register(hash, ({ ok }) => done += Number(ok));
  assert(node.sent.length <= 64, `${node.sent.length} messages at once`);
  node.time.advance(10_000);
  assert.deepEqual([done, node.all("store").length], [10_000, 10_000]);
});

Deno.test("a name that is unregistered is published no more, and not answered for", () => {
  const node = new LoneNode(undefined, { dht_t_expire: 40 });
  node.members = [foreign(1).address];
  node.directory.register(HASH, () => {});
  assert.equal(node.all("store").length, 1);
  node.directory.unregister(HASH, () => {});
  node.take();
  node.time.advance(200_000);
  node.receive({ type: "findValue", source: foreign(1), cookie: 1n, key: KEY });
  assert.deepEqual(node.all("store"), []);
  assert.deepEqual(node.all("findValueReply")[0].values, []);
});

Deno.test("a registration of a member that is still joining is done when those it joins have the name", () => {
  const first = foreign(1);
  const node = new LoneNode(first.address, {}, []);
  let done = false;
  node.directory.register(HASH, () => done = true);
  node.time.advance(500);
  assert.equal(done, false);
  node.members = [first.address];
  node.answer = (_, message) => answerOf(first, message);
  node.reachable = undefined;
  node.time.advance(1100);
  assert.deepEqual([done, node.all("store").length > 0], [true, true]);
});

Deno.test("in a large layer a registration is done when nodes that are asked for the name have it", () => {
  const others = Array.from({ length: 30 }, (_, index) => foreign(index + 1));
  const node = new LoneNode();
  node.members = others.map(({ address }) => address);
  let lost = 4;
  const stored = new Set<number>();
  node.answer = (to, message) => {
    const source = others.find(({ address }) => address === to) ?? others[0];
    if (message.type === "store" && --lost < 0) stored.add(to);
    return answerOf(source, message, stored.has(to) ? [dhtValue(OWN)] : []);
  };
  for (const source of others) node.receive({ type: "findNode", source, cookie: 1n, key: KEY });
  node.time.advance(5000);
  node.take();
  let done = false;
  node.directory.register(HASH, () => {
    done = true;
    const asked = node.sent.filter(({ message }) => message.type === "findValue").map(({ to }) => to);
    assert(asked.length >= 4 && asked.every((to) => stored.has(to)), "all that were asked have it by now");
  });
  node.time.advance(1000);
  assert(done);
});
