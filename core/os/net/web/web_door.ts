/**
 * A door for WebSockets: a small HTTP server that knows one path.
 *
 * @module
 */
import {
  asOuroError,
  ExistsError,
  InvalidError,
  messageOf,
  NotFoundError,
  type OuroError,
  PermissionError,
  ProtocolError,
} from "../../../contract/errors.ts";
import type { DoorSettings, MessageDoor, MessageSocket } from "../../../contract/network.ts";
import { formatHead, type HttpHead, lists } from "../../../wire/web/http_head.ts";
import { parseIp } from "../../../wire/ip_address.ts";
import { systemTimers } from "../../clock.ts";
import {
  acceptOf,
  HANDSHAKE_WITHIN,
  readFile,
  readHead,
  readToken,
  sameSecret,
  writeText,
} from "./handshake.ts";
import { closeStream, MessageStream } from "./message_stream.ts";

/** Connections at a time of those who have not shown the token: of one address, and of all. */
const STRANGERS = 64, ALL_STRANGERS = 512;
/** Connections of those who have. */
const MEMBERS = 1024;
/** Bytes of an IPv6 address that a network gives to one who asks. */
const PREFIX = 8;
/** Milliseconds after which a system that gives no connection is asked again. */
const PAUSE = 100;

/** Why somebody is not let in: the status line's number and words, and what the log is not told. */
interface Refusal {
  readonly status: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An open door. */
export class WebDoor implements MessageDoor {
  readonly port: number;
  readonly #listener: Deno.TcpListener | Deno.TlsListener;
  readonly #token: string | undefined;
  readonly #strangers = new Map<string, number>();
  #allStrangers = 0;
  #members = 0;
  #closed = false;

  /** Opens it. @throws NotFoundError, ExistsError, PermissionError or InvalidError when that cannot be */
  constructor(
    private readonly settings: DoorSettings,
    private readonly accept: (socket: MessageSocket) => void,
  ) {
    this.#token = settings.token === undefined ? undefined : readToken(settings.token);
    this.#listener = listen(settings);
    this.port = this.#listener.addr.port;
    void this.#run();
  }

  close(): void {
    this.#closed = true;
    this.#listener.close();
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      let connection: Deno.Conn<Deno.NetAddr>;
      try {
        connection = await this.#listener.accept();
      } catch (thrown) {
        if (this.#closed) return;
        if (thrown instanceof Deno.errors.BadResource) throw thrown;
        // The process has no descriptors left, or somebody was gone before he was met.
        await new Promise<void>((go) => systemTimers.after(PAUSE, go));
        continue;
      }
      this.#met(connection);
    }
  }

  #met(connection: Deno.Conn<Deno.NetAddr>): void {
    const { hostname } = connection.remoteAddr, from = strangerOf(hostname);
    const known = this.#strangers.get(from) ?? 0;
    if (known >= STRANGERS || this.#allStrangers >= ALL_STRANGERS) return connection.close();
    this.#strangers.set(from, known + 1);
    this.#allStrangers++;
    let stranger = true;
    const noStranger = () => {
      if (!stranger) return;
      stranger = false;
      this.#allStrangers--;
      const left = (this.#strangers.get(from) ?? 1) - 1;
      if (left > 0) this.#strangers.set(from, left);
      else this.#strangers.delete(from);
    };
    this.#serve(connection, hostname, noStranger).catch((thrown) => {
      // What strangers do wrong is nobody's business; what is wrong here is.
      if (!(thrown instanceof ProtocolError || asSystemError(thrown))) throw thrown;
    }).finally(noStranger);
  }

  async #serve(connection: Deno.Conn, remote: string, noStranger: () => void): Promise<void> {
    const late = systemTimers.after(HANDSHAKE_WITHIN, () => closeStream(connection));
    let handedOn = false;
    try {
      if ("setNoDelay" in connection) (connection as Deno.TcpConn).setNoDelay(true);
      const { head, rest } = await headOrRefusal(connection);
      const refusal = await this.#refusal(head);
      if (refusal) return await writeText(connection, responseOf(refusal));
      const key = head.headers.get("sec-websocket-key") ?? "";
      const headers = {
        Upgrade: "websocket",
        Connection: "Upgrade",
        "Sec-WebSocket-Accept": await acceptOf(key),
      };
      await writeText(connection, formatHead("HTTP/1.1 101 Switching Protocols", headers));
      late.cancel();
      if (this.#closed) return;
      handedOn = true;
      const known = this.#token !== undefined;
      if (known) {
        noStranger();
        this.#members++;
      }
      const socket = new MessageStream(connection, { remote, client: false, largest: this.settings.largest });
      this.accept(socket);
      await socket.run(rest);
      if (known) this.#members--;
    } finally {
      late.cancel();
      if (!handedOn) closeStream(connection);
    }
  }

