/**
 * What handshakes and encrypted packets cost, without sockets.
 *
 * @module
 */
import { systemRandom } from "../../core/os/clock.ts";
import { libcryptoBackend } from "../../core/os/crypto/libcrypto.ts";
import { encrypting, Ends } from "../../core/testing/irmd/handshake.ts";
import { authorityOf, ownOf, pairOf } from "../../core/testing/security/certificates.ts";
import type { CipherBackend } from "../../core/security/cipher/cipher_backend.ts";
import { FlowCipher } from "../../core/security/cipher/packet_cipher.ts";
import { runtimeBackend } from "../../core/security/cipher/runtime_backend.ts";
import { markdown, type Row } from "./table.ts";

const HANDSHAKES = 200;
const MAX_MS = 5;
const PACKET_BYTES = 1400;

/** CPU of both ends of one handshake, in milliseconds. */
async function handshake(): Promise<number> {
  const issuer = await authorityOf("the authority");
  const end = async (subject: string) => ({
    ...encrypting("X25519"),
    trust: { anchors: [issuer.certificate], intermediates: [] },
    own: await ownOf({ subject, pair: await pairOf("P-256"), issuer }),
  });
  const [client, server] = [await end("client"), await end("x")];
  const ends = new Ends();
  const many = async () => {
    for (let count = 0; count < HANDSHAKES; count++) await ends.exchange(client, server);
  };
  await many(); // Warm-up.
  const before = process.cpuUsage();
  await many();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / HANDSHAKES;
}

/** Microseconds for sealing and for opening one packet. */
function packets(backend: CipherBackend, count: number): readonly [seal: number, open: number] {
  const key = new Uint8Array(32).fill(1);
  const end = (role: "client" | "server") =>
    new FlowCipher({ cipher: "aes-256-gcm", key, role }, systemRandom, backend);
  const [client, server] = [end("client"), end("server")];
  const header = new Uint8Array(12), packet = new Uint8Array(PACKET_BYTES);
  const length = header.length + packet.length + client.overhead;
  const pdus = Array.from({ length: count }, () => new Uint8Array(length));
  const timed = (run: () => void) => {
    const start = performance.now();
    run();
    return (performance.now() - start) * 1000 / count;
  };
  const pass = () =>
    [
      timed(() => pdus.forEach((pdu) => client.seal(header, packet, pdu))),
      timed(() => pdus.forEach((pdu) => server.open(pdu))),
    ] as const;
  const passes = Array.from({ length: 5 }, pass);
  client.close();
  server.close();
  return [Math.min(...passes.map(([seal]) => seal)), Math.min(...passes.map(([, open]) => open))];
}

/** Measures. */
export async function benchSecurity(): Promise<Row[]> {
  const cpu = await handshake();
  const rows: Row[] = [{
    what: "handshake with X25519 and P-256 certificates, CPU of both ends",
    value: `${cpu.toFixed(2)} ms`,
    required: `≤ ${MAX_MS} ms`,
    reached: cpu <= MAX_MS,
  }];
  const libcrypto = libcryptoBackend();
  const backends: readonly [CipherBackend | undefined, number, number][] = [[libcrypto, 20_000, 2], [
    runtimeBackend,
    2000,
    40,
  ]];
  for (const [backend, count, most] of backends) {
    if (!backend) continue;
    const [seal, open] = packets(backend, count);
    rows.push({
      what: `AES-256-GCM with ${backend.name}, ${PACKET_BYTES} B: seal / open a packet`,
      value: `${seal.toFixed(2)} / ${open.toFixed(2)} µs`,
      required: `≤ ${most} µs each`,
      reached: Math.max(seal, open) <= most,
    });
  }
  return rows;
}

if (import.meta.main) console.log(markdown(await benchSecurity()));
