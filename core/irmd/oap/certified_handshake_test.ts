/** @module */
import assert from "node:assert/strict";
import { AuthError, CryptError } from "../../contract/errors.ts";
import { DIGESTS, named } from "../../security/algorithms.ts";
import { authorityOf, ownOf, pairOf } from "../../testing/security/certificates.ts";
import { type FlowPolicy, PLAIN_POLICY } from "../../security/policy/flow_policy.ts";
import type { KeyKind } from "../../security/x509/oids.ts";
import { decodeOapHeader, encodeOapHeader } from "../../wire/oap_header.ts";
import { encrypting, Ends } from "../../testing/irmd/handshake.ts";

const KINDS: readonly KeyKind[] = [
  "P-256",
  "P-384",
  "P-521",
  "rsa",
  "rsa-pss",
  "Ed25519",
  "Ed448",
  "ML-DSA-65",
];
const authority = await authorityOf("the authority");
const trust = { anchors: [authority.certificate], intermediates: [] };

/** A policy with a certificate for a name, by the authority. */
async function certified(
  subject: string,
  from: FlowPolicy,
  kind: KeyKind = "P-256",
  issuer = authority,
): Promise<FlowPolicy> {
  return { ...from, trust, own: await ownOf({ subject, pair: await pairOf(kind), issuer }) };
}

const refused = (
  run: () => Promise<unknown>,
  words: RegExp,
  Class: typeof AuthError | typeof CryptError = AuthError,
) =>
  assert.rejects(run, (thrown) => {
    assert(thrown instanceof Class && words.test(thrown.message), String(thrown));
    return true;
  });

for (const kind of KINDS) {
  Deno.test(`${kind}: both ends know who is there, in clear and encrypted, with each digest`, async () => {
    const ends = new Ends();
    const digests = ["sha256", "sha384", "sha512"] as const;
    const client = await certified("somebody", PLAIN_POLICY, kind);
    const server = await certified("x", PLAIN_POLICY, kind);
    for (
      const from of [
        PLAIN_POLICY,
        ...digests.map((name) => ({ ...encrypting(), digest: named(DIGESTS, name) })),
      ]
    ) {
      const one = await ends.exchange({ ...from, own: client.own, trust }, {
        ...from,
        own: server.own,
        trust,
      });
      assert.deepEqual([one.server.peer?.name, one.client.peer?.name], ["somebody", "x"]);
      assert.match(one.client.peer?.fingerprint ?? "", /^[0-9a-f]{64}$/);
      assert.equal(one.client.peer?.issuer, "CN=the authority");
    }
  });
}

Deno.test("keys that have their own way of signing name no digest, and lenient ends take one that is named", async () => {
  const ends = new Ends();
  const client = await certified("c", encrypting(), "Ed25519");
  const { request } = await ends.client(client);
  const header = decodeOapHeader(request, 0);
  assert.deepEqual([header.digest, header.signature.length], [0, 64]);
});

Deno.test("a certificate for another name, of another authority, expired or by itself is refused", async () => {
  const ends = new Ends();
  const client = { ...encrypting(), trust };
  const server = await certified("y", encrypting());
  await refused(() => ends.exchange(client, server), /is for "y", not for "x"/);
  const impostor = await authorityOf("the authority");
  await refused(
    async () => ends.exchange(client, await certified("x", encrypting(), "P-256", impostor)),
    /no trusted authority/,
  );
  const pair = await pairOf("P-256");
  const own = await ownOf({ subject: "x", pair });
  await refused(() => ends.exchange(client, { ...encrypting(), own }), /signed by itself/);
  const good = await certified("x", encrypting());
  ends.clock.advance(2 * 86_400_000);
  await refused(() => ends.exchange(client, good), /expired/);
});

Deno.test("a server takes clients of its authorities only, where it requires a certificate", async () => {
  const ends = new Ends();
  const server = { ...encrypting(), trust, requireCertificate: true };
  await refused(() => ends.exchange(encrypting(), server), /shows no certificate; this flow requires one/);
  const stranger = await certified("c", encrypting(), "P-256", await authorityOf("another"));
  await refused(() => ends.exchange(stranger, server), /no trusted authority/);
  assert.equal((await ends.exchange(await certified("c", encrypting()), server)).server.peer?.name, "c");
  assert.deepEqual([ends.server.counts().unauthenticated, ends.server.counts().agreed], [2, 1]);
});

Deno.test("a client that requires a certificate does not fall back to a server without", async () => {
  const ends = new Ends();
  const client = { ...PLAIN_POLICY, trust, requireCertificate: true };
  await refused(() => ends.exchange(client, PLAIN_POLICY), /shows no certificate/);
  const server = await certified("x", PLAIN_POLICY);
  const without = (bytes: Uint8Array) => {
    const header = decodeOapHeader(bytes, 48);
    const none = new Uint8Array(0);
    return encodeOapHeader({ ...header, certificate: none, signature: none });
  };
  await refused(() => ends.exchange(client, server, { response: without }), /shows no certificate/);
  assert.equal((await ends.exchange(client, server)).client.peer?.name, "x");
});

Deno.test("signatures are over all that comes before them", async () => {
  const ends = new Ends();
  const client = await certified("c", encrypting());
  const server = await certified("x", encrypting());
  const { response } = await ends.exchange(client, server);
  for (let at = 16; at < response.length - 75; at += 13) {
    const flipped = (bytes: Uint8Array) => bytes.map((byte, index) => index === at ? byte ^ 1 : byte);
    await assert.rejects(ends.exchange(client, server, { response: flipped }), `byte ${at} of the response`);
    await assert.rejects(ends.exchange(client, server, { request: flipped }), `byte ${at} of the request`);
  }
  const thief = await certified("x", encrypting());
  const stolen = { ...server, own: server.own && thief.own && { ...server.own, key: thief.own.key } };
  await refused(() => ends.exchange(client, stolen), /not signed with the key of its certificate/);
  await refused(() => ends.exchange({ ...client, own: stolen.own }, server), /not signed with the key/);
});
