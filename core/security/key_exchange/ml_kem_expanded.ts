/**
 * ML-KEM with private keys in the expanded form, as the reference's raw files hold them.
 *
 * @module
 */
import { ml_kem1024, ml_kem512, ml_kem768 } from "@noble/post-quantum/ml-kem";

const SETS = { "ML-KEM-512": ml_kem512, "ML-KEM-768": ml_kem768, "ML-KEM-1024": ml_kem1024 } as const;

/** Returns the secret in a ciphertext. Lengths have been checked. */
export function decapsulateExpanded(
  name: keyof typeof SETS,
  key: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  return SETS[name].decapsulate(ciphertext, key);
}
