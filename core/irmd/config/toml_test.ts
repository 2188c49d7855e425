import assert from "node:assert/strict";
import fc from "fast-check";
import { parseToml, placeSaid, positionsIn } from "./toml.ts";

const at = (text: string, ...place: string[]) => {
  const { line, column } = positionsIn(text)(place) ?? {};
  return `${line}:${column}`;
};

Deno.test("a key is found wherever TOML lets it stand", () => {
  const text = `# [no.table]
"é x".'a"b' = 1
a . b = { c = "}", d = [ { e = 1 }, # ] }
  { f = 2 } ] }
t = """
x = 1
\\""" y = 2"""
l = '''
[z]
''''
d = 1979-05-27 07:32:00
  [p."q.r"] # s
k = "=" # k = 3
[[m.n]]
o = 1
[[m.n]]
w = +inf
`;
  parseToml(text, "f");
  assert.equal(at(text, "é x"), "2:1");
  assert.equal(at(text, "é x", 'a"b'), "2:7");
  assert.equal(at(text, "a", "b"), "3:5");
  assert.equal(at(text, "a", "b", "d"), "3:20");
  assert.equal(at(text, "a", "b", "d", "e"), "3:28");
  assert.equal(at(text, "a", "b", "d", "f"), "4:5");
  assert.equal(at(text, "x"), "undefined:undefined");
  assert.equal(at(text, "l"), "8:1");
  assert.equal(at(text, "d"), "11:1");
  assert.equal(at(text, "p", "q.r"), "12:6");
  assert.equal(at(text, "p", "q.r", "k"), "13:1");
  assert.equal(at(text, "m", "n", "o"), "15:1");
  assert.equal(at(text, "m", "n", "w"), "17:1");
});

Deno.test("every key of any text that is TOML is found, where its word stands", () => {
  const pieces = [
    "[",
    "]",
    "{",
    "}",
    "a",
    "b",
    ".",
    "=",
    " ",
    "\n",
    '"',
    "'",
    ",",
    "#",
    "1",
    "\\",
    '"""',
    "[[",
    "]]",
  ];
  const places = (value: object, outer: string[]): string[][] =>
    Object.entries(value).flatMap(([key, inner]) => [
      [...outer, key],
      ...typeof inner === "object" && !Array.isArray(inner) ? places(inner, [...outer, key]) : [],
    ]);
  const check = (text: string) => {
    let tables: unknown;
    try {
      tables = parseToml(text, "f");
    } catch {
      return;
    }
    for (const place of places(Object(tables), [])) {
      const { line = 0, column = 0 } = positionsIn(text)(place) ?? {};
      const there = text.split("\n")[line - 1]?.slice(column - 1) ?? "";
      const key = place[place.length - 1];
      assert(there.startsWith(key) || there.startsWith('"') || there.startsWith("'"), `${text}: ${place}`);
    }
  };
  const line = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(""));
  const value = fc.constantFrom(
    "1",
    '"a"',
    "'''\n[a]\n'''",
    "[1, {b = 1}]",
    "{ a = 1, 'b' = 2 }",
    '"""\n"""',
    "[\n#]\n]",
  );
  const key = fc.constantFrom("a", "b", "'a'.b", "a.b.c", '"b"', '""');
  const pair = fc.tuple(key, value).map(([key, value]) => `${key} = ${value}`);
  const header = key.map((key) => `[${key}]`);
  fc.assert(
    fc.property(
      fc.array(fc.oneof(line, pair, pair, header), { maxLength: 6 }),
      (lines) => check(lines.join("\n")),
    ),
  );
});

Deno.test("what an IPCP says of an option is told with the line of its key, and all else with that of the table", () => {
  const positionOf = positionsIn('[udp4.a]\nbootstrap = "x"\nip = "300.1.1.1"\n');
  const lineOf = (message: string) => positionOf(placeSaid(["udp4", "a"], message))?.line;
  assert.equal(lineOf('ip: "300.1.1.1" is not an IP address'), 3);
  assert.equal(lineOf("dns: there is none"), 1);
  assert.equal(lineOf("this machine has no such address"), 1);
});
