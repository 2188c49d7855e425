/**
 * The state of the IRMd as a configuration file: what another IRMd makes of that file is the same.
 *
 * @module
 */
import type { OptionDeclaration } from "../../contract/options.ts";
import type { PluginKind } from "../../contract/plugin_kind.ts";
import { QOS } from "../../contract/qos.ts";
import { BUILT_IN } from "../../registry/registry.ts";
import { qosFromJson } from "../../wire/local/qos_json.ts";
import { atOnce, type Commands } from "../commands/command.ts";
import type { WantedIpcp } from "../intentions/intention.ts";
import type { Keeper } from "../intentions/keeper.ts";
import { DEFAULT_LIMITS, type UserLimits } from "../shares/limits.ts";
import type { ProgramBinding } from "../tables/programs.ts";
import type { State } from "../tables/state.ts";
import { integer, optional } from "../../wire/local/fields.ts";
import { SECURITY_FILES } from "./keys.ts";
import { fileWord, optionsFor } from "./option_words.ts";
import { tomlKey, tomlValue } from "./toml.ts";

/** Letters of the text in one answer: a line of the control protocol holds four times as many bytes. */
const PART = 15_000;

/** A key and its value, in TOML. */
type Pair = readonly [word: string, value: string];

/** What the text tells beside what was asked for. */
export interface Circumstances {
  /** Folder at which the RIB is mounted. */
  readonly rib: string | undefined;
  /** Returns how many requests of the configuration file have not come to an end. */
  toCome(): number;
}

/** Returns the command that gives the text, part by part. */
export const exportCommands = (state: State, keeper: Keeper, circumstances: Circumstances): Commands => ({
  "config.export": atOnce((params) => {
    const text = exported(state, keeper, circumstances);
    const from = optional(params, "from", (of, key) => integer(of, key, 0, 0x7fffffff)) ?? 0;
    return { text: text.slice(from, from + PART), length: text.length, edition: editionOf(text) };
  }),
});

/** Tells one text from another. */
function editionOf(text: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return sum >>> 0;
}

/** Returns the state as a configuration file. */
export function exported(state: State, keeper: Keeper, { rib, toCome }: Circumstances): string {
  const left = toCome();
  // A layer is made before others of this host enter it.
  const wanted = partition([...keeper.values()], ({ join }) => join.method !== "ipcp.enrol").flat();
  const asked = destinationsOf(wanted);
  const parts = [
    [
      "# What this IRMd is made of, for: irmd --config FILE",
      "# Impairments and captures are not a part of it.",
      ...left === 0 ? [] : [
        `# The IRMd is still following its configuration file, ${left} of its requests have not come to an end: this may not be all.`,
      ],
    ],
    [...pluginsOf(state), ...rib === undefined ? [] : [line(["rib", tomlValue(rib)])]],
    limitsOf(state.shares.limits),
    ...namesOf(state),
    ...wanted.map((ipcp) => ipcpOf(ipcp, state, asked)),
    leftOut(state, wanted),
  ];
  return parts.filter((lines) => lines.length > 0).map((lines) => `${lines.join("\n")}\n`).join("\n");
}

const line = ([word, value]: Pair): string => `${tomlKey(word)} = ${value}`;

const table = (place: readonly string[], pairs: readonly Pair[]): string[] => [
  `[${place.map(tomlKey).join(".")}]`,
  ...pairs.map(line),
];

/** A list, unless it is empty. */
const listed = (word: string, values: readonly unknown[]): Pair[] =>
  values.length === 0 ? [] : [[word, tomlValue([...values])]];

function pluginsOf({ plugins }: State): string[] {
  const files = plugins.list().map(({ origin }) => origin).filter((origin) => origin !== BUILT_IN);
  return listed("plugins", [...new Set(files)]).map(line);
}

function limitsOf(limits: UserLimits): string[] {
  const other = Object.entries(DEFAULT_LIMITS).flatMap(([word, preset]): Pair[] => {
    const limit = Object.entries(limits).find(([key]) => key === word)?.[1];
    return limit === undefined || limit === preset ? [] : [[word, String(limit)]];
  });
  return other.length === 0 ? [] : table(["limits"], other);
}

