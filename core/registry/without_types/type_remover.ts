/**
 * The libraries that read TypeScript: one takes the types away, one finds what a module imports. Where it is bundled, the first
 * asks the global object for `require` while it is loaded.
 *
 * @module
 */
import { transformSync } from "amaro";
import { parse } from "es-module-lexer";

/** A place in a module's text that names another module. */
export interface ImportPlace {
  readonly specifier: string;
  readonly start: number;
  readonly end: number;
  /** The place is an expression, the argument of `import()`: what replaces it needs quotes. */
  readonly expression: boolean;
}

/**
 * Makes JavaScript of TypeScript. Imports that only types use go with them, as in the runtime's own way.
 *
 * @throws SyntaxError that names line and column
 *
 * @example
 * ```ts
 * import { removeTypes } from "./type_remover.ts";
 * import assert from "node:assert/strict";
 * assert.equal(removeTypes("export const a: number = 1;").trim(), "export const a = 1;");
 * ```
 */
export function removeTypes(text: string): string {
  try {
    const transform = { verbatimModuleSyntax: false, nativeClassProperties: true };
    return transformSync(text, { mode: "transform", transform }).code;
  } catch (thrown) {
    throw new SyntaxError(faultOf(thrown), { cause: thrown });
  }
}

/**
 * Returns the places of a JavaScript module that name other modules by a literal.
 *
 * @throws SyntaxError when it is no module
 */
export function importPlaces(text: string): ImportPlace[] {
  const places: ImportPlace[] = [];
  for (const found of parse(text)[0]) {
    if (!("specifier" in found) || typeof found.specifier !== "string") continue;
    const expression = found.type === "dynamic";
    if (expression && found.glob) continue;
    places.push({ specifier: found.specifier, start: found.start, end: found.end, expression });
  }
  return places;
}

/** What the library throws is an object that is no error. */
function faultOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  const [message, line, column] = ["message", "startLine", "startColumn"].map((key) =>
    Reflect.get(thrown, key)
  );
  return typeof line === "number"
    ? `${message} at line ${line}, column ${Number(column) + 1}`
    : String(message);
}
