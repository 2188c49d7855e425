/**
 * For tests of the command tool: the plugins of the reference, and a world that records.
 *
 * @module
 */
import { IrmdError } from "../../contract/errors.ts";
import type { IntegerOption, OptionDeclaration } from "../../contract/options.ts";
import { PLUGIN_API_VERSION, type PluginDeclaration } from "../../contract/plugin.ts";
import type { PluginKind } from "../../contract/plugin_kind.ts";
import type { Environment, Terminal } from "../../tools/environment.ts";
import { TOOLS } from "../../tools/table.ts";
import type { LoadTool, ToolModule } from "../../tools/tool.ts";

function plugin(
  kind: PluginKind,
  name: string,
  more: Partial<PluginDeclaration> = {},
): PluginDeclaration {
  return { kind, name, apiVersion: PLUGIN_API_VERSION, description: `the ${name}`, options: [], ...more };
}

const integer = (name: string, position: number, preset: number, more: Partial<IntegerOption> = {}) => ({
  name,
  position,
  type: "integer",
  min: 0,
  max: 100_000,
  default: preset,
  help: `the ${name}`,
  ...more,
} as const);

const policy = (name: string, position: number, kind: PluginKind, preset: string): OptionDeclaration => ({
  name,
  position,
  type: "policy",
  kind,
  default: preset,
  help: `the ${name}`,
});

const text = (
  name: string,
  position: number,
  more: Partial<OptionDeclaration & { type: "text" }> = {},
): OptionDeclaration => ({ name, position, type: "text", value: "VALUE", help: `the ${name}`, ...more });

const hash = policy("hash", 40, "hash", "SHA3_256");
const device = text("device", 70, { shown: "dev", aliases: ["dev"], required: true });
const linkState = [
  integer("ls_t_timeo", 190, 60),
  integer("ls_t_update", 191, 15),
  integer("ls_t_recalc", 192, 4),
];
const dht = ["dht_alpha", "dht_k", "dht_t_expire", "dht_t_refresh", "dht_t_replicate"]
  .map((name, index) => integer(name, 170 + index, 3));
const udp = [text("ip", 50, { required: true }), text("dns", 60), integer("port", 120, 3435)];

/** The types and policies of the reference, with its words in its order. */
export const REFERENCE: readonly PluginDeclaration[] = [
  plugin("ipcp", "local", { options: [hash], position: 70 }),
  plugin("ipcp", "unicast", {
    aliases: ["normal"],
    abilities: ["enrol", "connect"],
    position: 10,
    options: [
      integer("addr", 90, 4),
      integer("eid", 100, 8, { aliases: ["fd"] }),
      integer("ttl", 110, 60),
      {
        name: "addr_auth",
        position: 150,
        type: "choice",
        values: ["flat"],
        default: "flat",
        help: "addresses",
      },
      policy("directory", 160, "directory", "DHT"),
      policy("routing", 180, "routing", "link_state"),
      policy("congestion", 200, "congestion", "mb-ecn"),
      policy("pff", 210, "forwarding", "simple"),
      hash,
    ],
  }),
  plugin("ipcp", "broadcast", { abilities: ["enrol", "connect", "join"], position: 20 }),
  plugin("ipcp", "udp4", {
    aliases: ["udp"],
    position: 30,
    options: [...udp, integer("cport", 125, 1), integer("sport", 130, 3435)],
  }),
  plugin("ipcp", "udp6", { position: 40, options: udp }),
  plugin("ipcp", "eth-dix", {
    position: 50,
    options: [device, integer("ethertype", 80, 0xa000, { hexadecimal: true, min: 0x600, max: 0xfffe }), hash],
  }),
  plugin("ipcp", "eth-llc", { position: 60, options: [device, hash] }),
  plugin("ipcp", "raptor", { position: 80, options: [hash] }),
  plugin("directory", "DHT", { options: dht }),
  plugin("routing", "link_state", { options: linkState }),
  plugin("routing", "lfa", { options: linkState }),
  plugin("routing", "ecmp", { options: linkState }),
  plugin("congestion", "none"),
  plugin("congestion", "mb-ecn"),
  plugin("forwarding", "simple"),
  plugin("forwarding", "alternate"),
  plugin("balancing", "round-robin"),
  plugin("balancing", "spillover"),
  ...["SHA3_224", "SHA3_256", "SHA3_384", "SHA3_512"].map((name) => plugin("hash", name)),
];

/** A third party's type, with words that come near those of the reference. */
export const THIRD_PARTY = plugin("ipcp", "pigeon", {
  options: [
    { name: "rout", type: "flag", help: "follow roads" },
    { name: "colour", type: "text", value: "COLOUR", repeated: true, help: "of the bird" },
  ],
});

/** A recorded request. */
export type Call = readonly [method: string, params: unknown];

/** A world that records, and answers as told. */
export class FakeWorld implements Environment {
  readonly calls: Call[] = [];
  readonly out: string[] = [];
  readonly errors: string[] = [];
  /** Answers by method; what is not here is answered with an empty object. */
  readonly answers: Record<string, unknown> = {};
  /** Without an IRMd, every request fails. */
  irmd = true;
  plugins: readonly PluginDeclaration[] = REFERENCE;
  terminal = (): Promise<Terminal | undefined> => Promise.resolve(undefined);

  print = (text: string): void => void this.out.push(text);
  complain = (text: string): void => void this.errors.push(text);

  call = (method: string, params: unknown): Promise<unknown> => {
    if (!this.irmd) {
      return Promise.reject(new IrmdError("no IRMd answers at /run/x; start one with: ouro irmd"));
    }
    if (method === "plugins.list") {
      return Promise.resolve(this.plugins.map((declaration) => ({ ...declaration, origin: "built in" })));
    }
    this.calls.push([method, params]);
    const answer = this.answers[method] ?? {};
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };

  builtins = () => Promise.resolve(this.plugins.map((declaration) => ({ declaration, origin: "built in" })));

  findProgram = (word: string): Promise<string> => Promise.resolve(`/bin/${word}`);
  realPath = (path: string): Promise<string> => Promise.resolve(`/abs/${path}`);
}

/** Loads what a tool tells of itself, as `main.ts` does. */
export const loadTool: LoadTool = async (word) => {
  const row = TOOLS.find((tool) => tool.word === word);
  if (!row) return undefined;
  const { TOOL }: ToolModule = await import(new URL(`../../../${row.module}.ts`, import.meta.url).href);
  return TOOL;
};

/** Runs a tool in a {@link FakeWorld}. Returns its exit status, and what it has printed. */
export async function recorded(run: (world: FakeWorld) => Promise<number>) {
  const world = new FakeWorld();
  const status = await run(world);
  return { status, out: world.out.join("\n"), error: world.errors.join("\n") };
}
