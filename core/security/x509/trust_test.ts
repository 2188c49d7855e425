/** @module */
import assert from "node:assert/strict";
import { AuthError, ProtocolError } from "../../contract/errors.ts";
import { checkMutations, mutated } from "../../../tests/support/mutations.ts";
import fc from "fast-check";
import { parseCertificate } from "./certificate.ts";
import { authorityOf, certify, NOW, pairOf, type Wanted } from "../../testing/security/certificates.ts";
import type { KeyKind } from "./oids.ts";
import { valueOf } from "../../testing/security/recorded.ts";
import { checkTrust, type TrustStore } from "./trust.ts";

const DAY = 86_400_000;
const trusted = (der: Uint8Array, store: TrustStore, now = NOW) =>
  valueOf<void>((done) => checkTrust(parseCertificate(der), store, now, done));
const refused = (der: Uint8Array, store: TrustStore, words: RegExp, now = NOW) =>
  assert.rejects(trusted(der, store, now), (thrown) => {
    assert(thrown instanceof AuthError && words.test(thrown.message), String(thrown));
    return true;
  });

const KINDS: readonly KeyKind[] = [
  "P-256",
  "P-384",
  "P-521",
  "rsa",
  "rsa-pss",
  "Ed25519",
  "Ed448",
  "ML-DSA-44",
  "ML-DSA-65",
  "ML-DSA-87",
  "SLH-DSA-SHA2-128f",
];

for (const kind of KINDS) {
  Deno.test(`an authority with ${kind} issues; another one of that name does not`, async () => {
    const authority = await authorityOf("the authority", kind);
    const impostor = await authorityOf("the authority", kind);
    const pair = await pairOf("P-256");
    const leaf = await certify({ subject: "x", pair, issuer: authority });
    await trusted(leaf, { anchors: [authority.certificate], intermediates: [] });
    await refused(
      leaf,
      { anchors: [impostor.certificate], intermediates: [] },
      /no trusted authority has issued it/,
    );
    const forged = leaf.slice();
    forged[forged.length - 5] ^= 1;
    await refused(forged, { anchors: [authority.certificate], intermediates: [] }, /signature does not hold/);
  });
}

Deno.test("digests and paddings of signatures", async () => {
  const pair = await pairOf("P-256");
  for (
    const [kind, digests] of [["P-256", ["sha384", "sha512", "sha3-256"]], ["rsa", [
      "sha384",
      "sha512",
      "sha3-512",
    ]], ["P-521", ["sha384", "sha512"]]] as const
  ) {
    const authority = await authorityOf("a", kind);
    for (const digest of digests) {
      const leaf = await certify({ subject: "x", pair, issuer: authority, digest });
      await trusted(leaf, { anchors: [authority.certificate], intermediates: [] });
    }
  }
  const authority = await authorityOf("a", "rsa");
  const leaf = await certify({ subject: "x", pair, issuer: authority, pss: true, digest: "sha384" });
  await trusted(leaf, { anchors: [authority.certificate], intermediates: [] });
});

Deno.test("chains go over intermediates, which are not trusted by themselves", async () => {
  const root = await authorityOf("root");
  const middle = await authorityOf("middle", "P-384", { issuer: root });
  const low = await authorityOf("low", "Ed25519", { issuer: middle, pathLength: 0 });
  const pair = await pairOf("P-256");
  const leaf = await certify({ subject: "x", pair, issuer: low });
  const intermediates = [low.certificate, middle.certificate];
  await trusted(leaf, { anchors: [root.certificate], intermediates });
  await trusted(leaf, { anchors: [middle.certificate], intermediates });
  await refused(
    leaf,
    { anchors: [], intermediates: [...intermediates, root.certificate] },
    /no trusted authority/,
  );
  await refused(
    leaf,
    { anchors: [root.certificate], intermediates: [low.certificate] },
    /no trusted authority/,
  );
  const below = await authorityOf("below", "P-256", { issuer: low });
  const tooLow = await certify({ subject: "x", pair, issuer: below });
  await refused(
    tooLow,
    { anchors: [root.certificate], intermediates: [...intermediates, below.certificate] },
    /no trusted/,
  );
});

Deno.test("what a certificate is not good for", async () => {
  const root = await authorityOf("root");
  const store = { anchors: [root.certificate], intermediates: [] };
  const pair = await pairOf("P-256");
  const leaf = (more: Partial<Wanted>) => certify({ subject: "x", pair, issuer: root, ...more });
  const cases: readonly [Partial<Wanted>, RegExp][] = [
    [{ notAfter: NOW - 1000 }, /expired on 2026-05-31/],
    [{ notBefore: NOW + DAY }, /valid from 2026-06-02 only/],
    [{ keyUsage: 0x20 }, /no digital signatures/],
    [{ purpose: "2b06010505070303" }, /neither for servers nor for clients/],
    [{ critical: "551d1e" }, /critical extension 551d1e/],
    [{ issuer: { subject: "x", pair } }, /signed by itself/],
  ];
  for (const [more, words] of cases) await refused(await leaf(more), store, words);
  for (const more of [{ keyUsage: 0x80 }, { purpose: "2b06010505070302" }, { critical: "551d11" }]) {
    await trusted(await leaf(more), store);
  }
});

Deno.test("who is no authority cannot issue", async () => {
  const root = await authorityOf("root");
  const pair = await pairOf("P-256");
  const cases: readonly Partial<Wanted>[] = [
    { authority: false },
    { authority: undefined },
    { authority: true, keyUsage: 0x80 },
    { authority: true, notAfter: NOW - 1 },
    { authority: true, critical: "551d1e" },
  ];
  for (const more of cases) {
    const own = await pairOf("P-256");
    const issuer = { subject: "issuer", pair: own };
    const middle = parseCertificate(await certify({ ...issuer, issuer: root, ...more }));
    const leaf = await certify({ subject: "x", pair, issuer });
    await refused(leaf, { anchors: [root.certificate], intermediates: [middle] }, /no trusted authority/);
  }
});

Deno.test("a certificate that is itself among the authorities is trusted, while it is valid", async () => {
  const pair = await pairOf("P-256");
  const own = await certify({ subject: "x", pair });
  const store = { anchors: [parseCertificate(own)], intermediates: [] };
  await trusted(own, store);
  await refused(own, store, /expired/, NOW + 2 * DAY);
});

Deno.test("damaged certificates give a ProtocolError or another certificate that is not trusted", async () => {
  const root = await authorityOf("root");
  const leaf = await certify({ subject: "x", pair: await pairOf("P-256"), issuer: root, keyUsage: 0x80 });
  checkMutations([leaf, root.certificate.der], (bytes) => parseCertificate(bytes).der, (der) => der);
  const store = { anchors: [root.certificate], intermediates: [] };
  await fc.assert(
    fc.asyncProperty(mutated([leaf]), async (damaged) => {
      if (damaged.toHex() === leaf.toHex()) return;
      try {
        await trusted(damaged, store);
      } catch (thrown) {
        assert(thrown instanceof ProtocolError || thrown instanceof AuthError, String(thrown));
        return;
      }
      assert.fail("trusted");
    }),
    { numRuns: 300 },
  );
});

Deno.test("the common name is the first one, whole", async () => {
  const pair = await pairOf("P-256");
  const { subject } = parseCertificate(await certify({ subject: "a/b, CN=c", pair }));
  assert.deepEqual([subject.commonName, subject.text], ["a/b, CN=c", "CN=a/b, CN=c"]);
  assert.throws(() => parseCertificate(new Uint8Array(0)), ProtocolError);
});
