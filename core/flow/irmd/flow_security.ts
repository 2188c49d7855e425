/**
 * The security of a flow that the IRMd gives: checked against what was asked, and its cipher.
 *
 * @module
 */
import type { PacketCipher } from "../../contract/cipher.ts";
import { AuthError, CryptError, ProtocolError } from "../../contract/errors.ts";
import type { Random } from "../../contract/ports.ts";
import type { FlowSecurity, KnownSecurity, SecurityOptions } from "../../contract/security.ts";
import { fieldsOf } from "../../wire/local/fields.ts";
import { flowSecurityFromJson } from "../../wire/local/security_json.ts";

/** A flow's security at this end. */
export interface SecuredFlow {
  readonly security: KnownSecurity;
  /** Encrypts its packets; undefined: they are in clear. Whoever uses it closes it. */
  readonly cipher: PacketCipher | undefined;
}

/**
 * Reads the answer to `flow.allocate` or `flow.accept`, and makes the cipher; the key is wiped.
 *
 * @param asked what this process has asked
 * @throws CryptError, AuthError when the flow has less than was asked
 */
export async function secureFlow(
  result: unknown,
  asked: SecurityOptions,
  random: Random,
): Promise<SecuredFlow> {
  const { encryption, peer } = understood(result);
  try {
    check(asked, encryption !== undefined, peer !== undefined);
    const security = { cipher: encryption?.cipher, peer };
    if (!encryption) return { security, cipher: undefined };
    // Most programs have no use for its code.
    const { packetCipher } = await import("../../os/crypto/system_cipher.ts");
    return { security, cipher: await packetCipher(encryption, random) };
  } finally {
    encryption?.key.fill(0);
  }
}

/** The IRMd sees to it; one of an earlier version would pass over what it does not know. */
function check(asked: SecurityOptions, encrypted: boolean, certified: boolean): void {
  const { require = [], keyExchange, cipher, kdf, authorities } = asked;
  if (!encrypted && (keyExchange ?? cipher ?? kdf ?? require.includes("encryption"))) {
    throw new CryptError("the flow is not encrypted, as was asked; is the IRMd of an earlier version?");
  }
  if (!certified && (authorities !== undefined || require.includes("certificate"))) {
    throw new AuthError(
      "the other end of the flow was not authenticated, as was asked; is the IRMd of an earlier version?",
    );
  }
}

function understood(result: unknown): FlowSecurity {
  try {
    return flowSecurityFromJson(fieldsOf(result, "the answer"), "security");
  } catch (cause) {
    throw new ProtocolError(`the IRMd answered what cannot be understood: ${String(cause)}`, { cause });
  }
}
