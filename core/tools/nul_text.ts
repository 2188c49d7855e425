/**
 * Texts that end with a NUL, as the reference's tools send them.
 *
 * @module
 */
const decoder = new TextDecoder();

/** Returns the bytes of a text and a NUL. */
export const nulText = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`${text}\0`);

/**
 * Returns the text up to the first NUL; all of it when there is none.
 *
 * @example
 * ```ts
 * import { nulText, textOf } from "./nul_text.ts";
 * import assert from "node:assert/strict";
 * assert.equal(textOf(nulText("hello")), "hello");
 * ```
 */
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes).split("\0")[0];
