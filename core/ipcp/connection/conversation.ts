/**
 * A conversation over an N-1 flow: one message is expected at a time, each within a limit.
 *
 * @module
 */
import { asOuroError, FlowDownError, type OuroError, TimedOutError } from "../../contract/errors.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";
import type { Timer, Timers } from "../../contract/ports.ts";

/** What comes next in a {@link Conversation}. */
export interface Expected {
  /** What it is, for errors. */
  readonly what: string;
  /** Milliseconds in which it must come. */
  readonly within: number;
  /** Takes it; what this throws ends the conversation. The bytes are valid during the call only. */
  take(message: Uint8Array): void;
}

/** One side of a conversation. It does not own the flow. */
export class Conversation {
  #expected: Expected | undefined;
  #timer: Timer | undefined;
  #over = false;

  /** @param failed called at most once: something did not come in time, or could not be taken */
  constructor(
    private readonly flow: LowerFlow,
    private readonly timers: Timers,
    private readonly failed: (error: OuroError) => void,
  ) {}

  /** The next message goes to `expected`. Replaces what was expected before. */
  expect(expected: Expected): void {
    this.#timer?.cancel();
    this.#expected = expected;
    const { what, within } = expected;
    this.#timer = this.timers.after(
      within,
      () => this.fail(new TimedOutError(`no ${what} came within ${within} ms`)),
    );
    this.flow.onPacket((packet) => this.#take(packet));
  }

  /** Has it ended? */
  get over(): boolean {
    return this.#over;
  }

  /** Sends the first message; ends with an error when the flow does not take it. */
  start(message: Uint8Array): void {
    try {
      this.send(message);
    } catch (thrown) {
      this.fail(asOuroError(thrown));
    }
  }

  /** Sends a message. @throws FlowDownError when the flow does not take it */
  send(message: Uint8Array): void {
    if (this.flow.send(message)) return;
    throw new FlowDownError("the flow is down, or its queue is full");
  }

  /** Expects nothing more: the flow is somebody else's. Doing so twice is harmless. */
  end(): void {
    this.#over = true;
    this.#expected = undefined;
    this.#timer?.cancel();
  }

  /** Ends it with an error, unless it has ended. */
  fail(error: OuroError): void {
    if (this.#over) return;
    this.end();
    this.failed(error);
  }

  #take(packet: Uint8Array): void {
    const expected = this.#expected;
    // An empty packet only says that the other end is alive; a message that nothing waits for is one too many.
    if (packet.length === 0 || !expected) return;
    this.#expected = undefined;
    this.#timer?.cancel();
    try {
      expected.take(packet);
    } catch (thrown) {
      this.fail(asOuroError(thrown));
    }
  }
}
