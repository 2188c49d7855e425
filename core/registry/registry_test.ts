/** Tests of the registry. @module */
import { VirtualTime } from "../sim/virtual_time.ts";
import { SeededRandom } from "../kit/seeded_random.ts";
import assert from "node:assert/strict";
import { address } from "../contract/ids.ts";
import { InvalidError, PluginError } from "../contract/errors.ts";
import type { PacketFormats } from "../contract/formats.ts";
import type { Plugin, PluginDeclaration, PluginInstances } from "../contract/plugin.ts";
import type { Log } from "../contract/ports.ts";
import { checkPlugin } from "./check_plugin.ts";
import { PluginGuard } from "./guard/plugin_guard.ts";
import { BUILT_IN, byRank, Registry } from "./registry.ts";

const silent: Log = { error() {}, warning() {}, info() {}, debug() {}, component: () => silent };

const tiny = (fields: Partial<Plugin<"hash">> = {}): Plugin<"hash"> => ({
  kind: "hash",
  name: "tiny",
  apiVersion: 1,
  description: "the length in one byte",
  options: [],
  create: () => ({ length: 1, digest: (bytes) => Uint8Array.of(bytes.length) }),
  ...fields,
});

const balancer = (fields: Partial<Plugin<"balancing">> = {}): Plugin<"balancing"> => ({
  kind: "balancing",
  name: "first",
  apiVersion: 1,
  description: "the first",
  options: [],
  create: () => ({ choose: () => 0 }),
  ...fields,
});

function declarationOf({ create: _, ...declaration }: Plugin): PluginDeclaration {
  return declaration;
}

const isPluginError = (...parts: RegExp[]) => (thrown: unknown) => {
  assert(thrown instanceof PluginError, String(thrown));
  for (const part of parts) assert.match(thrown.message, part);
  return true;
};

Deno.test("a plugin is found by its name and its other words, and makes instances", () => {
  const registry = new Registry(silent);
  registry.add(tiny({ aliases: ["wee"] }), "tiny.ts");
  for (const word of ["tiny", "wee"]) {
    assert.equal(registry.find("hash", word).declaration.name, "tiny");
    assert.deepEqual(registry.make("hash", word, {}).digest(new Uint8Array(7)), Uint8Array.of(7));
  }
});

Deno.test("plugins are listed by kind, then position, then age, with their origin", () => {
  const registry = new Registry(silent);
  registry.add(tiny({ name: "late" }), "a.ts");
  registry.add(tiny({ name: "second", position: 20 }), "a.ts");
  registry.add(balancer(), "b.ts");
  registry.addBuiltin({
    declaration: declarationOf(tiny({ name: "head", position: 10 })),
    load: () => assert.fail("a list needs no code"),
  });
  registry.add(tiny({ name: "last" }), "c.ts");
  const shown = (kind?: "hash") =>
    registry.declarations(kind).map(({ declaration, origin }) => `${declaration.name} ${origin}`);
  assert.deepEqual(shown("hash"), [`head ${BUILT_IN}`, "second a.ts", "late a.ts", "last c.ts"]);
  assert.deepEqual(shown(), ["first b.ts", ...shown("hash")]);
  assert.deepEqual(registry.policies("balancing").map(({ name }) => name), ["first"]);
});

Deno.test("what is internal is loaded and made by its name, and neither listed nor offered", async () => {
  const registry = new Registry(silent);
  registry.add(tiny(), "a.ts");
  const { create, ...declaration } = tiny({ name: "hidden", internal: true });
  registry.addBuiltin({ declaration, load: () => Promise.resolve({ ...declaration, create }) });
  await registry.loadAll("hash");
  assert.equal(registry.make("hash", "hidden", {}).length, 1);
  assert.deepEqual(registry.declarations().map((listed) => listed.declaration.name), ["tiny"]);
  assert.deepEqual(registry.policies("hash").map(({ name }) => name), ["tiny"]);
  assert.throws(() => registry.find("hash", "other"), /known: tiny$/);
});

Deno.test("a word that is taken is refused with both plugins and files", () => {
  const registry = new Registry(silent);
  registry.add(tiny({ aliases: ["wee"] }), "a.ts");
  registry.add(balancer({ name: "tiny" }), "b.ts");
  for (const twice of [tiny(), tiny({ name: "wee" }), tiny({ name: "new", aliases: ["tiny"] })]) {
    assert.throws(() => registry.add(twice, "b.ts"), isPluginError(/\(b\.ts\)/, /hash "tiny" \(a\.ts\)/));
  }
  assert.equal(registry.declarations("hash").length, 1);
});

Deno.test("a code that is taken is refused: members of a layer could not tell the two plugins apart", () => {
  const registry = new Registry(silent);
  registry.add(tiny({ code: 0 }), "a.ts");
  registry.add(balancer({ code: 0 }), "b.ts");
  for (const name of ["plain", "other"]) registry.add(tiny({ name }), "b.ts");
  const twice = tiny({ name: "new", code: 0 });
  const refused = isPluginError(/"new" \(b\.ts\)/, /code 0/, /hash "tiny" \(a\.ts\)/, /leave .*code.* out/);
  assert.throws(() => registry.add(twice, "b.ts"), refused);
  assert.equal(registry.declarations("hash").length, 3);
});

