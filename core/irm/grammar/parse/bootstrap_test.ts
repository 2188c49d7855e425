import assert from "node:assert/strict";
import { IRM } from "../../commands/tree.ts";
import { REFERENCE } from "../../../testing/irm/world.ts";
import { parse } from "./parse.ts";

function options(words: string): unknown {
  const parsed = parse(IRM, `ipcp bootstrap ${words}`.split(" "), REFERENCE);
  assert(parsed.kind === "request", `${words}: ${JSON.stringify(parsed)}`);
  return parsed.params;
}

/** Type, abbreviation, full word: every abbreviation of the reference and of its manual page. */
const ABBREVIATIONS: readonly (readonly [type: string, short: string, full: string])[] = [
  ["unicast", "h", "hash"],
  ["udp4", "i", "ip"],
  ["udp4", "d", "dns"],
  ["eth-dix", "de", "device"],
  ["eth-dix", "dev", "device"],
  ["eth-dix", "e", "ethertype"],
  ["unicast", "ei", "eid"],
  ["unicast", "e", "eid"],
  ["unicast", "a", "addr"],
  ["unicast", "addr_", "addr_auth"],
  ["unicast", "tt", "ttl"],
  ["unicast", "di", "directory"],
  ["unicast", "dh", "dht_alpha"],
  ["unicast", "dht_k", "dht_k"],
  ["unicast", "dht_t", "dht_t_expire"],
  ["unicast", "dht_t_r", "dht_t_refresh"],
  ["unicast", "dht_t_rep", "dht_t_replicate"],
  ["unicast", "r", "routing"],
  ["unicast", "ls", "ls_t_timeo"],
  ["unicast", "ls_t_u", "ls_t_update"],
  ["unicast", "c", "congestion"],
  ["udp4", "c", "cport"],
  ["unicast", "p", "pff"],
  ["udp4", "p", "port"],
  ["udp4", "s", "sport"],
  ["unicast", "f", "eid"],
  ["unicast", "fd", "eid"],
];

const REQUIRED: Record<string, [option: string, words: string]> = {
  udp4: ["ip", " ip 1.2.3.4"],
  "eth-dix": ["device", " device eth0"],
};

for (const [type, short, full] of ABBREVIATIONS) {
  Deno.test(`irm ipcp bootstrap type ${type}: ${short} is ${full}`, () => {
    const [required, words] = REQUIRED[type] ?? ["", ""];
    const before = `type ${type} name n layer l${full === required ? "" : words}`;
    assert.deepEqual(options(`${before} ${short} 1`), options(`${before} ${full} 1`));
  });
}

Deno.test("the general words: t type, l layer, n name, au autobind", () => {
  assert.deepEqual(options("t u l L n x au"), options("type unicast layer L name x autobind"));
});

Deno.test("types are matched by prefix in the reference's order, then by alias", () => {
  const types = {
    u: "unicast",
    b: "broadcast",
    l: "local",
    eth: "eth-dix",
    e: "eth-dix",
    "eth-l": "eth-llc",
    ud: "udp4",
    udp: "udp4",
    udp6: "udp6",
    normal: "unicast",
    n: "unicast",
    raptor: "raptor",
  };
  for (const [word, type] of Object.entries(types)) {
    const parsed = parse(IRM, ["ipcp", "create", "type", word, "name", "x"], REFERENCE);
    assert.equal(parsed.kind === "request" && parsed.params.type, type, word);
  }
});

Deno.test("words come in any order: options before the type", () => {
  assert.deepEqual(
    options("routing lfa ls_t_timeo 9 name x type unicast layer L"),
    options("type unicast layer L name x routing lfa ls 9"),
  );
  assert.deepEqual(options("hash SHA3_224 n x t local l L"), {
    name: "x",
    type: "local",
    layer: "L",
    autobind: false,
    options: { hash: "SHA3_224" },
  });
});

Deno.test("an option of another type is refused by name, with the valid ones", () => {
  const parsed = parse(IRM, "i b t local n x l L ip 1.2.3.4".split(" "), REFERENCE);
  assert.deepEqual(parsed, {
    kind: "fault",
    message: 'Unknown option: "ip". Type local has no option ip.',
    word: "ip",
    valid: ["type", "layer", "name", "hash", "autobind"],
    unknownKeyword: true,
    type: "local",
  });
});

Deno.test("a required option that is missing is named", () => {
  const parsed = parse(IRM, "i b t eth-dix n x l L".split(" "), REFERENCE);
  assert.equal(parsed.kind === "fault" && parsed.message, 'The keyword "dev" is missing.');
});
