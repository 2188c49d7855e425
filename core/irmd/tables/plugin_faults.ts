/**
 * Faults of third parties' plugins, of the IRMd and of all its IPCPs.
 *
 * @module
 */
import type { ListedPlugin } from "../../registry/registry.ts";
import { type Fields, flag, integer, text } from "../../wire/local/fields.ts";

/** A report has at most so many faults; the sum stays a whole number for ages. */
const MAX_FAULTS = 0xffff_ffff;
const MAX_TEXT = 1024;

/** What lists tell of a plugin that had faults. */
export interface PluginFaults {
  /** How many there were since the IRMd started. */
  readonly faults: number;
  /** The method, and what happened. */
  readonly lastFault: string;
  /** It is, or was last, out of use somewhere. */
  readonly outOfUse: boolean;
}

/** Adds faults up. */
export class FaultTable {
  readonly #faults = new Map<string, PluginFaults>();

  /** Takes a report, as {@link GuardedPlugin.stats} and `upper.fault` have it. @throws InvalidError when it is none */
  report(fields: Fields): void {
    const key = keyOf(text(fields, "kind", MAX_TEXT), text(fields, "name", MAX_TEXT));
    this.#faults.set(key, {
      faults: (this.#faults.get(key)?.faults ?? 0) + integer(fields, "faults", 0, MAX_FAULTS),
      lastFault: text(fields, "last", MAX_TEXT),
      outOfUse: flag(fields, "outOfUse"),
    });
  }

  /** Returns the faults of a plugin; undefined: it had none. */
  of({ declaration: { kind, name } }: ListedPlugin): PluginFaults | undefined {
    return this.#faults.get(keyOf(kind, name));
  }
}

const keyOf = (kind: string, name: string): string => `${kind} ${name}`;
