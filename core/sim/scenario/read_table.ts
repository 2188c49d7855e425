/**
 * What the readers of a scenario's tables share: tables that know their place, and the names of hosts.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { checkKeys, type Key } from "../../irmd/config/keys.ts";
import { at, ConfigError, type Place } from "../../irmd/config/toml.ts";
import { proposal } from "../../tools/suggest.ts";
import { type Fields, fieldsOf, optional } from "../../wire/local/fields.ts";

/** A table of a scenario. */
export class Table {
  readonly fields: Fields;

  /** @param what how errors call it @throws ConfigError when it is no table */
  constructor(value: unknown, readonly place: Place, readonly what: string) {
    this.fields = at(place, () => {
      if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Date) {
        throw new InvalidError(`${what} must be a table`);
      }
      return fieldsOf(value, what);
    });
  }

  /** Checks that it has no other keys than these. */
  check(known: Readonly<Record<string, unknown>>): void {
    checkKeys(this.fields, Object.keys(known), this.what, (key, error) => this.fault(key, error));
  }

  /** Reads a key; undefined: it is not there. */
  take<T>({ word, read }: Key<T>): T | undefined {
    return at([...this.place, word], () => optional(this.fields, word, read));
  }

  /** Reads a key that must be there. */
  need<T>(key: Key<T>): T {
    const value = this.take(key);
    if (value !== undefined) return value;
    throw new ConfigError(
      this.place,
      `${this.what} needs ${key.word}, such as: ${key.word} = ${key.sample}`,
      undefined,
    );
  }

  /** Returns whether the key is there. */
  has(word: string): boolean {
    return Object.hasOwn(this.fields, word);
  }

  /** Makes the error of a key. */
  fault(key: string, message: string): ConfigError {
    return new ConfigError(this.has(key) ? [...this.place, key] : this.place, message, undefined);
  }
}

/** Words and their numbers. */
export class Names {
  readonly #numbers: ReadonlyMap<string, number>;

  /** @param what what they name, for errors: `host`, `layer` */
  constructor(readonly all: readonly string[], private readonly what: string) {
    this.#numbers = new Map(all.map((name, index) => [name, index]));
  }

  /** Returns the number of a name. @throws InvalidError that says which there are */
  find(name: string): number {
    const found = this.#numbers.get(name);
    if (found !== undefined) return found;
    const some = this.all.slice(0, 20).join(", ") + (this.all.length > 20 ? ", …" : "");
    throw new InvalidError(
      `there is no ${this.what} "${name}"${proposal(name, this.all)}; there are: ${some || "none"}`,
    );
  }
}
