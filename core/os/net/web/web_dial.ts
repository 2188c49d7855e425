/**
 * Opens WebSockets to others: straight, or through an HTTP proxy.
 *
 * @module
 */
import {
  FlowDownError,
  messageOf,
  OuroError,
  ProtocolError,
  TimedOutError,
} from "../../../contract/errors.ts";
import type { DialSettings, MessageSocket } from "../../../contract/network.ts";
import { type Done, failure, success } from "../../../contract/outcome.ts";
import { formatHead, type HttpHead, lists } from "../../../wire/web/http_head.ts";
import { systemTimers } from "../../clock.ts";
import {
  acceptOf,
  HANDSHAKE_WITHIN,
  HeadEnds,
  readFile,
  readHead,
  readToken,
  TlsCame,
  writeText,
} from "./handshake.ts";
import { closeStream, MessageStream } from "./message_stream.ts";

const PORTS: Readonly<Record<string, number>> = { "ws:": 80, "wss:": 443, "http:": 80 };

/** What the files said. */
interface Secrets {
  readonly ca: string | undefined;
  readonly token: string | undefined;
}

/** Opens a socket. Returns what gives it up. @throws NotFoundError, PermissionError or InvalidError when a file cannot be read */
export function dial(settings: DialSettings, done: Done<MessageSocket>): () => void {
  const { ca, token } = settings;
  const secrets = {
    ca: ca === undefined ? undefined : readFile(ca, "file of authorities"),
    token: token === undefined ? undefined : readToken(token),
  };
  const attempt = new Attempt(settings, secrets);
  void attempt.run(done);
  return () => attempt.end(undefined);
}

class Attempt {
  readonly #abort = new AbortController();
  #connection: Deno.Conn | undefined;
  /** Why it has ended early; undefined: nobody wants to know. */
  #reason: OuroError | undefined;
  #over = false;

  constructor(private readonly settings: DialSettings, private readonly secrets: Secrets) {}

  async run(done: Done<MessageSocket>): Promise<void> {
    const { url: { host }, largest } = this.settings;
    const late = systemTimers.after(
      HANDSHAKE_WITHIN,
      () => this.end(new TimedOutError(`${host} does not answer within ${HANDSHAKE_WITHIN / 1000} s`)),
    );
    let outcome;
    try {
      outcome = success(await this.#open());
    } catch (thrown) {
      outcome = failure(this.#reason ?? errorOf(host, thrown));
      this.#close();
    }
    late.cancel();
    if (this.#over) {
      this.#close();
      if (this.#reason) done(failure(this.#reason));
      return;
    }
    this.#over = true;
    if (!outcome.ok) return done(outcome);
    const { connection, rest } = outcome.value;
    const socket = new MessageStream(connection, { remote: host, client: true, largest });
    done(success(socket));
    await socket.run(rest);
  }

  /** Ends it, unless it is done. */
  end(reason: OuroError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#reason = reason;
    this.#abort.abort();
    this.#close();
  }

  async #open(): Promise<{ readonly connection: Deno.Conn; readonly rest: Uint8Array }> {
    const { url, proxy } = this.settings;
    const plain = await this.#connect(proxy ?? url);
    if (proxy) await this.#throughProxy(plain, proxy);
    if (url.protocol !== "wss:") return await this.#upgrade(plain);
    const caCerts = this.secrets.ca === undefined ? [] : [this.secrets.ca];
    // Certificates are verified by the runtime, always.
    const tls = await Deno.startTls(plain, { hostname: bare(url), caCerts, alpnProtocols: ["http/1.1"] });
    this.#connection = tls;
    try {
      await tls.handshake();
    } catch (thrown) {
      throw new FlowDownError(`there is no TLS with ${url.host}: ${explained(messageOf(thrown))}`);
    }
    return await this.#upgrade(tls);
  }

  async #connect(to: URL): Promise<Deno.TcpConn> {
    try {
      const connection = await Deno.connect({
        hostname: bare(to),
        port: portOf(to),
        signal: this.#abort.signal,
      });
      this.#connection = connection;
      connection.setNoDelay(true);
      return connection;
    } catch (thrown) {
      throw new FlowDownError(`${to.host} cannot be reached: ${messageOf(thrown)}`);
    }
  }

  async #throughProxy(connection: Deno.Conn, proxy: URL): Promise<void> {
    const { url } = this.settings;
    const target = `${url.hostname}:${portOf(url)}`;
    const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    const authorization = user === ":" ? undefined : `Basic ${new TextEncoder().encode(user).toBase64()}`;
    const headers = { Host: target, "Proxy-Authorization": authorization };
    await writeText(connection, formatHead(`CONNECT ${target} HTTP/1.1`, headers));
    const { head: { first: [, status, ...words] }, rest } = await readHead(connection);
    if (!/^2\d\d$/.test(status)) {
      throw new FlowDownError(
        `the proxy ${proxy.host} does not connect to ${target}: ${[status, ...words].join(" ")}`,
      );
    }
    if (rest.length > 0) throw new ProtocolError(`the proxy ${proxy.host} speaks first`);
  }

