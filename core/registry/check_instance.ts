/**
 * Checks that what a factory made has the methods of its kind.
 *
 * @module
 */
import { PluginError } from "../contract/errors.ts";
import type { IpcpAbility, PluginDeclaration, PluginInstances } from "../contract/plugin.ts";
import type { PluginKind } from "../contract/plugin_kind.ts";

const METHODS: { readonly [K in PluginKind]: readonly (keyof PluginInstances[K])[] } = {
  ipcp: ["bootstrap", "register", "unregister", "query", "allocate", "respond", "deallocate", "shutdown"],
  routing: [
    "managementUp",
    "managementDown",
    "receive",
    "adjacencyUp",
    "adjacencyDown",
    "members",
    "stats",
    "shutdown",
  ],
  congestion: ["mark", "flow"],
  forwarding: ["replace", "nextHop", "flowDown", "flowUp"],
  directory: ["register", "unregister", "query", "receive", "routesChanged", "stats", "shutdown"],
  address: ["draw"],
  scheduling: ["queue"],
  balancing: ["choose"],
  hash: ["digest"],
};

const ABILITY_METHODS: Record<IpcpAbility, readonly string[]> = {
  enrol: ["enroll"],
  connect: ["connect", "disconnect"],
  join: ["join"],
};

/**
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
  const wanted = [
    ...METHODS[kind].map(String),
    ...(abilities ?? []).flatMap((ability) => ABILITY_METHODS[ability]),
  ];
  for (const method of wanted) {
    if (typeof Reflect.get(made, method) === "function") continue;
    throw new PluginError(
      `${label}: what its factory returned has no method ${method}, which its kind needs`,
    );
  }
  if (kind === "hash" && !isLength(Reflect.get(made, "length"))) {
    throw new PluginError(`${label}: what its factory returned must have a length of 1 to 64 bytes`);
  }
}

const isLength = (value: unknown): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 64;

const describe = (value: unknown): string => value === null ? "null" : `a value of type ${typeof value}`;
