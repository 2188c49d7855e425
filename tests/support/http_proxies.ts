/**
 * HTTP servers between a member of a layer over WebSockets and its hub.
 *
 * @module
 */

/** A proxy that is asked with CONNECT (RFC 9110, section 9.3.6), and wants a password. */
export class ConnectProxy implements AsyncDisposable {
  /** What it was asked to connect to. */
  readonly asked: string[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Set<Deno.Conn>();
  readonly #running: Promise<unknown>[] = [];

  constructor() {
    this.#running.push(this.#run());
  }

  /** Its URL. */
  get url(): string {
    return `http://user:word@127.0.0.1:${this.#listener.addr.port}`;
  }

  /** Ends all connections that go through it. */
  cut(): void {
    for (const connection of this.#connections) {
      try {
        connection.close();
      } catch (thrown) {
        // An end of a pipe closes what it is on.
        if (!(thrown instanceof Deno.errors.BadResource)) throw thrown;
      }
    }
    this.#connections.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await Promise.allSettled(this.#running);
  }

  async #run(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#connections.add(connection);
      this.#running.push(this.#serve(connection));
    }
  }

  async #serve(client: Deno.Conn): Promise<void> {
    const bytes = new Uint8Array(4096);
    let head = "";
    while (!head.endsWith("\r\n\r\n")) {
      const count = await client.read(bytes);
      if (count === null) return;
      head += new TextDecoder().decode(bytes.subarray(0, count));
    }
    const [, hostname, port] = /^CONNECT ([^ :]+):(\d+) HTTP\/1\.1\r\n/.exec(head) ?? [];
    this.asked.push(`${hostname}:${port}`);
    if (!head.includes(`Proxy-Authorization: Basic ${btoa("user:word")}\r\n`)) {
      await client.write(new TextEncoder().encode("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
      return client.close();
    }
    const server = await Deno.connect({ hostname, port: Number(port) });
    this.#connections.add(server);
    await client.write(new TextEncoder().encode("HTTP/1.1 200 Connection established\r\n\r\n"));
    await Promise.allSettled([
      client.readable.pipeTo(server.writable),
      server.readable.pipeTo(client.writable),
    ]);
  }
}

/** A web server that passes WebSockets below one path on to another server: the runtime's own, frame by frame. */
export class ReverseProxy implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  readonly #client: Deno.HttpClient;

  /** @param to URL of the server behind it, whose certificate comes from this authority */
  constructor(to: string, authority: string) {
    const client = this.#client = Deno.createHttpClient({ caCerts: [authority] });
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      if (request.headers.get("upgrade") !== "websocket") return new Response("a web site");
      const authorization = request.headers.get("authorization");
      const { socket, response } = Deno.upgradeWebSocket(request);
      const behind = new WebSocket(to, { client, headers: authorization === null ? {} : { authorization } });
      const early: ArrayBuffer[] = [];
      socket.binaryType = behind.binaryType = "arraybuffer";
      socket.onmessage = ({ data }) =>
        behind.readyState === WebSocket.OPEN ? behind.send(data) : early.push(data);
      behind.onopen = () => {
        for (const data of early) behind.send(data);
      };
      behind.onmessage = ({ data }) => socket.send(data);
      socket.onclose = () => behind.close();
      behind.onclose = behind.onerror = () => socket.close();
      return response;
    });
  }

  /** The URL of a path of it. */
  url(path: string): string {
    return `ws://127.0.0.1:${this.#server.addr.port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    this.#client.close();
  }
}
