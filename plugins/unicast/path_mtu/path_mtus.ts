/**
 * The largest packets of the paths to other members: searches for the members that flows lead to, tells the flows, and answers
 * the probes of members that have a flow to this one.
 *
 * @module
 */
import { TokenBucket } from "../../../core/kit/token_bucket.ts";
import { BoundedMap } from "../../../core/kit/bounded_map.ts";
import { MessageSizeError } from "../../../core/contract/errors.ts";
import { type Address, address, addressText } from "../../../core/contract/ids.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import type { Ports, Timer } from "../../../core/contract/ports.ts";
import {
  encodeFlowAllocationMessage,
  FLOW_ALLOCATION_HEADER_BYTES as SMALLEST,
  type FlowAllocationProbe,
  type FlowAllocationProbeAnswer,
} from "../wire/flow_allocation_message.ts";
import { PathMtu } from "./path_mtu.ts";

/** Bytes of probes that this member sends in a millisecond, on all paths together. */
const RATE = 1000;
/** Probes that are answered in a second, and at once. */
const ANSWERS = { rate: 1000, burst: 1000 };
/** Paths that are known and not used; the one that was used least recently is forgotten first. */
const MAX_IDLE = 1024;

/** What it works with. */
export interface PathMtusContext {
  readonly ports: Pick<Ports, "clock" | "random">;
  /** Address of this member. */
  readonly own: Address;
  /** Sends a message to another flow allocator. */
  send(to: Address, message: Uint8Array): void;
  /** Calls `run` after `delay` milliseconds. */
  after(delay: number, run: () => void): Timer;
}

/** A flow that is told how large its packets may be. */
export interface PathUser {
  /** From now on, packets of at most so many bytes arrive. */
  limit(bytes: number): void;
}

/** A path, and who uses it. */
interface Path {
  /** Ends of flows that lead there, in whatever state they are. */
  ends: number;
  /** Flows that are up. */
  readonly flows: Set<PathUser>;
  /** Undefined until the first flow is up. */
  size: PathMtu | undefined;
}

/** The paths to other members. */
export class PathMtus {
  readonly #used = new Map<Address, Path>();
  /** Paths without ends of flows, the one that was used least recently first. */
  readonly #idle = new BoundedMap<Address, Path>(MAX_IDLE);
  readonly #counts = { probes: 0, answers: 0, strayAnswers: 0, answered: 0, refused: 0 };
  readonly #answers = new TokenBucket(ANSWERS);
  #limit: number | undefined;
  /** When all probes that were given a turn are sent. */
  #free = -Infinity;

  constructor(private readonly context: PathMtusContext) {}

  /** There is an end of a flow to a member, if only asked for or offered: the member's probes are answered. */
  met(remote: Address): void {
    let path = this.#used.get(remote);
    if (!path) {
      path = this.#idle.get(remote) ?? { ends: 0, flows: new Set(), size: undefined };
      this.#idle.delete(remote);
      this.#used.set(remote, path);
    }
    path.ends++;
  }

  /** It is gone. */
  left(remote: Address): void {
    const path = this.#used.get(remote);
    if (!path || --path.ends > 0) return;
    this.#used.delete(remote);
    if (!path.size) return;
    this.#idle.set(remote, path);
  }

  /** A flow to a member that was {@link met} is up: it is told its largest packet, now and whenever that changes. */
  opened(remote: Address, flow: PathUser): void {
    const path = this.#used.get(remote);
    if (!path || remote === this.context.own || this.#limit === undefined) return;
    path.size ??= this.#make(remote, path, this.#limit);
    path.size.limit(this.#limit);
    path.flows.add(flow);
    flow.limit(path.size.size);
    path.size.start();
  }

  /** Forgets a flow that is up no more, or never was. */
  closed(remote: Address, flow: PathUser): void {
    const path = this.#used.get(remote);
    if (path?.flows.delete(flow) && path.flows.size === 0) path.size?.stop();
  }

  /** This member can send packets of at most so many bytes from now on, wherever they go. */
  limit(limit: number): void {
    this.#limit = limit;
    for (const { size } of this.#used.values()) size?.limit(limit);
  }

  /**
   * Can a message be sent to a member? Further on it may still meet a flow that carries less.
   *
   * @throws MessageSizeError when the flows of this member do not carry it
   */
  check(remote: Address, { length }: Uint8Array): void {
    if (remote === this.context.own || this.#limit === undefined || length <= this.#limit) return;
    throw new MessageSizeError(
      `the data of a flow allocation is ${
        length - this.#limit
      } bytes too long for the flows below this layer`,
    );
  }

  /** Has the member answered a probe: is it of our kind? */
  knows(remote: Address): boolean {
    return this.#used.get(remote)?.size?.answers ?? false;
  }

  /** Packets may take other paths from now on. */
  routesChanged(): void {
    for (const { flows, size } of this.#used.values()) if (flows.size > 0) size?.routesChanged();
  }

  /** A probe came: it is answered if it is a small one, or there is a flow to its sender, or one that is asked for. */
  probed({ source, id, size }: FlowAllocationProbe): void {
    if (
      (size !== SMALLEST && !this.#used.has(source)) || !this.#answers.take(this.context.ports.clock.now())
    ) {
      this.#counts.refused++;
      return;
    }
    this.#counts.answered++;
    this.context.send(source, encodeFlowAllocationMessage({ kind: "probe answer", id, size }));
  }

  /** An answer came. */
  answered({ id, size }: FlowAllocationProbeAnswer): void {
    const path = this.#used.get(address(id.low));
    if (path?.size?.answered(id, size)) this.#counts.answers++;
    else this.#counts.strayAnswers++;
  }

  /** The paths that are used, and what was counted. */
  stats(): Stats {
    const paths = [...this.#used].flatMap(([remote, { flows, size }]) =>
      size
        ? [{ remoteAddress: addressText(remote), flows: flows.size, maxPacket: size.size, state: size.state }]
        : []
    );
    return { paths, ...this.#counts };
  }

  #make(remote: Address, path: Path, limit: number): PathMtu {
    const { ports: { clock, random }, own } = this.context;
    return new PathMtu({
      clock,
      // The answer finds its path by the lower half.
      id: () => ({ high: random.uint32(), low: remote }),
      after: (delay, run) => this.context.after(delay, run),
      turn: (size) => this.#turn(size),
      probe: (id, size) => {
        this.#counts.probes++;
        this.context.send(remote, encodeFlowAllocationMessage({ kind: "probe", source: own, id, size }));
      },
      changed: (size) => {
        for (const flow of path.flows) flow.limit(size);
      },
    }, limit);
  }

  #turn(size: number): number {
    const now = this.context.ports.clock.now();
    const start = Math.max(now, this.#free);
    this.#free = start + size / RATE;
    return start - now;
  }
}
