/**
 * A third party's routing: each member tells its neighbours how far everything is, once a second (a distance vector with
 * poisoned reverse, as in RFC 2453).
 *
 * @module
 */
import type {
  Address,
  Fd,
  ManagementFlow,
  Plugin,
  PluginHost,
  Routing,
  RoutingContext,
  Stats,
} from "../../../mod.ts";

/** A distance that counts as out of reach. */
const FAR = 16;
const MAX_BYTES = 5 * 1000;

class DistanceVector implements Routing {
  readonly forwarding = "simple";
  readonly #context: RoutingContext;
  readonly #interval: number;
  readonly #neighbours = new Map<ManagementFlow, Map<number, number>>();
  readonly #flows: (readonly [Address, Fd])[] = [];
  /** The best distance to each member, and the neighbour it leads through. */
  #routes = new Map<number, readonly [distance: number, through: Address, fd: Fd]>();
  #dropped = 0;
  #timer: { cancel(): void };

  constructor(_host: PluginHost, context: RoutingContext) {
    this.#context = context;
    this.#interval = Number(context.options.interval);
    this.#timer = context.timers.after(this.#interval, () => this.#tell());
  }

  managementUp(flow: ManagementFlow): void {
    this.#neighbours.set(flow, new Map());
  }

  managementDown(flow: ManagementFlow): void {
    this.#neighbours.delete(flow);
    this.#compute();
  }

  receive(flow: ManagementFlow, message: Uint8Array): void {
    const vector = this.#neighbours.get(flow);
    if (!vector || message.length === 0 || message.length % 5 !== 0 || message.length > MAX_BYTES) {
      this.#dropped++;
      return;
    }
    const view = new DataView(message.buffer, message.byteOffset, message.length);
    const told = new Map<number, number>();
    for (let at = 0; at < message.length; at += 5) told.set(view.getUint32(at), view.getUint8(at + 4));
    // The first one is the neighbour itself, so that random bytes are told from a vector.
    if (told.get(flow.neighbour) !== 0) return void this.#dropped++;
    this.#neighbours.set(flow, told);
    this.#compute();
  }

  adjacencyUp(neighbour: Address, fd: Fd): void {
    this.#flows.push([neighbour, fd]);
    this.#compute();
  }

  adjacencyDown(neighbour: Address, fd: Fd): void {
    const index = this.#flows.findIndex(([to, flow]) => to === neighbour && flow === fd);
    if (index >= 0) this.#flows.splice(index, 1);
    this.#compute();
  }

  *members(): Iterable<Address> {
    for (const [to] of this.#table()) yield to;
  }

  stats(): Stats {
    return { neighbours: this.#neighbours.size, routes: this.#routes.size, dropped: this.#dropped };
  }

  shutdown(): void {
    this.#timer.cancel();
  }

  #tell(): void {
    for (const flow of this.#neighbours.keys()) {
      const view = new DataView(new ArrayBuffer(5 * (this.#routes.size + 1)));
      view.setUint32(0, this.#context.own);
      let at = 5;
      for (const [to, [distance, through]] of this.#routes) {
        view.setUint32(at, to);
        view.setUint8(at + 4, through === flow.neighbour ? FAR : distance);
        at += 5;
      }
      flow.send(new Uint8Array(view.buffer));
    }
    this.#timer = this.#context.timers.after(this.#interval, () => this.#tell());
  }

  #compute(): void {
    const routes = new Map<number, readonly [number, Address, Fd]>();
    for (const [neighbour, fd] of this.#flows) {
      for (const [flow, vector] of this.#neighbours) {
        if (flow.neighbour !== neighbour) continue;
        for (const [to, told] of vector) {
          const distance = told + 1;
          if (to === this.#context.own || distance >= FAR) continue;
          if (distance < (routes.get(to)?.[0] ?? FAR)) routes.set(to, [distance, neighbour, fd]);
        }
      }
    }
    this.#routes = routes;
    this.#context.install(new Map(this.#table()));
  }

  *#table(): Iterable<[Address, readonly Fd[]]> {
    for (const [to, [, , fd]] of this.#routes) yield [to as Address, [fd]];
  }
}

const distanceVector: Plugin<"routing"> = {
  kind: "routing",
  name: "distance_vector",
  apiVersion: 1,
  description: "distances told to neighbours, for small layers",
  options: [{
    name: "interval",
    type: "integer",
    min: 10,
    max: 60_000,
    default: 1000,
    unit: "ms",
    help: "time between two messages",
  }],
  create: (host, context) => new DistanceVector(host, context),
};

export default distanceVector;
