/**
 * The cipher of a flow with what the machine has: `libcrypto` where it is installed, else the runtime.
 *
 * @module
 */
import type { PacketCipher } from "../../contract/cipher.ts";
import type { Random } from "../../contract/ports.ts";
import type { CipherName, FlowKey } from "../../contract/security.ts";
import type { CipherBackend } from "../../security/cipher/cipher_backend.ts";
import { FlowCipher } from "../../security/cipher/packet_cipher.ts";
import { runtimeBackend } from "../../security/cipher/runtime_backend.ts";
import { libcryptoBackend } from "./libcrypto.ts";

/** Returns what encrypts with a cipher on this machine. */
export async function systemBackend(cipher: CipherName): Promise<CipherBackend> {
  const libcrypto = libcryptoBackend();
  if (libcrypto) return libcrypto;
  if (cipher !== "aes-192-gcm") return runtimeBackend;
  const { libraryBackend } = await import("../../security/cipher/library_backend.ts");
  return libraryBackend;
}

/**
 * Makes the cipher of one end of a flow. Make it once for a key, and wipe the bytes of the key afterwards.
 *
 * @param backend what encrypts; left out: the fastest of this machine
 * @throws InvalidError when the key has not 32 bytes
 *
 * @example
 * ```ts
 * import { packetCipher } from "./system_cipher.ts";
 * import { systemRandom } from "../clock.ts";
 * import { runtimeBackend } from "../../security/cipher/runtime_backend.ts";
 * import assert from "node:assert/strict";
 * const key = new Uint8Array(32).fill(1);
 * const end = (role: "client" | "server") =>
 *   packetCipher({ cipher: "aes-256-gcm", key, role }, systemRandom, runtimeBackend);
 * const [client, server] = await Promise.all([end("client"), end("server")]);
 * const pdu = new Uint8Array(100);
 * const length = client.seal(new Uint8Array(12), Uint8Array.of(1, 2, 3), pdu);
 * assert.equal(length, 12 + 3 + client.overhead);
 * assert.equal(server.open(pdu.subarray(0, length))?.length, 15);
 * assert.equal(server.open(pdu.subarray(0, length)), undefined);
 * ```
 */
export async function packetCipher(
  key: FlowKey,
  random: Random,
  backend?: CipherBackend,
): Promise<PacketCipher> {
  return new FlowCipher(key, random, backend ?? await systemBackend(key.cipher));
}
