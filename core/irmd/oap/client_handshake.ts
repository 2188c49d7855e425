/**
 * The client's side of the allocation protocol in full: certificates, key exchange, data both ways. With a plain policy its
 * bytes are those of the exchange without credentials.
 *
 * @module
 */
import { NO_BYTES, sameBytes } from "../../kit/bytes.ts";
import { asOuroError, AuthError, CryptError } from "../../contract/errors.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { Ports } from "../../contract/ports.ts";
import type { FlowSecurity } from "../../contract/security.ts";
import type { Initiator } from "../../security/key_exchange/agreement.ts";
import type { Certificate } from "../../security/x509/certificate.ts";
import { type FlowPolicy, messageDigest } from "../../security/policy/flow_policy.ts";
import { agreementOf, answerPublicKey, keyFromAnswer } from "../../security/key_exchange/key_exchange.ts";
import { type Agreed, checkAnswer, kdfName } from "../../security/policy/negotiation.ts";
import { shownCertificate, verifyPeer } from "../../security/policy/peer_certificate.ts";
import { requestHash, signedMessage } from "../../security/policy/signed_message.ts";
import { OAP_ID_BYTES, type OapHeader, oapTimestamp, requestHashBytes } from "../../wire/oap_header.ts";
import { readHeader, securityOf } from "./both_ends.ts";

/** What a client works with. */
export interface ClientContext extends Pick<Ports, "clock" | "random"> {
  /** The name that is asked for: a certificate of the other end must have it as common name. */
  readonly name: string;
  readonly policy: FlowPolicy;
}

/** What a client has come to. */
export interface ClientAgreement {
  /** Data of the application at the other end. */
  readonly data: Uint8Array;
  readonly security: FlowSecurity;
}

/** A half of the key exchange that waits for the other one. */
type Pending =
  | { readonly kind: "none" }
  | { readonly kind: "initiated"; readonly initiator: Initiator }
  | { readonly kind: "encapsulated"; readonly key: Uint8Array };

/** One request, for one layer; each further try makes its own, for a server takes none twice. */
export class ClientHandshake {
  /** The request as it goes with the allocation. */
  readonly request: Uint8Array;
  readonly #context: ClientContext;
  readonly #pending: Pending;

  private constructor(context: ClientContext, request: Uint8Array, pending: Pending) {
    this.#context = context;
    this.request = request;
    this.#pending = pending;
  }

  /**
   * Makes a request. `done` may be called before this returns; it fails with a CryptError, an AuthError, or a
   * MessageSizeError when there is more data than a request carries.
   *
   * @param data the application's, which travels inside, readable by all on the way
   */
  static begin(context: ClientContext, data: Uint8Array, done: Done<ClientHandshake>): void {
    const { clock, random, policy } = context;
    offer(policy, (offered) => {
      if (!offered.ok) return done(offered);
      const { pending, message } = offered.value;
      const { encryption } = policy;
      const encapsulated = pending.kind === "encapsulated";
      signedMessage(
        {
          id: random.bytes(OAP_ID_BYTES),
          timestamp: oapTimestamp(clock.wall()),
          cipher: encryption?.cipher?.nid ?? 0,
          kdf: encryption?.kdf.nid ?? 0,
          hybrid: encryption?.keyExchange.kind === "hybrid",
          clientEncapsulates: encapsulated,
          keyExchange: message,
          data,
          requestHash: NO_BYTES,
        },
        policy,
        (signed) => done(signed.ok ? success(new ClientHandshake(context, signed.value, pending)) : signed),
      );
    });
  }

  /**
   * Checks the response: what costs little first. `done` may be called before this returns; it fails with a CryptError or an
   * AuthError.
   */
  check(response: Uint8Array, done: Done<ClientAgreement>): void {
    const { policy, clock } = this.#context;
    let read: { header: OapHeader; certificate: Certificate | undefined; agreed: Agreed | undefined };
    try {
      read = this.#read(response);
    } catch (thrown) {
      return done(failure(asOuroError(thrown)));
    }
    const { header, certificate, agreed } = read;
    verifyPeer(certificate, header, response, policy, clock.wall(), (peer) => {
      if (!peer.ok) return done(peer);
      const finish: Done<Uint8Array | undefined> = (key) => {
        if (!key.ok) return done(key);
        const security = securityOf("client", agreed, key.value, peer.value);
        done(success({ data: header.data, security }));
      };
      if (agreed) this.#key(agreed, header, finish);
      else finish(success(undefined));
    });
  }

  #read(
    response: Uint8Array,
  ): { header: OapHeader; certificate: Certificate | undefined; agreed: Agreed | undefined } {
    const { policy, name } = this.#context;
    const digest = messageDigest(policy)?.nid ?? 0;
    const header = readHeader(response, requestHashBytes(digest), "the answer to the allocation", CryptError);
    if (!sameBytes(header.id, this.request.subarray(0, OAP_ID_BYTES))) {
      throw new CryptError("the answer to the allocation is for another request");
    }
    if (!sameBytes(header.requestHash, requestHash(digest, this.request))) {
      throw new CryptError("the request for the flow was changed on its way");
    }
    const certificate = shownCertificate(header, policy);
    if (certificate && certificate.subject.commonName !== name) {
      throw new AuthError(
        `the other end's certificate is for "${certificate.subject.commonName ?? ""}", not for "${name}"`,
      );
    }
    return { header, certificate, agreed: policy.encryption && checkAnswer(header, policy.encryption) };
  }

  #key(agreed: Agreed, { keyExchange: answer }: OapHeader, done: Done<Uint8Array>): void {
    const pending = this.#pending;
    if (pending.kind === "encapsulated") return done(success(pending.key));
    if (pending.kind === "none") return done(failure(new CryptError("no key exchange was begun")));
    keyFromAnswer(agreed.keyExchange, kdfName(agreed), pending.initiator, answer, done);
  }
}

/** Makes the client's half of the key exchange. */
function offer(
  { encryption, staticPublicKey }: FlowPolicy,
  done: Done<{ readonly pending: Pending; readonly message: Uint8Array }>,
): void {
  if (!encryption) return done(success({ pending: { kind: "none" }, message: NO_BYTES }));
  const { keyExchange, kdf, clientEncapsulates } = encryption;
  if (!clientEncapsulates || keyExchange.kind === "dh") {
    return agreementOf(keyExchange.name).initiate((outcome) => {
      if (!outcome.ok) return done(outcome);
      const initiator = outcome.value;
      done(success({ pending: { kind: "initiated", initiator }, message: initiator.message }));
    });
  }
  if (!staticPublicKey) {
    return done(failure(new CryptError("kem_mode=client needs the server's static public key")));
  }
  answerPublicKey(keyExchange, kdf.name, staticPublicKey, (outcome) => {
    if (!outcome.ok) return done(outcome);
    const { message, key } = outcome.value;
    done(success({ pending: { kind: "encapsulated", key }, message }));
  });
}
