/**
 * A control connection on a Unix socket: reads lines, collects lines to write, says when it ended.
 *
 * @module
 */
import { asOuroError, IrmdError, type OuroError, ProtocolError } from "../../contract/errors.ts";
import type { Timer } from "../../contract/ports.ts";
import { formatFault } from "../../wire/local/json_rpc.ts";
import { Rota } from "../../kit/rota.ts";
import { LineSplitter } from "../../wire/local/line_splitter.ts";
import { type RpcHandlers, RpcPeer } from "../../wire/local/rpc_peer.ts";
import { systemTimers } from "../clock.ts";
import { connectUnix } from "./connect.ts";
import type { ControlStream } from "./own_conn.ts";
import { afterTurn, nextTurn, wantTurn } from "../turn.ts";

/** An end that does not read is cut off when this much is waiting for it, in characters. */
const MAX_UNSENT = 4 * 1024 * 1024;
/** How long the last lines may take, in milliseconds. */
const FINISH_LIMIT = 1000;

/** Milliseconds that lines which nobody waits for may wait for others, to go out with them. */
const UNHURRIED = 2;

/** Messages that are taken from a connection before others have their turn. */
const TURN_MESSAGES = 64;
/** Reads of a connection before others have their turn. */
const TURN_READS = 4;
/** Nothing is read from a stranger who does not read himself while this much is waiting for him, in characters. */
const PAUSE_UNSENT = 64 * 1024;
/** Milliseconds that a stranger waits at least who has to wait. */
const SHORTEST_PAUSE = 10;
/** Bytes that are read at once: few until somebody has sent many. */
const FIRST_READ = 1024;
const READ = 16 * 1024;

/** Messages of strangers that are taken in one turn, of all connections together: each may cost much. */
const TURN_STRANGERS = 16;
const strangers = new Rota<number>(TURN_STRANGERS, afterTurn);

/** What bounds a connection whose other end is a stranger's. */
export interface Restraint {
  /** Whose it is. */
  readonly user: number;
  /** Counts a message of so many characters. @returns milliseconds until it may be taken */
  spend(length: number): number;
  /** Counts so many bytes more that wait here because of the other end (fewer, when negative). @throws OuroError for too many */
  hold(bytes: number): void;
  /** Checks how much of a message that is not complete is here. @throws OuroError for too much */
  checkUnfinished(bytes: number): void;
}

/** A control connection at work. */
export class ControlConnection {
  /** Sends and answers requests. */
  readonly peer: RpcPeer;
  readonly #encoder = new TextEncoder();
  #unsent = "";
  #writing: Promise<void> | undefined;
  /** Sends unhurried lines that no other has taken along by then. */
  #later: Timer | undefined;
  #ended: OuroError | undefined;
  /** Characters that are queued or being written. */
  #waiting = 0;
  /** Bytes that the restraint knows of. */
  #held = 0;
  #taken = 0;
  /** Runs while an end that is gone may still be heard. */
  #lastWords: Timer | undefined;
  /** Milliseconds until the next message may be taken. */
  #pause = 0;
  #messageLength = 0;
  #path = "";

  /**
   * @param onEnd called once, when the connection has ended for whatever reason
   * @param restraint left out: the other end is trusted
   */
  constructor(
    private readonly conn: ControlStream,
    handlers: RpcHandlers,
    private readonly onEnd: (error: OuroError) => void,
    private readonly restraint?: Restraint,
  ) {
    this.peer = new RpcPeer((line, unhurried) => this.#queue(line, unhurried), systemTimers, handlers);
    this.#read();
  }

  /** The path of the socket that was connected to; empty when it was the other end that connected. */
  get path(): string {
    return this.#path;
  }

  /** Returns the length of the message that is being handled, in characters. */
  get messageLength(): number {
    return this.#messageLength;
  }

  /** Returns the bytes that say why somebody is not served. */
  static refusal(error: OuroError): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(formatFault(null, error) + "\n");
  }

  /** Tells whoever has connected why he is not served, and closes the connection. */
  static async turnAway(conn: ControlStream, error: OuroError): Promise<void> {
    try {
      await conn.write(this.refusal(error));
    } catch {
      // He is gone already.
    } finally {
      conn.close();
    }
  }

