/**
 * The recorded exchanges: what the reference has agreed on is what is agreed on here, and its signatures hold.
 *
 * @module
 */
import { sameBytes } from "../../kit/bytes.ts";
import assert from "node:assert/strict";
import { AuthError, CryptError } from "../../contract/errors.ts";
import type { FlowRole } from "../../contract/security.ts";
import { cipherOf, CIPHERS, digestOf, DIGESTS, named } from "../../security/algorithms.ts";
import { parseCertificate } from "../../security/x509/certificate.ts";
import { type EncConf, NO_ENC_CONF, parseEncConf } from "../../security/policy/enc_conf.ts";
import { type FlowPolicy, PLAIN_POLICY } from "../../security/policy/flow_policy.ts";
import { type Agreed, answerTo, checkAnswer } from "../../security/policy/negotiation.ts";
import { shownCertificate, verifyPeer } from "../../security/policy/peer_certificate.ts";
import { messages, valueOf } from "../../testing/security/recorded.ts";
import { decodeOapHeader, oapMilliseconds, requestHashBytes } from "../../wire/oap_header.ts";
import { requestHash } from "../../security/policy/signed_message.ts";

/** For each capture what stood in the files, and what came of it. */
const CAPTURES: Readonly<
  Record<string, { client?: string; server?: string; cipher?: string; kdf?: string }>
> = {
  "oap-x25519": {
    client: "kex=X25519\ncipher=chacha20-poly1305\nkdf=sha512\ndigest=sha384",
    server: "kdf=sha384",
    cipher: "chacha20-poly1305",
    kdf: "sha512",
  },
  "oap-secp521r1": {
    client: "kex=secp521r1\ncipher=aes-192-gcm\nkdf=sha3-512",
    cipher: "aes-192-gcm",
    kdf: "sha3-512",
  },
  "oap-ffdhe2048": {
    client: "kex=ffdhe2048\ncipher=aes-128-gcm\nkdf=sha3-256",
    cipher: "aes-128-gcm",
    kdf: "sha3-256",
  },
  "oap-x448": {
    client: "kex=X448\ncipher=aes-256-ctr\nkdf=blake2b512",
    server: "none",
    cipher: "aes-256-ctr",
    kdf: "blake2b512",
  },
  "oap-nego-strong": {
    client: "kex=X25519\ncipher=aes-128-ctr\nkdf=blake2s256",
    server: "kex=prime256v1\ncipher=chacha20-poly1305\nkdf=sha512",
    cipher: "chacha20-poly1305",
    kdf: "sha512",
  },
  "oap-mlkem768-srv": {
    client: "kex=ML-KEM-768",
    server: "kex=ML-KEM-768",
    cipher: "aes-256-gcm",
    kdf: "sha256",
  },
  "oap-mlkem768-cli": {
    client: "kex=ML-KEM-768\nkdf=sha384\nkem_mode=client",
    server: "kex=ML-KEM-768\nkdf=sha384\nkem_mode=client",
    cipher: "aes-256-gcm",
    kdf: "sha384",
  },
  "oap-x25519mlkem768-srv": {
    client: "kex=X25519MLKEM768",
    server: "kex=X25519MLKEM768",
    cipher: "aes-256-gcm",
    kdf: "sha256",
  },
  "oap-x448mlkem1024-srv": {
    client: "kex=X448MLKEM1024",
    server: "kex=X448MLKEM1024",
    cipher: "aes-256-gcm",
    kdf: "sha256",
  },
  "oap-auth-mutual-enc": { client: "kex=X25519", server: "kex=X25519", cipher: "aes-256-gcm", kdf: "sha256" },
  "oap-auth-srv-noenc": {},
};

const policyOf = (conf: EncConf): FlowPolicy => ({
  ...PLAIN_POLICY,
  encryption: conf.encryption,
  digest: conf.digest,
  staticPrivateKey: conf.encryption?.clientEncapsulates ? () => {} : undefined,
});

