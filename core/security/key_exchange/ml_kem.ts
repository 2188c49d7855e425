/**
 * ML-KEM (FIPS 203), by the runtime's WebCrypto. Private keys in the expanded form, which WebCrypto does not take, go through
 * a library that is loaded when the first one comes.
 *
 * @module
 */
import { CryptError } from "../../contract/errors.ts";
import { owned } from "../runtime_crypto.ts";

/** Parameter sets; lengths are in bytes. The prefix makes a public key a SubjectPublicKeyInfo (DER). */
export const ML_KEM = {
  "ML-KEM-512": {
    publicKeyBytes: 800,
    ciphertextBytes: 768,
    expandedKeyBytes: 1632,
    prefix: Uint8Array.fromHex("30820332300b06096086480165030404010382032100"),
  },
  "ML-KEM-768": {
    publicKeyBytes: 1184,
    ciphertextBytes: 1088,
    expandedKeyBytes: 2400,
    prefix: Uint8Array.fromHex("308204b2300b0609608648016503040402038204a100"),
  },
  "ML-KEM-1024": {
    publicKeyBytes: 1568,
    ciphertextBytes: 1568,
    expandedKeyBytes: 3168,
    prefix: Uint8Array.fromHex("30820632300b06096086480165030404030382062100"),
  },
} as const;

/** Name of a parameter set. */
export type MlKemName = keyof typeof ML_KEM;
/** All parameter sets. */
export const ML_KEM_NAMES: readonly MlKemName[] = ["ML-KEM-512", "ML-KEM-768", "ML-KEM-1024"];

/** Bytes of the seed that a private key is made from. */
export const SEED_BYTES = 64;

/** Opens what was encapsulated for it. */
export interface DecapsulationKey {
  /** The public key, raw. */
  readonly publicKey: Uint8Array;
  /** Returns the secret in a ciphertext. A forged one gives another secret, not an error. */
  decapsulate(ciphertext: Uint8Array): Promise<Uint8Array>;
}

/** What the runtime knows beyond the types of the web. */
interface KemCalls {
  encapsulateBits(
    algorithm: { name: string },
    key: CryptoKey,
  ): Promise<{ sharedKey: ArrayBuffer; ciphertext: ArrayBuffer }>;
  decapsulateBits(
    algorithm: { name: string },
    key: CryptoKey,
    ciphertext: BufferSource,
  ): Promise<ArrayBuffer>;
  importKey(
    format: "raw-public" | "raw-seed",
    key: BufferSource,
    algorithm: { name: string },
    extractable: boolean,
    usages: readonly string[],
  ): Promise<CryptoKey>;
  exportKey(format: "raw-public" | "raw-seed", key: CryptoKey): Promise<ArrayBuffer>;
  getPublicKey(key: CryptoKey, usages: readonly string[]): Promise<CryptoKey>;
}

function kem(): KemCalls {
  const { subtle } = crypto;
  if (hasKem(subtle)) return subtle;
  throw new CryptError("this runtime does not know ML-KEM; choose another key exchange");
}

const hasKem = (subtle: object): subtle is KemCalls => "encapsulateBits" in subtle;

/** Makes a fresh key pair. */
export async function generateMlKem(name: MlKemName): Promise<DecapsulationKey> {
  const seed = crypto.getRandomValues(new Uint8Array(SEED_BYTES));
  const key = await mlKemFromSeed(name, seed);
  seed.fill(0);
  return key;
}

/** Makes a private key from its seed. */
export async function mlKemFromSeed(name: MlKemName, seed: Uint8Array): Promise<DecapsulationKey> {
  const calls = kem();
  const key = await calls.importKey("raw-seed", owned(seed), { name }, false, ["decapsulateBits"]);
  const publicKey = await calls.getPublicKey(key, ["encapsulateBits"]);
  return {
    publicKey: new Uint8Array(await calls.exportKey("raw-public", publicKey)),
    async decapsulate(ciphertext) {
      checkCiphertext(name, ciphertext);
      return new Uint8Array(await calls.decapsulateBits({ name }, key, owned(ciphertext)));
    },
  };
}

/** Makes a private key in its expanded form, in which the public key is a part. */
export function mlKemFromExpanded(name: MlKemName, key: Uint8Array): DecapsulationKey {
  const { publicKeyBytes, expandedKeyBytes } = ML_KEM[name];
  if (key.length !== expandedKeyBytes) {
    throw new CryptError(`a key of ${name} has ${expandedKeyBytes} bytes; this one has ${key.length}`);
  }
  // Private part, public key, hash of the public key (32), secret for refusals (32).
  const end = expandedKeyBytes - 64;
  return {
    publicKey: key.subarray(end - publicKeyBytes, end),
    async decapsulate(ciphertext) {
      checkCiphertext(name, ciphertext);
      const { decapsulateExpanded } = await import("./ml_kem_expanded.ts");
      return decapsulateExpanded(name, key, ciphertext);
    },
  };
}

/** Encapsulates a fresh secret for a raw public key. */
export async function encapsulateMlKem(
  name: MlKemName,
  publicKey: Uint8Array,
): Promise<{ readonly secret: Uint8Array; readonly ciphertext: Uint8Array }> {
  const calls = kem();
  const key = await calls.importKey("raw-public", owned(publicKey), { name }, false, ["encapsulateBits"]);
  const { sharedKey, ciphertext } = await calls.encapsulateBits({ name }, key);
  return { secret: new Uint8Array(sharedKey), ciphertext: new Uint8Array(ciphertext) };
}

function checkCiphertext(name: MlKemName, { length }: Uint8Array): void {
  const { ciphertextBytes } = ML_KEM[name];
  if (length !== ciphertextBytes) {
    throw new CryptError(`a ciphertext of ${name} has ${ciphertextBytes} bytes; this one has ${length}`);
  }
}
