/**
 * Tests of the configuration of a layer: recorded messages, round trip, policies that the reference does not know, damage.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../contract/errors.ts";
import { address } from "../../contract/ids.ts";
import type { OptionValues } from "../../contract/options.ts";
import { checkMutations } from "../../../tests/support/mutations.ts";
import type { LayerConfiguration } from "../../contract/membership.ts";
import { encodeLayerConfiguration as encodeWith, type LayerEncoding } from "./layer_config.ts";
import {
  decoded as decodeLayerConfiguration,
  encoded as encodeLayerConfiguration,
  ENCODING,
} from "../../../tests/support/layer_encoding.ts";

const DEFAULTS = {
  addr: 4,
  eid: 8,
  ttl: 60,
  addr_auth: "flat",
  directory: "DHT",
  dht_alpha: 3,
  dht_k: 8,
  dht_t_expire: 86400,
  dht_t_refresh: 900,
  dht_t_replicate: 900,
  routing: "link_state",
  ls_t_recalc: 4,
  ls_t_update: 15,
  ls_t_timeo: 60,
  congestion: "mb-ecn",
};

const unicast = (
  layer: string,
  hash: string,
  peer: number,
  options: OptionValues = {},
): LayerConfiguration => ({
  type: "unicast",
  layer,
  hash,
  options: { ...DEFAULTS, ...options },
  peer: peer === 0 ? undefined : address(peer),
});

const CUSTOM = {
  ttl: 10,
  routing: "lfa",
  ls_t_recalc: 1,
  ls_t_update: 7,
  ls_t_timeo: 300,
  dht_alpha: 2,
  dht_k: 3,
  dht_t_expire: 7200,
  dht_t_refresh: 60,
  dht_t_replicate: 120,
  congestion: "none",
};

/** Configurations of the reference 0.23.0. */
const RECORDED: readonly (readonly [hex: string, LayerConfiguration])[] = [
  [
    "0a070a03756e69100110011a340a1408041008183c220c08001208080010041" +
    "80f203c1218080012140803100818" + "80a305208407288407" + "30d69380f50418002001",
    unicast("uni", "SHA3_256", 0x4ea009d6),
  ],
  [
    "0a070a0375326e100310011a310a1508041008180a220d08001209080110011" +
    "80720ac0212140800121008021003" + "18a038203c2878" + "30cae7c84e18002000",
    unicast("u2n", "SHA3_512", 0x09d233ca, CUSTOM),
  ],
  [
    "0a080a047532626310011002",
    { type: "broadcast", layer: "u2bc", hash: "SHA3_256", options: {}, peer: undefined },
  ],
];

const FOREIGN: readonly LayerConfiguration[] = [
  unicast("x", "BLAKE3", 7, { routing: "spiral", spiral_turns: 3, spiral_left: true }),
  unicast("x", "SHA3_256", 7, {
    directory: "flood",
    congestion: "bbr",
    addr_auth: "geo",
    scheduling: "fair",
  }),
  { type: "broadcast", layer: "b", hash: "BLAKE3", options: { colour: "blue" }, peer: undefined },
];

const without = (options: OptionValues, prefix: string) =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !name.startsWith(prefix)));

const number = fc.integer({ min: 0, max: 0xffffffff });
const configuration: fc.Arbitrary<LayerConfiguration> = fc.record({
  type: fc.constant("unicast" as const),
  layer: fc.stringMatching(/^[a-zé.]{1,80}$/),
  hash: fc.constantFrom("SHA3_224", "SHA3_256", "SHA3_384", "SHA3_512", "BLAKE3"),
  options: fc.record({
    ...Object.fromEntries(
      Object.entries(DEFAULTS).filter(([, value]) => typeof value === "number").map((
        [name],
      ) => [name, number]),
    ),
    addr_auth: fc.constantFrom("flat", "geo"),
    directory: fc.constantFrom("DHT", "flood"),
    routing: fc.constantFrom("link_state", "lfa", "ecmp", "spiral"),
    congestion: fc.constantFrom("none", "mb-ecn", "bbr"),
    pff: fc.constantFrom("simple", "alternate"),
    extra: fc.maxSafeInteger(),
    flag: fc.boolean(),
  }, { noNullPrototype: true }),
  peer: fc.option(fc.integer({ min: 1, max: 0xffffffff }).map(address), { nil: undefined }),
}, { noNullPrototype: true });

