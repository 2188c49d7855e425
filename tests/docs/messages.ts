/**
 * The messages of errors that files of the product make, as texts with `…` for what differs.
 *
 * @module
 */

/** An error that a file makes. */
export interface Message {
  readonly file: string;
  /** Class of the catalogue. */
  readonly type: string;
  /** With `…` for each value in it. */
  readonly text: string;
}

/** Finds the messages that stand in a source text as literals, behind the place of what is wrong where that comes first. */
export function messagesOf(file: string, source: string): Message[] {
  const code = source.replaceAll(/^ *\*.*$/gm, "");
  return [...code.matchAll(/new (\w+Error)\(\s*(?:(?:\[[^\]]*\]|[\w.]+),\s*)?(?=["`])/g)].map((found) => ({
    file,
    type: found[1],
    text: literalAt(code, found.index + found[0].length).replaceAll(/(?:… ?)+…/g, "…"),
  })).filter(({ text }) => /\w/.test(text));
}

/** Finds the classes of errors that a source text makes of others, with the class that each is made of. */
export const kindsOf = (source: string): [own: string, of: string][] =>
  [...source.matchAll(/class (\w+) extends (\w+Error)\b/g)].map(([, own, of]) => [own, of]);

/** Reads a literal, and those that are added to it. */
function literalAt(source: string, from: number): string {
  let text = "";
  let at = from;
  for (;;) {
    const quote = source[at];
    if (quote !== '"' && quote !== "`") return `${text}…`;
    for (at++; source[at] !== quote; at++) {
      if (source[at] === "\\") text += source[++at];
      else if (quote === "`" && source.startsWith("${", at)) {
        at = endOfValue(source, at + 2);
        text += "…";
      } else text += source[at];
    }
    const [more] = /^\s*\+\s*/.exec(source.slice(at + 1, at + 100)) ?? [];
    if (more === undefined) return text;
    at += 1 + more.length;
  }
}

/** Returns where the brace is that ends a value in a template. */
function endOfValue(source: string, from: number): number {
  let depth = 1;
  for (let at = from;; at++) {
    if (source[at] === "{") depth++;
    if (source[at] === "}" && --depth === 0) return at;
  }
}
