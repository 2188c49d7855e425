/**
 * A simulated layer: one IPCP of a type on each node of a network, made with the same plugins as in a daemon.
 *
 * @module
 */
import { type NameHash, nameHash } from "../contract/ids.ts";
import type { LayerConfig } from "../contract/ipcp.ts";
import type { HashFunction } from "../contract/policies/small_policies.ts";
import { HASH_OPTION } from "../contract/options.ts";
import type { PluginDeclaration } from "../contract/plugin.ts";
import { type Log, SILENT } from "../contract/ports.ts";
import { checkOptions } from "../registry/check_options.ts";
import type { Registry } from "../registry/registry.ts";
import { Member, type MemberContext } from "./member.ts";
import type { Ground } from "./ground.ts";
import type { Network } from "./network.ts";

/** What a layer is made of. */
export interface LayerOptions<G extends Ground = Network> {
  /** Each node of it gets an IPCP. */
  readonly network: G;
  /** The plugins. */
  readonly registry: Registry;
  /** Seed of all random values. */
  readonly seed: number;
  /** IPCP type; `unicast` when it is left out. */
  readonly type?: string;
  /** Options of the layer, as words. */
  readonly options?: Readonly<Record<string, string>>;
  /** Name of the layer; `layer` when it is left out. */
  readonly name?: string;
  /** Names of its IPCPs by the numbers of their nodes; `node.0` and so on when it is left out. */
  readonly nameOf?: (node: number) => string;
  /** Logs of members; nothing is logged when it is left out. */
  readonly log?: (member: string) => Log;
}

/** Name of a layer for which there is no other. */
const LAYER = "layer";

/** A layer. */
export class SimulatedLayer<G extends Ground = Network> {
  /** What is below it. */
  readonly network: G;
  /** What its first member is bootstrapped with. */
  readonly config: LayerConfig;
  /** The type of its IPCPs. */
  readonly type: string;
  /** What members connect to each other. */
  readonly components: readonly string[];
  readonly #context: MemberContext;
  readonly #members: Member<G["nodes"][number]>[];
  readonly #lives: number[];
  readonly #hash: HashFunction;

  private constructor(
    network: G,
    { name, components = ["mgmt", "dt"] }: PluginDeclaration,
    config: LayerConfig,
    hash: HashFunction,
    context: MemberContext,
  ) {
    this.type = name;
    this.components = components;
    this.network = network;
    this.config = config;
    this.#hash = hash;
    this.#context = context;
    this.#members = network.nodes.map((node) => new Member(node, context));
    this.#lives = network.nodes.map(() => 0);
  }

  /**
   * Loads the plugins and makes an IPCP on each node; none is in the layer yet.
   *
   * @throws PluginError when there is no such type
   * @throws InvalidError when an option is not valid
   */
  static async make<G extends Ground = Network>(
    { network, registry, seed, type = "unicast", ...more }: LayerOptions<G>,
  ): Promise<SimulatedLayer<G>> {
    const declaration = await registry.prepare("ipcp", type);
    const options = checkOptions(declaration.options, more.options ?? {}, registry.policies);
    const name = String(options.hash ?? HASH_OPTION.default);
    await registry.load("hash", name);
    const context: MemberContext = {
      scheduler: network.scheduler,
      type,
      policies: registry.policies,
      create: (context) => registry.make("ipcp", type, context),
      seed,
      nameOf: more.nameOf ?? ((node) => `node.${node}`),
      log: more.log ?? (() => SILENT),
    };
    return new SimulatedLayer(
      network,
      declaration,
      { layer: more.name ?? LAYER, options },
      registry.make("hash", name, {}),
      context,
    );
  }

  /** Returns the members, in the order of the nodes. */
  get members(): readonly Member<G["nodes"][number]>[] {
    return this.#members;
  }

  /** Returns the hash of a name in the layer. */
  hash(name: string): NameHash {
    return nameHash(this.#hash.digest(new TextEncoder().encode(name)).toHex());
  }

  /** A new IPCP takes the place of one that has ended; it is not in the layer yet. */
  restart(index: number): Member<G["nodes"][number]> {
    this.#members[index].kill();
    const member = new Member<G["nodes"][number]>(
      this.network.nodes[index],
      this.#context,
      ++this.#lives[index],
    );
    this.#members[index] = member;
    return member;
  }
}
