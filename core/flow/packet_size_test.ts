/** The largest packet of every kind of flow: what the layer carries less what the kind adds; what is larger is refused. @module */
import assert from "node:assert/strict";
import { MessageSizeError } from "../contract/errors.ts";
import { CIPHER_NAMES } from "../contract/security.ts";
import { QOS } from "../contract/qos.ts";
import { systemRandom } from "../os/clock.ts";
import { systemBackend } from "../os/crypto/system_cipher.ts";
import { FlowCipher } from "../security/cipher/packet_cipher.ts";
import { TestingFlows } from "../testing/flow_ends.ts";

// The library stays loaded: not as a leak of the first test.

const PCI = 12;
const CRC = 4;
const QUALITIES = [
  ["raw", QOS.raw, 0],
  ["raw without time-out", { ...QOS.raw, timeout: 0 }, 0],
  ["raw with checksum", { ...QOS.raw, ber: 0 }, CRC],
  ["best effort", QOS.best, PCI],
  ["voice with checksum", { ...QOS.voice, ber: 0 }, PCI + CRC],
  ["data", QOS.data, PCI],
  ["data with checksum", { ...QOS.data, ber: 0 }, PCI + CRC],
] as const;

for (const name of ["clear", ...CIPHER_NAMES] as const) {
  // An IV of 16 bytes, or one of 12 and a tag of 16.
  const sealed = name === "clear" ? 0 : name.endsWith("ctr") ? 16 : 28;
  const key = systemRandom.bytes(32);
  const backend = await systemBackend(name === "clear" ? "aes-256-gcm" : name);
  const cipher = name === "clear"
    ? undefined
    : (role: "client" | "server") => new FlowCipher({ cipher: name, key, role }, systemRandom, backend);

  Deno.test(`packets as large as they may be, and larger: ${name}`, async () => {
    for (const [what, qos, added] of QUALITIES) {
      await using flows = new TestingFlows({ qos, maxPacket: 2000, cipher });
      const { here, there } = flows;
      for (const limit of [2000, 300, 60_000]) {
        flows.limit(limit);
        while (here.maxPacket !== limit - added - sealed) await new Promise((done) => setImmediate(done));
        const packet = systemRandom.bytes(here.maxPacket);
        await here.write(packet);
        assert.deepEqual(await there.read(), packet, what);
        const large = new Uint8Array(here.maxPacket + 1);
        await assert.rejects(here.write(large), (error) => {
          assert(error instanceof MessageSizeError);
          assert.match(
            error.message,
            new RegExp(`${large.length} bytes is too large: flow 64 \\(name\\).* ${packet.length} bytes`),
          );
          return true;
        });
        assert.throws(() => here.tryWrite(large), MessageSizeError);
      }
    }
  });
}
