/** @module */
import { NO_BYTES } from "../../kit/bytes.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { CryptError, InvalidError, MessageSizeError } from "../../contract/errors.ts";
import { CIPHER_NAMES, type CipherName, type FlowRole } from "../../contract/security.ts";
import { libcryptoBackend } from "../../os/crypto/libcrypto.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { mutated } from "../../../tests/support/mutations.ts";
import { CIPHERS, named } from "../algorithms.ts";
import type { CipherBackend } from "./cipher_backend.ts";
import { FlowCipher } from "./packet_cipher.ts";
import { ReferencePeer, withoutLibcrypto } from "../../testing/security/reference_peer.ts";
import { runtimeBackend } from "./runtime_backend.ts";

const libcrypto = libcryptoBackend();
/** Where there is no `libcrypto`, another backend has each cipher. */
const backendsOf = (name: CipherName): readonly CipherBackend[] => [
  withoutLibcrypto(name),
  ...libcrypto ? [libcrypto] : [],
];
/** Opens the library now: a call from a test would count as its leak. */
for (const cipher of CIPHERS) {
  for (const backend of backendsOf(cipher.name)) backend.key(cipher, new Uint8Array(cipher.keyBytes)).free();
}

const KEY = new Uint8Array(32).map((_, index) => index * 7);
const AEAD = CIPHER_NAMES.filter((name) => !name.endsWith("ctr"));
const LIMITS = { period: 32, own: 64, most: 1000 };

function end(
  cipher: CipherName,
  role: FlowRole,
  backend = withoutLibcrypto(cipher),
  seed = 1,
  limits = LIMITS,
) {
  return new FlowCipher({ cipher, key: KEY, role }, new SeededRandom(seed), backend, limits);
}

function sealed(cipher: FlowCipher, packet: Uint8Array, header = NO_BYTES): Uint8Array {
  const out = new Uint8Array(packet.length + header.length + cipher.overhead + 5).fill(0xee);
  const length = cipher.seal(header, packet, out);
  assert(out.subarray(length).every((byte) => byte === 0xee));
  return out.slice(0, length);
}

for (const name of CIPHER_NAMES) {
  for (const from of backendsOf(name)) {
    for (const to of backendsOf(name)) {
      Deno.test(`${name}: what ${from.name} seals, ${to.name} opens`, () => {
        const [client, server] = [end(name, "client", from), end(name, "server", to)];
        const packets = fc.uint8Array({ maxLength: 300 });
        fc.assert(
          fc.property(packets, fc.uint8Array({ maxLength: 12 }), fc.boolean(), (packet, header, there) => {
            const [a, b] = there ? [client, server] : [server, client];
            const pdu = sealed(a, packet, header);
            assert.equal(pdu.length, header.length + packet.length + a.overhead);
            const whole = Uint8Array.from([...header, ...packet]);
            assert.equal(b.open(pdu)?.toHex(), whole.toHex());
            // The same packet again is another PDU.
            assert.notEqual(sealed(a, packet, header).toHex(), pdu.toHex());
          }),
          { numRuns: 60 },
        );
        client.close();
        server.close();
      });
    }
  }
}

for (const name of AEAD) {
  Deno.test(`${name}: damaged, cut, repeated and reflected PDUs are dropped and counted`, () => {
    const [client, server] = [end(name, "client"), end(name, "server")];
    const pdu = sealed(client, Uint8Array.of(1, 2, 3));
    let [short, undecryptable] = [0, 0];
    fc.assert(fc.property(mutated([pdu]), (damaged) => {
      if (damaged.toHex() === pdu.toHex()) return;
      assert.equal(server.open(damaged), undefined);
      if (damaged.length < server.overhead) short++;
      else undecryptable++;
    }));
    for (let length = 0; length < pdu.length; length++) {
      assert.equal(server.open(pdu.subarray(0, length)), undefined);
    }
    assert.equal(client.open(pdu), undefined);
    assert.deepEqual([client.counts().repeated, client.counts().undecryptable], [1, 0]);
    assert.equal(server.open(pdu)?.toHex(), "010203");
    for (let again = 0; again < 3; again++) assert.equal(server.open(pdu), undefined);
    const counts = server.counts();
    assert(undecryptable > 0);
    assert.deepEqual(counts, {
      sealed: 0,
      opened: 1,
      short: short + server.overhead,
      undecryptable: undecryptable + pdu.length - server.overhead,
      repeated: 3,
      rotations: 0,
    });
  });
}