Deno.test("layer configuration: recorded ones decode and encode to the same bytes", () => {
  for (const [hex, expected] of RECORDED) {
    assert.deepEqual(decodeLayerConfiguration(Uint8Array.fromHex(hex)), expected);
    assert.equal(encodeLayerConfiguration(expected).toHex(), hex);
  }
});

Deno.test("layer configuration: any comes back", () => {
  fc.assert(fc.property(configuration, (sent) => {
    assert.deepEqual(decodeLayerConfiguration(encodeLayerConfiguration(sent)), sent);
  }));
});

Deno.test("layer configuration: options at their default that the reference has no field for are not told", () => {
  const [hex, expected] = RECORDED[0];
  const extra = { scheduling: "priority", hash: "SHA3_256" };
  const more = { ...expected, options: { ...expected.options, ...extra } };
  assert.equal(encodeLayerConfiguration(more).toHex(), hex);
  const other = { ...more, options: { ...more.options, scheduling: "fifo", pff: "simple" } };
  const told = decodeLayerConfiguration(encodeLayerConfiguration(other));
  assert.deepEqual(told.options, { ...DEFAULTS, pff: "simple", scheduling: "fifo" });
});

Deno.test("layer configuration: a type that the reference does not know travels by name, with all its options", () => {
  const mesh: LayerConfiguration = {
    type: "mesh",
    layer: "m",
    hash: "SHA3_384",
    options: { radius: 7, colour: "blue", closed: true },
    peer: address(9),
  };
  const bare = { ...mesh, options: {}, peer: undefined };
  for (const sent of [mesh, bare]) {
    assert.deepEqual(decodeLayerConfiguration(encodeLayerConfiguration(sent)), sent);
  }
  const head = "0a050a016d100210ff01";
  assert.equal(
    encodeLayerConfiguration(mesh).toHex().slice(0, head.length),
    head,
    "the reference refuses the code",
  );
});

Deno.test("layer configuration: policies that the reference does not know travel by name", () => {
  for (const sent of FOREIGN) {
    let options = sent.options;
    if (options.routing === "spiral") options = without(options, "ls_");
    if (options.directory === "flood") options = without(options, "dht_");
    const expected = { ...sent, options };
    assert.deepEqual(decodeLayerConfiguration(encodeLayerConfiguration(expected)), expected);
  }
});

Deno.test("layer configuration: versions of plugins are told for those that have one, and read where they are not known", () => {
  const versioned: LayerEncoding = {
    ...ENCODING,
    policies: (kind) => [
      ...ENCODING.policies(kind),
      ...kind === "scheduling" ? [{ name: "fair", version: "1.2.0", options: [] }] : [],
      ...kind === "routing" ? [{ name: "spiral", version: "3", options: [] }] : [],
    ],
  };
  const sent = unicast("x", "SHA3_256", 7, { scheduling: "fair", ttl: 9 });
  const told = { ...sent, plugins: [{ kind: "scheduling", name: "fair", version: "1.2.0" }] };
  const bytes = encodeWith(sent, versioned);
  assert.deepEqual(decodeLayerConfiguration(bytes), told);
  assert.equal(
    encodeWith({ ...sent, options: { ...DEFAULTS, ttl: 9 } }, versioned).toHex(),
    encodeLayerConfiguration({
      ...sent,
      options: { ...DEFAULTS, ttl: 9 },
    }).toHex(),
  );
  const hex = bytes.toHex().replace("05312e322e30", "05782e322e30");
  assert.throws(
    () => decodeLayerConfiguration(Uint8Array.fromHex(hex)),
    /the version of the scheduling plugin fair is none/,
  );
});