  async #upgrade(
    connection: Deno.Conn,
  ): Promise<{ readonly connection: Deno.Conn; readonly rest: Uint8Array }> {
    const { url } = this.settings, { token } = this.secrets;
    const key = crypto.getRandomValues(new Uint8Array(16)).toBase64();
    const headers = {
      Host: url.host,
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": key,
      Authorization: token === undefined ? undefined : `Bearer ${token}`,
    };
    await writeText(connection, formatHead(`GET ${url.pathname}${url.search} HTTP/1.1`, headers));
    const { head, rest } = await readHead(connection).catch((thrown) =>
      Promise.reject(unanswered(url, thrown))
    );
    if (!await switches(head, key)) throw new FlowDownError(refusalOf(url.host, head));
    return { connection, rest };
  }

  #close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection) closeStream(connection);
  }
}

const switches = async (head: HttpHead, key: string): Promise<boolean> =>
  head.first[1] === "101" && lists(head, "upgrade", "websocket") &&
  head.headers.get("sec-websocket-accept") === await acceptOf(key);

/** Says what has come in place of an answer, where that is known. */
function unanswered({ host, protocol }: URL, thrown: unknown): unknown {
  if (thrown instanceof TlsCame) return new FlowDownError(`${host} speaks TLS: dial wss:`);
  if (!(thrown instanceof HeadEnds) || protocol !== "ws:") return thrown;
  return new FlowDownError(
    `${host} ends the connection in place of an answer: does it want TLS (wss:)?`,
  );
}

function refusalOf(host: string, { first: [, status, ...words] }: HttpHead): string {
  if (status === "401") return `${host} wants another token`;
  return `${host} answers ${[status, ...words].join(" ")} in place of a WebSocket`;
}

const errorOf = (host: string, thrown: unknown): OuroError =>
  thrown instanceof OuroError
    ? thrown
    : new FlowDownError(`the connection to ${host} has failed: ${messageOf(thrown)}`);

/** Returns the host without the brackets of an address. */
const bare = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, "$1");
const portOf = ({ port, protocol }: URL): number => port === "" ? PORTS[protocol] : Number(port);

/** What to do, behind the words of the runtime. */
const ADVICE = [
  [
    "InvalidContentType",
    "it answers without TLS: dial ws:, or give the hub a certificate with: cert FILE key FILE",
  ],
  ["unexpected end of file", "it has ended the connection: does it speak TLS?"],
  ["UnknownIssuer", "give the file of its authority with: ca FILE"],
  ["CaUsedAsEndEntity", "it is that of an authority; a server needs one with basicConstraints CA:FALSE"],
] as const;

function explained(why: string): string {
  const advice = ADVICE.find(([word]) => why.includes(word))?.[1];
  return advice === undefined ? why : `${why}; ${advice}`;
}
