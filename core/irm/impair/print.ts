/**
 * What `ouro impair` prints: help, and what is set.
 *
 * @module
 */
import { type Fields, fieldsOf, integer, optional } from "../../wire/local/fields.ts";
import { readImpairmentSettings } from "../../wire/local/impairment_json.ts";
import { formatRows } from "../../tools/columns.ts";
import { DIRECTION, IMPAIRMENT_WORDS, OFF } from "./keywords.ts";

/** Returns the usage text. */
export function usage(): string {
  const rows = [
    ...IMPAIRMENT_WORDS.map(({ word, kind, help }) => [`${word} ${kind.shown}`, help] as const),
    [`${DIRECTION.word} ${DIRECTION.values.join("|")}`, DIRECTION.help] as const,
  ];
  return [
    "Usage: ouro impair NAME WORD VALUE ...   impair what the IPCP sends and receives below it",
    "       ouro impair NAME [as JSON]        show what is set, and what it has done",
    "       ouro impair NAME off              end it",
    "",
    "where WORD VALUE in",
    ...formatRows(rows, 4, 26),
    "",
    `What is set replaces what was set before in the same direction. ${OFF.word} may have a direction, too.`,
    "Packets are those on the flows of the IPCP in layers below, under retransmission and encryption of",
    "these flows; or what goes over its network device or UDP socket.",
  ].join("\n");
}

const COUNTS = [
  ["lost", "lost"],
  ["duplicated", "duplicated"],
  ["reordered", "reordered"],
  ["corrupted", "corrupted"],
  ["overflowed", "lost before the rate"],
  ["dropped", "dropped because too many waited"],
] as const;

/** Writes what is set, as the IRMd tells it. @throws InvalidError when it tells something else */
export function settingsText(name: string, answer: unknown): string[] {
  const fields = fieldsOf(answer, "the answer of the IRMd");
  const lines = [["out", "sends"] as const, ["in", "receives"] as const].flatMap(([key, verb]) => {
    const path = optional(fields, key, (from) => fieldsOf(from[key], key));
    return path === undefined ? [] : direction(`${name}, what it ${verb}`, path);
  });
  return lines.length > 0 ? lines : [`${name}: nothing is impaired.`];
}

function direction(what: string, path: Fields): string[] {
  const settings = readImpairmentSettings(fieldsOf(path.settings, "settings"));
  const counts = fieldsOf(path.counts, "counts");
  const count = (key: string) => integer(counts, key, 0, Number.MAX_SAFE_INTEGER);
  const set = IMPAIRMENT_WORDS.flatMap(({ word, key, kind }) => {
    const value = settings[key];
    return value === undefined ? [] : [`${word} ${kind.write(value)}`];
  });
  const done = COUNTS.flatMap(([key, text]) => count(key) === 0 ? [] : [`${count(key)} ${text}`]);
  const waiting = count("waiting") === 0 ? [] : [`${count("waiting")} on their way`];
  return [
    `${what}: ${set.join(" ")}`,
    `    ${[`${count("packets")} packets`, ...done, ...waiting].join(", ")}`,
  ];
}
