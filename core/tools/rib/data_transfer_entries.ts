/**
 * `dt`: what data transfer has carried, for each N-1 flow and each component of the member.
 *
 * @module
 */
import type { Fields } from "../../wire/local/fields.ts";
import {
  aligned,
  type Entry,
  linesText,
  numberOf,
  partOf,
  rowsOf,
  textOf,
  timeOf,
  utcText,
} from "./entry.ts";

/** What the reference calls each counter, in its order. */
const COUNTERS = [
  ["sent", "sent"],
  ["rcvd", "received"],
  ["local sent", "localSent"],
  ["local rcvd", "localReceived"],
  ["dropped ttl", "droppedTtl"],
  ["failed writes", "failedWrites"],
  ["failed nhop", "failedNextHop"],
] as const;

/** Makes the entries of `data transfer`: components by their EID, N-1 flows by their fd. */
export function dataTransferEntries(part: Fields): Entry[] {
  const components = rowsOf(part, "components", "eid").map((row) => ({
    name: String(numberOf(row, "eid")),
    text: textOfFlow(row, timeOf(part, "established"), textOf(row, "name")),
  }));
  const flows = rowsOf(part, "flows", "fd").map((row) => ({
    name: String(numberOf(row, "fd")),
    text: textOfFlow(row, timeOf(row, "established"), textOf(row, "neighbour")),
  }));
  return [...components, ...flows];
}

const line = (label: string, value: string | number) => aligned(label, value, 26, 20);

function textOfFlow(row: Fields, established: number, end: string): string {
  return linesText([
    line("Flow established at:", utcText(established)),
    line("Endpoint address:", end),
    // What comes is carried on at once.
    line("Queued packets (rx):", 0),
    line("Queued packets (tx):", numberOf(row, "queued")),
    "",
    ...rowsOf(row, "cubes", "cube").flatMap((cube) => [
      `Qos cube ${String(numberOf(cube, "cube")).padStart(3)}:`,
      ...COUNTERS.flatMap(([label, name]) => [
        line(` ${label} (packets):`, numberOf(partOf(cube, name), "packets")),
        line(` ${label} (bytes):`, numberOf(partOf(cube, name), "bytes")),
      ]),
    ]),
  ]);
}
