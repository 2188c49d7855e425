/**
 * Checks that what a factory made, and the layer that an IPCP has come into, have the methods that they need, and puts defaults
 * in the place of those that a policy has left out.
 *
 * @module
 */
import type { CongestionFlow } from "../contract/policies/congestion.ts";
import { PluginError } from "../contract/errors.ts";
import type { Layer } from "../contract/ipcp.ts";
import type {
  IpcpAbility,
  PluginDeclaration,
  PluginDefaults,
  PluginInstances,
  PluginProducts,
} from "../contract/plugin.ts";
import type { PluginKind } from "../contract/plugin_kind.ts";

/**
 * For every method of `T` (the compiler finds what is missing): whether it must be there, the ability with which it must, or what
 * stands in its place.
 */
type Needs<T, D = never> = {
  readonly [M in keyof T as NonNullable<T[M]> extends (...args: never[]) => unknown ? M : never]-?: M extends
    D ? T[M]
    : boolean | IpcpAbility;
};
type DefaultsOf<K extends PluginKind> = K extends keyof PluginDefaults ? PluginDefaults[K] : never;

const nothing = () => {};
const noStats = () => ({});

const FLOW_NEEDS: Needs<CongestionFlow, keyof CongestionFlow> = {
  sent: () => 0,
  received: () => undefined,
  update: nothing,
  stats: noStats,
};

const NEEDS: { readonly [K in PluginKind]: Needs<PluginInstances[K], DefaultsOf<K>> } = {
  ipcp: { bootstrap: true, enroll: "enrol", shutdown: false },
  routing: {
    managementUp: nothing,
    managementDown: nothing,
    receive: nothing,
    adjacencyUp: nothing,
    adjacencyDown: nothing,
    members: () => [],
    stats: noStats,
    shutdown: nothing,
  },
  congestion: { mark: () => 0, flow: () => FLOW_NEEDS },
  forwarding: { replace: true, nextHop: true, otherHop: false, flowDown: nothing, flowUp: nothing },
  directory: {
    register: true,
    unregister: true,
    query: true,
    receive: nothing,
    routesChanged: nothing,
    stats: noStats,
    shutdown: nothing,
  },
  address: { draw: true },
  scheduling: { queue: true },
  balancing: { choose: true },
  hash: { digest: true },
};

const LAYER_NEEDS: Needs<Layer> = {
  register: true,
  unregister: true,
  query: true,
  allocate: true,
  respond: true,
  deallocate: true,
  shutdown: true,
  connect: "connect",
  disconnect: "connect",
  join: "join",
  stats: false,
};

/**
 * Checks what a factory returned, and completes it.
 *
 * @param label names the plugin in the error
 * @throws PluginError that names the plugin and what is missing
 */
export function completeInstance<K extends PluginKind>(
  made: PluginProducts[K],
  { kind, abilities }: Pick<PluginDeclaration<K>, "kind" | "abilities">,
  label: string,
): PluginInstances[K] {
  if (typeof made !== "object" || made === null) {
    throw new PluginError(`${label}: its factory must return an object; it returned ${describe(made)}`);
  }
  const product: object = made;
  assertComplete<PluginInstances[K]>(product, NEEDS[kind], abilities, `${label}: what its factory returned`);
  if (kind === "congestion") completeFlows(product, `${label}: its state of a flow`);
  if (kind === "hash" && !isLength(Reflect.get(made, "length"))) {
    throw new PluginError(`${label}: what its factory returned must have a length of 1 to 64 bytes`);
  }
  return product;
}

/** Instances whose flows are completed: a factory may return the same one again. */
const complete = new WeakSet<object>();

/** Completes what `flow` will return, once a flow, so that no packet costs more. */
function completeFlows(congestion: object, label: string): void {
  if (complete.has(congestion)) return;
  complete.add(congestion);
  const flow: (nowNs: number) => object = Reflect.get(congestion, "flow");
  put(congestion, "flow", (nowNs: number) => {
    const made = Reflect.apply(flow, congestion, [nowNs]);
    assertComplete<CongestionFlow>(made, FLOW_NEEDS, [], label);
    return made;
  }, label);
}

/**
 * Checks the layer that an IPCP has come into.
 *
 * @throws PluginError that names the type and what is missing
 */
export function checkLayer(
  layer: Layer,
  { name, abilities }: Pick<PluginDeclaration<"ipcp">, "name" | "abilities">,
): void {
  assertComplete<Layer>(layer, LAYER_NEEDS, abilities, `the layer of an IPCP of type ${name}`);
}

function assertComplete<T extends object>(
  made: object,
  needs: Readonly<Record<string, unknown>>,
  abilities: readonly IpcpAbility[] | undefined,
  what: string,
): asserts made is T {
  for (const [method, need] of Object.entries(needs)) {
    if (typeof Reflect.get(made, method) === "function") continue;
    if (typeof need === "function") put(made, method, need, what);
    else if (need === true || abilities?.some((ability) => ability === need)) {
      throw new PluginError(`${what} has no method ${method}, which its kind needs`);
    }
  }
}

function put(made: object, method: string, value: unknown, what: string): void {
  if (!Reflect.set(made, method, value)) throw new PluginError(`${what} cannot be completed with ${method}`);
}

const isLength = (value: unknown): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 64;

const describe = (value: unknown): string => value === null ? "null" : `a value of type ${typeof value}`;
