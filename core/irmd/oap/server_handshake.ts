/**
 * The server's side of the allocation protocol in full. A request is checked in two steps: what costs nothing when it comes,
 * everything with keys only when there is a process to answer it.
 *
 * @module
 */
import { asOuroError, AuthError, CryptError } from "../../contract/errors.ts";
import { type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import type { Clock } from "../../contract/ports.ts";
import type { FlowSecurity, PeerCertificate, SecurityOptions } from "../../contract/security.ts";
import type { Certificate } from "../../security/x509/certificate.ts";
import type { FlowPolicy } from "../../security/policy/flow_policy.ts";
import { answerPublicKey, keyFromAnswer } from "../../security/key_exchange/key_exchange.ts";
import { type Agreed, answerTo, kdfName } from "../../security/policy/negotiation.ts";
import { shownCertificate, verifyPeer } from "../../security/policy/peer_certificate.ts";
import { requestHash, signedMessage } from "../../security/policy/signed_message.ts";
import { OAP_UNIQUE_BYTES, type OapHeader, oapMilliseconds, oapTimestamp } from "../../wire/oap_header.ts";
import { readHeader, securityOf } from "./both_ends.ts";
import { ReplayWindow } from "./replay_window.ts";
import { NO_BYTES } from "../../kit/bytes.ts";

/** What a server has come to. */
export interface ServerAgreement {
  /** The response as it goes on the wire. */
  readonly response: Uint8Array;
  /** Data of the application that asks. */
  readonly data: Uint8Array;
  readonly security: FlowSecurity;
}

/**
 * The policy of the name that is asked for.
 *
 * @param options what the process that answers asks beyond its files
 */
export type PolicyOf = (options?: SecurityOptions) => FlowPolicy;

/** Counts of requests. */
export interface ServerCounts {
  /** All that came. */
  readonly received: number;
  /** Answered. */
  readonly agreed: number;
  /** Refused before anything was computed: malformed, too old, ahead of the clock, seen before. */
  readonly refusedEarly: number;
  /** Refused for certificates and signatures. */
  readonly unauthenticated: number;
  /** Refused because encryption could not be agreed. */
  readonly unencrypted: number;
}

/** Takes the requests of a host. */
export class ServerHandshakes {
  readonly #clock: Clock;
  /** Requests with security, by their own time. */
  readonly #window: ReplayWindow;
  /** Requests that ask for no security, by when they came. */
  readonly #plain = new ReplayWindow();
  readonly #counts = { received: 0, agreed: 0, refusedEarly: 0, unauthenticated: 0, unencrypted: 0 };

  constructor(clock: Clock, window: ReplayWindow = new ReplayWindow()) {
    this.#clock = clock;
    this.#window = window;
  }

  /** Returns what has been counted. */
  counts(): ServerCounts {
    return { ...this.#counts };
  }

  /**
   * Checks a request as far as that costs nothing; each is taken once. The clocks count only where there is something to
   * protect: anybody can make a request without keys and certificates anew, under any time.
   *
   * @param policyOf gives the policy of the name, and is called only for a request that is well formed, in time and new
   * @throws AuthError when it is malformed, seen before, lacks a certificate, or has security and is too old or ahead of the clock
   * @throws CryptError when it offers less than the name demands
   */
  receive(request: Uint8Array, policyOf: PolicyOf): ServerHandshake {
    this.#counts.received++;
    const header = this.#admit(request);
    try {
      const count = (outcome: Outcome<unknown>) => this.#count(outcome);
      return new ServerHandshake({ clock: this.#clock, count, policyOf }, request, header);
    } catch (thrown) {
      this.#count(failure(asOuroError(thrown)));
      throw thrown;
    }
  }

  #admit(request: Uint8Array): OapHeader {
    try {
      const header = readHeader(request, 0, "the request for a flow", AuthError);
      const objection = this.#objection(request, header);
      if (objection === undefined) return header;
      const message = `the request for a flow is refused: ${objection}`;
      throw new AuthError(message, { told: message });
    } catch (thrown) {
      this.#counts.refusedEarly++;
      throw thrown;
    }
  }

  #objection(request: Uint8Array, header: OapHeader): string | undefined {
    const { certificate, keyExchange, timestamp } = header;
    if (certificate.length === 0 && keyExchange.length === 0) {
      const now = this.#clock.now();
      return this.#plain.admit(header.id.toHex(), now, now);
    }
    const key = request.subarray(0, OAP_UNIQUE_BYTES).toHex();
    return this.#window.admit(key, oapMilliseconds(timestamp), this.#clock.wall());
  }

  #count(outcome: Outcome<unknown>): void {
    if (outcome.ok) this.#counts.agreed++;
    else if (outcome.error instanceof AuthError) this.#counts.unauthenticated++;
    else this.#counts.unencrypted++;
  }
}

/** What a handshake has from its host. */
interface ServerContext {
  readonly clock: Clock;
  readonly policyOf: PolicyOf;
  count(outcome: Outcome<unknown>): void;
}

/** What a policy makes of a request, as far as that costs nothing. */
interface Terms {
  readonly policy: FlowPolicy;
  readonly agreed: Agreed | undefined;
  readonly certificate: Certificate | undefined;
}

/** A request that may be answered. */
export class ServerHandshake {
  readonly #context: ServerContext;
  readonly #request: Uint8Array;
  readonly #header: OapHeader;
  #terms: Terms;

  /** Made by {@link ServerHandshakes.receive}. @throws AuthError, CryptError when the policy of the name refuses it */
  constructor(context: ServerContext, request: Uint8Array, header: OapHeader) {
    this.#context = context;
    this.#request = request;
    this.#header = header;
    this.#terms = termsOf(header, context.policyOf());
  }

  /** Returns whether the flow will be encrypted: the process that answers must be able to. */
  get encrypted(): boolean {
    return this.#terms.agreed !== undefined;
  }

  /**
   * Adds what the process that answers asks for this flow, beyond what its files say.
   *
   * @throws AuthError, CryptError when the request has less
   */
  demand(options: SecurityOptions): void {
    try {
      this.#terms = termsOf(this.#header, this.#context.policyOf(options));
    } catch (thrown) {
      this.#context.count(failure(asOuroError(thrown)));
      throw thrown;
    }
  }

  /**
   * Verifies who asks, agrees on a key, and makes the response; once for a request. `done` may be called before this returns;
   * it fails with an AuthError or a CryptError, whose number the layer answers with.
   *
   * @param data of the application that answers
   */
  answer(data: Uint8Array, done: Done<ServerAgreement>): void {
    const finish: Done<ServerAgreement> = (outcome) => {
      this.#context.count(outcome);
      done(outcome);
    };
    const now = this.#context.clock.wall();
    const { certificate, policy } = this.#terms;
    verifyPeer(certificate, this.#header, this.#request, policy, now, (peer) => {
      if (!peer.ok) return finish(peer);
      this.#exchange((exchanged) => {
        if (!exchanged.ok) return finish(exchanged);
        this.#respond(data, peer.value, exchanged.value, finish);
      });
    });
  }

  /** Makes the server's half of the key exchange, and the key. */
  #exchange(done: Done<Exchanged>): void {
    const { agreed } = this.#terms;
    const { keyExchange: offered } = this.#header;
    if (!agreed) return done(success({ message: NO_BYTES, key: undefined }));
    if (agreed.clientEncapsulates) return this.#decapsulate(agreed, done);
    answerPublicKey(agreed.keyExchange, kdfName(agreed), offered, done);
  }

  #decapsulate(agreed: Agreed, done: Done<Exchanged>): void {
    const { staticPrivateKey } = this.#terms.policy;
    if (!staticPrivateKey) return done(failure(new CryptError("this name has no static key")));
    staticPrivateKey((outcome) => {
      if (!outcome.ok) return done(outcome);
      const { keyExchange } = this.#header;
      keyFromAnswer(agreed.keyExchange, kdfName(agreed), outcome.value, keyExchange, (key) => {
        done(key.ok ? success({ message: NO_BYTES, key: key.value }) : key);
      });
    });
  }

  #respond(
    data: Uint8Array,
    peer: PeerCertificate | undefined,
    { message, key }: Exchanged,
    done: Done<ServerAgreement>,
  ): void {
    const { agreed, policy } = this.#terms;
    const { id, digest } = this.#header;
    signedMessage(
      {
        id,
        timestamp: oapTimestamp(this.#context.clock.wall()),
        cipher: agreed?.cipher.nid ?? 0,
        kdf: agreed?.kdf?.nid ?? 0,
        hybrid: agreed?.keyExchange.kind === "hybrid" && message.length > 0,
        clientEncapsulates: false,
        keyExchange: message,
        data,
        requestHash: requestHash(digest, this.#request),
      },
      policy,
      (signed) => {
        if (!signed.ok) return done(signed);
        const security = securityOf("server", agreed, key, peer);
        done(success({ response: signed.value, data: this.#header.data, security }));
      },
    );
  }
}

interface Exchanged {
  readonly message: Uint8Array;
  readonly key: Uint8Array | undefined;
}

const termsOf = (header: OapHeader, policy: FlowPolicy): Terms => ({
  policy,
  agreed: answerTo(header, policy),
  certificate: shownCertificate(header, policy),
});
