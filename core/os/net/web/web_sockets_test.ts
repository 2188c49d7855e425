/** WebSockets of this machine: our two ends, and each of them with the runtime's. @module */
import assert from "node:assert/strict";
import type { DialSettings, DoorSettings, MessageDoor, MessageSocket } from "../../../contract/network.ts";
import type { Outcome } from "../../../contract/outcome.ts";
import { NO_BYTES } from "../../../kit/bytes.ts";
import { pem } from "../../../security/x509/pem.ts";
import { authorityOf, certify, pairOf } from "../../../testing/security/certificates.ts";
import { systemWebSockets } from "./web_sockets.ts";

const LARGEST = 9014;
const TOKEN = "0123456789abcdef";

/** What a client begins with. */
const ASK = "GET /ouro HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

/** A folder for files, and a door with what comes in. */
class Place implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "ouro-web-" });
  readonly sockets: MessageSocket[] = [];
  readonly messages: Uint8Array[] = [];
  readonly #ends: PromiseWithResolvers<void>[] = [];
  door: MessageDoor | undefined;

  file(name: string, text: string): string {
    Deno.writeTextFileSync(`${this.folder}/${name}`, text);
    return `${this.folder}/${name}`;
  }

  /** What comes in is sent back. */
  listen(more: Partial<DoorSettings> = {}): number {
    const settings = { address: "127.0.0.1", port: 0, path: "/ouro", largest: LARGEST, ...more };
    this.door = systemWebSockets.listen(settings, (socket) => {
      this.sockets.push(socket);
      const end = Promise.withResolvers<void>();
      this.#ends.push(end);
      socket.onMessage((message) => {
        this.messages.push(message.slice());
        socket.send(message, Uint8Array.of(1));
      });
      socket.onEnd(() => end.resolve());
    });
    return this.door.port;
  }

  /** All sockets that came in have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#ends.map(({ promise }) => promise));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.door?.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

const dial = (url: string, more: Partial<DialSettings> = {}) =>
  new Promise<Outcome<MessageSocket>>((done) =>
    systemWebSockets.dial({ url: new URL(url), largest: LARGEST, ...more }, done)
  );

async function open(url: string, more: Partial<DialSettings> = {}): Promise<MessageSocket> {
  const outcome = await dial(url, more);
  assert(outcome.ok, outcome.ok ? "" : outcome.error.message);
  return outcome.value;
}

async function fault(url: string, more: Partial<DialSettings> = {}): Promise<string> {
  const outcome = await dial(url, more);
  return outcome.ok ? assert.fail("it was let in") : outcome.error.message;
}

/** So many messages. */
const some = (socket: MessageSocket, count: number) =>
  new Promise<Uint8Array[]>((done) => {
    const messages: Uint8Array[] = [];
    socket.onMessage((message) => messages.push(message.slice()) === count && done(messages));
  });

Deno.test("messages go both ways, whole and in order, also empty ones and many at once", async () => {
  await using place = new Place();
  const port = place.listen();
  const socket = await open(`ws://127.0.0.1:${port}/ouro?x=1`);
  const lengths = [0, 1, 9013, ...Array.from({ length: 200 }, (_, index) => index * 11)];
  const back = some(socket, lengths.length);
  for (const length of lengths) assert(socket.send(new Uint8Array(length).fill(length), NO_BYTES));
  const expected = lengths.map((length) => Uint8Array.of(1, ...new Uint8Array(length).fill(length)));
  assert.deepEqual(await back, expected);
  socket.close();
  await place.ended();
});

Deno.test("who has not the token, or the path, is refused in words", async () => {
  await using place = new Place();
  const token = place.file("token", `${TOKEN}\n`);
  const url = `ws://127.0.0.1:${place.listen({ token })}`;
  assert.match(await fault(`${url}/ouro`), /127\.0\.0\.1:\d+ wants another token/);
  const other = place.file("other", TOKEN.replace("0", "x"));
  assert.match(await fault(`${url}/ouro`, { token: other }), /wants another token/);
  assert.match(await fault(`${url}/`, { token }), /answers 404 Not Found in place of a WebSocket/);
  const socket = await open(`${url}/ouro`, { token });
  socket.close();
  await place.ended();
  assert.equal(place.sockets.length, 1);
});

