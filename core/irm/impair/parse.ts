/**
 * Reads the words behind `ouro impair`.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type {
  ImpairedDirection,
  ImpairmentKey,
  ImpairmentRequest,
} from "../../wire/local/impairment_json.ts";
import { type Fault, quote } from "../grammar/parse/fault.ts";
import { DIRECTION, IMPAIRMENT_WORDS, OFF, valueOf } from "./keywords.ts";

/** What is asked for. */
export interface ImpairCommand extends ImpairmentRequest {
  readonly kind: "command";
  /** Name of the IPCP. */
  readonly name: string;
  /** The answer is printed as JSON. */
  readonly json: boolean;
}

const ALL = [...IMPAIRMENT_WORDS.map(({ word }) => word), DIRECTION.word, OFF.word, "as"];

/** Reads the words; there is at least one, the name. */
export function parseImpair([name, ...rest]: readonly string[]): ImpairCommand | Fault {
  const settings: { [key in ImpairmentKey]?: number } = {};
  let direction: ImpairedDirection | undefined;
  let off = false, json = false;
  const used = new Set<string>();
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at];
    const valid = ALL.filter((known) => !used.has(known));
    if (!ALL.includes(word)) return fault(`${quote(word)} is unknown, try "ouro help impair".`, word, valid);
    if (used.has(word)) return fault(`${quote(word)} comes twice.`);
    used.add(word);
    if (word === OFF.word) {
      off = true;
      continue;
    }
    const value = rest[++at];
    const setting = IMPAIRMENT_WORDS.find((known) => known.word === word);
    if (value === undefined) return fault(`${quote(word)} needs a value.`);
    if (setting) {
      try {
        settings[setting.key] = valueOf(setting, value);
      } catch (thrown) {
        return fault(asOuroError(thrown).message);
      }
    } else if (word === DIRECTION.word) {
      direction = DIRECTION.values.find((known) => known === value);
      if (!direction) return fault(`The direction ${quote(value)} is unknown.`, value, DIRECTION.values);
    } else if (value.toUpperCase() === "JSON") json = true;
    else return fault(`The form of the output ${quote(value)} is unknown.`, value, ["JSON"]);
  }
  const any = Object.keys(settings).length > 0;
  if (off && any) return fault(`"off" ends everything: give it, or what is to happen, not both.`);
  if (direction && !off && !any) {
    return fault(`"direction" needs something that is to happen, such as loss 5%.`);
  }
  const alone = (["seed", "queue", "reorderBy"] as const).find((key) => settings[key] !== undefined);
  if (alone && !Object.keys(settings).some((key) => !["seed", "queue", "reorderBy"].includes(key))) {
    const { word } = IMPAIRMENT_WORDS.find(({ key }) => key === alone) ?? { word: alone };
    return fault(`"${word}" alone does nothing: say what is to happen, such as loss 5%.`);
  }
  const impairment = off ? "off" : any ? settings : undefined;
  return { kind: "command", name, direction: direction ?? "both", impairment, json };
}

const fault = (message: string, word?: string, valid?: readonly string[]): Fault => ({
  kind: "fault",
  message,
  word,
  valid,
});
