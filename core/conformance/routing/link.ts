/**
 * A link between two members of a simulated network: a management flow and a data transfer flow.
 *
 * @module
 */
import type { Fd } from "../../contract/ids.ts";
import type { ManagementFlow } from "../../contract/policies/routing.ts";
import type { VirtualTime } from "../../sim/virtual_time.ts";
import type { RoutingMember } from "./member.ts";

/** One end of the link. */
interface End {
  readonly member: RoutingMember;
  readonly management: ManagementFlow;
  readonly transfer: Fd;
}

/** A link. */
export class RoutingLink {
  /** Milliseconds that the next message takes. */
  latency = (): number => 1;
  /** Is this message, sent by `from`, lost? */
  lost = (_message: Uint8Array, _from: RoutingMember): boolean => false;
  /** How often the next message arrives. */
  copies = (): number => 1;
  /** Called with each message that is sent. */
  tap = (_message: Uint8Array, _from: RoutingMember): void => {};
  /** The two ends. */
  readonly members: readonly [RoutingMember, RoutingMember];
  readonly #time: VirtualTime;
  #ends: readonly [End, End] | undefined;
  #cut = false;

  constructor(one: RoutingMember, other: RoutingMember, time: VirtualTime) {
    this.members = [one, other];
    this.#time = time;
  }

  /** Both flows are there; both ends are told, management first. */
  open(): void {
    const [one, other] = this.members;
    const ends: readonly [End, End] = [
      this.#end(one, other, () => ends[1]),
      this.#end(other, one, () => ends[0]),
    ];
    this.#ends = ends;
    this.#cut = false;
    for (const { member, management } of ends) member.routing.managementUp(management);
    for (const { member, management, transfer } of ends) {
      const { member: far } = ends[member === one ? 1 : 0];
      member.flowUp(transfer, management.neighbour, () => this.#cut ? undefined : far);
    }
  }

  /** Both flows go; the ends that are named are told. */
  close(told: readonly RoutingMember[] = this.members): void {
    const ends = this.#ends;
    if (!ends) return;
    this.#ends = undefined;
    for (const { member, management, transfer } of ends) {
      if (!told.includes(member)) continue;
      member.flowDown(transfer, management.neighbour);
      member.routing.managementDown(management);
    }
  }

  /** Is this member one of the ends? */
  joins(member: RoutingMember): boolean {
    return this.members.includes(member);
  }

  /** Nothing passes any more, and nobody is told. */
  cut(): void {
    this.#cut = true;
  }

  /** What was cut passes again. */
  mend(): void {
    this.#cut = false;
  }

  #end(member: RoutingMember, neighbour: RoutingMember, far: () => End): End {
    const management: ManagementFlow = {
      neighbour: neighbour.address,
      fd: member.takeFd(),
      send: (message) => {
        member.sent++;
        this.tap(message, member);
        if (this.#cut || this.lost(message, member)) return true;
        for (let copies = this.copies(); copies > 0; copies--) {
          const copy = message.slice();
          this.#time.after(this.latency(), () => this.#deliver(far(), copy));
        }
        return true;
      },
    };
    return { member, management, transfer: member.takeFd() };
  }

  #deliver(to: End, message: Uint8Array): void {
    if (this.#cut || !this.#ends?.includes(to)) return;
    to.member.routing.receive(to.management, message);
    message.fill(0xff); // It is valid during the call only.
  }
}
