/**
 * The numbers that a node works with: those of the layer, and our own limits.
 *
 * @module
 */
import type { DhtOptions } from "../declaration.ts";

/** Reads the checked options of the layer. */
export const parametersOf = (options: DhtOptions) => ({
  /** Nodes asked at a time in one lookup. */
  alpha: options.dht_alpha,
  /** Contacts in a bucket, and nodes that keep a name. */
  k: options.dht_k,
  /** Life of an entry, in seconds. */
  expire: options.dht_t_expire,
  /** Milliseconds after which a bucket that saw no lookup is refreshed. */
  refresh: 1000 * options.dht_t_refresh,
  /** Milliseconds after which an entry that nobody stored again is copied to the others that should have it. */
  replicate: 1000 * options.dht_t_replicate,
});

/** The options of the layer. */
export type Parameters = Readonly<ReturnType<typeof parametersOf>>;

/** Layers of at most so many other members are small: names are stored at all of them, and all may be asked. */
export const SMALL_LAYER = 24;
/** Values in one answer, as in the reference. */
export const ANSWER_VALUES = 8;
/** Bytes of the largest answer: it must fit an Ethernet frame below several layers. */
export const ANSWER_BYTES = 1200;
/** Milliseconds for which an answer to a request counts, as in the reference. */
export const REQUEST_LIFE = 2000;
/** Requests that wait for an answer. */
export const MAX_REQUESTS = 512;
/** Names that are looked up at a time for somebody above. */
export const MAX_SEARCHES = 256;
/** Lookups of our own that run at a time: to publish and to refresh. */
export const MAX_BACKGROUND_LOOKUPS = 8;
/** Milliseconds after which a search ends with what it has. */
export const SEARCH_SOFT_END = 150;
/** Milliseconds after which a search ends in any case: over the longest paths an answer takes 2 s, and there are some hops. */
export const SEARCH_END = 6000;
/** Milliseconds after a change of the layer or its table in which a search that has found nothing is begun again. */
export const MOTION = 3000;
/** Milliseconds before it is; doubles. For so long in all it is begun again, also while no member answers. */
export const SEARCH_AGAIN = { first: 60, total: 5000 };
/** Milliseconds that a registration waits to be published before it is reported as done. */
export const REGISTER_WAIT = 3000;
/** Nearest nodes that are asked whether they have what was stored at them, and how often what they lack is stored again. */
export const CONFIRM = { nodes: 2, rounds: 3 };
/** Values that are held for others. */
export const MAX_VALUES = 16384;
/** Values of one key. */
export const MAX_VALUES_OF_KEY = 16;
/** Requests and STOREs a second that one peer may send, and how many at once. */
export const PEER_RATE = { rate: 4000, burst: 8000 };
/** Peers whose rates are known. */
export const MAX_RATES = 128;
/** Owners of names that are remembered, to be asked first next time. */
export const MAX_HINTS = 256;
/** Keys and contacts that statistics list: they travel in one message of 64 KB. */
export const MAX_LISTED = 100;
