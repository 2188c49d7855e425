/**
 * Declarations of the hash functions that layers of the reference use.
 *
 * @module
 */
import { declarePlugin } from "../../core/contract/plugin.ts";

const sha3 = (bits: number, code: number) =>
  declarePlugin({
    kind: "hash",
    name: `SHA3_${bits}`,
    code,
    description: `SHA-3 with ${bits} bits (FIPS 202)`,
    options: [],
    position: 10 * (code + 1),
    rank: 10 * (code + 1),
  });

/** SHA-3 with 224 bits. */
export const SHA3_224 = sha3(224, 0);
/** SHA-3 with 256 bits, the default of layers. */
export const SHA3_256 = sha3(256, 1);
/** SHA-3 with 384 bits. */
export const SHA3_384 = sha3(384, 2);
/** SHA-3 with 512 bits. */
export const SHA3_512 = sha3(512, 3);

/** MD5, of layers over UDP: their directory, the DNS, takes no longer names in one label. */
export const MD5 = declarePlugin({
  kind: "hash",
  name: "MD5",
  description: "MD5 (RFC 1321), in layers over UDP",
  options: [],
  internal: true,
});