Deno.test("layer configuration: the reference sees codes that it refuses, and skips the extension", () => {
  const bytes = encodeLayerConfiguration({
    ...unicast("x", "SHA3_256", 7, { routing: "spiral" }),
    options: without({ ...DEFAULTS, routing: "spiral", spiral_turns: 3 }, "ls_"),
  });
  const head = "0a050a0178100110011a270a0b08041008183c220308ff01";
  assert.equal(bytes.toHex().slice(0, head.length), head);
  const extension = "caa907130a07726f7574696e6712067370" + "6972616c" + "1801";
  assert(bytes.toHex().includes(extension), bytes.toHex());
});

/** Messages that contradict themselves or are of another world, and what the error says. */
const FAULTS: readonly (readonly [what: string, hex: string, error: RegExp])[] = [
  ["another type", "0a080a047532626310011005", /no layers of type 5/],
  ["an unknown hash", "0a080a047532626310041002", /hash policy with code 4/],
  ["no name", "0a040a00100110" + "02", /1 to 255 bytes/],
  ["a control character in the name", "0a050a010a10011002", /none a control character/],
  ["unicast without its part", "0a050a017810011001", /unicast: it is missing/],
  ["another routing policy", RECORDED[0][0].replace("220c0800", "220c0801"), /no routing policy with code 1/],
  ["another link state policy", RECORDED[0][0].replace("12080800", "12080803"), /routing policy with code 3/],
  ["another directory", RECORDED[0][0].replace("12180800", "12180801"), /directory policy with code 1/],
  ["another address authority", RECORDED[0][0].replace("18002001", "18012001"), /address policy with code 1/],
  [
    "another congestion policy",
    RECORDED[0][0].replace("18002001", "18002002"),
    /congestion policy with code 2/,
  ],
  [
    "a later version",
    `${RECORDED[2][0]}caa9070b0a046861736812017818` + "02",
    /hash policy x in version 2/,
  ],
  [
    "an unknown kind",
    `${RECORDED[2][0]}caa9070b0a046d617368120178` + "1801",
    /mash policy x, a kind unknown/,
  ],
  [
    "two names of one policy",
    `${RECORDED[2][0]}caa9070b0a0468617368120178` + "1801",
    /says twice which hash/,
  ],
  [
    "a name in the place of a code",
    `0a090a0475326263` + "10ff01" + "1002" + "caa907120a046861736812085348" + "41335f323536" + "1801",
    /says twice which hash/,
  ],
];

for (const [what, hex, expected] of FAULTS) {
  Deno.test(`layer configuration: ${what} is refused`, () => {
    assert.throws(() => decodeLayerConfiguration(Uint8Array.fromHex(hex)), (error) => {
      assert(error instanceof ProtocolError);
      assert.match(error.message, expected);
      return true;
    });
  });
}

Deno.test("layer configuration: what cannot be told is refused", () => {
  const bad: LayerConfiguration[] = [
    { ...unicast("x", "SHA3_256", 0), layer: "x".repeat(256) },
    { ...unicast("x", "SHA3_256", 0), options: { ...DEFAULTS, ttl: "many" } },
    { ...unicast("x", "SHA3_256", 0), options: without(DEFAULTS, "ls_") },
    { ...unicast("x", "SHA3_256", 0), options: without(DEFAULTS, "routing") },
    unicast("x", "SHA3_256", 0, { fraction: 0.5 }),
  ];
  for (const configuration of bad) {
    assert.throws(() => encodeLayerConfiguration(configuration), ProtocolError);
  }
});

Deno.test("layer configuration: damaged messages decode or give a ProtocolError", () => {
  const messages = [
    ...RECORDED.map(([hex]) => Uint8Array.fromHex(hex)),
    ...FOREIGN.map((foreign) => encodeLayerConfiguration(foreign)),
  ];
  checkMutations(messages, decodeLayerConfiguration, (message) => encodeLayerConfiguration(message), 1000);
});