function namesOf(state: State): string[][] {
  const { names, programs } = state;
  const words = new Set([
    ...names.list().map(({ name }) => name),
    ...programs.bindings().map(({ name }) => name),
  ]);
  return [...words].map((word) => {
    const known = names.get(word);
    const [own, others] = partition(programs.of(word), (binding) => isOwn(binding, state));
    const paths = Object.entries(SECURITY_FILES).flatMap(([key, path]): Pair[] => {
      const value = known?.paths[path];
      return value === undefined ? [] : [[key, tomlValue(value)]];
    });
    return [
      ...table(["name", word], [
        ...known ? balancing(known.balancing) : [["create", "false"] as const],
        ...programPairs(own, state),
        ...paths,
      ]),
      ...others.flatMap(({ bound }) => [
        `# User ${bound.uid} has bound a program that is started with the rights of that user, who can say again:`,
        comment(
          `irm bind program ${bound.path} name ${word} auto${bound.arguments.length === 0 ? "" : " -- "}` +
            bound.arguments.map(shellWord).join(" "),
        ),
      ]),
    ];
  });
}

const balancing = (policy: string): Pair[] => policy === "spillover" ? [] : [["lb", tomlValue(policy)]];

/** A program that the file would start with other rights than now is not written. */
const isOwn = ({ start }: ProgramBinding, { shares }: State): boolean =>
  start === undefined || start.uid === (shares.owner ?? 0);

/** Writes programs as the reference does, where that can be said so. */
function programPairs(bindings: readonly ProgramBinding[], { shares }: State): Pair[] {
  const known: (number | undefined)[] = [0, shares.owner];
  const programs = bindings.map(({ bound, users, start }) => ({
    path: bound.path,
    args: start || bound.arguments.length > 0 ? bound.arguments : undefined,
    auto: start || bound.arguments.length === 0 ? undefined : false,
    users: [...users].filter((user) => !known.includes(user)).map(String),
  }));
  const users = programs[0]?.users ?? [];
  const simple = programs.every((one) =>
    one.auto === undefined &&
    (one.args ?? []).every((word) => /^[^ ]+$/.test(word)) && String(one.users) === String(users)
  );
  if (simple) {
    return [
      ...listed("prog", programs.map(({ path }) => path)),
      ...listed("args", programs.flatMap(({ args }) => args === undefined ? [] : [args.join(" ")])),
      ...listed("users", users),
    ];
  }
  return listed(
    "prog",
    programs.map((one) => ({ ...one, users: one.users.length === 0 ? undefined : one.users })),
  );
}

/** The names that IPCPs enroll with and connect to: whom the file asks for is bound, unless it says no. */
const destinationsOf = (wanted: readonly WantedIpcp[]): Set<unknown> =>
  new Set(
    wanted.flatMap(({ all }) => all).filter(({ method }) => ["ipcp.enrol", "ipcp.connect"].includes(method))
      .map(({ params: { destination, layer } }) => destination ?? layer),
  );

function ipcpOf({ name, type, join, rest }: WantedIpcp, state: State, asked: Set<unknown>): string[] {
  const declaration = state.plugins.ipcpType(type);
  const { layer, destination, autobind, options } = join.params;
  const policies = (kind: PluginKind) =>
    state.plugins.list().map(({ declaration }) => declaration).filter((one) => one.kind === kind);
  const joining = joiningPairs(join.method, layer, destination);
  const mayEnroll = declaration.abilities?.includes("enrol") && joining.length > 0;
  const mustSay = mayEnroll && (asked.has(name) || (join.method === "ipcp.bootstrap" && asked.has(layer)));
  const of = (method: string) =>
    [...rest.values()].filter((one) => one.method === method).map(({ params }) => params);
  return table([declaration.name, name], [
    ...joining,
    ...optionPairs(Object(options), optionsFor(declaration, policies)),
    ...autobind === true || mustSay ? [["autobind", String(autobind === true)] as const] : [],
    ...listed("bind", of("bind.ipcp").map((params) => params.name)),
    ...listed("conn", connectionsOf(of("ipcp.connect"), declaration.components ?? ["mgmt", "dt"])),
    ...listed("reg", of("name.register").map((params) => params.name)),
  ]);
}

