/** What exists already, over flows: TCP, Unix sockets, UDP, a proxy, standard input and output. @module */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { type LocalHost, localHost } from "../support/local_layer.ts";
import type { Process } from "../support/process.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (word: string) => new TextEncoder().encode(word);

/** Reads until the other side has ended its direction. */
async function readAll(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(65_536);
  let all = "";
  for (let count; (count = await connection.read(buffer)) !== null;) all += text(buffer.subarray(0, count));
  return all;
}

/** A server that speaks first, and says in capitals what a client has said once the client has ended its direction. */
class Shouter implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #serving = this.#serve();
  readonly port = this.#listener.addr.port;

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    const conversations: Promise<void>[] = [];
    for await (const connection of this.#listener) conversations.push(this.#converse(connection));
    await Promise.all(conversations);
  }

  async #converse(connection: Deno.TcpConn): Promise<void> {
    await connection.write(bytes("hello, "));
    await connection.write(bytes((await readAll(connection)).toUpperCase()));
    connection.close();
  }
}

/** Says something, ends this direction, and hears the other to its end. */
async function shout(connection: Deno.Conn & { closeWrite(): Promise<void> }, what: string): Promise<string> {
  await connection.write(bytes(what));
  await connection.closeWrite();
  const heard = await readAll(connection);
  connection.close();
  return heard;
}

/** Starts `ouro forward` and waits until it does its work. */
async function forward(
  host: LocalHost,
  words: string,
  ready: RegExp,
): Promise<{ process: Process; port: number }> {
  const process = host.spawn(["forward", ...words.split(" ")]);
  const [line] = await process.waitFor(ready);
  return { process, port: Number(/:(\d+)\.$/.exec(line)?.[1]) };
}

const LISTENING = /^Listening at .*\.$/;

Deno.test("streams keep their ends, over TCP, a Unix socket, a proxy and standard input", async () => {
  await using host = await localHost("unused");
  await using shouter = new Shouter();
  await forward(host, `--to tcp:127.0.0.1:${shouter.port} --as shout --layer ll`, /^Offering shout\.$/);
  const [tcp, unix, proxy] = await Promise.all([
    forward(host, "shout --listen tcp:127.0.0.1:0", LISTENING),
    forward(host, `shout --listen unix:${host.folder}/shout.sock`, LISTENING),
    forward(host, "--proxy 0", LISTENING),
  ]);
  assert.equal(await shout(await Deno.connect({ port: tcp.port }), "one"), "hello, ONE");
  assert.equal(
    await shout(await Deno.connect({ transport: "unix", path: `${host.folder}/shout.sock` }), "two"),
    "hello, TWO",
  );
  const many = Array.from(
    { length: 50 },
    async (_, index) => await shout(await Deno.connect({ port: tcp.port }), `n${index}`),
  );
  assert.deepEqual(await Promise.all(many), many.map((_, index) => `hello, N${index}`));
  const asked = await Deno.connect({ port: proxy.port });
  await asked.write(Uint8Array.of(5, 1, 0, 5, 1, 0, 3, 5, ...bytes("shout"), 0, 80));
  assert.match(await shout(asked, "three"), /hello, THREE$/);
  const unknown = await Deno.connect({ port: proxy.port });
  assert.match(
    await shout(unknown, "CONNECT nobody:80 HTTP/1.1\r\n\r\n"),
    /^HTTP\/1\.1 502 no flow to nobody: unknown/,
  );
  const stdio = await host.run(["forward", "shout", "--listen", "stdio"], { input: "four" });
  assert.deepEqual([stdio.code, stdio.stdout], [0, "hello, FOUR"]);
  // What was left behind by a program that was killed is no obstacle.
  unix.process.kill("SIGKILL");
  await unix.process.ended;
  await forward(host, `shout --listen unix:${host.folder}/shout.sock`, LISTENING);
});

Deno.test("a service that is down, or not there, ends connections with a reason, and its return is noticed", async () => {
  await using host = await localHost("unused");
  const path = `${host.folder}/service.sock`;
  const offer = await forward(host, `--to unix:${path} --as late --layer ll`, /^Offering late\.$/);
  const { port, process } = await forward(host, "late --listen 0", LISTENING);
  const early = await Deno.connect({ port });
  assert.equal(await readAll(early), "");
  early.close();
  await offer.process.waitFor(/^forward: connection 1: cannot connect to unix:.*service\.sock/);
  await process.waitFor(/^forward: connection 1: /);
  const listener = Deno.listen({ transport: "unix", path });
  const serving = listener.accept();
  const shouting = shout(await Deno.connect({ port }), "now");
  const served = await serving;
  assert.equal(await readAll(served), "now");
  await served.write(bytes("good"));
  served.close();
  assert.equal(await shouting, "good");
  listener.close();
});

Deno.test("a large answer arrives whole, though its reader is slow, and the middle keeps little of it", async () => {
  await using host = await localHost("unused");
  const size = 32 * 1024 * 1024;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let written = 0;
  const serving = (async () => {
    const connection = await listener.accept();
    const chunk = new Uint8Array(65_536).fill(7);
    while (written < size) written += await connection.write(chunk);
    connection.close();
  })();
  await forward(host, `--to tcp:127.0.0.1:${listener.addr.port} --as big --layer ll`, /^Offering big\.$/);
  const { port } = await forward(host, "big --listen 0", LISTENING);
  const connection = await Deno.connect({ port });
  const buffer = new Uint8Array(65_536);
  let count = await connection.read(buffer);
  // Nothing is read for as long as it takes until the server cannot write on.
  for (let before = -1; before !== written;) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  assert(written < size, "everything went out, though nobody has read it");
  let received = 0;
  for (; count !== null; count = await connection.read(buffer)) received += count;
  connection.close();
  await serving;
  listener.close();
  assert(received >= size, `${received} of ${size} bytes`);
});

