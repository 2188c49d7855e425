/**
 * A conversation over an N-1 flow: one message is expected at a time.
 *
 * @module
 */
import {
  asOuroError,
  FlowDownError,
  type OuroError,
  ProtocolError,
  TimedOutError,
} from "../../contract/errors.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";
import type { Timer, Timers } from "../../contract/ports.ts";

/** What comes next in a {@link Conversation}. */
export interface Expected<T> {
  /** What it is, for errors. */
  readonly what: string;
  /** Milliseconds in which it must come; left out: the conversation is ended from outside. */
  readonly within?: number;
  /**
   * Messages that cannot be read as what is expected are left out, and it is waited on: what was expected got lost, and this is what
   * the other end has said after it, or overtook it. Left out: such a message ends the conversation.
   */
  readonly patient?: boolean;
  /** Reads a message. It throws a ProtocolError when it is not what is expected. The bytes are valid during the call only. */
  read(message: Uint8Array): T;
  /** Takes what was read; what this throws ends the conversation. */
  take(value: T): void;
}

/** One side of a conversation. It does not own the flow. */
export class Conversation {
  #receive: ((message: Uint8Array) => void) | undefined;
  #timer: Timer | undefined;
  #over = false;
  #unread: string | undefined;

  /** @param failed called at most once: something did not come in time, or could not be taken */
  constructor(
    private readonly flow: LowerFlow,
    private readonly timers: Timers,
    private readonly failed: (error: OuroError) => void,
  ) {}

  /** The next message goes to `expected`. Replaces what was expected before. */
  expect<T>(expected: Expected<T>): void {
    if (this.#over) return;
    this.#timer?.cancel();
    this.#receive = (message) => this.#hear(expected, message);
    const { what, within } = expected;
    if (within !== undefined) {
      this.#timer = this.timers.after(
        within,
        () => this.fail(new TimedOutError(`no ${what} came within ${within} ms`)),
      );
    }
    this.flow.onPacket((packet) => {
      // An empty packet only says that the other end is alive; a message that nothing waits for is one too many.
      if (packet.length > 0) this.#receive?.(packet);
    });
  }

  /** Has it ended? */
  get over(): boolean {
    return this.#over;
  }

  /** Why the last message that was left out could not be read; undefined when there was none. */
  get unread(): string | undefined {
    return this.#unread;
  }

  /**
   * Sends a message. False: the flow did not take it, and it is lost as one in the network may be: what is expected then does not come in
   * time. Of a flow that is down {@link converse} hears, perhaps a moment later, with the reason.
   */
  send(message: Uint8Array): boolean {
    return this.flow.send(message);
  }

  /** Expects nothing more: the flow is somebody else's. Doing so twice is harmless. */
  end(): void {
    this.#over = true;
    this.#receive = undefined;
    this.#timer?.cancel();
  }

  /** Ends it with an error, unless it has ended. */
  fail(error: OuroError): void {
    if (this.#over) return;
    this.end();
    this.failed(error);
  }

  #hear<T>({ patient, read, take }: Expected<T>, message: Uint8Array): void {
    try {
      let value: T;
      try {
        value = read(message);
      } catch (thrown) {
        if (!patient || !(thrown instanceof ProtocolError)) throw thrown;
        this.#unread = thrown.message;
        return;
      }
      this.#receive = undefined;
      this.#timer?.cancel();
      take(value);
    } catch (thrown) {
      this.fail(asOuroError(thrown));
    }
  }
}

/** Holds a conversation over a flow that nobody else watches: it ends with an error when the flow goes down. */
export function converse(flow: LowerFlow, begin: () => Conversation): Conversation {
  const held: { talk?: Conversation; lost?: string } = {};
  const lose = (reason: string) => {
    held.lost = reason;
    held.talk?.fail(new FlowDownError(`the N-1 flow is down: ${reason}`));
  };
  flow.onDown(lose);
  const talk = held.talk = begin();
  if (held.lost !== undefined) lose(held.lost);
  return talk;
}