function joiningPairs(method: string, layer: unknown, destination: unknown): Pair[] {
  if (method === "ipcp.bootstrap") return [["bootstrap", tomlValue(String(layer))]];
  if (method !== "ipcp.enrol") return [];
  return [
    ["enrol", tomlValue(String(destination ?? layer))],
    ...layer === undefined ? [] : [["layer", tomlValue(String(layer))] as const],
  ];
}

function optionPairs(
  given: Readonly<Record<string, unknown>>,
  declared: readonly OptionDeclaration[],
): Pair[] {
  return Object.entries(given).map(([word, value]) => {
    const option = declared.find(({ name, aliases = [] }) => [name, ...aliases].includes(word));
    return [option ? fileWord(option) : word, optionValue(option, String(value))];
  });
}

function optionValue(option: OptionDeclaration | undefined, text: string): string {
  if (option?.type === "flag") return String(text !== "false");
  if (option?.type === "text" && option.repeated) return tomlValue(text.split(","));
  if (option?.type !== "integer") return tomlValue(text);
  return option.hexadecimal ? `0x${text.replace(/^0x/i, "").toUpperCase()}` : String(Number(text));
}

/** Writes connections by their destinations: as texts, where all components are connected in the usual way. */
function connectionsOf(
  params: readonly Readonly<Record<string, unknown>>[],
  components: readonly string[],
): unknown[] {
  return [...Map.groupBy(params, ({ destination }) => destination)].flatMap(([dst, connections]) => {
    const all = connections.map((one) => ({ dst, comp: String(one.component), qos: cubeOf(one) }));
    const whole = components.every((word) => all.some(({ comp }) => comp === word));
    if (!whole || all.some(({ qos }) => qos !== all[0].qos)) return all;
    return [all[0].qos === undefined ? dst : { dst, qos: all[0].qos }];
  });
}

/** Returns the word of a connection's quality; undefined: raw. */
function cubeOf(params: Readonly<Record<string, unknown>>): string | undefined {
  const qos = Object.entries(qosFromJson(params, "qos"));
  const found = Object.entries(QOS).find(([, cube]) =>
    Object.entries(cube).every(([key, value]) => qos.some((one) => one[0] === key && one[1] === value))
  );
  return found?.[0] === "raw" ? undefined : found?.[0];
}

/** Says what a file cannot say. */
function leftOut({ names, processes, ipcps }: State, wanted: readonly WantedIpcp[]): string[] {
  const ours = new Set(ipcps.list().map(({ pid }) => pid));
  const bound = [...processes.values()].filter(({ pid }) => !ours.has(pid)).flatMap((
    { pid, program, names },
  ) =>
    [...names].filter(([, origins]) => origins.has("process")).map(([name]) =>
      comment(`irm bind process ${pid} name ${name}${program === undefined ? "" : ` (${program})`}`)
    )
  );
  const destroyed = wanted.flatMap(({ rest }) => [...rest.values()])
    .filter(({ method, params }) => method === "name.register" && !names.get(String(params.name)))
    .map(({ params }) => comment(`irm name destroy ${params.name}`));
  return [
    ...bound.length === 0
      ? []
      : ["# Processes are bound by their number, which is another one next time:", ...bound],
    ...destroyed.length === 0
      ? []
      : ["# These names were destroyed; their registrations make them again:", ...destroyed],
  ];
}

/** A line that cannot be more than one. */
const comment = (text: string): string => `#   ${text.replaceAll(/\p{Cc}/gu, "?")}`;

const shellWord = (word: string): string =>
  /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

function partition<T>(all: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}
