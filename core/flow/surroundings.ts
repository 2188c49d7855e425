/**
 * What a client takes from its process where it is not told: the runtime folder and the name of the program.
 *
 * @module
 */
import { IrmdError } from "../contract/errors.ts";

/** The runtime folder (docs/local-protocol.md §1). @throws IrmdError when there is none */
export function runtimeFolder(): string {
  const own = Deno.env.get("OURO_RUNTIME_DIR");
  if (own) return own;
  if (Deno.uid() === 0) return "/run/ouroboros";
  const session = Deno.env.get("XDG_RUNTIME_DIR");
  if (session) return `${session}/ouroboros`;
  throw new IrmdError(
    "where the IRMd is cannot be told: neither OURO_RUNTIME_DIR nor XDG_RUNTIME_DIR is set; set the first to its runtime folder",
  );
}

/** Base name of the main module, without its ending. */
export function programName(module: string = Deno.mainModule): string {
  const base = module.replace(/[?#].*$/, "").replace(/\/+$/, "").split("/").pop() ?? "";
  return base.replace(/(.)\.[^.]*$/, "$1") || "program";
}
