/**
 * What lists of IPCPs tell of what is wanted and not there.
 *
 * @module
 */
import { type Fields, fieldsOf, optional, text } from "../../wire/local/fields.ts";
import { globMatches } from "../tables/glob.ts";
import type { State } from "../tables/state.ts";
import type { WantedIpcp } from "./intention.ts";
import type { Keeper } from "./keeper.ts";

/** Returns the layer that an IPCP is in, or is to be in. */
export function layerOf({ name, join }: WantedIpcp, { ipcps }: State): string | undefined {
  const { layer } = join.params;
  return ipcps.find(name)?.layer?.layer ?? (typeof layer === "string" ? layer : undefined);
}

/** Returns the rows of `ipcp.list`, with what is missing of each, and rows for IPCPs that have no process at the moment. */
export function listWithMissing(state: State, keeper: Keeper, params: Fields, rows: unknown): unknown[] {
  const running = Array.isArray(rows) ? rows.map((row) => fieldsOf(row, "a row")) : [];
  const told = running.map((row) => {
    const missing = keeper.missing(String(row.name));
    return missing.length === 0 ? row : { ...row, missing };
  });
  const absent = [...keeper.values()].filter((wanted) =>
    wanted.join.state !== "there" && !state.ipcps.find(wanted.name)?.session && isAsked(wanted, state, params)
  );
  return [
    ...told,
    ...absent.map(({ name, type }) => ({
      pid: null,
      name,
      type,
      layer: null,
      missing: keeper.missing(name),
    })),
  ];
}

function isAsked(wanted: WantedIpcp, state: State, params: Fields): boolean {
  const named = optional(params, "name", text);
  const layered = optional(params, "layer", text);
  const word = optional(params, "type", text);
  const layer = layerOf(wanted, state);
  return (named === undefined || globMatches(named, wanted.name)) &&
    (word === undefined || state.plugins.ipcpType(word).name === wanted.type) &&
    (layered === undefined || (layer !== undefined && globMatches(layered, layer)));
}
