/**
 * Routing by weights: each member tells its neighbours how far everything is (a distance vector with poisoned reverse, as in
 * RFC 2453). A link within a site (the upper 8 bits of addresses) is short, one between sites is long.
 *
 * @module
 */
import type {
  Address,
  Fd,
  ManagementFlow,
  OptionDeclaration,
  OptionsOf,
  Plugin,
  Routing,
  RoutingContext,
  Stats,
  Timer,
} from "../../../contract/author_types.ts";

const options = [
  {
    name: "interval",
    type: "integer",
    min: 10,
    max: 60_000,
    default: 1000,
    unit: "ms",
    help: "time between two messages",
  },
  { name: "near", type: "integer", min: 1, max: 1000, default: 1, help: "weight of links within a site" },
  { name: "far", type: "integer", min: 1, max: 1000, default: 10, help: "weight of links between sites" },
] as const satisfies readonly OptionDeclaration[];

type Options = OptionsOf<typeof options>;

/** So many links count as out of reach. */
const FAR_AWAY = 16;
/** An entry of a message: address, links, weight. */
const ENTRY = 4 + 1 + 2;
const MAX_BYTES = ENTRY * 1000;

/** How far something is. */
interface Distance {
  readonly links: number;
  readonly weight: number;
}

interface Route extends Distance {
  readonly through: Address;
  readonly fd: Fd;
}

class DistanceVector implements Routing {
  /** The forwarding policy that goes with it. */
  readonly forwarding = "simple";
  readonly #context: RoutingContext<Options>;
  /** What each neighbour has told. */
  readonly #told = new Map<ManagementFlow, ReadonlyMap<Address, Distance>>();
  readonly #flows: (readonly [Address, Fd])[] = [];
  #routes = new Map<Address, Route>();
  #dropped = 0;
  #timer: Timer;

  constructor(context: RoutingContext<Options>) {
    this.#context = context;
    this.#timer = this.#later();
  }

  managementUp(flow: ManagementFlow): void {
    this.#told.set(flow, new Map());
  }

  managementDown(flow: ManagementFlow): void {
    this.#told.delete(flow);
    this.#compute();
  }

  /** A stranger may be at the other end: what is no vector is counted and dropped. */
  receive(flow: ManagementFlow, message: Uint8Array): void {
    const vector = this.#told.has(flow) ? vectorOf(message) : undefined;
    // The first one is the neighbour itself, so that random bytes are told from a vector.
    if (vector?.get(flow.neighbour)?.links !== 0) return void this.#dropped++;
    this.#told.set(flow, vector);
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

  members(): Iterable<Address> {
    return this.#routes.keys();
  }

  stats(): Stats {
    return { neighbours: this.#told.size, routes: this.#routes.size, dropped: this.#dropped };
  }

  shutdown(): void {
    this.#timer.cancel();
  }

  #later(): Timer {
    const { timers, options: { interval } } = this.#context;
    return timers.after(interval, () => this.#tell());
  }

  #tell(): void {
    for (const flow of this.#told.keys()) {
      const view = new DataView(new ArrayBuffer(ENTRY * (this.#routes.size + 1)));
      write(view, 0, this.#context.own, { links: 0, weight: 0 });
      let at = ENTRY;
      for (const [to, route] of this.#routes) {
        // What leads through the neighbour is no way for it.
        write(view, at, to, route.through === flow.neighbour ? { links: FAR_AWAY, weight: 0 } : route);
        at += ENTRY;
      }
      flow.send(new Uint8Array(view.buffer));
    }
    this.#timer = this.#later();
  }

  #compute(): void {
    const routes = new Map<Address, Route>();
    for (const [through, fd] of this.#flows) {
      const own = this.#weightTo(through);
      for (const [flow, vector] of this.#told) {
        for (const [to, told] of flow.neighbour === through ? vector : []) {
          const [links, weight] = [told.links + 1, told.weight + own];
          if (to === this.#context.own || links >= FAR_AWAY) continue;
          if (weight < (routes.get(to)?.weight ?? Infinity)) routes.set(to, { links, weight, through, fd });
        }
      }
    }
    this.#routes = routes;
    this.#context.install(new Map([...routes].map(([to, { fd }]) => [to, [fd]])));
  }

  #weightTo(neighbour: Address): number {
    const { own, options: { near, far } } = this.#context;
    return own >>> 24 === neighbour >>> 24 ? near : far;
  }
}

function write(view: DataView, at: number, to: Address, { links, weight }: Distance): void {
  view.setUint32(at, to);
  view.setUint8(at + 4, links);
  view.setUint16(at + 5, Math.min(weight, 0xffff));
}

function vectorOf(message: Uint8Array): Map<Address, Distance> | undefined {
  if (message.length % ENTRY !== 0 || message.length > MAX_BYTES) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const vector = new Map<Address, Distance>();
  for (let at = 0; at < message.length; at += ENTRY) {
    vector.set(view.getUint32(at) as Address, {
      links: view.getUint8(at + 4),
      weight: view.getUint16(at + 5),
    });
  }
  return vector;
}

const plugin: Plugin<"routing"> = {
  kind: "routing",
  name: "sites",
  apiVersion: 1,
  version: "1.0.0",
  description: "distances told to neighbours, with weights for sites; for small layers",
  options,
  create: (_host, context: RoutingContext<Options>) => new DistanceVector(context),
};

export default plugin;
