/** Tests of manual pages on terminals. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bold,
  fill,
  heading,
  indented,
  italic,
  item,
  literal,
  paragraph,
  plain,
  subheading,
} from "../../tools/roff.ts";
import { terminalPage } from "./terminal_page.ts";

const show = (...lines: readonly (string | readonly string[])[]) =>
  terminalPage(lines.flat().join("\n"), 40, false);

Deno.test("headings, paragraphs, terms, indented parts and commands stand where man puts them", () => {
  const page = show(
    heading("name"),
    fill(`oping ${plain("-")} measure`),
    heading("files"),
    subheading("Of a user"),
    paragraph("One two three four five six seven eight nine ten."),
    item(bold("-l"), `Be ${italic("the")} server.`),
    indented(item("deep", "er")),
    literal([".dots and \\back", "  kept   as they are"]),
    item("last", "words"),
  );
  assert.deepEqual(page, [
    "NAME",
    "       oping - measure",
    "",
    "FILES",
    "   Of a user",
    "       One two three four five six seven",
    "       eight nine ten.",
    "",
    "       -l",
    "              Be the server.",
    "",
    "           deep",
    "                  er",
    "",
    "           .dots and \\back",
    "             kept   as they are",
    "",
    "       last",
    "              words",
  ]);
});

Deno.test("bold and italic text has codes that take no room", () => {
  const text = fill(`${bold("one")} ${italic("two")}`).join("\n");
  assert.deepEqual(terminalPage(text, 80, true), ["       \x1b[1mone\x1b[0m \x1b[4mtwo\x1b[0m"]);
});

Deno.test("no line of running text is longer than the terminal, and none of its words is lost", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z.'\\-]{1,20}$/), { minLength: 1 }), (words) => {
      const lines = show(heading("x"), fill(plain(words.join(" ")))).slice(1);
      assert(lines.every((line) => line.length <= 40));
      assert.deepEqual(lines.flatMap((line) => line.trim().split(" ")), words);
    }),
  );
});
