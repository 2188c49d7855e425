/**
 * `lsdb`: the neighbours of a member, and the adjacencies that it has heard of.
 *
 * @module
 */
import type { Fields } from "../../wire/local/fields.ts";
import { addressOf, aligned, type Entry, linesText, numberOf, rowsOf, textOf, utcText } from "./entry.ts";

/** Makes the entries of `routing`. @param now milliseconds since 1970 */
export function linkStateEntries(part: Fields, now: number): Entry[] {
  const neighbours = rowsOf(part, "neighbours", "type", "address")
    .toSorted((one, other) => addressOf(other, "address") - addressOf(one, "address"))
    .map((row) => neighbourEntry(row));
  const adjacencies = rowsOf(part, "database", "source", "destination").toSorted((one, other) =>
    addressOf(one, "destination") - addressOf(other, "destination") ||
    addressOf(one, "source") - addressOf(other, "source")
  ).map((row) => adjacencyEntry(row, now));
  return [...neighbours, ...adjacencies];
}

function neighbourEntry(row: Fields): Entry {
  const type = textOf(row, "type");
  const address = textOf(row, "address");
  return {
    name: `.${type} ${address}`,
    aliases: [`${type}.${addressOf(row, "address")}`],
    text: linesText([`addr: ${address}`, `fds: ${textOf(row, "flows")}`]),
  };
}

function adjacencyEntry(row: Fields, now: number): Entry {
  const source = textOf(row, "source");
  const destination = textOf(row, "destination");
  const modified = Math.max(0, now - numberOf(row, "age"));
  return {
    name: `${source}--${destination}`,
    aliases: [`${addressOf(row, "source")}.${addressOf(row, "destination")}`],
    modified,
    text: linesText([
      aligned("src: ", source, 5, 20),
      aligned("dst: ", destination, 5, 20),
      aligned("seqno: ", numberOf(row, "sequence"), 7, 18),
      `upd: ${utcText(modified)}`,
    ]),
  };
}
