/**
 * Impairments on control sockets (docs/local-protocol.md §2.3): `ipcp.impair` and `layer.impair`.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { type Fields, fieldsOf, number, optional, text } from "./fields.ts";

/** Which packets of an IPCP: those that it sends, those that it receives, or all. */
export type ImpairedDirection = "in" | "out" | "both";

/** The directions. */
export const IMPAIRED_DIRECTIONS: readonly ImpairedDirection[] = ["in", "out", "both"];

/**
 * Smallest and largest of each setting. Parts are of 1, times milliseconds, the rate bits a second, the queue packets; the seed may be any
 * whole number of 32 bits.
 */
export const IMPAIRMENT_LIMITS = {
  loss: [0, 1],
  duplicate: [0, 1],
  reorder: [0, 1],
  reorderBy: [0, 60_000],
  corrupt: [0, 1],
  delay: [0, 60_000],
  jitter: [0, 60_000],
  rate: [1000, 1e12],
  queue: [1, 10_000],
  seed: [0, 0xffffffff],
} as const satisfies Record<string, readonly [min: number, max: number]>;

/** A setting. */
export type ImpairmentKey = keyof typeof IMPAIRMENT_LIMITS;

/** The settings in the order of {@link IMPAIRMENT_LIMITS}; a literal has no other keys. */
export const IMPAIRMENT_KEYS = Object.keys(IMPAIRMENT_LIMITS) as readonly ImpairmentKey[];

const WHOLE: ReadonlySet<ImpairmentKey> = new Set(["queue", "seed"]);

/** What is asked for; what is left out does not happen. Without a seed, the IPCP chooses one. */
export type ImpairmentSettings = { readonly [key in ImpairmentKey]?: number };

/** Parameters of `ipcp.impair` and `layer.impair`. */
export interface ImpairmentRequest {
  readonly direction: ImpairedDirection;
  /** `off`: end it; undefined: leave it as it is. */
  readonly impairment: ImpairmentSettings | "off" | undefined;
}

/** Reads the parameters. @throws InvalidError that says what is wrong */
export function readImpairmentRequest(fields: Fields): ImpairmentRequest {
  const given = optional(fields, "direction", text) ?? "both";
  const direction = IMPAIRED_DIRECTIONS.find((known) => known === given);
  if (!direction) throw new InvalidError(`direction must be in, out or both; it is "${given}"`);
  return {
    direction,
    impairment: fields.impairment === "off" ? "off" : optional(fields, "impairment", settingsIn),
  };
}

/** Reads settings. @throws InvalidError for one that is unknown or not within its limits */
export function readImpairmentSettings(fields: Fields): ImpairmentSettings {
  const unknown = Object.keys(fields).find((key) => !IMPAIRMENT_KEYS.some((known) => known === key));
  if (unknown !== undefined) throw new InvalidError(`an impairment has no "${unknown}"`);
  const settings: { [key in ImpairmentKey]?: number } = {};
  for (const key of IMPAIRMENT_KEYS) {
    const [min, max] = IMPAIRMENT_LIMITS[key];
    const value = optional(fields, key, (from) => number(from, key, min, max));
    if (value === undefined) continue;
    if (WHOLE.has(key) && !Number.isInteger(value)) {
      throw new InvalidError(`${key} must be a whole number; it is ${value}`);
    }
    settings[key] = value;
  }
  return settings;
}

const settingsIn = (from: Fields, key: string) => readImpairmentSettings(fieldsOf(from[key], key));