Deno.test("datagrams of several programs go to a service and come back to whom they belong", async () => {
  await using host = await localHost("unused");
  const bound = async () => {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return socket;
  };
  const service = await bound();
  service.on(
    "message",
    (message, from) => service.send(message.toString().toUpperCase(), from.port, from.address),
  );
  await forward(
    host,
    `--to udp:127.0.0.1:${service.address().port} --as upper --layer ll`,
    /^Offering upper\.$/,
  );
  const free = await bound();
  const { port } = free.address();
  await new Promise<void>((resolve) => free.close(() => resolve()));
  await forward(host, `upper --listen udp:127.0.0.1:${port}`, LISTENING);
  const clients = await Promise.all([bound(), bound()]);
  const answers = clients.map((client) =>
    new Promise<string>((resolve) => client.once("message", (message) => resolve(message.toString())))
  );
  clients.forEach((client, index) => client.send(`from ${index}`, port, "127.0.0.1"));
  assert.deepEqual(await Promise.all(answers), ["FROM 0", "FROM 1"]);
  for (const socket of [service, ...clients]) socket.close();
});

Deno.test("programs that lie to the proxy are refused with a reason, and others are served meanwhile", async () => {
  await using host = await localHost("unused");
  await using shouter = new Shouter();
  await forward(host, `--to tcp:127.0.0.1:${shouter.port} --as shout --layer ll`, /^Offering shout\.$/);
  const { port, process } = await forward(host, "--proxy 0", LISTENING);
  const lies = {
    "an address in place of a name": Uint8Array.of(5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 80),
    "another command": Uint8Array.of(5, 1, 0, 5, 2, 0, 3, 5, ...bytes("shout"), 0, 80),
    "only ways to prove who it is": Uint8Array.of(5, 1, 2),
    "more ways than it names": Uint8Array.of(5, 255, 0),
    "a longer name than it says": Uint8Array.of(5, 1, 0, 5, 1, 0, 3, 200, ...bytes("shout")),
    "no name": Uint8Array.of(5, 1, 0, 5, 1, 0, 3, 0, 0, 80),
    "an older version": Uint8Array.of(4, 1, 0, 80, 127, 0, 0, 1, 0),
    "another method": bytes("GET / HTTP/1.1\r\n\r\n"),
    "a request without end": bytes(`CONNECT shout:80 HTTP/1.1\r\nx: ${"x".repeat(9000)}`),
    "nothing": bytes(""),
  };
  const patient = await Deno.connect({ port });
  await patient.write(Uint8Array.of(5));
  for (const [what, said] of Object.entries(lies)) {
    const liar = await Deno.connect({ port });
    await liar.write(said);
    await liar.closeWrite();
    const answer = await readAll(liar).catch((thrown) => {
      // What it has said and nobody has read makes the end a hard one.
      if (!(thrown instanceof Deno.errors.ConnectionReset)) throw thrown;
      return "";
    });
    assert(!answer.includes("hello"), what);
    liar.close();
  }
  const lines = Object.keys(lies).length;
  await process.waitFor(/^forward: connection \d+: /, lines);
  // The one that was slow, but honest, is served yet.
  await patient.write(Uint8Array.of(1, 0));
  await patient.write(Uint8Array.of(5, 1, 0, 3, 5, ...bytes("shout"), 0, 80));
  assert.match(await shout(patient, "late"), /hello, LATE$/);
});

Deno.test("a service that ends its direction first hears the program to its end", async () => {
  await using host = await localHost("unused");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const connection = await listener.accept();
    await connection.write(bytes("bye"));
    await connection.closeWrite();
    const heard = await readAll(connection);
    connection.close();
    return heard;
  })();
  await forward(host, `--to tcp:127.0.0.1:${listener.addr.port} --as first --layer ll`, /^Offering first\.$/);
  const { port } = await forward(host, "first --listen 0", LISTENING);
  const connection = await Deno.connect({ port });
  assert.equal(await readAll(connection), "bye");
  await connection.write(bytes("not so fast"));
  connection.close();
  assert.equal(await serving, "not so fast");
});

Deno.test("a forward that is killed ends its connections at the other one, which goes on", async () => {
  await using host = await localHost("unused");
  await using shouter = new Shouter();
  const words = `--to tcp:127.0.0.1:${shouter.port} --as shout --layer ll`;
  const offer = await forward(host, words, /^Offering shout\.$/);
  const reach = await forward(host, "shout --listen 0", LISTENING);
  const cut = await Deno.connect({ port: reach.port });
  const buffer = new Uint8Array(100);
  assert.equal(await cut.read(buffer), 7);
  offer.process.kill("SIGKILL");
  assert.equal(await cut.read(buffer), null);
  cut.close();
  await reach.process.waitFor(/^forward: connection 1: /);
  // Who comes meanwhile waits for the server's return.
  const waiting = await Deno.connect({ port: reach.port });
  await host.irmd.waitFor(/^.*No processes for /);
  const again = await forward(host, words, /^Offering shout\.$/);
  assert.equal(await shout(waiting, "back"), "hello, BACK");
  assert.equal(await shout(await Deno.connect({ port: reach.port }), "on"), "hello, ON");
  // The same the other way round.
  const open = await Deno.connect({ port: reach.port });
  assert.equal(await open.read(buffer), 7);
  reach.process.kill("SIGKILL");
  await again.process.waitFor(/^forward: connection \d+: /);
  open.close();
  const other = await forward(host, "shout --listen 0", LISTENING);
  assert.equal(await shout(await Deno.connect({ port: other.port }), "on"), "hello, ON");
});
