/**
 * The plugins that a process knows: looks them up, loads their code and makes instances.
 *
 * @module
 */
import * as errors from "../contract/errors.ts";
import type { PacketFormats } from "../contract/formats.ts";
import type {
  Plugin,
  PluginContexts,
  PluginDeclaration,
  PluginHost,
  PluginInstances,
  PluginProducts,
} from "../contract/plugin.ts";
import { PLUGIN_KINDS, type PluginKind } from "../contract/plugin_kind.ts";
import type { Log } from "../contract/ports.ts";
import type { Builtin } from "./builtins.ts";
import { type Policies, wordsOfOption } from "./check_options.ts";
import { completeInstance } from "./check_instance.ts";
import { checkPlugin, packetFormats, pluginLabel } from "./check_plugin.ts";
import { checkedContext } from "./check_values.ts";
import { guardedFormats } from "./guard/formats.ts";
import { guarded, guardedContext } from "./guard/guarded.ts";
import { type GuardedPlugin, PluginGuard } from "./guard/plugin_guard.ts";

const { PluginError } = errors;

/** The origin of built-in plugins. */
export const BUILT_IN = "built in";

/** A plugin in a list. */
export interface ListedPlugin<K extends PluginKind = PluginKind> {
  /** What lists and help show. */
  readonly declaration: PluginDeclaration<K>;
  /** `built in`, or the path of the file. */
  readonly origin: string;
  /** What it did wrong since the IRMd started, in words; left out: nothing. */
  readonly faults?: string;
}

interface Entry<K extends PluginKind> extends ListedPlugin<K> {
  readonly load: () => Promise<unknown>;
  readonly formats?: () => Promise<unknown>;
  plugin?: Plugin<K>;
}

type Tables = { readonly [K in PluginKind]: Entry<K>[] };

