/**
 * One end of a control connection, without I/O: lines in, lines out. Both ends may ask.
 *
 * @module
 */
import { InvalidError, type OuroError, ProtocolError, TimedOutError } from "../../contract/errors.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { Timer, Timers } from "../../contract/ports.ts";
import { formatCall, formatFault, formatResult, METHOD_NOT_FOUND, parseRpc, type RpcId } from "./json_rpc.ts";
import { MAX_LINE } from "./line_splitter.ts";

/** What an end does with what the other end sends. */
export interface RpcHandlers {
  /** Answers through `reply`, exactly once. What it throws becomes the answer. `id` is the other end's, for `cancel`. */
  request(method: string, params: unknown, reply: Done<unknown>, id: RpcId): void;
  /** Takes a message that wants no answer. */
  notification(method: string, params: unknown): void;
}

/** Thrown by a handler for a method that it does not have. */
export class MethodNotFoundError extends ProtocolError {}

interface Waiting {
  readonly done: Done<unknown>;
  readonly timer?: Timer;
}

/** One end of a control connection. */
export class RpcPeer {
  readonly #waiting = new Map<RpcId, Waiting>();
  #lastId = 0;
  #closed: OuroError | undefined;

  /** @param send takes lines without their end; those that nobody waits for may go out a little later, but in their order */
  constructor(
    private readonly send: (line: string, unhurried?: boolean) => void,
    private readonly timers: Timers,
    private readonly handlers: RpcHandlers,
  ) {}

  /** Returns how many own requests wait for an answer. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Asks the other end.
   *
   * @param done called once, never before this call has returned
   * @param timeout milliseconds after which the answer is a {@link TimedOutError}; left out: no limit
   * @param unhurried nobody waits for the answer: it may go out with a later message, which costs both ends less
   * @returns the id of the request
   */
  request(
    method: string,
    params: unknown,
    done: Done<unknown>,
    timeout?: number,
    unhurried?: boolean,
  ): RpcId {
    const id = ++this.#lastId;
    const line = formatCall(method, params, id);
    const refusal = this.#closed ??
      (line.length < MAX_LINE
        ? undefined
        : new InvalidError(`${method}: the message is longer than ${MAX_LINE} bytes`));
    if (refusal) {
      this.timers.after(0, () => done(failure(refusal)));
      return id;
    }
    const timer = timeout === undefined ? undefined : this.timers.after(timeout, () => {
      this.#settle(id)?.done(failure(new TimedOutError(`${method} was not answered within ${timeout} ms`)));
    });
    this.#waiting.set(id, { done, timer });
    this.send(line, unhurried);
    return id;
  }

  /** Tells the other end something, which may go out with a later message when it is unhurried. */
  notify(method: string, params: unknown, unhurried?: boolean): void {
    if (!this.#closed) this.send(formatCall(method, params), unhurried);
  }

  /**
   * Takes one line from the other end.
   *
   * @throws ProtocolError when it is not a message; the connection should then be closed
   */
  handleLine(line: string): void {
    const message = parseRpc(line);
    switch (message.kind) {
      case "notification":
        return this.handlers.notification(message.method, message.params);
      case "request":
        return this.#answer(message.id, message.method, message.params);
      case "result":
        return this.#settle(message.id)?.done(success(message.result));
      case "fault":
        if (message.id === null) throw message.error;
        return this.#settle(message.id)?.done(failure(message.error));
    }
  }

  /** The connection has ended: every waiting request fails with `error`, and so does every later one. */
  close(error: OuroError): void {
    if (this.#closed) return;
    this.#closed = error;
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.done(failure(error));
  }

  #settle(id: RpcId): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting) {
      this.#waiting.delete(id);
      waiting.timer?.cancel();
    }
    return waiting;
  }

  #answer(id: RpcId, method: string, params: unknown): void {
    let answered = false;
    const reply: Done<unknown> = (outcome) => {
      if (answered || this.#closed) return;
      answered = true;
      this.send(outcome.ok ? formatResult(id, outcome.value) : formatFault(id, outcome.error));
    };
    try {
      this.handlers.request(method, params, reply, id);
    } catch (thrown) {
      if (answered || this.#closed) return;
      answered = true;
      this.send(
        formatFault(id, thrown, thrown instanceof MethodNotFoundError ? METHOD_NOT_FOUND : undefined),
      );
    }
  }
}