Deno.test("packets may come in another order, and each is taken once", () => {
  const random = new SeededRandom(5);
  const [client, server] = [end("aes-256-gcm", "client"), end("aes-256-gcm", "server")];
  const pdus = Array.from({ length: 40 }, (_, index) => sealed(client, Uint8Array.of(index)));
  const order = pdus.concat(pdus).map((pdu) => [random.uint32(), pdu] as const).sort(([a], [b]) => a - b);
  const got = order.map(([, pdu]) => server.open(pdu)?.[0]).filter((value) => value !== undefined);
  assert.deepEqual(got.toSorted((a, b) => a - b), pdus.map((_, index) => index));
});

Deno.test("two ends of ours change keys together, also when one hardly sends", () => {
  for (const share of [2, 50]) {
    const [client, server] = [end("aes-128-gcm", "client"), end("aes-128-gcm", "server", runtimeBackend, 2)];
    const random = new SeededRandom(share);
    for (let packet = 0; packet < 1000; packet++) {
      const [a, b] = random.uint32() % share === 0 ? [server, client] : [client, server];
      const pdu = sealed(a, Uint8Array.of(packet));
      if (random.uint32() % 10 === 0) continue;
      assert.equal(b.open(pdu)?.[0], packet & 255, `packet ${packet}`);
    }
    const rotations = [client, server].map((one) => one.counts().rotations);
    assert(rotations[0] >= 8 && Math.abs(rotations[0] - rotations[1]) <= 1, String(rotations));
  }
});

Deno.test("an end that hears nothing changes keys only when it must", () => {
  const [client, server] = [end("aes-128-gcm", "client"), end("aes-128-gcm", "server", runtimeBackend, 2)];
  for (let packet = 0; packet < 2500; packet++) {
    assert(server.open(sealed(client, Uint8Array.of(packet))), `packet ${packet}`);
  }
  assert.deepEqual([client.counts().rotations, server.counts().rotations], [2, 2]);
});

for (const name of ["aes-256-gcm", "chacha20-poly1305", "aes-128-ctr"] as const) {
  Deno.test(`${name}: an end of ours follows the reference through its changes of keys`, () => {
    // The reference loses track itself when it hears three quarters of a period and says nothing.
    const limits = { period: 128, own: 256, most: 2 ** 31 };
    let rotations = 0;
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 6 }), fc.boolean(), (seed, share, oursMore) => {
        const random = new SeededRandom(seed);
        const ours = end(name, "client", runtimeBackend, seed, limits);
        const peer = new ReferencePeer(named(CIPHERS, name), KEY, limits.period, random);
        let lost = 0;
        for (let packet = 0; packet < 1000; packet++) {
          const content = new Uint8Array(8).fill(packet);
          const fromUs = (random.uint32() % share === 0) !== oursMore;
          const got = fromUs ? peer.open(sealed(ours, content)) : ours.open(peer.seal(content));
          if (got?.toHex() === content.toHex()) continue;
          lost++;
          // Without a tag, packets with which the reference flips the phase too early cannot be told.
          assert(name.endsWith("ctr") || fromUs, `packet ${packet} from the reference`);
        }
        rotations += peer.rotations;
        const most = name.endsWith("ctr") ? 100 : peer.rotations;
        assert(lost <= most, `${lost} of 1000 packets lost with ${peer.rotations} changes of keys`);
      }),
      { numRuns: 10, seed: 1 },
    );
    assert(rotations > 0);
  });
}

Deno.test("a random nonce that came before is not accepted, within the last thousands", () => {
  const random = new SeededRandom(9);
  const peer = new ReferencePeer(named(CIPHERS, "aes-256-gcm"), KEY, 2 ** 20, random);
  const server = end("aes-256-gcm", "server", libcrypto ?? runtimeBackend, 1, { ...LIMITS, period: 2 ** 20 });
  const pdus = Array.from({ length: 3000 }, () => peer.seal(Uint8Array.of(1)));
  assert(pdus.every((pdu) => server.open(pdu)));
  assert(!pdus.some((pdu) => server.open(pdu)));
  assert.equal(server.counts().repeated, 3000);
  server.close();
});

Deno.test("a closed cipher, a key of another length and too little room are refused", () => {
  assert.throws(
    () =>
      new FlowCipher(
        { cipher: "aes-128-gcm", key: NO_BYTES, role: "client" },
        new SeededRandom(1),
        runtimeBackend,
      ),
    InvalidError,
  );
  for (const backend of backendsOf("aes-128-gcm")) {
    const [client, server] = [end("aes-128-gcm", "client", backend), end("aes-128-gcm", "server", backend)];
    assert.throws(() => client.seal(NO_BYTES, new Uint8Array(10), new Uint8Array(37)), MessageSizeError);
    const pdu = sealed(client, Uint8Array.of(1));
    for (const cipher of [client, server, client]) cipher.close();
    assert.throws(() => client.seal(NO_BYTES, NO_BYTES, pdu), CryptError);
    assert.equal(server.open(pdu), undefined);
  }
});
