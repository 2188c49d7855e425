/**
 * What statistics show of a node: what the reference has in `dht/stats` and `dht/database`, with the right labels,
 * contacts and counts.
 *
 * @module
 */
import { addressText, type NameHash, nameHash } from "../../../core/contract/ids.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import { MENTIONED } from "./table/bucket_table.ts";
import type { Node } from "./table/node.ts";
import { MAX_LISTED } from "./parameters.ts";
import type { Publisher } from "./store/publisher.ts";
import type { Requests } from "./lookup/requests.ts";
import type { ValueStore } from "./store/value_store.ts";

/** Digits with which ids and keys are shown: their first eight bytes. */
const DIGITS = 16;
const STANDINGS = ["mentioned", "heard", "answered"];

/**
 * Shows a node. Lists are cut at {@link MAX_LISTED}; the counts in front of them are not.
 *
 * @param created when the node was made, in milliseconds since 1970
 */
export function statisticsOf(
  node: Node,
  requests: Requests,
  publisher: Publisher,
  store: ValueStore,
  created: number,
): Stats {
  const { registrations } = publisher;
  const { parameters, table } = node;
  let shared = 0;
  for (const [hash] of store.entries()) if (registrations.has(hash)) shared++;
  return {
    id: node.self.id.toHex().slice(0, DIGITS),
    address: addressText(node.self.address),
    created: new Date(created).toISOString(),
    parameters: {
      alpha: parameters.alpha,
      k: parameters.k,
      expire: parameters.expire,
      refresh: parameters.refresh / 1000,
      replicate: parameters.replicate / 1000,
    },
    keys: registrations.size + store.keys - shared,
    ownValues: registrations.size,
    foreignValues: store.size,
    requests: { waiting: requests.size, roundTrip: requests.roundTrips.smoothed },
    messages: node.counters.stats(),
    contactCount: table.size,
    contacts: contactsOf(node),
    database: databaseOf(node, publisher, store),
  };
}

function contactsOf({ table, now }: Node): Stats[] {
  const listed: Stats[] = [];
  for (const bucket of table.buckets()) {
    for (const { id, address, standing, seen, failures } of bucket.contacts) {
      if (listed.length === MAX_LISTED) return listed;
      const known = { id: id.toHex().slice(0, DIGITS), address: addressText(address), bucket: bucket.shared };
      const ago: Stats = standing === MENTIONED ? {} : { secondsAgo: Math.round((now - seen) / 1000) };
      listed.push({ ...known, standing: STANDINGS[standing], ...ago, failures });
    }
  }
  return listed;
}

function databaseOf(node: Node, publisher: Publisher, store: ValueStore): Stats[] {
  const hashes = new Set<NameHash>(publisher.registrations.keys());
  for (const [hash] of store.entries()) {
    if (hashes.size >= MAX_LISTED) break;
    hashes.add(hash);
  }
  return [...hashes].slice(0, MAX_LISTED).map((hash) => {
    const own = publisher.registrations.get(hash);
    const foreign = store.get(nameHash(hash), node.seconds).map(({ value, expiry, stored, claimed }) => ({
      value: addressText(value),
      expires: time(expiry),
      storedSecondsAgo: Math.round((node.now - stored) / 1000),
      byOwner: claimed,
    }));
    return {
      key: hash.slice(0, DIGITS),
      ...(own === undefined ? {} : { own: { published: own.expiry > 0, expires: time(own.expiry) } }),
      foreign,
    };
  });
}

const time = (seconds: number): string => new Date(seconds * 1000).toISOString();