function recordedExchange(capture: string) {
  const [request] = messages(capture, "OAP request");
  const [response] = messages(capture, "OAP response");
  const asked = decodeOapHeader(request, 0);
  const answered = response && decodeOapHeader(response, requestHashBytes(asked.digest));
  return { request, response, asked, answered };
}

for (const [capture, { client, server, cipher, kdf }] of Object.entries(CAPTURES)) {
  Deno.test(`recorded: ${capture}: both ends agree as they did`, () => {
    const { request, asked, answered } = recordedExchange(capture);
    const conf = (text: string | undefined) =>
      text === undefined ? NO_ENC_CONF : parseEncConf(text, "enc.conf");
    const [ours, theirs] = [policyOf(conf(client)), policyOf(conf(server))];
    const agreed = answerTo(asked, theirs);
    const words = (one: Agreed | undefined) => [one?.cipher.name, one?.kdf?.name];
    assert.deepEqual(words(agreed), [cipher, kdf]);
    assert(sameBytes(answered.requestHash, requestHash(asked.digest, request)));
    assert.equal(asked.digest, ours.digest?.nid ?? 0);
    assert.equal(answered.digest, theirs.digest?.nid ?? 0);
    if (!ours.encryption) return;
    assert.deepEqual([asked.cipher, asked.kdf], [ours.encryption.cipher?.nid, ours.encryption.kdf.nid]);
    assert.deepEqual(words(checkAnswer(answered, ours.encryption)), [cipher, kdf]);
    assert.deepEqual([cipherOf(answered.cipher)?.name, digestOf(answered.kdf)?.name], [cipher, kdf]);
  });
}

Deno.test("recorded: what the reference refuses is refused", () => {
  for (
    const [capture, words] of [["oap-rej-nokex", /in clear/], [
      "oap-rej-weakkex",
      /prime256v1; X25519 is the least/,
    ]] as const
  ) {
    const theirs = policyOf(parseEncConf("kex=X25519", "enc.conf"));
    assert.throws(() => answerTo(recordedExchange(capture).asked, theirs), (thrown) => {
      return thrown instanceof CryptError && words.test(thrown.message);
    });
  }
});

const SIGNED: readonly (readonly [capture: string, role: FlowRole, name: string])[] = [
  ["oap-auth-mutual-enc", "client", "client.f4"],
  ["oap-auth-mutual-enc", "server", "enc"],
  ["oap-auth-srv-noenc", "server", "enc"],
];

for (const [capture, role, name] of SIGNED) {
  Deno.test(`recorded: ${capture}: the signature of the ${role} holds, and no other`, async () => {
    const { request, response, asked, answered } = recordedExchange(capture);
    const [message, header] = role === "client" ? [request, asked] : [response, answered];
    const now = oapMilliseconds(header.timestamp);
    const certificate = shownCertificate(header, PLAIN_POLICY);
    // The authority was not recorded: the certificate itself stands in.
    const policy = {
      ...PLAIN_POLICY,
      trust: { anchors: [parseCertificate(header.certificate)], intermediates: [] },
    };
    const check = (bytes: Uint8Array, by: FlowPolicy) =>
      valueOf<{ name: string } | undefined>((done) => verifyPeer(certificate, header, bytes, by, now, done));
    assert.equal((await check(message, policy))?.name, name);
    await assert.rejects(check(message, PLAIN_POLICY), /no trusted authority has issued it/);
    for (const at of [0, 20, 30, 40, header.certificate.length + 40]) {
      const changed = message.map((byte, index) => index === at ? byte ^ 1 : byte);
      await assert.rejects(check(changed, policy), AuthError, `byte ${at}`);
    }
  });
}

Deno.test("recorded: oap-auth-wrongcn: the certificate is for another name", () => {
  const { answered } = recordedExchange("oap-auth-wrongcn");
  const certificate = shownCertificate(answered, PLAIN_POLICY);
  assert(certificate && certificate.subject.commonName !== "enc");
  assert.deepEqual([CIPHERS.length, DIGESTS.length, named(CIPHERS, "aes-256-gcm").nid], [7, 8, 901]);
});
