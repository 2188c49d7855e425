/**
 * Processes that wait in accept, by name.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type { Pid } from "../../contract/ids.ts";
import type { Balancer, Waiting } from "../../contract/policies/small_policies.ts";
import type { Log } from "../../contract/ports.ts";
import type { Session } from "./machine.ts";
import type { Name } from "./names.ts";
import type { Process } from "./processes.ts";

/** One waiting call of accept. */
export interface QueuedAccept extends Waiting {
  readonly pid: Pid;
  readonly process: Process;
  readonly session: Session;
  /** What the process that connects presents. */
  readonly token: string;
  /** Whether it is in the queues. */
  waits: boolean;
}

/**
 * For each name the calls of accept that wait, in the order in which they were made. A call waits for every name that its
 * process is bound to, also for those that it is bound to later; it leaves all queues when it gets a flow.
 */
export class AcceptQueues<A extends QueuedAccept> {
  readonly #log: Log;
  readonly #queues = new Map<string, A[]>();
  readonly #byProcess = new Map<Process, Set<A>>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Returns how many names have calls of accept that wait. */
  get size(): number {
    return this.#queues.size;
  }

  /** Puts a call of accept into the queues of its process' names. */
  add(accept: A): void {
    let all = this.#byProcess.get(accept.process);
    if (!all) this.#byProcess.set(accept.process, all = new Set());
    all.add(accept);
    accept.waits = true;
    for (const name of accept.process.names.keys()) this.#insert(name, accept);
  }

  /** Takes a call of accept out of all queues, if it is in them. */
  remove(accept: A): void {
    const all = this.#byProcess.get(accept.process);
    if (!all?.delete(accept)) return;
    accept.waits = false;
    if (all.size === 0) this.#byProcess.delete(accept.process);
    for (const name of accept.process.names.keys()) this.#withdraw(name, accept);
  }

  /** Lets the calls of a process wait for a name that it was bound to. */
  bound(process: Process, name: string): void {
    for (const accept of this.#byProcess.get(process) ?? []) this.#insert(name, accept);
  }

  /** Takes the calls of a process out of the queue of a name that it is not bound to any more. */
  unbound(process: Process, name: string): void {
    for (const accept of this.#byProcess.get(process) ?? []) this.#withdraw(name, accept);
  }

  /**
   * Takes the call of accept that gets the next flow for a name out of all queues; undefined when none waits, or another process
   * is to choose.
   */
  take(name: Name): A | undefined {
    const { balancer } = name;
    const queue = this.#queues.get(name.name);
    if (!queue || "ask" in balancer) return undefined;
    const accept = queue[this.#choose(name, balancer, queue)];
    this.remove(accept);
    return accept;
  }

  /**
   * Lets another process choose; then takes as {@link take} does. When the call that it chose waits no more, the first one gets the
   * flow.
   *
   * @returns whether it was asked
   */
  ask({ name, balancer }: Name, then: (accept: A | undefined) => void): boolean {
    const queue = this.#queues.get(name);
    if (!queue || !("ask" in balancer)) return false;
    const asked = [...queue];
    balancer.ask(asked, (index) => {
      const now = this.#queues.get(name) ?? [];
      const chosen = asked[index];
      const accept = chosen && now[place(now, chosen)] === chosen ? chosen : now[0];
      if (accept) this.remove(accept);
      then(accept);
    });
    return true;
  }

  #choose({ name, balancing }: Name, balancer: Balancer, queue: readonly A[]): number {
    let fault: string;
    try {
      const index = balancer.choose(queue);
      if (Number.isInteger(index) && index >= 0 && index < queue.length) return index;
      fault = `it chose ${index} of ${queue.length}`;
    } catch (thrown) {
      fault = asOuroError(thrown).message;
    }
    this.#log.error(`Balancing policy ${balancing} failed for ${name}: ${fault}.`);
    return 0;
  }

  #insert(name: string, accept: A): void {
    const queue = this.#queues.get(name);
    if (queue) queue.splice(place(queue, accept), 0, accept);
    else this.#queues.set(name, [accept]);
  }

  #withdraw(name: string, accept: A): void {
    const queue = this.#queues.get(name);
    if (!queue) return;
    const at = place(queue, accept);
    if (queue[at] === accept) queue.splice(at, 1);
    if (queue.length === 0) this.#queues.delete(name);
  }
}

/** Index of the first that did not begin to wait before `accept`. */
function place(queue: readonly QueuedAccept[], accept: QueuedAccept): number {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (queue[middle].order < accept.order) low = middle + 1;
    else high = middle;
  }
  return low;
}
