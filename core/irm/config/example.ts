/**
 * A configuration file that works on any host and shows every key, made from what declares the keys.
 *
 * @module
 */
import type { PluginDeclaration } from "../../contract/plugin.ts";
import { FILE_KEYS, GROUPS, IPCP_KEYS, LIMITS, NAME_KEYS, SECURITY_FILES } from "../../irmd/config/keys.ts";
import { tomlKey } from "../../irmd/config/toml.ts";
import { DEFAULT_LIMITS } from "../../irmd/shares/limits.ts";
import { wrap } from "../../tools/columns.ts";
import { type Declarations, pluginsOf } from "../grammar/parse/plugins.ts";
import { fileOptions } from "./file_options.ts";

const WIDTH = 106;

/** Keys with their values, in TOML. */
type Pairs = Readonly<Record<string, string>>;

const SERVER = { args: '["--listen"]', lb: '"round-robin"' };

/** What the names are for: the first one shows all keys, but for files. */
const NAMES: readonly (readonly [name: string, pairs: Pairs])[] = [
  ["oping", { prog: '["/usr/bin/oping"]', ...SERVER }],
  ["oecho", { prog: '["/usr/bin/oecho"]', ...SERVER }],
  ["ocbr", { prog: '["/usr/bin/ocbr"]' }],
  ["ovpn", { prog: '["/usr/bin/ovpn"]' }],
];

/** A name that has its security files elsewhere than others. */
const SECURE: Pairs = { prog: '["/usr/bin/oping"]', ...SERVER };

/** The IPCPs, each with a word about it; `shown`: other values than the options themselves would show. */
const IPCPS: readonly {
  readonly place: readonly [type: string, name: string];
  readonly about?: string;
  readonly pairs: Pairs;
  readonly shown?: Pairs;
}[] = [
  {
    place: ["local", "local1"],
    about:
      "Processes of this host reach each other here, and the members of the layers further down find each other.",
    pairs: { bootstrap: '"local1"', reg: '["bc1", "LAN"]' },
  },
  { place: ["eth-llc", "ethl"], about: "Devices.", pairs: { bootstrap: '"ethl1"', dev: '"lo"' } },
  { place: ["eth-dix", "eth1"], pairs: { bootstrap: '"eth1"', dev: '"lo"', reg: '["lan1"]' } },
  {
    place: ["udp4", "udp1"],
    about: "IP. Without a DNS server, peer says whom to ask for names.",
    pairs: { bootstrap: '"udp"', ip: '"127.0.0.1"' },
    shown: { dns: '"127.0.0.1"', peer: '["192.0.2.2"]' },
  },
  {
    place: ["udp6", "udp2"],
    pairs: { bootstrap: '"udp2"', ip: '"::1"' },
    shown: { dns: '"::1"', peer: '["2001:db8::2"]' },
  },
  {
    place: ["broadcast", "bc1"],
    about: "A layer whose packets go to every member: obc -n broadcast --listen",
    pairs: { bootstrap: '"broadcast"' },
  },
  { place: ["broadcast", "bc2"], pairs: { enrol: '"bc1"' } },
  {
    place: ["unicast", "lan1"],
    about: "A layer that routes.",
    pairs: { bootstrap: '"LAN"', autobind: "true", reg: '["oping"]' },
  },
  { place: ["unicast", "lan2"], pairs: { enrol: '"LAN"', conn: '["lan1"]', autobind: "true" } },
];

/**
 * Returns the text of the file. What is not needed is a comment: lines that begin with `# ` and a key, or, in tables that are
 * comments as a whole, with `#` alone.
 *
 * @param plugins whose types and options are shown
 */
