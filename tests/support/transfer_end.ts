/**
 * One end of a reliable transfer, a program of its own: `send FOLDER NAME BYTES` or `receive FOLDER`. The sender says when its flow is
 * there and begins at the signal USR1. Each prints what it sent or got as a line of JSON: bytes, SHA-256, milliseconds.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { Ouroboros, QOS } from "../../mod.ts";

/** Each packet begins with its number; what follows is random, and differs from packet to packet. */
const NUMBER_BYTES = 4;
/** What fits into a frame of Ethernet under all headers: many packets, each of which can be lost. */
const PACKET_BYTES = 1400;

const say = (what: Record<string, unknown>) => console.log(JSON.stringify(what));

async function send(ouro: Ouroboros, name: string, bytes: number): Promise<void> {
  const go = Promise.withResolvers<void>();
  Deno.addSignalListener("SIGUSR1", go.resolve);
  const flow = await ouro.allocate(name, { qos: { ...QOS.data, ber: 0 } });
  say({ maxPacket: flow.maxPacket });
  await go.promise;
  Deno.removeSignalListener("SIGUSR1", go.resolve);
  const random = crypto.getRandomValues(new Uint8Array(65_536));
  const noise = new Uint8Array(2 * random.length);
  noise.set(random);
  noise.set(random, random.length);
  const packet = new Uint8Array(Math.min(PACKET_BYTES, flow.maxPacket));
  const view = new DataView(packet.buffer);
  const hash = createHash("sha256");
  const start = performance.now();
  for (let sent = 0, number = 0; sent < bytes; number++) {
    const part = packet.subarray(0, Math.min(packet.length, Math.max(NUMBER_BYTES, bytes - sent)));
    part.set(noise.subarray(number * 7919 % random.length).subarray(0, part.length));
    view.setUint32(0, number);
    hash.update(part);
    if (!flow.tryWrite(part)) await flow.write(part);
    sent += part.length;
  }
  // The end, as in streams of bytes: the layer's own news of it may get lost.
  await flow.write(new Uint8Array(0));
  await flow.deallocate({ linger: 120_000 });
  say({ bytes, sha256: hash.digest("hex"), ms: performance.now() - start });
}

async function receive(ouro: Ouroboros): Promise<void> {
  say({ pid: Deno.pid });
  const flow = await ouro.accept();
  const hash = createHash("sha256");
  let bytes = 0, packets = 0, disorder = 0;
  try {
    for await (const packet of flow) {
      if (packet.length === 0) break;
      const number = new DataView(packet.buffer, packet.byteOffset).getUint32(0);
      if (number !== packets) disorder++;
      hash.update(packet);
      packets++;
      bytes += packet.length;
    }
  } finally {
    await flow.deallocate();
  }
  say({ bytes, sha256: hash.digest("hex"), packets, disorder });
}

const [role, runtimeFolder, name, bytes] = Deno.args;
const ouro = await Ouroboros.connect({ runtimeFolder, program: "transfer_end" });
if (role === "send") await send(ouro, name, Number(bytes));
else await receive(ouro);
await ouro.close();
