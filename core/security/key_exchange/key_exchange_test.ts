/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CryptError } from "../../contract/errors.ts";
import { KEY_EXCHANGE_NAMES } from "../../contract/security.ts";
import { mutated } from "../../../tests/support/mutations.ts";
import { digestOf } from "../algorithms.ts";
import { digest } from "../digests.ts";
import { primeOf } from "./finite_field_agreement.ts";
import { agreementOf, keyExchangeOf, keyFromEncapsulation, keyFromPublicKeys } from "./key_exchange.ts";
import { hex, initiatorOf, RECORDED_KEYS, valueOf } from "../../testing/security/recorded.ts";

for (const [capture, keys] of RECORDED_KEYS) {
  Deno.test(`recorded: ${capture}: the private key gives secret and key of ${keys.kex_algorithm}`, async () => {
    const kdf = digestOf(keys.kdf_nid)?.name ?? "sha256";
    const [request, response] = [hex(keys.client_kex), hex(keys.server_kex)];
    const initiator = await initiatorOf(keys);
    if (keys.kex_algorithm.includes("KEM")) {
      const isStatic = keys.server_static_public_key_der !== undefined;
      const publicKey = isStatic ? hex(keys.server_static_public_key_der) : request;
      assert.equal(initiator.message.toHex(), publicKey.toHex());
      const secret = await valueOf<Uint8Array>((done) =>
        initiator.finish(isStatic ? request : response, done)
      );
      assert.equal(secret.toHex(), keys.Z);
      assert.equal(keyFromEncapsulation(kdf, secret, publicKey).toHex(), keys.key);
      return;
    }
    const server = await initiatorOf(keys, keys.server_private_pem);
    assert.deepEqual([initiator.message.toHex(), server.message.toHex()], [keys.client_kex, keys.server_kex]);
    for (const [from, to] of [[initiator, server], [server, initiator]]) {
      const secret = await valueOf<Uint8Array>((done) => from.finish(to.message, done));
      assert.equal(secret.toHex(), keys.Z);
      assert.equal(keyFromPublicKeys(kdf, secret, to.message, from.message).toHex(), keys.key);
    }
  });
}

for (const name of KEY_EXCHANGE_NAMES) {
  Deno.test(`${name}: both ends come to the same secret, and the key is recognised`, async () => {
    const agreement = agreementOf(name);
    const initiator = await valueOf(agreement.initiate.bind(agreement));
    const hybrid = /\dMLKEM/.test(name);
    assert.equal(keyExchangeOf(initiator.message, hybrid)?.name, name);
    const response = await valueOf<{ message: Uint8Array; secret: Uint8Array }>((done) =>
      agreement.respond(initiator.message, done)
    );
    const secret = await valueOf<Uint8Array>((done) => initiator.finish(response.message, done));
    assert.equal(secret.toHex(), response.secret.toHex());
    assert(secret.some((byte) => byte !== 0));
  });

  Deno.test(`${name}: damaged messages give another secret or a CryptError`, async () => {
    const agreement = agreementOf(name);
    const initiator = await valueOf(agreement.initiate.bind(agreement));
    const response = await valueOf<{ message: Uint8Array; secret: Uint8Array }>((done) =>
      agreement.respond(initiator.message, done)
    );
    const check = async (run: (done: Parameters<typeof initiator.finish>[1]) => void) => {
      try {
        const secret = await valueOf(run);
        assert.notEqual(secret.toHex(), response.secret.toHex());
      } catch (thrown) {
        assert(thrown instanceof CryptError, String(thrown));
      }
    };
    const same = (bytes: Uint8Array) => bytes.toHex();
    await fc.assert(
      fc.asyncProperty(mutated([initiator.message]), mutated([response.message]), async (key, answer) => {
        keyExchangeOf(key, true);
        keyExchangeOf(key, false);
        if (same(key) !== same(initiator.message)) {
          await check((done) => agreement.respond(key, (outcome) => done(secretOf(outcome))));
        }
        // The top bit of an X25519 key is not used.
        if (same(answer) !== same(response.message) && !/25519|448/.test(name)) {
          await check((done) => initiator.finish(answer, done));
        }
      }),
      { numRuns: name.startsWith("ffdhe") ? 20 : 40 },
    );
  });
}

function secretOf(
  outcome: Parameters<Parameters<ReturnType<typeof agreementOf>["respond"]>[1]>[0],
): Parameters<Parameters<Awaited<ReturnType<typeof initiatorOf>>["finish"]>[1]>[0] {
  return outcome.ok ? { ok: true, value: outcome.value.secret } : outcome;
}

Deno.test("keys of small order, off the curve, and of other algorithms are refused", async () => {
  const zero = (prefix: string, count: number) => hex(prefix + "00".repeat(count));
  const bad = [
    ["X25519", zero("302a300506032b656e032100", 32)],
    ["X448", zero("3042300506032b656f033900", 56)],
    ["prime256v1", hex("3059301306072a8648ce3d020106082a8648ce3d03010703420004" + "11".repeat(64))],
    ["secp521r1", zero("30819b301006072a8648ce3d020106052b810400230381860004", 132)],
    ["X25519", zero("3042300506032b656f033900", 56)],
    ["ML-KEM-768", zero("308204b2300b0609608648016503040402038204a100", 1183)],
    ["X25519MLKEM768", new Uint8Array(1215)],
  ] as const;
  for (const [name, key] of bad) {
    const agreement = agreementOf(name);
    await assert.rejects(valueOf((done) => agreement.respond(key, done)), CryptError, name);
  }
  const own = hex(RECORDED_KEYS.get("oap-ffdhe2048")?.client_kex ?? "");
  const prefix = own.toHex().slice(0, -512);
  const prime = primeOf("ffdhe2048");
  const agreement = agreementOf("ffdhe2048");
  for (const value of [0n, 1n, prime - 1n, prime]) {
    const key = hex(prefix + value.toString(16).padStart(512, "0"));
    if (value < prime - 1n) assert.equal(keyExchangeOf(key, false)?.name, "ffdhe2048");
    await assert.rejects(valueOf((done) => agreement.respond(key, done)), /small subgroup/);
  }
});

Deno.test("a key of an unlisted algorithm belongs to none", () => {
  const secp256k1 = "3056301006072a8648ce3d020106052b8104000a03420004" + "11".repeat(64);
  assert.equal(keyExchangeOf(hex(secp256k1), false), undefined);
  assert.equal(keyExchangeOf(new Uint8Array(1216), false), undefined);
  assert.equal(keyExchangeOf(new Uint8Array(1120), true), undefined);
});

Deno.test("the primes are those of RFC 7919", () => {
  const digests = (["ffdhe2048", "ffdhe3072", "ffdhe4096"] as const).map((name) =>
    digest("sha256", hex(primeOf(name).toString(16))).toHex().slice(0, 16)
  );
  assert.deepEqual(digests, DIGESTS_OF_PRIMES);
});

/** By the command line of OpenSSL 3.0: `openssl genpkey -algorithm DH -pkeyopt group:ffdhe2048`, … */
const DIGESTS_OF_PRIMES = ["9cd3b7f336872f46", "0eaf67db3a839156", "4648414224ac881b"];
