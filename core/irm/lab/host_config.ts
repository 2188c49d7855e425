/**
 * The configuration file of each host of a lab: IPCPs over its links, and its members of the layers of the scenario.
 *
 * @module
 */
import { tomlValue } from "../../irmd/config/toml.ts";
import { neighbours } from "../../sim/experiment/topology.ts";
import type { Scenario, ScenarioLayer } from "../../sim/scenario/scenario.ts";

/** How the ends of links are IPCPs: the type, and the options of the end of a link on its lower (0) or higher (1) host. */
export interface LinkEnds {
  readonly type: string;
  options(link: number, end: 0 | 1): Readonly<Record<string, string | readonly string[]>>;
}

/** Returns the name of the IPCP over a link; both its hosts call it so. */
export const linkIpcp = (link: number): string => `link-${link}`;

/** Returns the name of a member of a layer. */
export const memberName = ({ hosts }: Scenario, { name }: ScenarioLayer, host: number): string =>
  `${name}.${hosts[host]}`;

/** Returns the file of a host. */
export function hostConfig(
  scenario: Scenario,
  host: number,
  ends: LinkEnds,
  plugins: readonly string[],
): string {
  /** What each IPCP of this host makes known in its layer, by the IPCP. */
  const known = new Map<string, Set<string>>();
  const layers = scenario.layers.filter(({ members }) => members.includes(host));
  const tables = layers.map((layer) => {
    const own = layer.members.indexOf(host);
    const name = memberName(scenario, layer, host);
    layer.topology.edges.forEach((edge, index) => {
      if (!edge.includes(own)) return;
      const carrier = layer.carriers[index];
      const below = "link" in carrier
        ? linkIpcp(carrier.link)
        : memberName(scenario, scenario.layers[carrier.layer], host);
      known.set(below, (known.get(below) ?? new Set()).add(name));
    });
    const { parent, earlier } = joining(layer, own);
    const others = earlier.map((member) => memberName(scenario, layer, layer.members[member]));
    return [name, [
      `[${layer.type}.${tomlValue(name)}]`,
      ...parent === undefined
        ? [
          `bootstrap = ${tomlValue(layer.name)}`,
          ...Object.entries(layer.options).map(([word, value]) => optionLine(word, value)),
        ]
        : [
          `enrol = ${tomlValue(memberName(scenario, layer, layer.members[parent]))}`,
          `layer = ${tomlValue(layer.name)}`,
          `conn = ${tomlValue(others)}`,
        ],
      "autobind = true",
    ]] as const;
  });
  const links = scenario.links.flatMap((link, index) => {
    const end = link.ends.indexOf(host);
    if (end !== 0 && end !== 1) return [];
    const name = linkIpcp(index);
    const options = Object.entries(ends.options(index, end)).map(([key, value]) =>
      `${key} = ${tomlValue(value)}`
    );
    return [[name, [`[${ends.type}.${name}]`, `bootstrap = "${name}"`, ...options]] as const];
  });
  return [
    ...plugins.length === 0 ? [] : [`plugins = ${tomlValue(plugins)}\n`],
    ...[...links, ...tables].map(([name, lines]) => {
      const names = [...known.get(name) ?? []];
      return [...lines, ...names.length === 0 ? [] : [`reg = ${tomlValue(names)}`], ""].join("\n");
    }),
  ].join("\n");
}

/** Numbers and flags stand as such in the file; all else is a text. */
const optionLine = (word: string, value: string): string =>
  `${word} = ${/^(true|false|\d+)$/.test(value) ? value : tomlValue(value)}`;

/** Returns through whom a member joins, and with whom it connects: those who are nearer to the first one, or before it. */
function joining(
  { topology }: ScenarioLayer,
  member: number,
): { parent: number | undefined; earlier: number[] } {
  const lists = neighbours(topology);
  const order = [0];
  for (const one of order) for (const other of lists[one]) if (!order.includes(other)) order.push(other);
  const place = (one: number) => order.indexOf(one);
  const earlier = lists[member].filter((other) => place(other) < place(member)).sort((a, b) =>
    place(a) - place(b)
  );
  return { parent: earlier[0], earlier };
}
