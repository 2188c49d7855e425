/**
 * What two ends agree on: the stronger of what each has configured, and nothing weaker than either.
 *
 * @module
 */
import { CryptError } from "../../contract/errors.ts";
import type { OapHeader } from "../../wire/oap_header.ts";
import { type Cipher, cipherOf, type Digest, digestOf, type KeyExchange, stronger } from "../algorithms.ts";
import type { Encryption } from "./enc_conf.ts";
import type { FlowPolicy } from "./flow_policy.ts";
import { keyExchangeOf } from "../key_exchange/key_exchange.ts";

/** How a flow is to be encrypted. */
export interface Agreed {
  readonly keyExchange: KeyExchange;
  readonly cipher: Cipher;
  /** undefined: neither end names one, and SHA-256 is used. */
  readonly kdf: Digest | undefined;
  /** The client has encapsulated for the server's static key. */
  readonly clientEncapsulates: boolean;
}

/** Returns the digest for the derivation of keys. */
export const kdfName = ({ kdf }: Pick<Agreed, "kdf">): Digest["name"] => kdf?.name ?? "sha256";

/**
 * Returns what a server makes of a request; undefined: a flow in clear. It costs no more than looking at the bytes.
 *
 * @throws CryptError when the request offers less than the server demands, or cannot be understood
 */
export function answerTo(
  request: OapHeader,
  { encryption, staticPrivateKey }: FlowPolicy,
): Agreed | undefined {
  if (request.keyExchange.length === 0) {
    if (!encryption) return undefined;
    throw new CryptError("the other end asks for a flow in clear; flows for this name are encrypted");
  }
  if (request.clientEncapsulates) {
    return answerToCiphertext(request, encryption, staticPrivateKey !== undefined);
  }
  const keyExchange = keyExchangeOf(request.keyExchange, request.hybrid);
  if (!keyExchange) throw new CryptError("the other end offers a key of no known algorithm");
  if (encryption && keyExchange.rank < encryption.keyExchange.rank) {
    throw new CryptError(
      `the other end offers ${keyExchange.name}; ${encryption.keyExchange.name} is the least for this name`,
    );
  }
  return {
    keyExchange,
    cipher: theCipher(request, encryption),
    kdf: stronger(digestOf(request.kdf), encryption?.kdf),
    clientEncapsulates: false,
  };
}

function answerToCiphertext(
  request: OapHeader,
  encryption: Encryption | undefined,
  hasKey: boolean,
): Agreed {
  if (!encryption || !hasKey) {
    throw new CryptError("the other end has encapsulated for a static key; this name has none");
  }
  const kdf = digestOf(request.kdf);
  if ((kdf?.rank ?? 0) < encryption.kdf.rank) {
    throw new CryptError(
      `the other end derives keys with ${
        kdf?.name ?? "no digest"
      }; ${encryption.kdf.name} is the least for this name`,
    );
  }
  const { keyExchange } = encryption;
  return { keyExchange, cipher: theCipher(request, encryption), kdf, clientEncapsulates: true };
}

function theCipher({ cipher: nid }: OapHeader, encryption: Encryption | undefined): Cipher {
  const cipher = stronger(cipherOf(nid), encryption?.cipher);
  if (!cipher) throw new CryptError("neither end names a cipher");
  return cipher;
}

/**
 * Returns what a client makes of a response, when it has asked for encryption.
 *
 * @throws CryptError when the response gives less than the client demands
 */
export function checkAnswer(response: OapHeader, encryption: Encryption): Agreed {
  const { keyExchange, clientEncapsulates: asked } = encryption;
  const clientEncapsulates = asked && keyExchange.kind !== "dh";
  if ((response.keyExchange.length > 0) === clientEncapsulates) {
    throw new CryptError("the other end does not answer the key exchange; this flow has to be encrypted");
  }
  const cipher = cipherOf(response.cipher);
  if (!cipher || cipher.rank < (encryption.cipher?.rank ?? 0)) {
    const least = encryption.cipher?.name ?? "any cipher";
    throw new CryptError(`the other end chose ${cipher?.name ?? "no cipher"}; ${least} is the least`);
  }
  const answered = digestOf(response.kdf);
  if (clientEncapsulates || !answered) {
    return { keyExchange, cipher, kdf: encryption.kdf, clientEncapsulates };
  }
  if (answered.rank < encryption.kdf.rank) {
    throw new CryptError(
      `the other end derives keys with ${answered.name}; ${encryption.kdf.name} is the least`,
    );
  }
  return { keyExchange, cipher, kdf: answered, clientEncapsulates };
}
