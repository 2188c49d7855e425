/**
 * What each connected process has under way: its flows and the requests that wait.
 *
 * @module
 */
import { ExhaustedError, InvalidError, type OuroError } from "../../contract/errors.ts";
import { BoundedSet } from "../../kit/bounded_map.ts";
import type { RpcId } from "../../wire/local/json_rpc.ts";
import type { Sharing } from "../shares/shares.ts";
import type { Session } from "./machine.ts";
import type { FlowRecord } from "./records.ts";

/** Flows and waiting requests of one session (reference: `PROG_MAX_FLOWS`). */
const MAX_ENDS = 4096;
const MAX_UNREACHED = 64;

/** A request that waits. */
export interface Waiting {
  /** Ends it; it is answered with the error. */
  cancel(error: OuroError): void;
  /** Ends it so, unless it is being given a flow. */
  withdraw(error: OuroError): void;
}

/** What one session has under way. */
export class SessionWork {
  readonly flows = new Set<FlowRecord>();
  /** Names that an IPCP could not reach, which was logged: it tries again and again. */
  readonly unreached = new BoundedSet<string>(MAX_UNREACHED);
  readonly #waiting = new Map<RpcId, Waiting>();
  readonly #session: Session;
  readonly #calls: Sharing;

  /** @param calls what requests that wait count for */
  constructor(session: Session, calls: Sharing) {
    this.#session = session;
    this.#calls = calls;
  }

  /** Returns how many requests wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Checks that one more request may wait.
   *
   * @throws InvalidError when its id is in use
   * @throws ExhaustedError when the process or its user has too much under way
   */
  check(id: RpcId): void {
    if (this.#waiting.has(id)) throw new InvalidError(`a request with the id ${id} waits already`);
    if (this.flows.size + this.#waiting.size >= MAX_ENDS) {
      throw new ExhaustedError(`this process has ${MAX_ENDS} flows and waiting requests, which is the limit`);
    }
    this.#calls.check(this.#session);
  }

  /** Adds a request that waits. */
  add(id: RpcId, waiting: Waiting): void {
    this.#calls.take(this.#session);
    this.#waiting.set(id, waiting);
  }

  /** Removes a request that waits no more. */
  remove(id: RpcId): void {
    if (this.#waiting.delete(id)) this.#calls.give(this.#session);
  }

  /** Returns one waiting request, if it waits. */
  get(id: RpcId): Waiting | undefined {
    return this.#waiting.get(id);
  }

  /** Ends all waiting requests. */
  cancelAll(error: OuroError): void {
    for (const waiting of [...this.#waiting.values()]) waiting.cancel(error);
  }
}
