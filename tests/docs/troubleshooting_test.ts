/**
 * The page about errors: it has every class of the catalogue, every message that users can meet, and none that is not there any more.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ERROR_CLASSES } from "../../core/contract/errors.ts";
import { kindsOf, type Message, messagesOf } from "./messages.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGE = await Deno.readTextFile(new URL("docs/troubleshooting.md", ROOT));
/** Rooms whose messages people read; those of codecs and of the simulator are for programmers. */
const ROOMS = [
  "core/flow",
  "core/ipcp",
  "core/irm",
  "core/irmd",
  "core/os",
  "core/registry",
  "core/security/policy",
  "core/tools",
  "plugins",
];
/** Classes whose messages tell of garbage or of a fault: the page explains the class. */
const NOT_LISTED = new Set(["ProtocolError", "InternalError", "MethodNotFoundError"]);

const filesOf = (folder: string): string[] =>
  [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? name === "testing" ? [] : filesOf(`${folder}/${name}`)
      : /(?<!_test)\.ts$/.test(name)
      ? [`${folder}/${name}`]
      : []
  );
const textOf = (file: string): string => Deno.readTextFileSync(new URL(file, ROOT));
const sections = new Map(
  PAGE.split("\n## ").slice(1).map((section) => {
    const [title, ...lines] = section.split("\n");
    const listed = lines.filter((line) => line.startsWith("- `")).map((line) => line.slice(3, -1));
    return [title, listed] as const;
  }),
);
const titleOf = new Map(ERROR_CLASSES.map((Class) => {
  const { code, errno } = new Class("");
  return [Class.name, `${code} (${errno})`] as const;
}));

Deno.test("messages are found in a source: values, templates within, and what is added", () => {
  const source =
    'throw new NameError(`no "${of("a")}" in ${one ? `${x}` : ""}; ` +\n  "see: " + list);\n// new NameError(text)\n';
  assert.deepEqual(messagesOf("f", source), [{ file: "f", type: "NameError", text: 'no "…" in …; see: …' }]);
  const placed =
    ' * new NameError("an example");\nclass Own extends NameError {}\nnew PlacedError([...at, key], "no such");';
  assert.deepEqual(messagesOf("f", placed), [{ file: "f", type: "PlacedError", text: "no such" }]);
  assert.deepEqual(kindsOf(placed), [["Own", "NameError"]]);
});

Deno.test("the page about errors has each class of the catalogue, by its word and number, in their order", () => {
  assert.deepEqual([...sections.keys()], [...titleOf.values()]);
});

Deno.test("the page about errors has every message of what users run, in the section of its class", () => {
  const files = ROOMS.flatMap(filesOf);
  const kinds = new Map(files.flatMap((file) => kindsOf(textOf(file))));
  const messages: Message[] = files.flatMap((file) => messagesOf(file, textOf(file)))
    .map((message) => ({ ...message, type: kinds.get(message.type) ?? message.type }))
    .filter(({ type, text }) => titleOf.has(type) && !NOT_LISTED.has(type) && /\w{2}.*\w{2}/.test(text));
  assert(messages.length > 300, `${messages.length}`);
  const missing = messages.filter(({ type, text }) =>
    !sections.get(titleOf.get(type) ?? "")?.includes(text.trim())
  ).map(({ file, type, text }) => `${type} in ${file}: ${text}`);
  assert.deepEqual(missing, [], "add them to docs/troubleshooting.md, with what to do");
});

Deno.test("every message that the page about errors quotes is one of the product", () => {
  const texts = [...filesOf("core"), ...filesOf("plugins")].map((file) =>
    textOf(file).replaceAll(/["`] \+\s+["`]/g, "").replaceAll(/["`] \+\s*$\s*["`]/gm, "")
  );
  const listed = [...sections.values()].flat();
  const gone = listed.filter((message) => {
    const parts = message.split("…").map((part) => RegExp.escape(part.trimEnd())).filter((part) =>
      part !== ""
    );
    const pattern = new RegExp(parts.join("[^\\n]{0,200}?(?:\\n[^\\n]{0,120}?){0,3}?"));
    return !texts.some((text) => pattern.test(text));
  });
  assert.deepEqual(gone, []);
});
