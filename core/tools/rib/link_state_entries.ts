/**
 * `lsdb`: the neighbours of a member, and the adjacencies that it has heard of.
 *
 * @module
 */
import type { Fields } from "../../wire/local/fields.ts";
import { addressText, aligned, type Entry, linesText, numberOf, rowsOf, textOf, utcText } from "./entry.ts";

/** Makes the entries of `routing`. @param now milliseconds since 1970 */
export function linkStateEntries(part: Fields, now: number): Entry[] {
  const neighbours = rowsOf(part, "neighbours", "type", "address")
    .toSorted((one, other) => numberOf(other, "address") - numberOf(one, "address"))
    .map((row) => neighbourEntry(row));
  const adjacencies = rowsOf(part, "database", "source", "destination").toSorted((one, other) =>
    numberOf(one, "destination") - numberOf(other, "destination") ||
    numberOf(one, "source") - numberOf(other, "source")
  ).map((row) => adjacencyEntry(row, now));
  return [...neighbours, ...adjacencies];
}

function neighbourEntry(row: Fields): Entry {
  const type = textOf(row, "type");
  const address = numberOf(row, "address");
  return {
    name: `.${type} ${addressText(address)}`,
    aliases: [`${type}.${address}`],
    text: linesText([`addr: ${addressText(address)}`, `fds: ${textOf(row, "flows")}`]),
  };
}

function adjacencyEntry(row: Fields, now: number): Entry {
  const source = numberOf(row, "source");
  const destination = numberOf(row, "destination");
  const modified = Math.max(0, now - numberOf(row, "age"));
  return {
    name: `${addressText(source)}--${addressText(destination)}`,
    aliases: [`${source}.${destination}`],
    modified,
    text: linesText([
      aligned("src: ", addressText(source), 5, 20),
      aligned("dst: ", addressText(destination), 5, 20),
      aligned("seqno: ", numberOf(row, "sequence"), 7, 18),
      `upd: ${utcText(modified)}`,
    ]),
  };
}
