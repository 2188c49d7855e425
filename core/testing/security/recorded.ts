/**
 * Recorded exchanges with the private keys and the values that belong to them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import type { Done, Outcome } from "../../contract/outcome.ts";
import type { KeyExchangeName } from "../../contract/security.ts";
import { walk } from "../../../tests/vectors/walk.ts";
import type { Initiator } from "../../security/key_exchange/agreement.ts";
import { CurveAgreement, type CurveName } from "../../security/key_exchange/curve_agreement.ts";
import { DerReader, Tag } from "../../security/x509/der.ts";
import { FiniteFieldAgreement, type GroupName } from "../../security/key_exchange/finite_field_agreement.ts";
import {
  HybridAgreement,
  type HybridName,
  hybridParts,
} from "../../security/key_exchange/hybrid_agreement.ts";
import {
  ML_KEM,
  mlKemFromExpanded,
  mlKemFromSeed,
  type MlKemName,
} from "../../security/key_exchange/ml_kem.ts";
import { MlKemAgreement } from "../../security/key_exchange/ml_kem_agreement.ts";
import { pemBlocks } from "../../security/x509/pem.ts";
import { der, integer, oid, sequence } from "../../security/x509/der_writer.ts";
import { buffer } from "../../security/runtime_crypto.ts";

/** Values of one capture, as far as they were recorded. */
export interface RecordedKeys {
  readonly cipher_nid: number;
  readonly kdf_nid: number;
  readonly request_md_nid: number;
  readonly client_kex: string;
  readonly server_kex: string;
  readonly key: string;
  readonly kex_algorithm: KeyExchangeName;
  readonly Z: string;
  readonly salt: string;
  readonly client_private_pem?: string;
  readonly server_private_pem?: string;
  readonly client_private_raw?: string;
  readonly kem_seed?: string;
  readonly server_static_public_key_der?: string;
  readonly rotation_bit?: number;
  readonly rotation_salt?: string;
  readonly rotation_keys?: readonly string[];
}

/** By the name of the capture, without `.pcap`. */
export const RECORDED_KEYS: ReadonlyMap<string, RecordedKeys> = new Map(
  Object.entries<RecordedKeys>(
    JSON.parse(Deno.readTextFileSync(new URL("../../../tests/vectors/flows-keys.json", import.meta.url))),
  ).map(([name, keys]) => [name.replace(".pcap", ""), keys]),
);

export const hex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.fromHex(text);

/** The messages of a capture of one kind. */
export const messages = (capture: string, kind: "OAP request" | "OAP response" | "user data"): Uint8Array[] =>
  walk(capture, { applications: true }).filter((found) => found.kind === kind).map(({ bytes }) => bytes);

/** The value that an operation gives, now or later. */
export function valueOf<T>(run: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    run((outcome: Outcome<T>) => outcome.ok ? resolve(outcome.value) : reject(outcome.error))
  );
}

/** The initiator of a recorded exchange, from its private key. */
export async function initiatorOf(keys: RecordedKeys, pem = keys.client_private_pem): Promise<Initiator> {
  const name = keys.kex_algorithm;
  if (name.startsWith("ffdhe")) {
    assert(pem);
    const info = new DerReader(pemBlocks(pem)[0].der).enter(Tag.SEQUENCE, "a key");
    info.any();
    info.any();
    const exponent = info.enter(Tag.OCTET_STRING, "the key").expect(Tag.INTEGER, "the exponent").content;
    return new FiniteFieldAgreement(name as GroupName).withExponent(exponent);
  }
  if (keys.kem_seed) {
    const key = await mlKemFromSeed(name as MlKemName, hex(keys.kem_seed));
    return new MlKemAgreement(name as MlKemName).withKey(key);
  }
  if (keys.client_private_raw) {
    const raw = hex(keys.client_private_raw);
    const { kem, curve } = hybridParts(name as HybridName);
    const split = ML_KEM[kem].expandedKeyBytes;
    const algorithm = sequence(oid(curve === "X25519" ? "2b656e" : "2b656f"));
    const inner = der(Tag.OCTET_STRING, der(Tag.OCTET_STRING, raw.subarray(split)));
    const pkcs8 = sequence(integer(Uint8Array.of(0)), algorithm, inner);
    return new HybridAgreement(name as HybridName).withKeys(
      mlKemFromExpanded(kem, raw.subarray(0, split)),
      createPrivateKey({ key: buffer(pkcs8), format: "der", type: "pkcs8" }),
    );
  }
  assert(pem);
  return new CurveAgreement(name as CurveName).withKey(createPrivateKey(pem));
}