Deno.test("a policy's option with a word of a type that may pick the policy is refused, with both", () => {
  const option = (name: string, more = {}) =>
    ({ name, type: "integer", min: 0, max: 9, help: "n", ...more }) as const;
  const layer = {
    kind: "ipcp",
    name: "mesh",
    apiVersion: 1,
    description: "a mesh",
    options: [
      option("ttl", { aliases: ["hops"], fileWords: ["max_ttl"] }),
      { name: "hash", type: "policy", kind: "hash", help: "hash" },
    ],
  } as const satisfies PluginDeclaration;
  for (const word of ["ttl", "hops", "max_ttl", "hash"]) {
    for (const own of [option(word), option("mine", { aliases: [word] })]) {
      const policy = tiny({ options: [own] });
      const told = isPluginError(
        /hash "tiny" \(tiny\.ts\): its option /,
        new RegExp(`"${word}"`),
        /of ipcp "mesh" \(mesh\.ts\)/,
      );
      const first = new Registry(silent);
      first.addElsewhere(layer, "mesh.ts");
      assert.throws(() => first.add(policy, "tiny.ts"), told);
      const second = new Registry(silent);
      second.add(policy, "tiny.ts");
      assert.throws(() => second.addElsewhere(layer, "mesh.ts"), told);
    }
  }
  const registry = new Registry(silent);
  registry.addElsewhere(layer, "mesh.ts");
  registry.add(balancer({ options: [option("ttl")] }), "b.ts");
  assert.equal(registry.find("balancing", "first").origin, "b.ts", "layers do not pick its kind");
});

Deno.test("an unknown name is refused with the known ones", () => {
  const registry = new Registry(silent);
  registry.add(tiny(), "a.ts");
  registry.add(tiny({ name: "other" }), "a.ts");
  assert.throws(() => registry.find("hash", "SHA1"), isPluginError(/hash "SHA1"/, /known: tiny, other/));
  assert.throws(
    () => registry.make("forwarding", "x", {}),
    isPluginError(/forwarding "x"/, /none of that kind/),
  );
});

Deno.test("the code of a built-in is loaded once, when it is asked for", async () => {
  const registry = new Registry(silent);
  let loads = 0;
  registry.addBuiltin({
    declaration: declarationOf(tiny()),
    load: () => Promise.resolve(tiny({ create: () => ({ length: ++loads, digest: (bytes) => bytes }) })),
  });
  assert.throws(() => registry.make("hash", "tiny", {}), isPluginError(/"tiny" \(built in\)/, /not loaded/));
  assert.equal((await registry.load("hash", "tiny")).name, "tiny");
  await registry.load("hash", "tiny");
  assert.equal(registry.make("hash", "tiny", {}).length, 1);
});

Deno.test("code that is another plugin's is refused", async () => {
  const registry = new Registry(silent);
  registry.addBuiltin({ declaration: declarationOf(tiny()), load: () => Promise.resolve(balancer()) });
  await assert.rejects(registry.load("hash", "tiny"), isPluginError(/hash "tiny"/, /balancing "first"/));
});

Deno.test("to prepare a plugin loads what it uses, and what that uses", async () => {
  const registry = new Registry(silent);
  const loaded: string[] = [];
  const builtin = (plugin: Plugin<"hash"> | Plugin<"balancing"> | Plugin<"address">) =>
    registry.addBuiltin({
      declaration: declarationOf(plugin),
      load: () => {
        loaded.push(plugin.name);
        return Promise.resolve(plugin);
      },
    });
  const flat: Plugin<"address"> = {
    ...tiny(),
    kind: "address",
    name: "flat",
    create: () => ({ draw: () => address(1) }),
  };
  builtin(tiny());
  builtin(flat);
  builtin(balancer({ uses: ["hash"] }));
  builtin(balancer({ name: "second" }));
  const user: Plugin<"hash"> = tiny({
    name: "user",
    uses: ["balancing"],
    create: ({ make }) => ({
      ...make("hash", "tiny", {}),
      length: make("balancing", "first", {}).choose([]) + 1,
    }),
  });
  registry.add(user, "u.ts");
  await registry.prepare("balancing", "first");
  assert.deepEqual(loaded, ["first", "tiny", "second"], "user is of a kind that is used, and uses balancing");
});

