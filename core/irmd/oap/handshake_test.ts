/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { AuthError, CryptError, OuroError } from "../../contract/errors.ts";
import { CIPHER_NAMES, DIGEST_NAMES, KEY_EXCHANGE_NAMES } from "../../contract/security.ts";
import { decodeOapHeader, encodeOapHeader, type OapHeader, requestHashBytes } from "../../wire/oap_header.ts";
import { PLAIN_POLICY } from "../../security/policy/flow_policy.ts";
import { mutated } from "../../../tests/support/mutations.ts";
import { encrypting, Ends, NO_DATA } from "../../testing/irmd/handshake.ts";

/** The same header with other fields. */
const changed = (change: Partial<OapHeader>, hashLength = 0) => (bytes: Uint8Array): Uint8Array =>
  encodeOapHeader({ ...decodeOapHeader(bytes, hashLength), ...change });

async function refuses(
  run: () => Promise<unknown>,
  Class: typeof AuthError | typeof CryptError,
  words: RegExp,
) {
  await assert.rejects(run, (thrown) => {
    assert(thrown instanceof Class && words.test(thrown.message), String(thrown));
    return true;
  });
}

Deno.test("plain ends do the exchange without credentials, byte for byte", async () => {
  const ends = new Ends();
  const { request, response, client, server, data } = await ends.exchange(PLAIN_POLICY, PLAIN_POLICY);
  assert.deepEqual([request.length, response.length], [38, 85]);
  assert.equal(request.subarray(24, 36).toHex(), "00".repeat(11) + "02");
  assert.deepEqual([client, server], [{ encryption: undefined, peer: undefined }, {
    encryption: undefined,
    peer: undefined,
  }]);
  assert.deepEqual(data, [Uint8Array.of(1, 2), Uint8Array.of(3)]);
  assert.equal((await ends.client(PLAIN_POLICY)).request.length, 36);
});

for (const name of KEY_EXCHANGE_NAMES) {
  Deno.test(`${name}: both ends have the same key, with and without a configuration at the server`, async () => {
    const ends = new Ends();
    for (const server of [PLAIN_POLICY, encrypting(name)]) {
      const { client, server: other } = await ends.exchange(encrypting(name), server);
      assert.equal(client.encryption?.key.length, 32);
      assert.deepEqual(client.encryption, { ...other.encryption, role: "client" });
      assert.equal(other.encryption?.role, "server");
      assert.equal(client.encryption.cipher, "aes-256-gcm");
    }
  });
}

Deno.test("of ciphers and digests the stronger one is taken, whoever has it", async () => {
  const ends = new Ends();
  const names = fc.tuple(fc.constantFrom(...CIPHER_NAMES), fc.constantFrom(...DIGEST_NAMES));
  await fc.assert(
    fc.asyncProperty(names, names, async ([cipher, kdf], [otherCipher, otherKdf]) => {
      const { client, server, response } = await ends.exchange(
        encrypting("X25519", cipher, kdf),
        encrypting("prime256v1", otherCipher, otherKdf),
      );
      const strongest =
        CIPHER_NAMES[Math.max(CIPHER_NAMES.indexOf(cipher), CIPHER_NAMES.indexOf(otherCipher))];
      assert.equal(client.encryption?.cipher, strongest);
      assert.equal(client.encryption?.key.toHex(), server.encryption?.key.toHex());
      assert.notEqual(decodeOapHeader(response, 32).kdf, 0);
    }),
    { numRuns: 30 },
  );
});

