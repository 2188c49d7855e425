/** Encrypted flows through the public API, between two clients of a stand-in IRMd. @module */
import assert from "node:assert/strict";
import { AuthError, CryptError, InvalidError } from "../../contract/errors.ts";
import { QOS } from "../../contract/qos.ts";
import type { SecurityOptions } from "../../contract/security.ts";
import { systemRandom } from "../../os/clock.ts";
import { libcryptoBackend } from "../../os/crypto/libcrypto.ts";
import { Ouroboros } from "../client.ts";
import { secureFlow } from "./flow_security.ts";
import { TestingIrmd } from "../../testing/irmd.ts";

// The library stays loaded: not as a leak of the first test.
libcryptoBackend();

const security = { require: ["encryption"] } as const;

for (const qos of ["raw", "data", "voice"] as const) {
  Deno.test(`packets of an encrypted ${qos} flow arrive as they were`, async () => {
    await using irmd = await TestingIrmd.start();
    await using client = await Ouroboros.connect({ runtimeFolder: irmd.folder });
    await using server = await Ouroboros.connect({ runtimeFolder: irmd.folder });
    const [here, there] = await Promise.all([client.allocate("name", { qos, security }), server.accept()]);
    assert.deepEqual(here.security, { cipher: "aes-256-gcm", peer: undefined });
    assert.deepEqual(there.security, here.security);
    for (const size of [1, 100, 20_000]) {
      await here.write(new Uint8Array(size).fill(size));
      assert.deepEqual(await there.read(), new Uint8Array(size).fill(size));
      await there.write(new Uint8Array(size).fill(7));
      assert.deepEqual(await here.read(), new Uint8Array(size).fill(7));
    }
    assert.equal(here.maxPacket, (await plainMax(qos)) - 28);
  });
}

/** Largest packet of the same flow in clear. */
async function plainMax(qos: keyof typeof QOS): Promise<number> {
  await using irmd = await TestingIrmd.start();
  await using client = await Ouroboros.connect({ runtimeFolder: irmd.folder });
  const [flow, other] = await Promise.all([client.allocate("name", { qos }), client.accept()]);
  assert.deepEqual([flow.security.cipher, other.security.cipher], [undefined, undefined]);
  return flow.maxPacket;
}

Deno.test("a flow with less security than was asked is given back, and the key of one that is taken is wiped", async () => {
  const rejected: [SecurityOptions, unknown][] = [
    [{ cipher: "aes-256-gcm" }, CryptError],
    [{ require: ["encryption"] }, CryptError],
    [{ require: ["certificate"] }, AuthError],
    [{ authorities: "PEM" }, AuthError],
  ];
  for (const [asked, Class] of rejected) {
    await assert.rejects(
      secureFlow({}, asked, systemRandom),
      (thrown) => thrown instanceof Object && thrown.constructor === Class,
    );
  }
  const encryption = { cipher: "aes-128-ctr", key: new Uint8Array(32).toBase64(), role: "client" };
  const { security: known, cipher } = await secureFlow({ security: { encryption } }, {}, systemRandom);
  assert.deepEqual(known, { cipher: "aes-128-ctr", peer: undefined });
  assert.equal(cipher?.overhead, 16);
  cipher.close();
  await assert.rejects(
    secureFlow({ security: { encryption: { cipher: "rot13" } } }, {}, systemRandom),
    /cannot be understood/,
  );
});

Deno.test("a stand-in that does not encrypt as asked: the flow is given back", async () => {
  await using irmd = await TestingIrmd.start();
  await using client = await Ouroboros.connect({ runtimeFolder: irmd.folder });
  const accepting = client.accept();
  await assert.rejects(client.allocate("name", { security: { keyExchange: "X25519" } }), CryptError);
  const spelt: Record<string, string> = { cypher: "x" };
  await assert.rejects(client.allocate("name", { security: spelt }), InvalidError);
  const [flow] = await Promise.all([client.allocate("name"), accepting]);
  assert.equal(flow.security.cipher, undefined);
});