Deno.test("files that are not there or say nothing are named before anything is opened", async () => {
  await using place = new Place();
  const missing = `${place.folder}/none`;
  const url = new URL("ws://127.0.0.1:1/");
  const dialled = (more: Partial<DialSettings>) => () =>
    systemWebSockets.dial({ url, largest: LARGEST, ...more }, () => {});
  assert.throws(dialled({ token: missing }), /there is no file of a token \S+\/none/);
  assert.throws(
    dialled({ token: place.file("short", "abc") }),
    /the first line of \S+ is no token: 16 to 512/,
  );
  assert.throws(dialled({ ca: missing }), /there is no file of authorities/);
  assert.throws(() => place.listen({ tls: { cert: missing, key: missing } }), /there is no certificate/);
  const nonsense = place.file("nonsense", "no PEM");
  assert.throws(() => place.listen({ tls: { cert: nonsense, key: nonsense } }), /cannot be used/);
  assert.throws(() => place.listen({ address: "192.0.2.1" }), /this host has no address 192\.0\.2\.1/);
  const port = place.listen();
  assert.throws(
    () => systemWebSockets.listen({ address: "127.0.0.1", port, path: "/", largest: 1 }, () => {}),
    /somebody listens at 127\.0\.0\.1:\d+ already/,
  );
});

Deno.test("TLS: a certificate that an authority of the file has issued is taken, another is not", async () => {
  await using place = new Place();
  const validity = { notBefore: Date.now() - 86_400_000, notAfter: Date.now() + 86_400_000 };
  const issuer = await authorityOf("the authority", "P-256", validity);
  const pair = await pairOf("P-256");
  const der = await certify({ ...validity, subject: "hub", issuer, pair, host: "localhost" });
  const cert = place.file("crt.pem", pem("CERTIFICATE", der)), key = place.file("key.pem", pair.text);
  const ca = place.file("ca.pem", pem("CERTIFICATE", issuer.certificate.der));
  const another = place.file("another.pem", (await pairOf("P-256")).text);
  assert.throws(
    () => place.listen({ tls: { cert, key: another } }),
    /crt\.pem and .*another\.pem cannot be used: .*KeyMismatch/,
  );
  const port = place.listen({ tls: { cert, key } });
  const socket = await open(`wss://localhost:${port}/ouro`, { ca });
  const back = some(socket, 1);
  socket.send(Uint8Array.of(3), Uint8Array.of(2));
  assert.deepEqual(await back, [Uint8Array.of(1, 2, 3)]);
  assert.match(
    await fault(`wss://localhost:${port}/ouro`),
    /there is no TLS with localhost:\d+: .*UnknownIssuer; give the file of its authority with: ca FILE/,
  );
  assert.match(await fault(`wss://127.0.0.1:${port}/ouro`, { ca }), /there is no TLS with 127\.0\.0\.1/);
  socket.close();
  await place.ended();
});

Deno.test("who dials with TLS where there is none, or without where there is, is told so at once", async () => {
  await using plain = new Place();
  await using secure = new Place();
  const validity = { notBefore: Date.now() - 86_400_000, notAfter: Date.now() + 86_400_000 };
  const pair = await pairOf("P-256");
  const cert = secure.file(
    "crt.pem",
    pem("CERTIFICATE", await certify({ ...validity, subject: "hub", pair, host: "localhost" })),
  );
  const ports = {
    plain: plain.listen(),
    secure: secure.listen({ tls: { cert, key: secure.file("k", pair.text) } }),
  };
  assert.match(
    await fault(`wss://localhost:${ports.plain}/ouro`),
    /^there is no TLS with localhost:\d+: .*; it answers without TLS: dial ws:, or give the hub a certificate with: cert FILE key FILE$/,
  );
  assert.match(
    await fault(`ws://localhost:${ports.secure}/ouro`),
    /^localhost:\d+ speaks TLS: dial wss:$/,
  );
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = silent.addr;
  const ends = async () => {
    const met = await silent.accept();
    await met.read(new Uint8Array(1000));
    met.close();
  };
  const [, one] = await Promise.all([ends(), fault(`wss://127.0.0.1:${port}/`)]);
  assert.match(
    one,
    /^there is no TLS with 127\.0\.0\.1:\d+: .*; it has ended the connection: does it speak TLS\?$/,
  );
  const [, other] = await Promise.all([ends(), fault(`ws://127.0.0.1:${port}/`)]);
  assert.match(
    other,
    /^127\.0\.0\.1:\d+ ends the connection in place of an answer: does it want TLS \(wss:\)\?$/,
  );
});

