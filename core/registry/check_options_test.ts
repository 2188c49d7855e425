/** Tests of the check of options. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidError } from "../contract/errors.ts";
import type { OptionDeclaration } from "../contract/options.ts";
import type { PluginDeclaration } from "../contract/plugin.ts";
import type { PluginKind } from "../contract/plugin_kind.ts";
import { checkOptions, describeValues, OptionError, type Policies } from "./check_options.ts";

const OPTIONS: readonly OptionDeclaration[] = [
  { name: "hash", type: "policy", kind: "hash", default: "SHA3_256", help: "hash function" },
  { name: "device", type: "text", value: "DEVICE", maxBytes: 15, required: true, help: "interface" },
  {
    name: "ethertype",
    type: "integer",
    min: 0x600,
    max: 0xfffe,
    hexadecimal: true,
    default: 0xa000,
    help: "t",
  },
  { name: "eid", type: "integer", min: 0, max: 255, aliases: ["fd"], help: "bytes of an endpoint id" },
  { name: "mode", type: "choice", values: ["slow", "fast"], help: "mode" },
  { name: "quiet", type: "flag", help: "say nothing" },
];

const declaration = (name: string, options: readonly OptionDeclaration[] = []): PluginDeclaration => ({
  kind: "hash",
  name,
  aliases: [name.toLowerCase()],
  apiVersion: 1,
  description: "",
  options,
});
const rounds: OptionDeclaration = { name: "rounds", type: "integer", min: 1, max: 9, default: 3, help: "r" };
const policies: Policies = (kind) =>
  kind === "hash" ? [declaration("SHA3_256"), declaration("TINY", [rounds])] : [];

const refuses = (given: Record<string, string>, ...parts: RegExp[]) => {
  for (const part of parts) {
    assert.throws(
      () => checkOptions(OPTIONS, { device: "eth0", ...given }, policies),
      (e) => e instanceof InvalidError && part.test(e.message),
      String(part),
    );
  }
};

Deno.test("defaults are filled in, what was not given is left out, flags are false", () => {
  assert.deepEqual(checkOptions(OPTIONS, { device: "eth0" }, policies), {
    hash: "SHA3_256",
    device: "eth0",
    ethertype: 0xa000,
    quiet: false,
  });
});

Deno.test("values get their type, aliases their full name", () => {
  const given = { device: "eth0", ethertype: "0xF00d", fd: "8", mode: "fast", quiet: "", hash: "tiny" };
  assert.deepEqual(checkOptions(OPTIONS, given, policies), {
    hash: "TINY",
    device: "eth0",
    ethertype: 0xf00d,
    eid: 8,
    mode: "fast",
    quiet: true,
    rounds: 3,
  });
  assert.equal(checkOptions(OPTIONS, { device: "e", ethertype: "f00d" }).ethertype, 0xf00d);
});

Deno.test("options of a policy are options when the policy is picked, and only then", () => {
  const given = { device: "eth0", hash: "TINY", rounds: "9" };
  assert.equal(checkOptions(OPTIONS, given, policies).rounds, 9);
  refuses({ rounds: "9" }, /Unknown option: "rounds"/, /device/);
  refuses({ hash: "TINY", rounds: "10" }, /rounds: "10"/, /1 to 9/);
});

Deno.test("an option of two policies, or of a policy and the layer, is refused at once, with both", () => {
  const option = (name: string) => ({ name, type: "flag", help: "h" }) as const;
  const policy = (kind: PluginKind, name: string, ...options: readonly OptionDeclaration[]) =>
    ({ kind, name, apiVersion: 1, description: "d", options }) as const;
  const there = [
    policy("hash", "H", option("pace")),
    policy("scheduling", "s", option("pace")),
    policy("scheduling", "t", option("ttl")),
    policy("scheduling", "u", { name: "digest", type: "policy", kind: "hash", help: "h" }),
  ];
  const policies = (kind: PluginKind) => there.filter((one) => one.kind === kind);
  const layer = [
    option("ttl"),
    { name: "hash", type: "policy", kind: "hash", default: "H", help: "h" },
    { name: "scheduling", type: "policy", kind: "scheduling", help: "h" },
  ] as const satisfies readonly OptionDeclaration[];
  const fault = (scheduling: string, message: RegExp) =>
    assert.throws(() => checkOptions(layer, { scheduling }, policies), (thrown) => {
      assert(thrown instanceof OptionError);
      assert.match(thrown.message, message);
      return true;
    });
  fault("s", /^scheduling "s" has the option pace, and so has hash "H": /);
  fault("t", /^scheduling "t" has the option ttl, and so has the layer itself: /);
  // A policy that is picked twice has its options once.
  const twice = checkOptions(layer, { scheduling: "u", digest: "H", pace: "" }, policies);
  assert.deepEqual(twice, { ttl: false, hash: "H", scheduling: "u", pace: true, digest: "H" });
});

Deno.test("what is not valid is refused by option, value and what would be valid", () => {
  refuses({ colour: "red" }, /Unknown option: "colour"/, /hash, device, ethertype, eid, mode, quiet/);
  refuses({ hash: "MD5" }, /Unknown parameter for hash: "MD5"/, /SHA3_256, TINY/);
  refuses({ mode: "medium" }, /Unknown parameter for mode: "medium"/, /slow, fast/);
  refuses({ ethertype: "5FF" }, /ethertype: "5FF"/, /0x600 to 0xFFFE/);
  for (const text of ["", "x", "8 ", "1e2", "8.0", "256", "-1", "0x8", "9".repeat(30)]) {
    refuses({ eid: text }, /Invalid value for eid/, /0 to 255/);
  }
  refuses({ device: "" }, /Invalid value for device/);
  refuses({ device: "a".repeat(16) }, /1 to 15 bytes/);
  refuses({ device: "é".repeat(8) }, /1 to 15 bytes/);
  refuses({ device: "a\nb" }, /control characters/);
  refuses({ quiet: "perhaps" }, /quiet: "perhaps"/);
  refuses({ eid: "8", fd: "8" }, /eid and fd are the same option/);
});

Deno.test("a required option that is missing is named", () => {
  assert.throws(() => checkOptions(OPTIONS, {}, policies), /Option device is missing \(interface\)/);
});

Deno.test("words that objects inherit are unknown options", () => {
  for (const word of ["constructor", "toString", "__proto__"]) {
    const given: Record<string, string> = Object.fromEntries([["device", "e"], [word, "1"]]);
    assert.throws(() => checkOptions(OPTIONS, given), (e) => e instanceof InvalidError);
  }
  assert.deepEqual(checkOptions([{ name: "constructor", type: "flag", help: "" }], {}), {
    constructor: false,
  });
});

Deno.test("whatever is given, the result is of the declared types or an InvalidError", () => {
  const word = fc.oneof(fc.constantFrom(...OPTIONS.map((option) => option.name), "fd"), fc.string());
  fc.assert(fc.property(fc.dictionary(word, fc.string()), (given) => {
    try {
      const values = checkOptions(OPTIONS, { device: "e", ...given }, policies);
      for (const option of OPTIONS) {
        const value = values[option.name];
        const type = option.type === "integer" ? "number" : option.type === "flag" ? "boolean" : "string";
        assert(value === undefined || typeof value === type);
      }
    } catch (thrown) {
      assert(thrown instanceof InvalidError, String(thrown));
    }
  }));
});

Deno.test("every type of option says what is valid", () => {
  assert.deepEqual(OPTIONS.map((option) => describeValues(option, policies)), [
    "one of: SHA3_256, TINY",
    "a text of 1 to 15 bytes without control characters",
    "a hexadecimal number of 0x600 to 0xFFFE",
    "a whole number of 0 to 255",
    "one of: slow, fast",
    "no value, true or false",
  ]);
  assert.equal(describeValues(OPTIONS[0]), "the name of a plugin of kind hash");
});
