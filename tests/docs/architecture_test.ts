/**
 * The architecture page names only what is there. In the page, what stands in backticks and looks like a path is a file or a folder, with
 * `*` for any part of a name; what looks like a symbol occurs in one of the files that the same paragraph, list item or
 * table row names; so does what stands in double quotes beside a file of tests: the name of a test.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FLOORS } from "../../.ci/floors.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const PAGE = Deno.readTextFileSync(`${ROOT}docs/architecture.md`);

/** Every file and folder of the tree; folders end with a slash. */
const TREE: readonly string[] = (function walk(folder: string): string[] {
  return [...Deno.readDirSync(ROOT + folder)].filter(({ name }) =>
    ![".git", "node_modules", "dist", "coverage"].includes(name)
  ).flatMap(({ name, isDirectory }) =>
    isDirectory ? [`${folder}${name}/`, ...walk(`${folder}${name}/`)] : [folder + name]
  );
})("");

/** Paragraphs, list items and table rows; figures are left out. */
const BLOCKS: readonly string[] = PAGE.replace(/^```[\s\S]*?^```$/gm, "").split(
  /\n\s*\n|\n(?=\||\s*- |\s*\d+\. |#)/,
);

const spans = (block: string) => [...block.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span);
const isPath = (span: string) =>
  /^[\w.*-]+(\/[\w.*-]+)*\/?$/.test(span) && (span.includes("/") || /\.(ts|md|json|lua)$/.test(span));
const isSymbol = (span: string) => /^#?[a-z_]\w*(\.#?\w+)*(\(\))?$/i.test(span) && !isPath(span);

/** What a path of the page stands for. */
function filesOf(path: string): string[] {
  const pattern = path.split("*").map((part) => part.replace(/[.-]/g, "\\$&")).join("[^/]*");
  return TREE.filter((file) => new RegExp(`^${pattern}$`).test(file));
}

const texts = new Map<string, string>();
function textOf(path: string): string {
  const text = texts.get(path) ??
    (path.endsWith("/") ? "" : Deno.readTextFileSync(ROOT + path).replace(/\/\*[\s\S]*?\*\//g, ""));
  texts.set(path, text);
  return text;
}

/** A folder or file that is not named from the root stands in the folder that its row begins with, or that of a file before it. */
const named = BLOCKS.map((block) => {
  const paths: string[] = [];
  for (const span of spans(block).filter(isPath)) {
    const beside = paths[0]?.replace(/[^/]*$/, "") + span;
    paths.push(filesOf(span).length === 0 && filesOf(beside).length > 0 ? beside : span);
  }
  return { block, paths, files: paths.flatMap(filesOf) };
});

Deno.test("every file and folder that the page names is there", () => {
  const missing = named.flatMap(({ paths }) => paths.filter((path) => filesOf(path).length === 0));
  assert.deepEqual(missing, []);
  const links = [...PAGE.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link]) => link);
  assert.deepEqual(
    links.filter((link) => filesOf(new URL(link, "file:///docs/").pathname.slice(1)).length === 0),
    [],
  );
});

Deno.test("every file and folder that the other pages name is there", () => {
  const pages = TREE.filter((file) => /^(docs\/[^/]+|README|tests\/.*)\.md$/.test(file));
  assert(pages.length > 8);
  const missing = pages.flatMap((page) =>
    spans(Deno.readTextFileSync(ROOT + page)).filter((span) => /^(core|plugins|tests|docs|\.ci)\//.test(span))
      .filter((span) => isPath(span) && filesOf(span).length === 0 && filesOf(`${span}/`).length === 0)
      .map((span) => `${span} in ${page}`)
  );
  assert.deepEqual(missing, []);
});

Deno.test("every file that a comment of the code names is there", () => {
  const missing = TREE.filter((file) => /^(core|plugins|tests|\.ci)\/.*\.ts$|^m\w+\.ts$/.test(file)).flatMap(
    (file) => {
      const comments = Deno.readTextFileSync(ROOT + file).match(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm) ?? [];
      return [
        ...comments.join("\n").matchAll(/\b(?:core|plugins|tests|docs)\/[\w./-]+\.(?:ts|md|json|lua)\b/g),
      ]
        .filter(([path]) => !TREE.includes(path)).map(([path]) => `${path} in ${file}`);
    },
  );
  assert.deepEqual(missing, []);
});

Deno.test("every symbol that the page names is in a file that it names beside it", () => {
  const missing = named.flatMap(({ block, files }) =>
    spans(block).filter(isSymbol).filter((symbol) => {
      const words = symbol.replace(/\(\)$/, "").split(".");
      // A word without a file beside it is one of a command, not of the code.
      if (files.length === 0) return words.length > 1 || /[A-Z_]/.test(symbol);
      return !files.some((file) =>
        words.every((word) => new RegExp(`(?<!\\w)${word}(?!\\w)`).test(textOf(file)))
      );
    }).map((symbol) => `${symbol} in: ${block.trim().slice(0, 70)}`)
  );
  assert.deepEqual(missing, []);
});

Deno.test("every test that the page quotes is there", () => {
  let quoted = 0;
  for (const { block, files } of named) {
    const tests = files.filter((file) => file.endsWith("_test.ts"));
    if (tests.length === 0) continue;
    for (const [, title] of block.replace(/\s+/g, " ").matchAll(/"([^"]{20,})"/g)) {
      quoted++;
      assert(tests.some((file) => textOf(file).includes(`"${title}"`)), `no test is named "${title}"`);
    }
  }
  assert(quoted > 0);
});

Deno.test("every room of the core and every kind of plugin is named", () => {
  const rooms = TREE.filter((path) => /^(core|plugins)\/[^/]+\/([^/]+\/)?$/.test(path))
    // A folder that holds no file is what git has left of a room that is gone.
    .filter((path) =>
      !path.includes("__") && TREE.some((file) => /[^/]$/.test(file) && file.startsWith(path))
    );
  const here = new Set(named.flatMap(({ paths }) => paths));
  assert.deepEqual(rooms.filter((room) => !here.has(room)), []);
});

Deno.test("the floors of the figure are those that the layout test checks", () => {
  const figure = [...PAGE.matchAll(/"floor (\d+): ([^"]+)"/g)].map(([, floor, rooms]) => ({
    floor: Number(floor),
    rooms: rooms.split(" · "),
  })).sort((a, b) => a.floor - b.floor);
  assert.deepEqual(figure, FLOORS.map((rooms, floor) => ({ floor, rooms: [...rooms] })));
});
