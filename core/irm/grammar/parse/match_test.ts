import assert from "node:assert/strict";
import fc from "fast-check";
import { asksForHelp, firstMatch } from "./match.ts";

const TABLE = [
  { name: "create" },
  { name: "connect" },
  { name: "auto", exact: true },
  { name: "eid", aliases: ["fd"] },
  { name: "fdx" },
];

Deno.test("the first keyword of which the word is a prefix is meant", () => {
  assert.equal(firstMatch("c", TABLE)?.name, "create");
  assert.equal(firstMatch("co", TABLE)?.name, "connect");
  assert.equal(firstMatch("connect", TABLE)?.name, "connect");
});

Deno.test("case counts, longer words and the empty word mean nothing, exact words have no abbreviation", () => {
  for (const word of ["Create", "createx", "", "au"]) assert.equal(firstMatch(word, TABLE), undefined, word);
  assert.equal(firstMatch("auto", TABLE)?.name, "auto");
});

Deno.test("an alias does not change what an abbreviation of a name means", () => {
  assert.equal(firstMatch("fd", TABLE)?.name, "fdx");
  assert.equal(firstMatch("fd", TABLE.slice(0, 4))?.name, "eid");
});

Deno.test("any table, any word: a match starts with the word, and nothing before it does", () => {
  const name = fc.string({ unit: fc.constantFrom("a", "b", "é"), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(name), fc.string({ unit: fc.constantFrom("a", "b", "é") }), (names, word) => {
      const found = firstMatch(word, names.map((name) => ({ name })));
      const expected = word === "" ? undefined : names.find((name) => name.startsWith(word));
      assert.equal(found?.name, expected);
    }),
  );
});

Deno.test("help and usage ask for help, abbreviated too", () => {
  for (const word of ["help", "h", "usage", "us", "--help", "-h"]) assert(asksForHelp(word), word);
  for (const word of ["", "helper", "HELP"]) assert(!asksForHelp(word), word);
});