Deno.test("nothing weaker than either end wants comes about", async () => {
  const ends = new Ends();
  const strong = encrypting("secp384r1", "aes-256-gcm", "sha384");
  await refuses(
    () => ends.exchange(PLAIN_POLICY, strong),
    CryptError,
    /in clear; flows for this name are encrypted/,
  );
  await refuses(
    () => ends.exchange(encrypting("X25519"), strong),
    CryptError,
    /offers X25519; secp384r1 is the least/,
  );
  const downgrades: readonly [Partial<OapHeader>, RegExp][] = [
    [{ cipher: 0 }, /chose no cipher; aes-256-gcm is the least/],
    [{ cipher: 904 }, /chose aes-128-ctr/],
    [{ kdf: 1057 }, /with blake2s256; sha384 is the least/],
    [{ keyExchange: NO_DATA }, /does not answer the key exchange/],
    [{ keyExchange: new Uint8Array(44) }, /key of secp384r1|none of secp384r1/],
    [{ id: new Uint8Array(16) }, /another request/],
    [{ requestHash: new Uint8Array(32) }, /changed on its way/],
  ];
  for (const [change, words] of downgrades) {
    await refuses(
      () => ends.exchange(strong, PLAIN_POLICY, { response: changed(change, 32) }),
      CryptError,
      words,
    );
  }
  // What somebody on the way takes out of a request is found out by its hash.
  const { cipher, kdf } = { cipher: 904, kdf: 1057 };
  await refuses(
    () => ends.exchange(strong, PLAIN_POLICY, { request: changed({ cipher, kdf }) }),
    CryptError,
    /changed on its way/,
  );
  await refuses(
    () => ends.exchange(strong, PLAIN_POLICY, { request: changed({ keyExchange: NO_DATA }) }),
    CryptError,
    /changed on its way/,
  );
});

Deno.test("requests that crash the reference are refused", async () => {
  const ends = new Ends();
  const strong = encrypting("X25519");
  const secp256k1 = Uint8Array.fromHex("3056301006072a8648ce3d020106052b8104000a03420004" + "11".repeat(64));
  const bad: readonly [Partial<OapHeader>, RegExp][] = [
    [{ clientEncapsulates: true }, /static key; this name has none/],
    [{ keyExchange: secp256k1 }, /no known algorithm/],
    [{ hybrid: true }, /no known algorithm/],
    [{ cipher: 0 }, /neither end names a cipher/],
  ];
  for (const [change, words] of bad) {
    await refuses(() => ends.exchange(strong, PLAIN_POLICY, { request: changed(change) }), CryptError, words);
  }
  await refuses(
    () => ends.exchange(strong, encrypting(), { request: changed({ clientEncapsulates: true }) }),
    CryptError,
    /static key/,
  );
});

Deno.test("each request is taken once, and only in time; nothing is looked up for others", async () => {
  const ends = new Ends();
  const { request } = await ends.client(encrypting());
  let looked = 0;
  const policy = () => {
    looked++;
    return PLAIN_POLICY;
  };
  ends.server.receive(request, policy);
  assert.throws(() => ends.server.receive(request, policy), /received before/);
  ends.clock.advance(20_001);
  assert.throws(() => ends.server.receive(request, policy), /set the clocks/);
  const late = await ends.client(encrypting());
  ends.clock.advance(20_001);
  assert.throws(() => ends.server.receive(late.request, policy), AuthError);
  assert.throws(() => ends.server.receive(request.subarray(1), policy), AuthError);
  assert.equal(looked, 1);
  assert.deepEqual(ends.server.counts(), {
    received: 5,
    agreed: 0,
    refusedEarly: 4,
    unauthenticated: 0,
    unencrypted: 0,
  });
});

Deno.test("any bytes come to an agreement or to one error of the catalogue", async () => {
  const ends = new Ends();
  const policy = encrypting();
  const sample = await ends.exchange(policy, policy);
  await fc.assert(
    fc.asyncProperty(mutated([sample.request, sample.response]), async (bytes) => {
      try {
        const { client, server } = await ends.exchange(policy, policy, { request: () => bytes });
        assert.equal(client.encryption?.key.toHex(), server.encryption?.key.toHex());
      } catch (thrown) {
        assert(thrown instanceof OuroError && thrown.code !== "OURO_INTERNAL", String(thrown));
      }
      try {
        const { client, server } = await ends.exchange(policy, policy, { response: () => bytes });
        assert.equal(client.encryption?.key.toHex(), server.encryption?.key.toHex());
      } catch (thrown) {
        assert(thrown instanceof CryptError || thrown instanceof AuthError, String(thrown));
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("the hash of the request has the length that its digest has", () => {
  assert.deepEqual([0, 672, 673, 674].map(requestHashBytes), [48, 32, 48, 64]);
});