Deno.test("a door stays open whatever strangers send, with TLS and without", async () => {
  await using place = new Place();
  await using other = new Place();
  const pair = await pairOf("P-256");
  const der = await certify({
    subject: "hub",
    pair,
    notBefore: Date.now() - 86_400_000,
    notAfter: Date.now() + 86_400_000,
    host: "localhost",
  });
  const cert = other.file("crt.pem", pem("CERTIFICATE", der)), key = other.file("key.pem", pair.text);
  const ports = [place.listen(), other.listen({ tls: { cert, key } })];
  const hello = Uint8Array.fromHex("160301020001000001fc0303");
  const texts = ["\r\n\r\n", "GET /ouro HTTP/1.1\r\nbroken\r\n\r\n", "x".repeat(9000), ASK + "\x82\x7f", ASK];
  for (const bytes of [new Uint8Array(0), hello, ...texts.map((text) => new TextEncoder().encode(text))]) {
    for (const port of ports) {
      for (const waits of [false, true]) {
        const stranger = await Deno.connect({ hostname: "127.0.0.1", port });
        await stranger.write(bytes);
        if (waits) await stranger.closeWrite();
        // Who has sent more than was read is reset.
        const answer = () => stranger.read(new Uint8Array(4096)).catch(() => null);
        while (waits && await answer() !== null);
        stranger.close();
      }
    }
  }
  assert.match(await fault(`wss://localhost:${ports[1]}/ouro`), /there is no TLS/);
  const socket = await open(`ws://127.0.0.1:${ports[0]}/ouro`);
  socket.close();
  await place.ended();
});

Deno.test("the runtime's own WebSocket is a client like any other, and is told why it is let go", async () => {
  await using place = new Place();
  const port = place.listen();
  const request = await fetch(`http://127.0.0.1:${port}/ouro`);
  assert.deepEqual([request.status, request.headers.get("upgrade")], [426, "websocket"]);
  await request.body?.cancel();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ouro`);
  socket.binaryType = "arraybuffer";
  await new Promise((done) => socket.onopen = done);
  const message = new Promise<ArrayBuffer>((done) => socket.onmessage = ({ data }) => done(data));
  socket.send(new Uint8Array(9000));
  assert.equal((await message).byteLength, 9001);
  const closed = new Promise<number>((done) => socket.onclose = ({ code }) => done(code));
  socket.send("text");
  assert.equal(await closed, 1002);
  await place.ended();
});

Deno.test("the runtime's own server is a hub like any other: pings are answered, its close ends the socket", async () => {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 1 });
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => data.byteLength === 1 ? socket.close(4000) : socket.send(data);
    return response;
  });
  const socket = await open(`ws://127.0.0.1:${server.addr.port}/`);
  const back = some(socket, 1);
  socket.send(Uint8Array.of(1, 2), NO_BYTES);
  assert.deepEqual(await back, [Uint8Array.of(1, 2)]);
  const ended = new Promise<string>((done) => socket.onEnd(done));
  socket.send(Uint8Array.of(1), NO_BYTES);
  assert.match(await ended, /the other end has closed it \(4000\)/);
  await server.shutdown();
});

Deno.test("pages of browsers, and connections beyond those that one stranger may have, are turned away", async () => {
  await using place = new Place();
  const port = place.listen();
  const page = await Deno.connect({ hostname: "127.0.0.1", port });
  await page.write(new TextEncoder().encode(ASK.replace("\r\n", "\r\nOrigin: https://example.org\r\n")));
  const answer = new Uint8Array(1000);
  const count = await page.read(answer) ?? 0;
  assert.match(new TextDecoder().decode(answer.subarray(0, count)), /^HTTP\/1\.1 403 Forbidden\r\n/);
  page.close();
  const strangers = await Promise.all(
    Array.from({ length: 65 }, () => Deno.connect({ hostname: "127.0.0.1", port })),
  );
  // The last one is closed without a word.
  assert.equal(await strangers[64].read(new Uint8Array(1)), null);
  for (const stranger of strangers) stranger.close();
});

Deno.test("what waits for a reader that takes nothing has a limit; it goes on when it reads", async () => {
  await using place = new Place();
  const port = place.listen();
  const held = await Deno.connect({ hostname: "127.0.0.1", port });
  await held.write(new TextEncoder().encode(ASK));
  await held.read(new Uint8Array(1000));
  const [socket] = place.sockets;
  let sent = 0;
  const packet = new Uint8Array(9000);
  // The system takes some megabytes itself.
  for (let turn = 0; turn < 100; turn++) {
    while (socket.send(packet, NO_BYTES)) sent++;
    await new Promise((done) => setImmediate(done));
  }
  assert(socket.queued > 500_000 && socket.queued <= 2 * 512 * 1024, `${socket.queued} bytes wait`);
  const drained = new Promise<void>((done) => socket.onSent(() => socket.queued === 0 && done()));
  const bytes = new Uint8Array(1 << 20);
  const reading = (async () => {
    let came = 0;
    while (came < sent * 9004) came += await held.read(bytes) ?? 0;
  })();
  await Promise.all([drained, reading]);
  held.close();
  await place.ended();
});
