/**
 * The conformance suite of directories: small layers in virtual time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type NameHash, nameHash } from "../../contract/ids.ts";
import type { Plugin } from "../../contract/plugin.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { type Conditions, SimulatedDirectories } from "./simulated_directories.ts";
import { type Check, declarationChecks, type Needs, registerChecks } from "../suite.ts";

/** Registers tests that prove a plugin of kind `directory`. */
export function conformDirectory(plugin: Plugin<"directory">, needs?: Needs): void {
  registerChecks(plugin, directoryChecks(plugin, needs));
}

/** What a plugin of kind `directory` must do. */
export function directoryChecks(plugin: Plugin<"directory">, needs: Needs = {}): Check[] {
  const inLayer = ({ test, members = 5, ...conditions }: LayerCheck) => {
    const layer = new SimulatedDirectories(plugin, { ...conditions, ...needs });
    layer.grow(members, 50);
    test(layer);
    layer.shutdown();
    assert.equal(layer.time.armed, layer.inFlight, "timers were left behind");
  };
  return [
    ...declarationChecks(plugin, needs.options),
    ...layerChecks.map((check) => ({ name: check.name, run: () => inLayer(check) })),
  ];
}

interface LayerCheck extends Conditions {
  readonly name: string;
  readonly members?: number;
  test(layer: SimulatedDirectories): void;
}

const HASH = nameHash("9023e97d0377e92b6f23554f23f0fc178d2cf82ceace30234ec3a40be63e55d3");
const OTHER = nameHash("bd2e04ff77cef9a237c09677d4702de6fbe0712d2074ac2a2abcb98c6816309a");
/** Milliseconds for which the IRMd lets a layer that is not preferred wait for the answer to a query. */
const QUERY_LIMIT = 200;

const hashes = (count: number): NameHash[] => {
  const random = new SeededRandom(count);
  return Array.from({ length: count }, () => nameHash(random.bytes(32).toHex()));
};

/** What it costs in time to find a hash. */
function timed(layer: SimulatedDirectories, work: () => void): number {
  const start = layer.time.now();
  work();
  return layer.time.now() - start;
}

