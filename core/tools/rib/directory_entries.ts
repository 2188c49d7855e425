/**
 * `dht`: the directory of a member. "Local" is what the member has registered itself, "non-local" what it keeps for others.
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

/** Makes the entries of `directory`. @param now milliseconds since 1970 */
export const directoryEntries = (part: Fields, now: number): Entry[] => [
  { name: "database", text: databaseText(part, now) },
  { name: "stats", text: statsText(part) },
];

const line = (label: string, value: number) => aligned(label, value, 44, 10);

function statsText(part: Fields): string {
  const parameters = partOf(part, "parameters");
  const parameter = (label: string, name: string) => line(`     ${label}:`, numberOf(parameters, name));
  return linesText([
    `DHT: ${textOf(part, "id")}`,
    `  Created: ${utcText(timeOf(part, "created"))}`,
    `  Address: ${textOf(part, "address")}`,
    "  Kademlia parameters:",
    parameter("Number of concurrent requests (alpha)", "alpha"),
    parameter("Number of replicas (k)", "k"),
    parameter("Expiry time for values (s)", "expire"),
    parameter("Refresh time for contacts (s)", "refresh"),
    parameter("Replication time for values (s)", "replicate"),
    line("  Number of keys:", numberOf(part, "keys")),
    line("  Number of local values:", numberOf(part, "ownValues")),
    line("  Number of non-local values:", numberOf(part, "foreignValues")),
  ]);
}

function databaseText(part: Fields, now: number): string {
  const rows = rowsOf(part, "database", "key");
  if (rows.length === 0) return "  No entries.\n";
  const count = (label: string, value: number) => aligned(label, value, 28, 10);
  const expire = numberOf(partOf(part, "parameters"), "expire") * 1000;
  const own = textOf(part, "address");
  const value = (address: string, replicated: number, expires: number) =>
    `    V<${valueText(address)}>, t_replicated=${utcText(replicated)}, t_exp=${utcText(expires)}`;
  return linesText([
    "DHT database:",
    "",
    count("Number of keys:", numberOf(part, "keys")),
    count("Number of local values:", numberOf(part, "ownValues")),
    count("Number of non-local values:", numberOf(part, "foreignValues")),
    "",
    ...rows.flatMap((row) => {
      const registered = partOf(row, "own");
      const expires = timeOf(registered, "expires");
      const replicated = registered.published === true ? expires - expire : 0;
      return [
        `Key: K<${textOf(row, "key")}>`,
        "  Local entries:",
        ...Object.hasOwn(row, "own") ? [value(own, replicated, expires)] : [],
        "",
        "  Non-local entries:",
        ...rowsOf(row, "foreign", "value").map((foreign) =>
          value(
            textOf(foreign, "value"),
            now - numberOf(foreign, "storedSecondsAgo") * 1000,
            timeOf(foreign, "expires"),
          )
        ),
        "",
      ];
    }),
  ]);
}

/** Returns an address with dots as a number of 64 bits in hexadecimal. */
const valueText = (address: string): string => address.split(".").reverse().join("").padStart(16, "0");
