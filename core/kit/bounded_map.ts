/**
 * Maps and sets that forget: what strangers can fill must not grow without end.
 *
 * @module
 */

/**
 * A map of at most so many entries. Setting a key makes it the newest; the one that was set longest ago is forgotten first.
 *
 * @example
 * ```ts
 * import { BoundedMap } from "./bounded_map.ts";
 * import assert from "node:assert/strict";
 * const map = new BoundedMap<string, number>(2);
 * for (const key of ["a", "b", "a", "c"]) map.set(key, 0);
 * assert.deepEqual([...map.keys()], ["a", "c"]);
 * ```
 */
export class BoundedMap<K, V> extends Map<K, V> {
  constructor(private readonly limit: number) {
    super();
  }

  override set(key: K, value: V): this {
    this.delete(key);
    super.set(key, value);
    return forgetOldest(this, this.limit);
  }
}

/** A set of at most so many values. Adding a value makes it the newest; the one that was added longest ago is forgotten first. */
export class BoundedSet<T> extends Set<T> {
  constructor(private readonly limit: number) {
    super();
  }

  override add(value: T): this {
    this.delete(value);
    super.add(value);
    return forgetOldest(this, this.limit);
  }
}

function forgetOldest<K, C extends Pick<Set<K>, "size" | "keys" | "delete">>(entries: C, limit: number): C {
  if (entries.size <= limit) return entries;
  for (const oldest of entries.keys()) {
    entries.delete(oldest);
    break;
  }
  return entries;
}