/** The plugins that a process knows, by kind and name. */
export class Registry {
  readonly #log: Log;
  readonly #tables: Tables = {
    ipcp: [],
    routing: [],
    congestion: [],
    forwarding: [],
    directory: [],
    address: [],
    scheduling: [],
    balancing: [],
    hash: [],
  };

  /**
   * Makes an empty registry.
   *
   * @param log what plugins write to
   * @param guard takes the calls of all plugins that are not built in
   */
  constructor(log: Log, readonly guard: PluginGuard = new PluginGuard(log)) {
    this.#log = log;
  }

  /**
   * Adds a plugin whose code is loaded.
   *
   * @param origin the path of its file
   * @throws PluginError when its name, another word for it or its code is taken
   */
  add<K extends PluginKind>(plugin: Plugin<K>, origin: string): void {
    this.#insert<K>({
      declaration: plugin,
      origin,
      plugin,
      load: () => Promise.reject(new errors.InternalError("the plugin is loaded")),
    });
  }

  /** Adds a built-in plugin; its code is loaded later. @throws PluginError when a word for it or its code is taken */
  addBuiltin({ declaration, load, formats }: Builtin): void {
    this.#insert({ declaration, origin: BUILT_IN, load, formats });
  }

  /** Adds a plugin whose code is in another process. @throws PluginError as {@link add} */
  addElsewhere(declaration: PluginDeclaration, origin: string): void {
    this.#insert({
      declaration,
      origin,
      load: () => Promise.reject(new errors.InternalError("the code of the plugin is in another process")),
    });
  }

  /** Lists what there is for users, of one kind or of all, kind by kind in the order in which names are matched. */
  declarations(kind?: PluginKind): readonly ListedPlugin[] {
    const kinds = kind === undefined ? PLUGIN_KINDS : [kind];
    return kinds.flatMap((of) =>
      this.#tables[of].filter(isForUsers).map(({ declaration, origin }) => ({ declaration, origin }))
    );
  }

  /** Returns the declarations of a kind, for the check of options. */
  readonly policies: Policies = (kind) =>
    this.#tables[kind].filter(isForUsers).map(({ declaration }) => declaration);

  /**
   * Returns the plugin that a word means: its name or another word for it.
   *
   * @throws PluginError that lists the known names
   */
  find<K extends PluginKind>(kind: K, word: string): ListedPlugin<K> {
    return this.#entry(kind, word);
  }

  /**
   * Loads the code of a plugin, so that {@link make} can be called, and gives its declaration.
   *
   * @throws PluginError when there is none of that name, or its code is not what it should be
   */
  async load<K extends PluginKind>(kind: K, word: string): Promise<PluginDeclaration<K>> {
    const entry = this.#entry<K>(kind, word);
    if (entry.plugin) return entry.declaration;
    const plugin = checkPlugin(await entry.load(), entry.origin);
    if (!isOfKind(plugin, kind) || plugin.name !== entry.declaration.name) {
      throw new PluginError(`${this.#label(entry)}: its code is that of ${plugin.kind} "${plugin.name}"`);
    }
    entry.plugin = plugin;
    return entry.declaration;
  }

  /** As {@link load}, for every plugin of a kind that has code. */
  async loadAll(kind: PluginKind, wanted: (origin: string) => boolean = () => true): Promise<void> {
    for (const { declaration: { name }, origin } of this.#tables[kind]) {
      if (wanted(origin)) await this.load(kind, name);
    }
  }

  /** As {@link load}, and loads every plugin of the kinds that it uses, and that those use. */
  async prepare<K extends PluginKind>(kind: K, word: string): Promise<PluginDeclaration<K>> {
    const declaration = await this.load(kind, word);
    const kinds = new Set<PluginKind>(declaration.uses);
    for (const used of kinds) { // Kinds that are added here are visited too.
      await this.loadAll(used);
      for (const { declaration: { uses } } of this.#tables[used]) {
        for (const further of uses ?? []) kinds.add(further);
      }
    }
    return declaration;
  }

  /** Loads what a plugin tells of its packets; undefined when it tells nothing. @throws PluginError when it cannot */
  async formats(kind: PluginKind, word: string): Promise<PacketFormats | undefined> {
    const entry = this.#entry(kind, word);
    try {
      const formats = await (entry.formats?.() ?? entry.plugin?.formats?.());
      if (formats === undefined) return undefined;
      const checked = packetFormats(formats);
      if (!this.guard.guards(entry.origin === BUILT_IN)) return checked;
      return guardedFormats(checked, this.guard.plugin(entry.declaration, entry.origin));
    } catch (cause) {
      throw new PluginError(`${this.#label(entry)}: ${errors.asOuroError(cause).message}`, { cause });
    }
  }

  /** Loads what all plugins tell of their packets. Those of third parties come first: built-in types take any frame for theirs. */
  async allFormats(): Promise<PacketFormats[]> {
    const ours: PacketFormats[] = [], theirs: PacketFormats[] = [];
    for (const kind of PLUGIN_KINDS) {
      for (const { declaration: { name }, origin } of this.#tables[kind]) {
        const formats = await this.formats(kind, name);
        if (formats) (origin === BUILT_IN ? ours : theirs).push(formats);
      }
    }
    return [...theirs, ...new Set(ours)];
  }

  /**
   * Makes an instance of a plugin whose code is loaded.
   *
   * @throws PluginError when there is none of that name, its code is not loaded, or its factory fails
   * @throws InvalidError when an option in the context is not as the plugin declares it
   */
  make<K extends PluginKind>(kind: K, word: string, context: PluginContexts[K]): PluginInstances[K] {
    const entry = this.#entry<K>(kind, word);
    const { plugin } = entry;
    const label = this.#label(entry);
    if (!plugin) throw new PluginError(`${label}: its code is not loaded`);
    const watched = this.guard.guards(entry.origin === BUILT_IN)
      ? this.guard.plugin(entry.declaration, entry.origin)
      : undefined;
    const checked = kind === "ipcp" ? context : checkedContext<K>(plugin.options, context);
    const handed = watched ? guardedContext<K>(kind, checked, watched) : checked;
    const made = this.#create(plugin, label, handed, watched);
    const instance = completeInstance<K>(made, plugin, label);
    return watched ? guarded(kind, instance, watched) : instance;
  }

  #create<K extends PluginKind>(
    plugin: Plugin<K>,
    label: string,
    context: PluginContexts[K],
    watched: GuardedPlugin | undefined,
  ): PluginProducts[K] {
    const before = watched?.begin() ?? 0;
    try {
      return plugin.create(this.#host(plugin, label), context);
    } catch (cause) {
      throw new PluginError(`${label}: its factory failed: ${errors.asOuroError(cause).message}`, { cause });
    } finally {
      watched?.leave(before);
    }
  }

  #host({ uses = [] }: PluginDeclaration, label: string): PluginHost {
    return {
      errors,
      log: this.#log,
      make: (kind, name, context) => {
        if (uses.includes(kind)) return this.make(kind, name, context);
        throw new PluginError(
          `${label}: it makes a plugin of kind ${kind}, which its field "uses" does not list`,
        );
      },
    };
  }

  #entry<K extends PluginKind>(kind: K, word: string): Entry<K> {
    const entries: readonly Entry<K>[] = this.#tables[kind];
    const found = entries.find(({ declaration }) => wordsOf(declaration).includes(word));
    if (found) return found;
    const names = entries.filter(isForUsers).map(({ declaration }) => declaration.name);
    const known = names.length === 0 ? "there is none of that kind" : `known: ${names.join(", ")}`;
    throw new PluginError(`there is no plugin ${kind} "${word}"; ${known}`);
  }

  #insert<K extends PluginKind>(entry: Entry<K>): void {
    const entries: Entry<K>[] = this.#tables[entry.declaration.kind];
    const words = wordsOf(entry.declaration);
    const { code } = entry.declaration;
    for (const other of entries) {
      const twice = wordsOf(other.declaration).find((word) => words.includes(word));
      if (twice !== undefined) {
        throw new PluginError(`${this.#label(entry)}: the word "${twice}" is taken by ${this.#label(other)}`);
      }
      // Enrollment carries the code in place of the name: two plugins of one code would be one to new members.
      if (code === undefined || code !== other.declaration.code) continue;
      throw new PluginError(
        `${this.#label(entry)}: the code ${code} is that of ${
          this.#label(other)
        }; leave "code" out, it is for ` +
          "policies of the reference",
      );
    }
    this.#checkOptionWords(entry);
    const place = positionOf(entry.declaration);
    const after = entries.findIndex(({ declaration }) => positionOf(declaration) > place);
    entries.splice(after < 0 ? entries.length : after, 0, entry);
  }

  /** A layer has the options of its type and of the policies that the type picks: each has words of its own. */
  #checkOptionWords<K extends PluginKind>(entry: Entry<K>): void {
    const { declaration: { kind, options } } = entry;
    const pairs: (readonly [type: ListedPlugin, policy: ListedPlugin])[] = kind === "ipcp"
      ? options.flatMap((option) =>
        option.type === "policy" ? this.#tables[option.kind].map((policy) => [entry, policy] as const) : []
      )
      : this.#tables.ipcp.filter(({ declaration }) =>
        declaration.options.some((option) => option.type === "policy" && option.kind === kind)
      ).map((type) => [type, entry] as const);
    for (const [type, policy] of pairs) {
      const words = new Set(type.declaration.options.flatMap(wordsOfOption));
      const twice = policy.declaration.options.flatMap(wordsOfOption).find((word) => words.has(word));
      if (twice === undefined) continue;
      throw new PluginError(
        `${this.#label(policy)}: its option "${twice}" has a word of ${
          this.#label(type)
        }, whose layers may use it: give it another one`,
      );
    }
  }

  #label({ declaration, origin }: ListedPlugin): string {
    return pluginLabel(declaration, origin);
  }
}

const wordsOf = ({ name, aliases = [] }: PluginDeclaration): string[] => [name, ...aliases];
const isForUsers = ({ declaration }: ListedPlugin): boolean => !declaration.internal;
const positionOf = ({ position = Infinity }: PluginDeclaration): number => position;

function isOfKind<K extends PluginKind>(plugin: Plugin, kind: K): plugin is Plugin<K> {
  return plugin.kind === kind;
}

/** Compares by {@link PluginDeclaration.rank}: lower first, without one last; for `sort`. */
export function byRank(a: Pick<PluginDeclaration, "rank">, b: Pick<PluginDeclaration, "rank">): number {
  const [left, right] = [a.rank ?? Number.MAX_VALUE, b.rank ?? Number.MAX_VALUE];
  return left - right;
}