Deno.test("a factory gets a host that makes what it uses, and nothing else", async () => {
  const registry = new Registry(silent, new PluginGuard(silent, { whom: "nobody" }));
  registry.addBuiltin({ declaration: declarationOf(tiny()), load: () => Promise.resolve(tiny()) });
  registry.add(
    balancer({
      uses: ["hash"],
      create: ({ make, errors, log }) => {
        assert(errors.PluginError === PluginError && log === silent);
        const { length } = make("hash", "tiny", {});
        return { choose: () => length };
      },
    }),
    "b.ts",
  );
  registry.add(
    balancer({ name: "greedy", create: ({ make }) => ({ choose: () => make("hash", "tiny", {}).length }) }),
    "g.ts",
  );
  await registry.prepare("balancing", "first");
  assert.equal(registry.make("balancing", "first", {}).choose([]), 1);
  const greedy = registry.make("balancing", "greedy", {});
  assert.throws(() => greedy.choose([]), isPluginError(/"greedy" \(g\.ts\)/, /"uses"/));
});

Deno.test("a factory gets no option that its plugin does not allow", () => {
  const registry = new Registry(silent);
  const rounds = { name: "rounds", type: "integer", min: 1, max: 9, help: "" } as const;
  registry.add(tiny({ options: [rounds] }), "a.ts");
  registry.make("hash", "tiny", { rounds: 9, other: "x" });
  for (const wrong of [0, 10, 1.5, "3", true]) {
    assert.throws(() => registry.make("hash", "tiny", { rounds: wrong }), InvalidError);
  }
});

Deno.test("a factory that fails, or makes something else, is refused with plugin and file", () => {
  const broken: Record<string, () => PluginInstances["hash"]> = {
    "its factory failed: no luck": () => {
      throw new Error("no luck");
    },
    "it returned a value of type undefined": () => JSON.parse("{}").nothing,
    "it returned null": () => JSON.parse("null"),
    "has no method digest": () => JSON.parse('{"length":1}'),
    "a length of 1 to 64": () => ({ length: 65, digest: (bytes) => bytes }),
  };
  for (const [message, create] of Object.entries(broken)) {
    const registry = new Registry(silent);
    registry.add(tiny({ create }), "bad.ts");
    assert.throws(
      () => registry.make("hash", "tiny", {}),
      isPluginError(/hash "tiny" \(bad\.ts\)/, new RegExp(message)),
    );
  }
});

Deno.test("lists are by rank, without one last", () => {
  assert.deepEqual([{ rank: 2 }, {}, { rank: 1 }, {}].sort(byRank), [{ rank: 1 }, { rank: 2 }, {}, {}]);
});

Deno.test("what plugins tell of their packets: third parties' first, each of ours once", async () => {
  const formats = (words: string): PacketFormats => ({ describe: () => words });
  const ours = formats("ours");
  const registry = new Registry(silent);
  for (const name of ["one", "two"]) {
    const declaration = declarationOf(tiny({ name }));
    registry.addBuiltin({
      declaration,
      load: () => Promise.reject(new Error("not asked for")),
      formats: () => Promise.resolve(ours),
    });
  }
  registry.add(tiny({ name: "theirs", formats: () => formats("theirs") }), "theirs.ts");
  registry.add(tiny({ name: "none" }), "none.ts");
  const all = await registry.allFormats();
  const inner = { flow: () => "", directory: () => "" };
  assert.deepEqual(all.map(({ describe }) => describe("udp", new Uint8Array(0), inner)), ["theirs", "ours"]);
  assert.equal(await registry.formats("hash", "none"), undefined);
  const [broken] = [checkPlugin({ ...tiny({ name: "broken" }), formats: () => ({}) }, "broken.ts")];
  registry.add(broken, "broken.ts");
  await assert.rejects(registry.allFormats(), isPluginError(/hash "broken" \(broken.ts\)/, /describe/));
});

Deno.test("a policy writes what differs: the rest does nothing", () => {
  const registry = new Registry(silent);
  const declaration = { apiVersion: 1, description: "x", options: [] };
  const made: { flow: () => object } = { flow: () => ({ sent: () => 7 }) };
  registry.add({ kind: "congestion", name: "seven", ...declaration, create: () => made }, "c.ts");
  registry.add(
    { kind: "routing", name: "still", ...declaration, create: () => ({ forwarding: "simple" }) },
    "r.ts",
  );
  for (let times = 0; times < 2; times++) {
    const congestion = registry.make("congestion", "seven", {});
    const flow = congestion.flow(0);
    assert.deepEqual([congestion.mark(99), flow.sent(1, 1), flow.received(3), flow.stats()], [
      0,
      7,
      undefined,
      {},
    ]);
    flow.update(1);
  }
  const time = new VirtualTime();
  const ports = {
    ...{ clock: time, timers: time, random: new SeededRandom(1), log: silent },
    ...{ own: address(1), install: () => {} },
  };
  const routing = registry.make("routing", "still", { ...ports, options: {} });
  routing.shutdown();
  assert.deepEqual([[...routing.members()], routing.stats()], [[], {}]);
  const frozen = { create: () => Object.freeze({}) };
  registry.add({ kind: "congestion", name: "frozen", ...declaration, ...frozen }, "f.ts");
  assert.throws(
    () => registry.make("congestion", "frozen", {}),
    isPluginError(/"frozen"/, /cannot be completed/),
  );
});