const layerChecks: readonly LayerCheck[] = [
  {
    name: "the only member finds what it has registered, and nothing else",
    members: 1,
    test: (layer) => {
      const [only] = layer.all;
      assert.deepEqual(layer.query(only, HASH), []);
      layer.register(only, HASH);
      assert.deepEqual([layer.query(only, HASH), layer.query(only, OTHER)], [[only.address], []]);
      layer.unregister(only, HASH);
      assert.deepEqual(layer.query(only, HASH), []);
    },
  },
  {
    name: "every member finds a hash, in time, from register to unregister; both may come twice",
    test: (layer) => {
      const [, owner] = layer.all;
      for (let i = 0; i < 2; i++) layer.register(owner, HASH);
      for (const member of layer.all) {
        const time = timed(layer, () => assert.deepEqual(layer.query(member, HASH), [owner.address]));
        assert(time < QUERY_LIMIT, `it took ${time} ms`);
        const without = timed(layer, () => assert.deepEqual(layer.query(member, OTHER), []));
        assert(without < QUERY_LIMIT, `it took ${without} ms to find that there is none`);
      }
      for (let i = 0; i < 2; i++) layer.unregister(owner, HASH);
      layer.unregister(owner, OTHER);
      for (const member of layer.all) assert.deepEqual(layer.query(member, HASH), []);
    },
  },
  {
    name: "the own address comes last, and all are different",
    test: (layer) => {
      const [, one, other] = layer.all;
      layer.register(one, HASH);
      layer.register(other, HASH);
      assert.deepEqual(layer.query(one, HASH), [other.address, one.address]);
      assert.deepEqual(layer.query(other, HASH), [one.address, other.address]);
      for (const member of layer.all) {
        const found = layer.query(member, HASH);
        assert.equal(new Set(found).size, found.length);
        assert(found.length > 0 && found.every((each) => each === one.address || each === other.address));
      }
    },
  },
  {
    name: "a hash that moves to another member is found there",
    test: (layer) => {
      const [, one, other] = layer.all;
      layer.register(one, HASH);
      for (const member of layer.all) layer.query(member, HASH);
      layer.unregister(one, HASH);
      layer.register(other, HASH);
      for (const member of layer.all) assert.equal(layer.query(member, HASH)[0], other.address);
    },
  },
  {
    name: "queries for one hash at a time all get the answer",
    test: (layer) => {
      const [owner, asker] = layer.all;
      layer.register(owner, HASH);
      let answers = 0;
      for (let i = 0; i < 10; i++) {
        asker.directory.query(HASH, (outcome) => {
          assert.deepEqual(outcome.ok && outcome.value, [owner.address]);
          answers++;
        });
      }
      layer.time.advance(QUERY_LIMIT);
      assert.equal(answers, 10);
    },
  },
  {
    name: "a member that joins later finds what was registered before, and is found",
    test: (layer) => {
      const known = hashes(20);
      for (const hash of known) layer.register(layer.all[2], hash);
      const late = layer.add(layer.all[0]);
      layer.routesChanged();
      layer.time.advance(3000);
      for (const hash of known) assert.deepEqual(layer.query(late, hash), [layer.all[2].address]);
      layer.register(late, HASH);
      for (const member of layer.all) assert.deepEqual(layer.query(member, HASH), [late.address]);
    },
  },
  {
    name: "a member that has no way to others yet joins when there is one, with what it has registered",
    test: (layer) => {
      const late = layer.add(layer.all[0], false);
      layer.register(late, HASH);
      layer.time.advance(30_000);
      assert.deepEqual(layer.query(late, HASH), [late.address]);
      late.reachable = true;
      layer.routesChanged();
      layer.time.advance(5000);
      for (const member of layer.all) assert.deepEqual(layer.query(member, HASH), [late.address]);
    },
  },
  {
    name: "every member finds every hash although a tenth of the messages is lost",
    loss: 0.1,
    test: (layer) => {
      const known = hashes(10);
      known.forEach((hash, index) => layer.register(layer.all[index % layer.all.length], hash));
      known.forEach((hash, index) => {
        for (const member of layer.all) {
          assert.deepEqual(layer.query(member, hash), [layer.all[index % layer.all.length].address]);
        }
      });
    },
  },
  {
    name: "what it gets is nonsense: it is dropped, and the directory works on",
    test: (layer) => {
      const [owner, asker] = layer.all;
      layer.register(owner, HASH);
      const random = new SeededRandom(7);
      layer.record = [];
      layer.query(asker, HASH);
      const recorded = layer.record.map(({ bytes }) => bytes);
      for (let i = 0; i < 500; i++) {
        const bytes = i % 2 === 0 ? random.bytes(random.below(200)) : recorded[i % recorded.length].slice();
        if (i % 2 === 1) bytes[random.below(bytes.length)] ^= 1 << random.below(8);
        const copy = bytes.slice();
        asker.directory.receive(bytes);
        assert.deepEqual(bytes, copy, "it changed a message that it was given");
      }
      layer.time.advance(5000);
      assert(layer.query(asker, HASH).includes(owner.address));
    },
  },
  {
    name: "a message that is overwritten after the call changes nothing",
    test: (layer) => {
      const [owner, asker] = layer.all;
      const { receive } = asker.directory;
      asker.directory.receive = (message) => {
        receive.call(asker.directory, message);
        message.fill(0xff);
      };
      layer.register(owner, HASH);
      assert.deepEqual(layer.query(asker, HASH), [owner.address]);
      layer.time.advance(10_000);
      assert.deepEqual(layer.query(asker, HASH), [owner.address]);
    },
  },
  {
    name: "it is quiet when nothing happens",
    test: (layer) => {
      layer.time.advance(60_000);
      const before = layer.messages;
      layer.time.advance(600_000);
      assert(layer.messages - before < 50 * layer.all.length, `${layer.messages - before} messages`);
    },
  },
  {
    name: "its statistics are a tree of plain data",
    test: (layer) => {
      layer.register(layer.all[1], HASH);
      layer.query(layer.all[2], HASH);
      for (const { directory } of layer.all) {
        const stats = directory.stats();
        assert.deepEqual(JSON.parse(JSON.stringify(stats)), stats);
      }
    },
  },
  {
    name: "what is under way when it is shut down is told to have failed",
    test: (layer) => {
      const [, asker] = layer.all;
      const outcomes: boolean[] = [];
      for (const member of layer.all) member.reachable = member === asker;
      const nobody = layer.add(layer.all[0], false);
      nobody.directory.query(HASH, ({ ok }) => outcomes.push(ok));
      layer.kill(nobody);
      assert.equal(outcomes.length, 1);
      layer.time.advance(5000);
      assert.equal(outcomes.length, 1);
    },
  },
];
