/**
 * The recorded encrypted flows open with the recorded keys.
 *
 * @module
 */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { SeededRandom } from "../kit/seeded_random.ts";
import { cipherOf } from "./algorithms.ts";
import { KeyChain } from "./cipher/key_chain.ts";
import { FlowCipher } from "./cipher/packet_cipher.ts";
import { hex, messages, RECORDED_KEYS } from "../testing/security/recorded.ts";
import { withoutLibcrypto } from "../testing/security/reference_peer.ts";

/**
 * How many packets are retransmissions that the reference spoils (flows.md, quirk 6): the ciphertext of an earlier packet
 * without its nonce.
 */
function spoiltOf(packets: readonly Uint8Array[]): number {
  const ciphertexts = new Set<string>();
  return packets.filter((packet) => {
    if (ciphertexts.has(packet.subarray(0, 8).toHex())) return true;
    ciphertexts.add(packet.subarray(12, 20).toHex());
    return false;
  }).length;
}

for (const [capture, keys] of RECORDED_KEYS) {
  Deno.test(`recorded: ${capture}: its packets open`, () => {
    const cipher = cipherOf(keys.cipher_nid);
    assert(cipher);
    const limits = { period: 2 ** (keys.rotation_bit ?? 20), own: Infinity, most: Infinity };
    // Both ends send with one key and random nonces: one observer opens both directions.
    const observer = new FlowCipher(
      { cipher: cipher.name, key: hex(keys.key), role: "server" },
      new SeededRandom(1),
      withoutLibcrypto(cipher.name),
      limits,
    );
    let spoilt = 0;
    const lengths = new Set<number>();
    const packets = messages(capture, "user data");
    for (const packet of packets) {
      const checked = capture === "frct-enc-crc" && packet.length > 40;
      const pdu = checked ? packet.subarray(0, -4) : packet;
      if (checked) assert.equal(crc32(pdu), Number(`0x${packet.subarray(-4).toHex()}`));
      const content = observer.open(pdu);
      if (content) lengths.add(content.length);
      else spoilt++;
    }
    assert.equal(spoilt, spoiltOf(packets));
    assert.equal(spoilt > 0, capture === "frct-enc" || capture === "frct-enc-lossy");
    if (capture.startsWith("oap")) assert.deepEqual([...lengths].toSorted(), [30, 40]);
    assert.equal(observer.counts().rotations, (keys.rotation_keys?.length ?? 1) - 1);
  });
}

Deno.test("recorded: the chain of keys", () => {
  const keys = RECORDED_KEYS.get("frct-enc-rotation");
  const seen: string[] = [];
  const backend = {
    name: "",
    key: (_cipher: unknown, key: Uint8Array) => {
      seen.push(key.toHex());
      return { seal: () => {}, open: () => undefined, free: () => {} };
    },
  };
  const cipher = cipherOf(901);
  assert(keys?.rotation_keys && cipher);
  const chain = new KeyChain(cipher, hex(keys.key), backend);
  for (let step = 0; step < 3; step++) chain.advance();
  assert.deepEqual(seen, keys.rotation_keys);
});
