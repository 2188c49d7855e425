/**
 * Flows that are more than packets in a pipe, for the flow benchmark.
 *
 * @module
 */
import type { AllocateOptions } from "../../mod.ts";

const ENCRYPTED: AllocateOptions = { security: { keyExchange: "X25519", cipher: "aes-256-gcm" } };

/** Kinds of flows, besides raw ones. `runtime`: this process has no libcrypto. */
const KINDS: Readonly<Record<string, AllocateOptions>> = {
  reliable: { qos: "data" },
  encrypted: ENCRYPTED,
  "encrypted-runtime": ENCRYPTED,
};

/** How to allocate a flow of a kind; to be called by both ends, before the flow. */
export function kindOptions(kind = "raw"): AllocateOptions {
  if (kind.endsWith("-runtime")) hideLibcrypto();
  return KINDS[kind] ?? {};
}

/** From now on this process is on a machine without the library. */
function hideLibcrypto(): void {
  const { dlopen } = Deno;
  const without: typeof dlopen = (name, symbols) => {
    if (String(name).includes("libcrypto")) throw new TypeError("there is no such library");
    return dlopen(name, symbols);
  };
  Reflect.set(Deno, "dlopen", without);
}
