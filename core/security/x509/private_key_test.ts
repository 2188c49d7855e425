/** @module */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { AuthError, ProtocolError } from "../../contract/errors.ts";
import { mutated } from "../../../tests/support/mutations.ts";
import { pairOf } from "../../testing/security/certificates.ts";
import { pem, pemBlocks } from "./pem.ts";
import { parsePrivateKey } from "./private_key.ts";
import { valueOf } from "../../testing/security/recorded.ts";
import { messageForm, verifySignature } from "./signatures.ts";

const MESSAGE = new TextEncoder().encode("a message");

async function signs(text: string): Promise<void> {
  const { kind, publicKey, sign } = parsePrivateKey(text);
  const form = messageForm(kind, "sha512");
  assert(form && publicKey);
  const signature = await valueOf<Uint8Array>((done) => sign(form, MESSAGE, done));
  const good = (bytes: Uint8Array) =>
    valueOf<boolean>((done) => verifySignature(kind, publicKey, form, MESSAGE, bytes, done));
  assert.equal(await good(signature), true);
  assert.equal(
    await good(signature.subarray(1)).catch((thrown) => thrown instanceof AuthError && false),
    false,
  );
}

for (const curve of ["prime256v1", "secp384r1", "secp521r1"] as const) {
  Deno.test(`${curve}: keys in the older form and in PKCS #8 sign`, async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: curve });
    await signs(privateKey.export({ type: "sec1", format: "pem" }).toString());
    await signs(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  });
}

Deno.test("RSA keys in the older form sign; small ones are refused", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await signs(privateKey.export({ type: "pkcs1", format: "pem" }).toString());
  const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({
    type: "pkcs8",
    format: "pem",
  });
  assert.throws(() => parsePrivateKey(small.toString()), /1024 bits; 2048 to 8192 are taken/);
});

Deno.test("an encrypted key is refused in words", () => {
  const text = pem("ENCRYPTED PRIVATE KEY", Uint8Array.of(1));
  assert.throws(() => parsePrivateKey(text), /is encrypted; take one that is not/);
});

Deno.test("damaged keys are refused, or sign, or say that they cannot", async () => {
  const keys = await Promise.all((["P-256", "P-521", "Ed25519", "ML-DSA-44"] as const).map(pairOf));
  const bytes = keys.map(({ text }) => pemBlocks(text)[0].der);
  await fc.assert(
    fc.asyncProperty(mutated(bytes), async (damaged) => {
      try {
        const { sign, kind } = parsePrivateKey(pem("PRIVATE KEY", damaged));
        const form = messageForm(kind, undefined);
        if (form) await valueOf<Uint8Array>((done) => sign(form, MESSAGE, done));
      } catch (thrown) {
        assert(thrown instanceof ProtocolError || thrown instanceof AuthError, String(thrown));
      }
    }),
    { numRuns: 200 },
  );
});
