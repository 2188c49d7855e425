/**
 * One allocation that somebody above has asked for: asks the members that have registered the name, one after the other, each
 * several times, since packets get lost; but only once those that may not be of this implementation (`greetings.ts`).
 *
 * @module
 */
import {
  asOuroError,
  CancelledError,
  errorFromErrno,
  IpcpError,
  NameError,
  type OuroError,
  TimedOutError,
} from "../../../core/contract/errors.ts";
import { type Address, shortHash } from "../../../core/contract/ids.ts";
import type { FlowReply, FlowRequest, UpperFlow } from "../../../core/contract/ipcp.ts";
import { DONE, type Done, failure, type Outcome } from "../../../core/contract/outcome.ts";
import type { Timer } from "../../../core/contract/ports.ts";
import {
  encodeFlowAllocationMessage,
  type FlowAllocationReply,
} from "../../../core/wire/flow_allocation_message.ts";
import { type AllocatorParts, MPL } from "./user_flows.ts";
import type { Greeting } from "./peer_probe.ts";
import type { UserFlow } from "./user_flow.ts";

/** Milliseconds that an allocation takes at most. */
export const LIFE = 20_000;
/** Milliseconds after which a request is sent again the first time; each time twice as long. */
const RESEND = 1000;
/** A member is asked so often when there is another one to ask. */
const TRIES = 2;
const NO_DATA = new Uint8Array(0);

/** One allocation under way. */
export class Asking {
  readonly #parts: AllocatorParts;
  readonly #flow: UpperFlow;
  readonly #request: FlowRequest;
  readonly #ended: () => void;
  readonly #deadline: number;
  #done: Done | undefined;
  #addresses: Address[] = [];
  #user: UserFlow | undefined;
  #message: Uint8Array = NO_DATA;
  #tries = 0;
  #timer: Timer | undefined;
  #greeting: Greeting | undefined;
  #refusal: FlowReply | undefined;
  #over = false;

  /**
   * @param done called once the first request is under way, or when none can be
   * @param ended called once when the flow is up, refused or cancelled
   */
  constructor(parts: AllocatorParts, flow: UpperFlow, request: FlowRequest, done: Done, ended: () => void) {
    this.#parts = parts;
    this.#flow = flow;
    this.#request = { ...request, data: request.data.slice() };
    this.#done = done;
    this.#ended = ended;
    this.#deadline = parts.ports.clock.now() + LIFE;
  }

  /** The directory has answered. */
  found(outcome: Outcome<readonly Address[]>): void {
    if (this.#over) {
      return this.#answer(failure(new CancelledError("the flow was deallocated before it was allocated")));
    }
    if (!outcome.ok) return this.#fail(outcome.error);
    this.#addresses = [...outcome.value];
    this.#nextAddress(new NameError(`${shortHash(this.#request.hash)} is not registered in this layer`));
  }

  /** The member that was asked has answered. */
  replied(user: UserFlow, message: FlowAllocationReply): void {
    if (user !== this.#user) return;
    this.#timer?.cancel();
    this.#greeting?.cancel();
    if (message.response === 0) return this.#up(user, message);
    this.#user = undefined;
    this.#parts.drop(user);
    // Refusals are negative; a peer that says something else refuses, too.
    const response = -Math.abs(message.response);
    this.#refusal = { response, data: message.data.slice() };
    this.#nextAddress(errorFromErrno(response, `member ${user.remote} of the layer refused the flow`));
  }

  /** Nobody above wants the flow any more. */
  cancel(): void {
    this.#timer?.cancel();
    this.#end();
    this.#abandon();
  }

  /** Asks the next member; when there is none, the allocation has failed with `error`. */
  #nextAddress(error: OuroError): void {
    for (let to = this.#addresses.shift(); to !== undefined; to = this.#addresses.shift()) {
      try {
        this.#user = this.#parts.makeUser(this.#flow, to, "asking");
        this.#message = this.#encode(this.#user);
        this.#parts.paths.check(to, this.#message);
      } catch (thrown) {
        return this.#fail(thrown);
      }
      const user = this.#user;
      this.#tries = 1;
      const sent = this.#parts.send(to, this.#message);
      // The own address has answered already.
      if (this.#over || this.#user !== user) return;
      if (sent) {
        this.#answer(DONE);
        return this.#wait();
      }
      this.#user = undefined;
      this.#parts.drop(user);
      error = new IpcpError(`there is no way to member ${to} of the layer at the moment; try again later`);
    }
    this.#fail(error);
  }

  #encode(user: UserFlow): Uint8Array {
    const { hash, qos, data } = this.#request;
    return encodeFlowAllocationMessage({
      kind: "request",
      source: this.#parts.own,
      sourceEid: user.eid,
      qos,
      hash,
      data,
    });
  }

  #wait(): void {
    const left = this.#deadline - this.#parts.ports.clock.now();
    const delay = Math.max(0, Math.min(RESEND * 2 ** (this.#tries - 1), left));
    this.#timer = this.#parts.after(delay, () => this.#waited());
  }

  #waited(): void {
    const user = this.#user;
    if (!user) return;
    const tooLate = this.#parts.ports.clock.now() >= this.#deadline;
    if (tooLate || (this.#tries >= TRIES && this.#addresses.length > 0)) {
      this.#abandon();
      const error = new TimedOutError(`member ${user.remote} of the layer does not answer`);
      return tooLate ? this.#fail(error) : this.#nextAddress(error);
    }
    this.#tries++;
    this.#greeting?.cancel();
    const { greetings } = this.#parts;
    if (greetings.knows(user.remote)) this.#parts.send(user.remote, this.#message);
    else this.#greeting = greetings.greet(user.remote, () => this.#parts.send(user.remote, this.#message));
    if (this.#user === user) this.#wait();
  }

  #up(user: UserFlow, { sourceEid, data }: FlowAllocationReply): void {
    user.remoteHigh = sourceEid.high;
    user.remoteLow = sourceEid.low;
    user.state = "up";
    this.#parts.users.set(this.#flow, user);
    this.#user = undefined;
    this.#end();
    this.#answer(DONE);
    this.#parts.open(user);
    this.#parts.upper.allocated(this.#flow, { response: 0, data: data.slice() }, MPL);
  }

  #fail(thrown: unknown): void {
    if (this.#over) return;
    this.#end();
    const error = asOuroError(thrown);
    if (this.#done && !this.#refusal) return this.#answer(failure(error));
    this.#answer(DONE);
    const reply = this.#refusal ?? { response: -error.errno, data: NO_DATA };
    this.#parts.upper.allocated(this.#flow, reply, MPL);
  }

  /** What the member that was asked still says is dealt with as news of a flow that nobody wants. */
  #abandon(): void {
    const user = this.#user;
    if (!user) return;
    this.#greeting?.cancel();
    this.#user = undefined;
    user.state = "cancelled";
    this.#parts.after(LIFE, () => this.#parts.drop(user));
  }

  #answer(outcome: Outcome<void>): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(outcome);
  }

  #end(): void {
    this.#over = true;
    this.#ended();
  }
}