  /** Connects to the first of the sockets at `paths` at which somebody listens. @throws IrmdError when nobody does */
  static async connect(
    paths: readonly string[],
    handlers: RpcHandlers,
    onEnd: (error: OuroError) => void,
  ): Promise<ControlConnection> {
    let cause: unknown;
    for (const path of paths) {
      try {
        const connection = new ControlConnection(await connectUnix(path), handlers, onEnd);
        connection.#path = path;
        return connection;
      } catch (thrown) {
        cause = thrown;
      }
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new IrmdError(
      `no IRMd answers at ${paths.join(" or ")} (${why}); start one with: ouro irmd`,
      { cause },
    );
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
    this.#lastWords?.cancel();
    this.#later?.cancel();
    this.conn.close();
    this.peer.close(error);
    this.restraint?.hold(-this.#held);
    this.#held = 0;
    this.onEnd(error);
  }

  /**
   * Ends the connection once everything is sent.
   *
   * @param limit milliseconds after which an end that does not read is not waited for any more
   */
  async finish(limit = FINISH_LIMIT): Promise<void> {
    this.#goOn();
    const timer = systemTimers.after(limit, () => this.close());
    while (this.#writing) await this.#writing;
    timer.cancel();
    this.close();
  }

  #queue(line: string, unhurried?: boolean): void {
    if (this.#ended) return;
    this.#unsent += line + "\n";
    this.#waiting += line.length + 1;
    if (!this.#hold(line.length + 1)) return;
    if (this.#unsent.length > MAX_UNSENT) {
      return this.close(
        new ProtocolError(`the other end does not read: ${MAX_UNSENT} characters wait for it`),
      );
    }
    wantTurn();
    if (unhurried) this.#later ??= systemTimers.after(UNHURRIED, () => this.#goOn());
    else this.#writing ??= this.#write();
  }

  /** Sends lines that have waited for others. */
  #goOn(): void {
    this.#later?.cancel();
    this.#later = undefined;
    if (!this.#ended && this.#unsent !== "") this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    try {
      await undefined; // Lines of the same turn go out together.
      while (this.#unsent !== "") {
        const { length } = this.#unsent;
        const bytes = this.#encoder.encode(this.#unsent);
        this.#unsent = "";
        for (let at = 0; at < bytes.length;) at += await this.conn.write(bytes.subarray(at));
        this.#waiting -= length;
        this.#hold(-length);
      }
    } catch (thrown) {
      this.#writeFailed(thrown);
    } finally {
      this.#writing = undefined;
    }
  }

  /** What was written to an end that is gone may cross its last words, which are still to be read. */
  #writeFailed(thrown: unknown): void {
    if (this.#ended || !isGone(thrown)) return this.#fail(thrown);
    this.#lastWords ??= systemTimers.after(FINISH_LIMIT, () => this.#fail(thrown));
  }

  /** Counts bytes that wait here; false when they were too many, which has ended the connection. */
  #hold(bytes: number): boolean {
    if (!this.restraint || this.#ended) return !this.#ended;
    try {
      this.restraint.hold(bytes);
      this.#held += bytes;
    } catch (thrown) {
      this.#fail(thrown);
    }
    return !this.#ended;
  }

  async #read(): Promise<void> {
    const splitter = new LineSplitter();
    const lines: string[] = [];
    let buffer = new Uint8Array(this.restraint ? FIRST_READ : READ);
    let reads = 0;
    try {
      for (let count; (count = await this.conn.read(buffer)) !== null;) {
        const before = splitter.unfinished;
        splitter.push(buffer.subarray(0, count), (line) => lines.push(line));
        this.restraint?.checkUnfinished(splitter.unfinished);
        if (splitter.unfinished !== before) this.#hold(splitter.unfinished - before);
        for (const line of lines) {
          if (this.#mustWait(line)) await this.#wait();
          const turn = this.restraint && strangers.enter(this.restraint.user);
          if (turn) await turn;
          if (this.#ended) return;
          this.#messageLength = line.length;
          this.peer.handleLine(line);
        }
        lines.length = 0;
        if (++reads % TURN_READS === 0) await nextTurn();
        if (this.restraint) { while (this.#waiting > PAUSE_UNSENT && this.#writing) await this.#writing; }
        if (count === buffer.length && count < READ) buffer = new Uint8Array(READ);
      }
      this.close(new IrmdError("the other end closed the control connection"));
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #mustWait(line: string): boolean {
    this.#pause = this.restraint?.spend(line.length) ?? 0;
    return this.#pause > 0 || !this.restraint && ++this.#taken % TURN_MESSAGES === 0;
  }

  /** Lets others have their turn, and the end of a pause come. */
  #wait(): Promise<void> {
    if (this.#pause === 0) return nextTurn();
    const pause = Math.max(this.#pause, SHORTEST_PAUSE);
    return new Promise((resume) => systemTimers.after(pause, resume));
  }

  #fail(thrown: unknown): void {
    if (this.#ended) return;
    this.close(
      isGone(thrown) ? new IrmdError("the other end is gone", { cause: thrown }) : asOuroError(thrown),
    );
  }
}

const isGone = (thrown: unknown): boolean =>
  thrown instanceof Deno.errors.ConnectionReset || thrown instanceof Deno.errors.BrokenPipe;
