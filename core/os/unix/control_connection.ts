/**
 * A control connection on a Unix socket: reads lines, collects lines to write, says when it ended.
 *
 * @module
 */
import { asOuroError, IrmdError, type OuroError, ProtocolError } from "../../contract/errors.ts";
import { LineSplitter } from "../../wire/local/line_splitter.ts";
import { type RpcHandlers, RpcPeer } from "../../wire/local/rpc_peer.ts";
import { systemTimers } from "../clock.ts";

/** An end that does not read is cut off when this much is waiting for it, in characters. */
const MAX_UNSENT = 4 * 1024 * 1024;
/** How long the last lines may take, in milliseconds. */
const FINISH_LIMIT = 1000;

/** A control connection at work. */
export class ControlConnection {
  /** Sends and answers requests. */
  readonly peer: RpcPeer;
  readonly #encoder = new TextEncoder();
  #unsent = "";
  #writing: Promise<void> | undefined;
  #ended: OuroError | undefined;

  /**
   * @param onEnd called once, when the connection has ended for whatever reason
   */
  constructor(
    private readonly conn: Deno.UnixConn,
    handlers: RpcHandlers,
    private readonly onEnd: (error: OuroError) => void,
  ) {
    this.peer = new RpcPeer((line) => this.#queue(line), systemTimers, handlers);
    this.#read();
  }

  /** Connects to the socket at `path`. @throws IrmdError when nobody listens there */
  static async connect(
    path: string,
    handlers: RpcHandlers,
    onEnd: (error: OuroError) => void,
  ): Promise<ControlConnection> {
    try {
      return new ControlConnection(await Deno.connect({ transport: "unix", path }), handlers, onEnd);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new IrmdError(`no IRMd answers at ${path} (${why}); start one with: ouro irmd`, { cause });
    }
  }

  /** Asks the other end; the promise fails with an error of the catalogue. */
  call(method: string, params: unknown, timeout?: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.peer.request(
        method,
        params,
        (outcome) => outcome.ok ? resolve(outcome.value) : reject(outcome.error),
        timeout,
      );
    });
  }

  /** Whether the connection keeps the process alive. */
  keepAlive(alive: boolean): void {
    if (alive) this.conn.ref();
    else this.conn.unref();
  }

  /** Ends the connection now; what is not sent yet is lost. */
  close(error: OuroError = new IrmdError("the control connection was closed")): void {
    if (this.#ended) return;
    this.#ended = error;
    this.conn.close();
    this.peer.close(error);
    this.onEnd(error);
  }

  /**
   * Ends the connection once everything is sent.
   *
   * @param limit milliseconds after which an end that does not read is not waited for any more
   */
  async finish(limit = FINISH_LIMIT): Promise<void> {
    const timer = systemTimers.after(limit, () => this.close());
    while (this.#writing) await this.#writing;
    timer.cancel();
    this.close();
  }

  #queue(line: string): void {
    if (this.#ended) return;
    this.#unsent += line + "\n";
    if (this.#unsent.length > MAX_UNSENT) {
      return this.close(
        new ProtocolError(`the other end does not read: ${MAX_UNSENT} characters wait for it`),
      );
    }
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    try {
      await undefined; // Lines of the same turn go out together.
      while (this.#unsent !== "") {
        const bytes = this.#encoder.encode(this.#unsent);
        this.#unsent = "";
        for (let at = 0; at < bytes.length;) at += await this.conn.write(bytes.subarray(at));
      }
    } catch (thrown) {
      this.#fail(thrown);
    } finally {
      this.#writing = undefined;
    }
  }

  async #read(): Promise<void> {
    const splitter = new LineSplitter();
    const buffer = new Uint8Array(16 * 1024);
    const line = (text: string) => {
      if (!this.#ended) this.peer.handleLine(text);
    };
    try {
      for (let count; (count = await this.conn.read(buffer)) !== null;) {
        splitter.push(buffer.subarray(0, count), line);
      }
      this.close(new IrmdError("the other end closed the control connection"));
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    if (this.#ended) return;
    const lost = thrown instanceof Deno.errors.ConnectionReset || thrown instanceof Deno.errors.BrokenPipe;
    this.close(lost ? new IrmdError("the other end is gone", { cause: thrown }) : asOuroError(thrown));
  }
}
