/**
 * Checks that what a factory made, and the layer that an IPCP has come into, have the methods that they need.
 *
 * @module
 */
import { PluginError } from "../contract/errors.ts";
import type { Layer } from "../contract/ipcp.ts";
import type { IpcpAbility, PluginDeclaration, PluginInstances } from "../contract/plugin.ts";
import type { PluginKind } from "../contract/plugin_kind.ts";

/** For every method of `T`: whether it must be there; or the ability with which it must. The compiler finds what is missing. */
type Needs<T> = {
  readonly [M in keyof T as NonNullable<T[M]> extends (...args: never[]) => unknown ? M : never]-?:
    | boolean
    | IpcpAbility;
};

const NEEDS: { readonly [K in PluginKind]: Needs<PluginInstances[K]> } = {
  ipcp: { bootstrap: true, enroll: "enrol", shutdown: false },
  routing: {
    managementUp: true,
    managementDown: true,
    receive: true,
    adjacencyUp: true,
    adjacencyDown: true,
    members: true,
    stats: true,
    shutdown: true,
  },
  congestion: { mark: true, flow: true },
  forwarding: { replace: true, nextHop: true, flowDown: true, flowUp: true },
  directory: {
    register: true,
    unregister: true,
    query: true,
    receive: true,
    routesChanged: true,
    stats: true,
    shutdown: true,
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
 * Checks what a factory returned.
 *
 * @param label names the plugin in the error
 * @throws PluginError that names the plugin and what is missing
 */
export function checkInstance<K extends PluginKind>(
  made: PluginInstances[K],
  { kind, abilities }: Pick<PluginDeclaration<K>, "kind" | "abilities">,
  label: string,
): void {
  if (typeof made !== "object" || made === null) {
    throw new PluginError(`${label}: its factory must return an object; it returned ${describe(made)}`);
  }
  checkMethods(made, NEEDS[kind], abilities, `${label}: what its factory returned`);
  if (kind === "hash" && !isLength(Reflect.get(made, "length"))) {
    throw new PluginError(`${label}: what its factory returned must have a length of 1 to 64 bytes`);
  }
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
  checkMethods(layer, LAYER_NEEDS, abilities, `the layer of an IPCP of type ${name}`);
}

function checkMethods(
  made: object,
  needs: Readonly<Record<string, boolean | IpcpAbility>>,
  abilities: readonly IpcpAbility[] | undefined,
  what: string,
): void {
  for (const [method, need] of Object.entries(needs)) {
    if (typeof need === "string" ? !abilities?.includes(need) : !need) continue;
    if (typeof Reflect.get(made, method) === "function") continue;
    throw new PluginError(`${what} has no method ${method}, which its kind needs`);
  }
}

const isLength = (value: unknown): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 64;

const describe = (value: unknown): string => value === null ? "null" : `a value of type ${typeof value}`;
