/**
 * The name of the program that a client is in.
 *
 * @module
 */

/** Base name of the main module, without its ending. */
export function programName(module: string = Deno.mainModule): string {
  const base = module.replace(/[?#].*$/, "").replace(/\/+$/, "").split("/").pop() ?? "";
  return base.replace(/(.)\.[^.]*$/, "$1") || "program";
}