  /** Why the request is refused; undefined: it is not. */
  async #refusal(head: HttpHead): Promise<Refusal | undefined> {
    const { first: [method, target = "", version], headers } = head;
    if (version !== "HTTP/1.1") return { status: "400 Bad Request" };
    if (target.split("?")[0] !== this.settings.path) return { status: "404 Not Found" };
    if (method !== "GET") return { status: "405 Method Not Allowed", headers: { Allow: "GET" } };
    if (!lists(head, "upgrade", "websocket") || !lists(head, "connection", "upgrade")) {
      return { status: "426 Upgrade Required", headers: { Upgrade: "websocket", Connection: "Upgrade" } };
    }
    if (headers.get("sec-websocket-version") !== "13") {
      return { status: "426 Upgrade Required", headers: { "Sec-WebSocket-Version": "13" } };
    }
    if (!/^[\w+/]{22}==$/.test(headers.get("sec-websocket-key") ?? "")) return { status: "400 Bad Request" };
    // Pages that a browser has open here have not been asked to join.
    if (headers.has("origin")) return { status: "403 Forbidden" };
    if (this.#token !== undefined) {
      const [, shown = ""] = headers.get("authorization")?.match(/^Bearer +(\S+)$/i) ?? [];
      if (!await sameSecret(shown, this.#token)) {
        return { status: "401 Unauthorized", headers: { "WWW-Authenticate": "Bearer" } };
      }
      if (this.#members >= MEMBERS) return { status: "503 Service Unavailable" };
    }
    return undefined;
  }
}

/**
 * Returns what all addresses have in common that one stranger may well have: of IPv6 the first 64 bits.
 *
 * @example
 * ```ts
 * import { strangerOf } from "./web_door.ts";
 * import assert from "node:assert/strict";
 * assert.equal(strangerOf("2001:db8::1"), strangerOf("2001:db8::2:3"));
 * assert.notEqual(strangerOf("2001:db8::1"), strangerOf("2001:db8:0:1::1"));
 * assert.equal(strangerOf("::ffff:192.0.2.1"), "192.0.2.1");
 * ```
 */
export function strangerOf(address: string): string {
  if (!address.includes(":")) return address;
  if (address.includes(".")) return address.slice(address.lastIndexOf(":") + 1);
  return parseIp(address).subarray(0, PREFIX).toHex();
}

/** Reads the head; who sends none is told so, as a client that begins with TLS waits for an answer. @throws ProtocolError */
async function headOrRefusal(connection: Deno.Conn): ReturnType<typeof readHead> {
  try {
    return await readHead(connection);
  } catch (thrown) {
    if (thrown instanceof ProtocolError) {
      await writeText(connection, responseOf({ status: "400 Bad Request" }));
    }
    throw thrown;
  }
}

const responseOf = ({ status, headers = {} }: Refusal): string =>
  formatHead(`HTTP/1.1 ${status}`, { "Content-Length": "0", Connection: "close", ...headers });

/** Errors of connections: those of the runtime, and of TLS. */
const asSystemError = (thrown: unknown): boolean =>
  thrown instanceof Error && Object.values(Deno.errors).some((kind) => thrown instanceof kind);

/** What is wrong with the address and not with the files. */
const OF_THE_ADDRESS = [
  Deno.errors.AddrInUse,
  Deno.errors.AddrNotAvailable,
  Deno.errors.PermissionDenied,
  Deno.errors.NotCapable,
];

function listen({ address: hostname, port, tls }: DoorSettings): Deno.TcpListener | Deno.TlsListener {
  const at = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  if (!tls) return opened(at, () => Deno.listen({ hostname, port }));
  const cert = readFile(tls.cert, "certificate"), key = readFile(tls.key, "key");
  return opened(at, () => {
    try {
      return Deno.listenTls({ hostname, port, cert, key, alpnProtocols: ["http/1.1"] });
    } catch (thrown) {
      if (OF_THE_ADDRESS.some((error) => thrown instanceof error)) throw thrown;
      throw new InvalidError(`${tls.cert} and ${tls.key} cannot be used: ${messageOf(thrown)}`);
    }
  });
}

function opened<Listener>(at: string, open: () => Listener): Listener {
  try {
    return open();
  } catch (thrown) {
    throw listenError(at, thrown);
  }
}

function listenError(at: string, thrown: unknown): OuroError {
  if (thrown instanceof Deno.errors.AddrInUse) return new ExistsError(`somebody listens at ${at} already`);
  if (thrown instanceof Deno.errors.AddrNotAvailable) {
    return new NotFoundError(`this host has no address ${at.slice(0, at.lastIndexOf(":"))}`);
  }
  if (thrown instanceof Deno.errors.PermissionDenied) {
    return new PermissionError(`this process may not listen at ${at}`);
  }
  return asOuroError(thrown);
}
