/**
 * How the plugins that are built in reach the core: as declarations, with the code loaded when it is needed.
 *
 * @module
 */
import type { PluginDeclaration } from "../contract/plugin.ts";

/** A built-in plugin: its declaration, and a way to load its code. */
export interface Builtin {
  /** What lists and help show. */
  readonly declaration: PluginDeclaration;
  /** Loads the plugin; the registry checks what comes. */
  load(): Promise<unknown>;
  /** Loads what the plugin tells of its packets, without the rest of its code. */
  formats?(): Promise<unknown>;
}

/** Gives the built-in plugins; loaded when first asked, for the sake of quick commands. */
export type Builtins = () => Promise<readonly Builtin[]>;
