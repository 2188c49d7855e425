/**
 * A manual page as a terminal shows it: renders the macros of man(7) that `core/tools/roff.ts` writes. Hosts without a `man`
 * can read the pages all the same.
 *
 * @module
 */

/** Indentation of text, of the heading of a part, and of what is said of a term, as man has them. */
const TEXT = 7, PART = 3, HANG = 7;
/** Longer lines are hard to read. */
const WIDEST = 100;

/** Marks that stand for fonts while lines are broken: they take no room. */
const BOLD = "\x01", ITALIC = "\x02", ROMAN = "\x03";
const CODES: Readonly<Record<string, string>> = {
  [BOLD]: "\x1b[1m",
  [ITALIC]: "\x1b[4m",
  [ROMAN]: "\x1b[0m",
};
// deno-lint-ignore no-control-regex
const MARKS = /[\x01-\x03]/g;

const FONTS: Readonly<Record<string, string>> = { B: BOLD, I: ITALIC, R: ROMAN };

/**
 * Renders a page.
 *
 * @param roff of the page
 * @param columns of the terminal
 * @param styles bold and underlined text, by the codes of ECMA-48
 *
 * @example
 * ```ts
 * import { terminalPage } from "./terminal_page.ts";
 * import assert from "node:assert/strict";
 * const page = ".SH NAME\noping \\- measure\n.TP\n\\fB\\-l\\fR, \\fB\\-\\-listen\\fR\nBe the server.";
 * assert.deepEqual(terminalPage(page, 80, false), [
 *   "NAME",
 *   "       oping - measure",
 *   "",
 *   "       -l, --listen",
 *   "              Be the server.",
 * ]);
 * ```
 */
export function terminalPage(roff: string, columns: number, styles: boolean): string[] {
  const page = new TerminalPage(Math.min(columns, WIDEST));
  for (const line of roff.split("\n")) page.take(line);
  return page.end().map((line) => line.replace(MARKS, (mark) => styles ? CODES[mark] : ""));
}

class TerminalPage {
  readonly #lines: string[] = [];
  readonly #outer: number[] = [];
  #indent = TEXT;
  /** Indentation of the text that follows a term, on top. */
  #hang = 0;
  #words: string[] = [];
  #literal = false;
  #termNext = false;
  /** The last line is a heading. */
  #headed = false;

  constructor(private readonly columns: number) {}

  take(line: string): void {
    const [, macro, rest] = /^\.([A-Za-z]{2})(?: (.*))?$/.exec(line) ?? [];
    if (macro !== undefined) return this.#macro(macro, rest ?? "");
    const text = textOf(line);
    if (this.#termNext) {
      this.#termNext = false;
      this.#put(this.#indent, text);
      this.#hang = HANG;
    } else if (this.#literal) this.#put(this.#left, text);
    else this.#words.push(...text.split(" ").filter((word) => word !== ""));
  }

  end(): string[] {
    this.#flush();
    return this.#lines;
  }

  get #left(): number {
    return this.#indent + this.#hang;
  }

  #macro(macro: string, rest: string): void {
    if (macro === "BR") return void this.#words.push(...alternating(rest).split(" "));
    this.#flush();
    switch (macro) {
      case "SH":
      case "SS":
        [this.#indent, this.#hang] = [TEXT, 0];
        this.#blank();
        this.#put(macro === "SH" ? 0 : PART, `${BOLD}${textOf(rest)}${ROMAN}`);
        this.#headed = true;
        break;
      case "TP":
      case "PP":
        this.#hang = 0;
        this.#termNext = macro === "TP";
        this.#blank();
        break;
      case "RS":
        this.#outer.push(this.#indent, this.#hang);
        [this.#indent, this.#hang] = [this.#indent + Number(rest || HANG), 0];
        break;
      case "RE":
        this.#hang = this.#outer.pop() ?? 0;
        this.#indent = this.#outer.pop() ?? TEXT;
        break;
      case "nf":
      case "fi":
        this.#literal = macro === "nf";
    }
  }

  /** One blank line, but none below a heading or at the top. */
  #blank(): void {
    const last = this.#lines.at(-1) ?? "";
    if (last !== "" && !this.#headed) this.#lines.push("");
  }

  #put(indent: number, text: string): void {
    this.#headed = false;
    this.#lines.push(text === "" ? "" : " ".repeat(indent) + text);
  }

  #flush(): void {
    const room = Math.max(20, this.columns - this.#left);
    let line = "", length = 0;
    for (const word of this.#words) {
      const width = word.replace(MARKS, "").length;
      if (length > 0 && length + 1 + width > room) {
        this.#put(this.#left, line);
        [line, length] = ["", 0];
      }
      line += length > 0 ? ` ${word}` : word;
      length += length > 0 ? width + 1 : width;
    }
    if (line !== "") this.#put(this.#left, line);
    this.#words = [];
  }
}

/** Turns the escapes of roff into characters and marks. */
const textOf = (roff: string): string =>
  roff.replace(/\\(f[BIR]|[-e&])/g, (_all, what: string) => {
    if (what === "-") return "-";
    if (what === "e") return "\\";
    return what === "&" ? "" : FONTS[what[1]];
  });

/** Words in bold and in roman by turns, without blanks between them: how pages name others. */
const alternating = (words: string): string =>
  words.split(" ").map((word, at) => at % 2 === 0 ? `${BOLD}${textOf(word)}${ROMAN}` : textOf(word)).join("");
