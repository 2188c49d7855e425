/**
 * Every well-formed recorded message decodes and encodes to the same bytes; the malformed ones give the errors listed here;
 * damaged ones decode to something or give the codec's own error.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../core/contract/errors.ts";
import { mutated } from "../support/mutations.ts";
import { APPLICATIONS, LAYERS } from "./captures.ts";
import { RECODE } from "./recode.ts";
import { type Found, type Kind, KINDS, walk } from "./walk.ts";

/** Recorded messages that are malformed, and the errors that they give. */
const MALFORMED: ReadonlyMap<string, RegExp> = new Map([
  ["unicast-fa-negative-reply frame 1: OAP request", /at least 36 bytes; this one has 0/],
  ["eth-dix-reject frame 19: OAP response", /at least 36 bytes; this one has 0/],
]);

/** Messages of each kind in all captures, the malformed ones left out. */
const TOTALS: ReadonlyMap<Kind, number> = new Map<Kind, number>([
  ["CEP", 104],
  ["enrolment request", 17],
  ["enrolment response", 17],
  ["enrolment ack", 17],
  ["LSU", 631],
  ["DT header", 497],
  ["DHT", 152],
  ["flow allocation", 48],
  ["OAP request", 111],
  ["OAP response", 106],
]);

const CAPTURES = [...LAYERS, ...APPLICATIONS];
const all: readonly Found[] = CAPTURES.flatMap(([name, , options]) => walk(name, options));

for (const [name, contents, options] of CAPTURES) {
  Deno.test(`recorded: ${name}: ${contents}`, () => {
    const found = walk(name, options);
    const counts = KINDS.map((kind) => [found.filter((one) => one.kind === kind).length, kind] as const);
    assert.equal(counts.filter(([count]) => count > 0).map((count) => count.join(" ")).join(", "), contents);
    for (const { kind, where, bytes, hashLength } of found) {
      const recode = RECODE.get(kind);
      const error = MALFORMED.get(`${where}: ${kind}`);
      if (recode === undefined) continue;
      if (error === undefined) {
        assert.equal(recode(bytes, hashLength).toHex(), bytes.toHex(), `${where}: ${kind}`);
      } else assert.throws(() => recode(bytes, hashLength), (thrown) => refused(thrown, error));
    }
  });
}

Deno.test(`recorded: ${MALFORMED.size} messages are malformed, and all of them are there`, () => {
  const names = new Set(all.map(({ where, kind }) => `${where}: ${kind}`));
  assert.deepEqual([...MALFORMED.keys()].filter((name) => !names.has(name)), []);
});

/** The listing beside a capture was made by another decoder. */
for (const [name] of LAYERS.filter(([name]) => /^(linkstate|dht)/.test(name))) {
  Deno.test(`recorded: ${name} is walked as its listing says`, () => {
    const listing = Deno.readTextFileSync(new URL(`${name}.txt`, import.meta.url));
    const lines = (pattern: RegExp) => listing.split("\n").filter((line) => pattern.test(line)).length;
    const found = (kind: Found["kind"]) =>
      all.filter((one) => one.kind === kind && one.where.startsWith(`${name} `)).length;
    assert.equal(found("LSU"), lines(/ LSU dst=/));
    assert.equal(found("DHT"), lines(/ DHT [A-Z_]+ src=/));
    assert.equal(found("DT header"), lines(/ DT dst=/));
    assert.equal(found("keep-alive"), lines(/ keepalive/));
    assert.equal(found("lower management"), lines(/ eth-dix mgmt /));
  });
}

for (const [kind, recode] of RECODE) {
  const total = TOTALS.get(kind);
  const messages = all.filter((found) => found.kind === kind && !MALFORMED.has(`${found.where}: ${kind}`));
  const lengths = new Set(messages.map(({ hashLength }) => hashLength));
  Deno.test(`recorded: ${total} × ${kind}, damaged, decode or give a ProtocolError`, () => {
    assert.equal(messages.length, total);
    let decoded = 0;
    for (const hashLength of lengths) {
      const some = messages.filter((message) => message.hashLength === hashLength).map(({ bytes }) => bytes);
      fc.assert(
        fc.property(mutated(some), (bytes) => {
          try {
            const again = recode(bytes, hashLength);
            assert.deepEqual(recode(again, hashLength), again);
            decoded += 1;
          } catch (thrown) {
            refused(thrown, /./);
          }
        }),
        // The same damage each time: whether any of it still decodes must not be luck.
        { numRuns: 300, seed: 7 },
      );
    }
    assert(decoded > 0, "none decoded");
  });
}

function refused(thrown: unknown, error: RegExp): true {
  assert(thrown instanceof ProtocolError, String(thrown));
  assert.match(thrown.message, error);
  return true;
}
