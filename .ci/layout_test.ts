/**
 * The rules of the layout (docs/architecture.md): who may import whom, how long a file may be, who may touch the machine, and
 * that each library comes in through one file.
 *
 * @module
 */
import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url).pathname;
const HARD_MAX = 500;
const MEDIAN_MAX = 100;
const P90_MAX = 300;
/** Libraries of tests, which any test may import. */
const TEST_LIBRARIES = new Set(["fast-check"]);

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
  readonly test: boolean;
}

function* walk(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(ROOT + folder)) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory && !["node_modules", "dist", "coverage", ".git"].includes(entry.name)) {
      yield* walk(path);
    } else if (entry.isFile && path.endsWith(".ts")) yield path;
  }
}

/** What a file imports, with paths made relative to the root. */
function importsOf(path: string, text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const found = [
    ...code.matchAll(/(?:^|\s)(?:import|export)\b[^;"'`]*?from\s*"([^"]+)"|\bimport\s*\(?\s*"([^"]+)"/g),
  ];
  const specifiers = found.map((match) => match[1] ?? match[2]).filter((specifier) =>
    !specifier.includes("${")
  );
  return specifiers.map((specifier) =>
    specifier.startsWith(".") ? new URL(specifier, `file:///${path}`).pathname.slice(1) : specifier
  );
}

const sources: Source[] = [...walk("")].map((path) => {
  const text = Deno.readTextFileSync(ROOT + path);
  // Examples are what users write, and doubles stand in for the product in tests: neither is a part of it.
  const test = path.endsWith("_test.ts") || /^(tests|\.ci|docs|core\/testing|plugins\/testing)\//.test(path);
  return { path, text, imports: importsOf(path, text), test };
});
const product = sources.filter((source) => !source.test);

function check(rule: string, bad: readonly string[]): void {
  assert.deepEqual(bad, [], `${rule}:\n  ${bad.join("\n  ")}`);
}

Deno.test("core never imports plugins", () => {
  check(
    "these files of core import plugins",
    product.filter(({ path }) => path.startsWith("core/")).flatMap(({ path, imports }) =>
      imports.filter((to) => to.startsWith("plugins/")).map((to) => `${path} → ${to}`)
    ),
  );
});

Deno.test("the contract imports nothing else", () => {
  check(
    "these files of the contract import something outside it",
    product.filter(({ path }) => path.startsWith("core/contract/")).flatMap(({ path, imports }) =>
      imports.filter((to) => !to.startsWith("core/contract/")).map((to) => `${path} → ${to}`)
    ),
  );
});

Deno.test("plugins import the contract, codecs, shared parts and themselves", () => {
  // The types at the edge differ in their formats only: the rest is core/ipcp/shim.
  const shared = ["core/contract/", "core/kit/", "core/wire/", "core/ipcp/"];
  const bad = product.filter(({ path }) => /^plugins\/[^/]+\//.test(path)).flatMap(({ path, imports }) => {
    const own = path.split("/").slice(0, 2).join("/") + "/";
    return imports.filter((to) => !to.startsWith(own) && !shared.some((prefix) => to.startsWith(prefix)))
      .filter((to) => !to.startsWith("node:")).map((to) => `${path} → ${to}`);
  });
  check("these plugins import more than they may", bad);
});

Deno.test("mod.ts is the API: no file of the product imports it", () => {
  check(
    "these files import mod.ts",
    product.filter(({ imports }) => imports.includes("mod.ts")).map(({ path }) => path),
  );
});

Deno.test("the machine's clock, timers, randomness and calls stay in core/os", () => {
  const machine = /\b(Date\.now|Math\.random|setTimeout|setInterval|performance\.now|Deno\.dlopen)\b/;
  const bad = product.filter(({ path }) => /^(core|plugins)\//.test(path) && !path.startsWith("core/os/"))
    .flatMap(
      ({ path, text }) =>
        text.split("\n").map((line, index) => ({ line: line.replace(/\/\/.*|^\s*\*.*/, ""), index }))
          .filter(({ line }) => machine.test(line)).map(({ index }) => `${path}:${index + 1}`),
    );
  check("these lines use the machine outside core/os", bad);
});

Deno.test("each library comes in through one file", () => {
  const users = new Map<string, string[]>();
  for (const { path, imports } of sources) {
    for (const to of imports) {
      if (/^(core|plugins|tests|\.ci|node:|data:|mod\.ts|main\.ts)/.test(to) || TEST_LIBRARIES.has(to)) {
        continue;
      }
      users.set(to, [...users.get(to) ?? [], path]);
    }
  }
  check(
    "these libraries are imported in more than one file",
    [...users].filter(([, paths]) => paths.length > 1).map(([library, paths]) =>
      `${library}: ${paths.join(", ")}`
    ),
  );
});

Deno.test("files are small", () => {
  const lines = (text: string) => text.split("\n").length - 1;
  check(
    `these files have more than ${HARD_MAX} lines`,
    sources.filter(({ text }) => lines(text) > HARD_MAX).map(({ path, text }) => `${path}: ${lines(text)}`),
  );
  const sizes = product.map(({ text }) => lines(text)).sort((a, b) => a - b);
  const median = sizes[Math.floor(sizes.length / 2)], p90 = sizes[Math.floor(sizes.length * 0.9)];
  assert(
    median <= MEDIAN_MAX,
    `half the files should have at most ${MEDIAN_MAX} lines; the median is ${median}`,
  );
  assert(
    p90 <= P90_MAX,
    `nine files in ten should have at most ${P90_MAX} lines; the ninth tenth begins at ${p90}`,
  );
});

Deno.test("every file says what it is", () => {
  check("these files do not begin with a module comment", [
    ...product.filter(({ text }) => !/^(#![^\n]*\n)?\/\*\*[\s\S]*?@module/.test(text)).map(({ path }) =>
      path
    ),
  ]);
});

Deno.test("no error is swallowed and no cast goes past the types", () => {
  const bad = product.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) =>
      /as unknown as|catch\s*(\([^)]*\))?\s*\{\s*\}/.test(line) && !/^\s*(\*|\/\/)/.test(line)
        ? [`${path}:${index + 1}`]
        : []
    )
  );
  check("these lines cast past the types or swallow an error", bad);
});
