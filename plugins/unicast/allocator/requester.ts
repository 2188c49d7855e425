/**
 * Requests a flow from the members that have registered its name, one after the other.
 *
 * @module
 */
import { IpcpError, NameError, type OuroError, TimedOutError } from "../../../core/contract/errors.ts";
import { type Address, addressText, shortHash } from "../../../core/contract/ids.ts";
import type { FlowRequest, UpperFlow } from "../../../core/contract/ipcp.ts";
import type { Done, Outcome } from "../../../core/contract/outcome.ts";
import { FlowRequester, LIFE, type RequestEvents } from "../../../core/ipcp/allocation/requester.ts";
import { encodeFlowAllocationMessage } from "../wire/flow_allocation_message.ts";
import type { UserFlow } from "./user_flow.ts";
import type { UserFlows } from "./user_flows.ts";

const TIMES = { backOff: 2, late: LIFE };

/** Milliseconds without a way to the member that is asked after which it counts as gone: routes may only be changing. */
const NO_WAY = 1000;
/** Milliseconds between two look-ups while a member does not answer: the name may be known to be elsewhere by now. */
const LOOK_AGAIN = 3000;

const noWay = (to: Address): OuroError =>
  new IpcpError(`there is no way to member ${addressText(to)} of the layer at the moment; try again later`);

/** One allocation under way. */
export class MemberRequester extends FlowRequester<UserFlow, UserFlows> {
  #addresses: Address[] = [];
  /** Who was asked before, and for which end if it has not answered. */
  readonly #tried = new Map<Address, UserFlow | undefined>();

  constructor(
    flows: UserFlows,
    upper: UpperFlow,
    request: FlowRequest,
    events: RequestEvents,
    /** Asks the directory. */
    private readonly lookUp: (found: Done<readonly Address[]>) => void,
  ) {
    super(flows, upper, request, events, TIMES);
  }

  /** Goes on with what the directory has answered. */
  lookedUp(outcome: Outcome<readonly Address[]>): void {
    const found = this.found(outcome);
    if (!found) return;
    this.#addresses = [...found];
    this.refused(new NameError(`${shortHash(this.request.hash)} is not registered in this layer`));
  }

  /** The member that is asked may be gone: others are asked then, or the allocation fails long before its time. */
  routesChanged(): void {
    const { flow } = this;
    if (flow === undefined || this.flows.leads(flow.peer)) return;
    this.flows.after(NO_WAY, () => {
      if (this.flow !== flow || this.flows.leads(flow.peer)) return;
      this.#give(flow);
      this.refused(noWay(flow.peer));
    });
  }

  protected override refused(error: OuroError): void {
    for (let to = this.#addresses.shift(); to !== undefined; to = this.#addresses.shift()) {
      this.#tried.set(to, undefined);
      if (this.ask(to)) return;
      this.#tried.delete(to);
      error = noWay(to);
    }
    this.fail(error);
  }

  protected override silent(user: UserFlow): void {
    const { left } = this;
    if (left > 0 && this.#addresses.length === 0) {
      this.wait(Math.min(left, LOOK_AGAIN), () => this.silent(user));
      return this.#lookAgain(user);
    }
    this.#give(user);
    const error = new TimedOutError(`member ${addressText(user.peer)} of the layer does not answer`);
    if (left > 0) this.refused(error);
    else this.fail(error);
  }

  /** Asks those next that have the name by now, or again the one that says so itself: its first answer may have been lost. */
  #lookAgain(user: UserFlow): void {
    this.lookUp((outcome) => {
      if (!outcome.ok || this.flow !== user || this.#addresses.length > 0) return;
      this.#addresses = outcome.value.filter((found) => !this.#tried.has(found));
      if (this.#addresses.length > 0) return this.silent(user);
      const [best] = outcome.value;
      const silent = best === undefined ? undefined : this.#tried.get(best);
      if (silent?.state !== "cancelled" || silent.remoteHigh !== 0 || silent.remoteLow !== 0) return;
      this.#give(user);
      this.resume(silent);
    });
  }

  #give(user: UserFlow): void {
    this.abandon();
    this.#tried.set(user.peer, user);
  }

  protected override prepare(user: UserFlow): () => boolean {
    const { hash, qos, data } = this.request;
    const { own: source, paths } = this.flows;
    const message = encodeFlowAllocationMessage({
      kind: "request",
      source,
      sourceEid: user.eid,
      qos,
      hash,
      data,
    });
    paths.check(user.peer, message);
    return () => this.flows.send(user.peer, message);
  }

  protected override probe({ peer }: UserFlow, takes: () => void): void {
    this.flows.probe.supportsRetry(peer, takes);
  }
}
