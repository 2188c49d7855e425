/**
 * What the demonstration shows: commands as a person types them, and who says what.
 *
 * @module
 */

/** Whether to write colours. */
export const COLOURS = Deno.stdout.isTerminal() && Deno.env.get("NO_COLOR") === undefined;

const CODES = { bold: "1", dim: "2", cyan: "36", magenta: "35" } as const;

/** A way to set text off. */
export type Style = keyof typeof CODES;

/** Text in a style, where colours are wanted. */
export const styled = (style: Style, text: string): string =>
  COLOURS ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;

/** Text without colours, for comparisons. */
// deno-lint-ignore no-control-regex
export const plain = (text: string): string => text.replace(/\x1b\[[0-9;]*m/g, "");

let shut = false;

/** Shows a line; a screen that went away is left alone, so that everything is ended in order. */
export function show(line: string): void {
  if (shut) return;
  try {
    console.log(line);
  } catch {
    shut = true;
  }
}

/** Shows a command, as typed. */
export function showCommand(words: readonly string[], background = false): void {
  show(styled("bold", `$ ${words.join(" ")}${background ? " &" : ""}`));
}

/** Shows an explanation. */
export function explain(text: string): void {
  show("");
  show(styled("dim", `# ${text}`));
}
