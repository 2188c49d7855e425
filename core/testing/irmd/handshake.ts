/**
 * Both ends of the allocation protocol, for tests.
 *
 * @module
 */
import type { FlowSecurity } from "../../contract/security.ts";
import { CIPHERS, DIGESTS, KEY_EXCHANGES, named } from "../../security/algorithms.ts";
import { DEFAULT_ENCRYPTION } from "../../security/policy/enc_conf.ts";
import { type FlowPolicy, PLAIN_POLICY } from "../../security/policy/flow_policy.ts";
import { NOW } from "../security/certificates.ts";
import { valueOf } from "../security/recorded.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { ClientHandshake } from "../../irmd/oap/client_handshake.ts";
import { type ServerAgreement, ServerHandshakes } from "../../irmd/oap/server_handshake.ts";

export const NO_DATA = new Uint8Array(0);

/** A policy that encrypts. */
export function encrypting(
  kex: FlowSecurityWords["kex"] = "X25519",
  cipher: FlowSecurityWords["cipher"] = "aes-256-gcm",
  kdf: FlowSecurityWords["kdf"] = "sha256",
  more: Partial<FlowPolicy> = {},
): FlowPolicy {
  const encryption = {
    ...DEFAULT_ENCRYPTION,
    keyExchange: named(KEY_EXCHANGES, kex),
    cipher: named(CIPHERS, cipher),
    kdf: named(DIGESTS, kdf),
  };
  return { ...PLAIN_POLICY, encryption, digest: named(DIGESTS, "sha256"), ...more };
}

type FlowSecurityWords = {
  readonly kex: (typeof KEY_EXCHANGES)[number]["name"];
  readonly cipher: (typeof CIPHERS)[number]["name"];
  readonly kdf: (typeof DIGESTS)[number]["name"];
};

/** What both ends have come to. */
export interface Both {
  readonly request: Uint8Array;
  readonly response: Uint8Array;
  readonly client: FlowSecurity;
  readonly server: FlowSecurity;
  readonly data: readonly [asked: Uint8Array, answered: Uint8Array];
}

/** Two ends with a common clock. */
export class Ends {
  readonly clock = new VirtualTime(NOW);
  readonly random = new SeededRandom(1);
  readonly server = new ServerHandshakes(this.clock);

  /** @param name that the client asks for */
  client(policy: FlowPolicy, data = NO_DATA, name = "x"): Promise<ClientHandshake> {
    const context = { clock: this.clock, random: this.random, name, policy };
    return valueOf((done) => ClientHandshake.begin(context, data, done));
  }

  /** A whole exchange; rejects with the error of the end that refuses. */
  async exchange(
    client: FlowPolicy,
    server: FlowPolicy,
    change: {
      readonly request?: (bytes: Uint8Array) => Uint8Array;
      readonly response?: (bytes: Uint8Array) => Uint8Array;
    } = {},
  ): Promise<Both> {
    const handshake = await this.client(client, Uint8Array.of(1, 2));
    const request = change.request?.(handshake.request) ?? handshake.request;
    const received = this.server.receive(request, () => server);
    const answered = await valueOf<ServerAgreement>(
      (done) => received.answer(Uint8Array.of(3), done),
    );
    const response = change.response?.(answered.response) ?? answered.response;
    const checked = await valueOf<{ data: Uint8Array; security: FlowSecurity }>((done) =>
      handshake.check(response, done)
    );
    return {
      request,
      response,
      client: checked.security,
      server: answered.security,
      data: [answered.data, checked.data],
    };
  }
}