export function exampleOf(plugins: Declarations): string {
  const types = pluginsOf(plugins, "ipcp");
  const shown = IPCPS.filter(({ place: [word] }) => types.some(({ name }) => name === word));
  const others = types.filter(({ name }) => !IPCPS.some(({ place: [word] }) => word === name));
  const parts = [
    head(types),
    Object.values(FILE_KEYS).flatMap(({ word, help, sample }) => keyLines(word, help, sample)),
    limits(),
    prose("Programs."),
    ...NAMES.map(([name, pairs], index) => nameTable(name, pairs, index === 0)),
    secureName(),
    ...shown.map((ipcp, index) => ipcpTable(ipcp, types, plugins, shown[index - 1]?.place[0])),
    ...others.map((type) => commented(type, plugins)),
  ];
  return parts.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

const prose = (text: string): string[] => wrap(text, WIDTH).map((line) => `# ${line}`);

/** A key that is left out, with what it does. */
const keyLines = (word: string, help: string, sample: string): string[] => [
  ...prose(help),
  `# ${tomlKey(word)} = ${sample}`,
];

const given = (pairs: Pairs): string[] =>
  Object.entries(pairs).map(([word, value]) => `${tomlKey(word)} = ${value}`);

function head(types: Declarations): string[] {
  const names = [...types.map(({ name }) => name)].join(", ");
  return [
    ...prose(
      "What a host is made of, as a file for: irmd --config FILE. The format is TOML; see also irmd.conf(5).",
    ),
    "#",
    ...prose("A table says what there is by its first word, and how it is called by the second:"),
    "#",
    `#   [name.X]      ${GROUPS.name}`,
    "#   [TYPE.X]      an IPCP; TYPE is one of:",
    ...wrap(names, WIDTH - 18).map((line) => `#                 ${line}`),
    "#",
    ...prose(
      "A line that begins with # and a key shows what the key may be set to; mostly it is what holds without it. Order does not " +
        "matter: what is not there yet is waited for, and irm ipcp list says for what.",
    ),
    "#",
    "# Keys of every IPCP:",
    ...Object.values(IPCP_KEYS).flatMap(({ word, sample, help }) => [
      "#",
      `#   ${word} = ${sample}`,
      ...wrap(help, WIDTH - 6).map((line) => `#       ${line}`),
    ]),
  ];
}

function limits(): string[] {
  const about = GROUPS.limits;
  return [
    ...prose(`${about[0].toUpperCase()}${about.slice(1)}.`),
    "[limits]",
    ...Object.entries(DEFAULT_LIMITS).flatMap(([word, value]) =>
      keyLines(word, `${Object.entries(LIMITS).find(([limit]) => limit === word)?.[1]}.`, String(value))
    ),
  ];
}

function nameTable(name: string, pairs: Pairs, whole: boolean): string[] {
  const keys = Object.values(NAME_KEYS).filter(({ word }) => whole && !Object.hasOwn(SECURITY_FILES, word));
  return [
    `[name.${tomlKey(name)}]`,
    ...keys.flatMap(({ word, help, sample }) =>
      Object.hasOwn(pairs, word) ? [...prose(help), `${word} = ${pairs[word]}`] : keyLines(word, help, sample)
    ),
    ...whole ? [] : given(pairs),
  ];
}

const secureName = (): string[] => [
  ...prose("Security files stand in the security folder, or wherever these keys say."),
  ...nameTable("oping.secure", SECURE, false),
  ...Object.values(NAME_KEYS).filter(({ word }) => Object.hasOwn(SECURITY_FILES, word)).flatMap(
    ({ word, help, sample }) => keyLines(word, help, sample),
  ),
];

function ipcpTable(
  { place, about, pairs, shown = {} }: typeof IPCPS[number],
  types: Declarations,
  plugins: Declarations,
  before: string | undefined,
): string[] {
  const type = types.find(({ name }) => name === place[0]);
  // What is said of the options once is not said again.
  const options = type && before !== type.name ? fileOptions(type, plugins) : [];
  return [
    ...about === undefined ? [] : [...prose(about), ""],
    `[${place.map(tomlKey).join(".")}]`,
    ...options.filter(({ word }) => Object.hasOwn(pairs, word)).flatMap(({ word, help }) => [
      ...prose(help),
      `${word} = ${pairs[word]}`,
    ]),
    ...given(pairs).filter((line) => !options.some(({ word }) => line.startsWith(`${word} =`))),
    ...options.filter(({ word }) => !Object.hasOwn(pairs, word)).flatMap(({ word, help, sample }) =>
      keyLines(word, help, Object.hasOwn(shown, word) ? shown[word] : sample)
    ),
  ];
}

/** A type that works on some hosts only, or is a third party's. */
function commented(type: PluginDeclaration, plugins: Declarations): string[] {
  return [
    ...prose(`${type.description[0].toUpperCase()}${type.description.slice(1)}.`),
    `#[${tomlKey(type.name)}.${tomlKey(`${type.name}1`)}]`,
    '#bootstrap = "LAYER"',
    ...fileOptions(type, plugins).flatMap(({ word, help, sample }) => [
      ...prose(help),
      `#${tomlKey(word)} = ${sample}`,
    ]),
  ];
}
