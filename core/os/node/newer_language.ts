/**
 * Functions of the language that Node 20 has not got yet, where they are missing, in the forms that the library calls.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Adds a function to an object that has none of that name. */
function add(to: object, name: string, value: (this: Uint8Array, ...words: never[]) => unknown): void {
  if (!(name in to)) Object.defineProperty(to, name, { value, writable: true, configurable: true });
}

const textOf = (of: Uint8Array, encoding: "base64" | "hex") =>
  Buffer.from(of.buffer, of.byteOffset, of.length).toString(encoding);

/** Node's own way passes over what it cannot read, where this has to throw. */
function bytesOf(text: string, encoding: "base64" | "hex"): Uint8Array {
  const bytes = Buffer.from(text, encoding);
  if (bytes.toString(encoding) !== text) throw new SyntaxError(`this is not ${encoding}`);
  return new Uint8Array(bytes);
}

/** Adds them. */
export function addMissing(): void {
  add(Uint8Array.prototype, "toBase64", function () {
    return textOf(this, "base64");
  });
  add(Uint8Array.prototype, "toHex", function () {
    return textOf(this, "hex");
  });
  add(Uint8Array, "fromBase64", (text: string) => bytesOf(text, "base64"));
  add(Uint8Array, "fromHex", (text: string) => bytesOf(text.toLowerCase(), "hex"));
  add(Promise, "withResolvers", () => {
    let resolve, reject;
    const promise = new Promise((done, failed) => [resolve, reject] = [done, failed]);
    return { promise, resolve, reject };
  });
  for (const name of ["dispose", "asyncDispose"]) {
    if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol.for(`Symbol.${name}`) });
  }
}
