/**
 * The hash function of layers over UDP. It is no protection against anybody; the reference sets it.
 *
 * @module
 */
import type { Plugin } from "../../core/contract/plugin.ts";
import { MD5 } from "./declarations.ts";
import { runtimeHash } from "./runtime_hash.ts";

/** MD5. */
export const md5: Plugin<"hash"> = runtimeHash(MD5, "md5", 16);
