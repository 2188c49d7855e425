/**
 * The rules of the layout (docs/architecture.md): who may import whom, how large a file and a folder may be, who may touch the
 * machine, and that each library comes in through one file.
 *
 * @module
 */
import assert from "node:assert/strict";
import { floorOf } from "./floors.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const MAX_LINES = 400;
const MAX_TEST_LINES = 500;
const MAX_FILES = 16;
/** A shorter file that only one other file uses is a part of that one. */
const MIN_LINES = 25;
/** Libraries that any test may import. */
const TEST_LIBRARIES = new Set(["fast-check"]);

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
  /** Those of {@link imports} that are loaded when they are needed. */
  readonly lazy: readonly string[];
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

/** What a file imports, with paths made relative to the root; `lazy`: with `import()` only. */
function importsOf(path: string, text: string, lazy = false): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const found = [
    ...code.matchAll(/(?:^|\s)(?:import|export)\b[^;"'`]*?from\s*"([^"]+)"|\bimport\s*\(?\s*"([^"]+)"/g),
  ];
  const specifiers = found.map((match) => lazy ? match[2] ?? "" : match[1] ?? match[2]).filter((specifier) =>
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
  return { path, text, imports: importsOf(path, text), lazy: importsOf(path, text, true), test };
});
const product = sources.filter((source) => !source.test);
const productPaths = new Set(product.map(({ path }) => path));
const linesOf = ({ text }: Source): number => text.split("\n").length - 1;
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
/** The imports of the product's own files. */
const arrows = product.flatMap(({ path, imports }) =>
  imports.filter((to) => productPaths.has(to)).map((to) => [path, to] as const)
);

/** The arrows that lie on a circle. */
function circular(all: readonly (readonly [from: string, to: string])[]): string[] {
  const below = Map.groupBy(all, ([from]) => from);
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set([from]);
    for (const one of seen) {
      for (const [, next] of below.get(one) ?? []) {
        if (next === to) return true;
        seen.add(next);
      }
    }
    return false;
  };
  return all.filter(([from, to]) => reaches(to, from)).map(([from, to]) => `${from} → ${to}`);
}

/** Two rooms beside each other that an import joins; undefined where it stays in a room, or in it and its own sub-rooms. */
function siblings(from: string, to: string): readonly [string, string] | undefined {
  const [a, b] = [folderOf(from).split("/"), folderOf(to).split("/")];
  const common = a.findIndex((name, index) => name !== b[index]);
  if (common < 0 || common >= b.length) return undefined;
  return [a.slice(0, common + 1).join("/"), b.slice(0, common + 1).join("/")];
}

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
  for (const { path, imports, test } of sources) {
    for (const to of imports) {
      if (/^(core|plugins|tests|\.ci|node:|data:|mod\.ts|main\.ts)/.test(to)) continue;
      if (test && TEST_LIBRARIES.has(to)) continue;
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

Deno.test("no file imports from a floor above its own", () => {
  check("these files are on no floor", product.map(({ path }) => path).filter((path) => floorOf(path) < 0));
  check(
    "these imports go up",
    arrows.filter(([from, to]) => floorOf(from) < floorOf(to)).map(([from, to]) => `${from} → ${to}`),
  );
});

Deno.test("no files import each other in a circle", () => {
  check("these imports make circles of files", circular(arrows));
});

Deno.test("no rooms beside each other import each other in a circle", () => {
  const joined = arrows.map(([from, to]) => siblings(from, to)).filter((pair) => pair !== undefined);
  const pairs = [...new Map(joined.map((pair) => [pair.join(), pair])).values()];
  check("these imports make circles of rooms", circular(pairs));
});

Deno.test("connecting, listening, opening and starting happens in core/os", () => {
  const opens = /\bDeno\.(connect|listen|open|create|serve|Command|dlopen|watchFs|stdin)/;
  const bad = product.filter(({ path }) => !path.startsWith("core/os/")).flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) =>
      opens.test(line) && !/^\s*(\*|\/\/)/.test(line) ? [`${path}:${index + 1}`] : []
    )
  );
  check("these lines open what is the machine's outside core/os", bad);
});

Deno.test("files are small", () => {
  check(
    `these files have more lines than ${MAX_LINES}, or of tests ${MAX_TEST_LINES}`,
    sources.filter((source) => linesOf(source) > (source.test ? MAX_TEST_LINES : MAX_LINES)).map((source) =>
      `${source.path}: ${linesOf(source)}`
    ),
  );
});

Deno.test("folders are small", () => {
  check(
    `these folders have more than ${MAX_FILES} files`,
    [...Map.groupBy(product, ({ path }) => folderOf(path))].filter(([, files]) => files.length > MAX_FILES)
      .map(([folder, files]) => `${folder}: ${files.length}`),
  );
});

Deno.test("no file is a mere fragment", () => {
  // A policy is one file, however small.
  const list = "plugins/whole.ts";
  const policies = product.find(({ path }) => path === list)?.imports ?? [];
  const lazy = new Set([...product.flatMap((source) => source.lazy), ...policies, list]);
  const users = Map.groupBy(arrows, ([, to]) => to);
  check(
    `these files have fewer than ${MIN_LINES} lines and one user: they are a part of it`,
    product.filter((source) => linesOf(source) < MIN_LINES && users.get(source.path)?.length === 1)
      .filter(({ path }) => !lazy.has(path) && !/(^|[/_])main\.ts$/.test(path))
      .map(({ path }) => `${path} ← ${users.get(path)?.[0][0]}`),
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
