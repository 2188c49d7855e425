/**
 * The static keys of servers for which clients encapsulate (`kem_mode=client`): PEM for ML-KEM, raw bytes for hybrids.
 *
 * @module
 */
import { CryptError } from "../../contract/errors.ts";
import type { Done } from "../../contract/outcome.ts";
import type { KeyExchangeName } from "../../contract/security.ts";
import { attempt, attemptLater, type Initiator } from "./agreement.ts";
import type { KeyExchange } from "../algorithms.ts";
import { contextTag, DerReader, Tag } from "../x509/der.ts";
import { der, integer, oid, sequence } from "../x509/der_writer.ts";
import { HybridAgreement, hybridBytes, type HybridName, hybridParts } from "./hybrid_agreement.ts";
import { keyExchangeOf } from "./key_exchange.ts";
import {
  type DecapsulationKey,
  ML_KEM,
  ML_KEM_NAMES,
  mlKemFromExpanded,
  mlKemFromSeed,
  type MlKemName,
  SEED_BYTES,
} from "./ml_kem.ts";
import { MlKemAgreement } from "./ml_kem_agreement.ts";
import { pemBlocks } from "../x509/pem.ts";
import { buffer, runtimeCrypto } from "../runtime_crypto.ts";

const decoder = new TextDecoder();
const CURVE_OIDS = { X25519: "2b656e", X448: "2b656f" } as const;

const isMlKem = (name: KeyExchangeName): name is MlKemName => ML_KEM_NAMES.some((one) => one === name);
const isHybrid = (name: KeyExchangeName): name is HybridName =>
  name === "X25519MLKEM768" || name === "X448MLKEM1024";

/** Returns how the file of a static key ends. */
export const staticKeySuffix = ({ kind }: KeyExchange): string => kind === "hybrid" ? ".raw" : ".pem";

/**
 * Reads the public key in a file, as it counts for the derivation of keys.
 *
 * @throws CryptError when it is no key of that algorithm
 */
export function staticPublicKey({ name, kind }: KeyExchange, file: Uint8Array, path: string): Uint8Array {
  const key = kind === "hybrid"
    ? file
    : pemBlocks(decoder.decode(file)).find(({ label }) => label === "PUBLIC KEY")?.der;
  if (!key || keyExchangeOf(key, kind === "hybrid")?.name !== name) {
    throw new CryptError(`${path} has no public key of ${name}`);
  }
  return key;
}

/** Reads the private key in a file. Fails with a CryptError when it is no key of that algorithm. */
export function staticPrivateKey(
  { name }: KeyExchange,
  file: Uint8Array,
  path: string,
  done: Done<Initiator>,
): void {
  const doing = `${path} has no private key of ${name}`;
  if (isMlKem(name)) {
    return attemptLater(
      doing,
      done,
      async () => new MlKemAgreement(name).withKey(await fromPkcs8(name, file)),
    );
  }
  attempt(doing, done, () => {
    if (!isHybrid(name)) throw new CryptError(`${name} has no static keys`);
    return fromRaw(name, file);
  });
}

/** PKCS #8 with the key as a seed, expanded, or both. */
async function fromPkcs8(name: MlKemName, file: Uint8Array): Promise<DecapsulationKey> {
  const block = pemBlocks(decoder.decode(file)).find(({ label }) => label === "PRIVATE KEY");
  if (!block) throw new CryptError("there is no PRIVATE KEY");
  const info = new DerReader(block.der).enter(Tag.SEQUENCE, "a private key");
  info.expect(Tag.INTEGER, "the version");
  const algorithm = info.expect(Tag.SEQUENCE, "the algorithm").whole;
  // The same algorithm identifier as that of public keys.
  if (algorithm.toHex() !== ML_KEM[name].prefix.subarray(4, 17).toHex()) {
    throw new CryptError("it is of another kind");
  }
  const key = new DerReader(info.expect(Tag.OCTET_STRING, "the private key").content);
  const seed = key.tag === Tag.SEQUENCE
    ? key.enter(Tag.SEQUENCE, "the key").expect(Tag.OCTET_STRING, "the seed")
    : key.any();
  if (seed.tag === contextTag(0, false) || seed.content.length === SEED_BYTES) {
    return await mlKemFromSeed(name, seed.content);
  }
  return mlKemFromExpanded(name, seed.content);
}

/** Reads the expanded key of ML-KEM and the key of the curve. */
function fromRaw(name: HybridName, file: Uint8Array): Initiator {
  const { kem, curve } = hybridParts(name);
  const split = ML_KEM[kem].expandedKeyBytes;
  const { privateKey } = hybridBytes(name);
  if (file.length !== privateKey) {
    throw new CryptError(`it has ${file.length} bytes instead of ${privateKey}`);
  }
  const algorithm = curve === "X25519" ? CURVE_OIDS.X25519 : CURVE_OIDS.X448;
  const pkcs8 = sequence(
    integer(Uint8Array.of(0)),
    sequence(oid(algorithm)),
    der(Tag.OCTET_STRING, der(Tag.OCTET_STRING, file.subarray(split))),
  );
  const key = runtimeCrypto().createPrivateKey({ key: buffer(pkcs8), format: "der", type: "pkcs8" });
  pkcs8.fill(0);
  return new HybridAgreement(name).withKeys(mlKemFromExpanded(kem, file.subarray(0, split)), key);
}
