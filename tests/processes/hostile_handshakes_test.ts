/** Requests for flows from a peer that means harm: replayed, cut short, and in floods that would be expensive. @module */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { nameHash } from "../../core/contract/ids.ts";
import { QOS } from "../../core/contract/qos.ts";
import type { KeyExchangeName } from "../../core/contract/security.ts";
import { ClientHandshake } from "../../core/irmd/oap/client_handshake.ts";
import { encrypting } from "../../core/testing/irmd/handshake.ts";
import { systemClock, systemRandom } from "../../core/os/clock.ts";
import { valueOf } from "../../core/testing/security/recorded.ts";
import { decodeOapHeader, encodeOapHeader } from "../../core/wire/oap_header.ts";
import type { ShimReply } from "../../core/ipcp/shim/shim_message.ts";
import { decodeUdpManagement, encodeUdpManagement } from "../../plugins/udp/udp_management.ts";
import { authority } from "../support/certificates.ts";
import { Host } from "../support/host.ts";
import { freePort } from "../support/name_server.ts";

const SERVER = new URL("../support/echo_server.ts", import.meta.url).pathname;
const HASH = nameHash(createHash("md5").update("x").digest("hex"));
const HOSTILE = "127.0.0.2";
const HONEST = "127.0.0.3";
const THEIRS = "127.0.0.1";

/** A peer that can send what it likes. */
class Peer implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #port: number;
  readonly #waiting = new Map<number, (reply: ShimReply) => void>();
  #last = 1000;

  private constructor(socket: Socket, port: number) {
    this.#socket = socket;
    this.#port = port;
    socket.on("message", (bytes) => {
      const message = decodeUdpManagement(bytes);
      if (message.code === "reply") {
        this.#waiting.get(message.requester)?.({ ...message, data: message.data.slice() });
      }
    });
  }

  static async start(own: string, port: number): Promise<Peer> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(port, own, resolve));
    return new Peer(socket, port);
  }

  /** Asks for a flow, each time as another endpoint; gives its number. */
  ask(data: Uint8Array): number {
    const requester = ++this.#last;
    this.#send(encodeUdpManagement({ code: "request", requester, qos: QOS.raw, hash: HASH, data }));
    return requester;
  }

  /** Asks, and waits for the reply. */
  async answer(data: Uint8Array): Promise<ShimReply> {
    return await new Promise((resolve) => this.#waiting.set(this.ask(data), resolve));
  }

  /** Ends a flow. */
  end({ requester, responder }: ShimReply): void {
    this.#send(encodeUdpManagement({ code: "deallocate", source: requester, destination: responder }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #send(bytes: Uint8Array): void {
    this.#socket.send(bytes, this.#port, THEIRS);
  }
}

/** A request as an honest client makes it. */
function honest(kex: KeyExchangeName = "X25519"): Promise<ClientHandshake> {
  const context = { clock: systemClock, random: systemRandom, name: "x", policy: encrypting(kex) };
  return valueOf((done) => ClientHandshake.begin(context, new Uint8Array(0), done));
}

interface Handshakes {
  readonly received: number;
  readonly agreed: number;
  readonly refusedEarly: number;
  readonly unauthenticated: number;
  readonly unencrypted: number;
}

async function status(
  host: Host,
): Promise<{ handshakes: Handshakes; waitingRequests: number; flows: number }> {
  return JSON.parse(await host.ok("irm status as JSON"));
}

Deno.test("replayed, cut and expensive requests are refused cheaply; honest ones get their flow before and after", async () => {
  await using host = await Host.start();
  const port = freePort();
  await using peer = await Peer.start(HOSTILE, port);
  await using other = await Peer.start(HONEST, port);
  await host.ok(`irm ipcp bootstrap type udp4 name u layer net ip ${THEIRS} port ${port} peer ${HOSTILE}`);
  await host.ok("irm name create x");
  await host.ok("irm name register x layer net");
  await host.secure("server/x/enc.conf", "kex=X25519");
  const server = host.program([Deno.execPath(), "run", "-A", "-q", SERVER]);
  await server.waitFor(/ready/);
  await host.ok(`irm bind process ${server.pid} name x`);

  const flow = async (handshake: ClientHandshake) => {
    const reply = await other.answer(handshake.request);
    assert.equal(reply.response, 0);
    const { security } = await valueOf<{ security: { encryption?: unknown } }>((done) =>
      handshake.check(reply.data, done)
    );
    assert.notEqual(security.encryption, undefined);
    other.end(reply);
  };
  const first = await honest();
  await flow(first);

  // Replayed, in whole, and changed where it is not signed.
  assert.equal((await peer.answer(first.request)).response, -1009);
  const header = decodeOapHeader(first.request, 0);
  assert.equal((await peer.answer(encodeOapHeader({ ...header, cipher: 0 }))).response, -1009);
  // Late, and ahead of the clock.
  for (const shift of [-30_000n, 30_000n]) {
    const late = encodeOapHeader({ ...header, timestamp: header.timestamp + shift * 1_000_000n });
    assert.equal((await peer.answer(late)).response, -1009);
  }
  // Cut short, each with an id of its own.
  for (const length of [0, 1, 16, 24, 35, 36, 37, 79]) {
    const { request } = await honest();
    assert.equal(request.length, 80);
    assert.equal((await peer.answer(request.subarray(0, length))).response, -1009, `${length} bytes`);
  }
  // Weaker than the name takes, in clear, and a key that is none.
  const { request: weak } = await honest("ffdhe2048");
  const clear = encodeOapHeader({
    ...decodeOapHeader((await honest()).request, 0),
    keyExchange: new Uint8Array(0),
  });
  const bad = encodeOapHeader({
    ...decodeOapHeader((await honest()).request, 0),
    keyExchange: new Uint8Array(500),
  });
  for (const request of [weak, clear, bad]) assert.equal((await peer.answer(request)).response, -1008);

  // A flood of what would be expensive, while nobody accepts: nothing is computed for it.
  server.kill("SIGKILL");
  await server.ended;
  const before = (await status(host)).handshakes;
  const { request: expensive } = await honest("ffdhe4096");
  const template = decodeOapHeader(expensive, 0);
  for (let count = 0; count < 500; count++) {
    const id = crypto.getRandomValues(new Uint8Array(16));
    peer.ask(encodeOapHeader({ ...template, id }));
  }
  const { received: receivedBefore, ...computedBefore } = before;
  let during = await status(host);
  // They are on their way through the IPCP.
  while (during.handshakes.received === receivedBefore) during = await status(host);
  const { received, ...computed } = during.handshakes;
  assert.deepEqual(computed, computedBefore);
  assert(received > receivedBefore && during.waitingRequests <= 256, JSON.stringify(during));
  // With certificates of nobody, where certificates are required: refused at once.
  const { certificate } = await authority();
  await host.secure("server/x/enc.conf", "kex=X25519\nca=members.pem");
  await host.secure("server/x/members.pem", certificate);
  assert.equal((await other.answer((await honest()).request)).response, -1009);
  await host.secure("server/x/enc.conf", "kex=X25519");

  // A request waits a second for a process that accepts.
  while ((await status(host)).waitingRequests > 0);
  const again = host.program([Deno.execPath(), "run", "-A", "-q", SERVER]);
  await again.waitFor(/ready/);
  await host.ok(`irm bind process ${again.pid} name x`);
  await flow(await honest());
});
