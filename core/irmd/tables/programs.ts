/**
 * Programs that are bound to names. Commands call a program by the base name of its file; its processes have to run this file.
 *
 * @module
 */
import { ExistsError, NotFoundError } from "../../contract/errors.ts";
import type { Start } from "./machine.ts";

/** That instances of a program accept flows for a name. */
export interface ProgramBinding {
  readonly name: string;
  /** Absolute path of the file that its instances run: that of the program, or the script that a runtime is told to run. */
  readonly file: string;
  /** Whose processes are its instances: of who has bound it, of root, and of those whom he has named. */
  readonly users: ReadonlySet<number>;
  /** The program as it was bound, by whom. */
  readonly bound: Start;
  /** How to start an instance; undefined: the IRMd does not start it. */
  readonly start: Start | undefined;
}

/** Returns the base name of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Programs that run others: which one they are is said by their words. */
const RUNTIME = /^(deno|node|bun|python[\d.]*|perl|ruby|php|lua|java|(ba|da|z|k|fi)?sh)$/;

/**
 * Returns the file that instances of a program run: what the words of a runtime name first by an absolute path, else the program itself.
 * A runtime whose words name no file has no instances but those that are started with these words: no file is called so.
 *
 * @example
 * ```ts
 * import { programFile } from "./programs.ts";
 * import assert from "node:assert/strict";
 * assert.equal(programFile("/usr/bin/deno", ["run", "-A", "/srv/web.ts", "/etc/web.conf"]), "/srv/web.ts");
 * assert.equal(programFile("/usr/bin/web", ["/etc/web.conf"]), "/usr/bin/web");
 * assert.equal(programFile("/usr/bin/deno", []), "/usr/bin/deno");
 * assert.notEqual(programFile("/bin/sh", ["-c", "one"]), programFile("/bin/sh", ["-c", "two"]));
 * ```
 */
export const programFile = (path: string, words: readonly string[]): string =>
  RUNTIME.test(baseName(path))
    ? words.find((word) => /^\/.*(?<!\.jsonc?)$/.test(word)) ?? [path, ...words].join("\0")
    : path;

/** All bindings of programs. */
export class ProgramTable {
  /** By base name, then by name, oldest first. */
  readonly #programs = new Map<string, Map<string, ProgramBinding>>();
  /** Programs that may be started for a name, oldest first. */
  readonly #starts = new Map<string, Map<string, Start>>();

  /** Returns how many programs are bound. */
  get size(): number {
    return this.#programs.size;
  }

  /** Binds a program to a name. @throws ExistsError when the program is bound to the name already */
  bind(base: string, binding: ProgramBinding): void {
    const { name, start } = binding;
    let names = this.#programs.get(base);
    if (!names) this.#programs.set(base, names = new Map());
    if (names.has(name)) {
      throw new ExistsError(
        `the program ${base} is bound to "${name}" already; unbind it first to change that`,
      );
    }
    names.set(name, binding);
    if (!start) return;
    let starts = this.#starts.get(name);
    if (!starts) this.#starts.set(name, starts = new Map());
    starts.set(base, start);
  }

  /**
   * Takes bindings back: of one name, or of all.
   *
   * @returns them
   * @throws NotFoundError when there is no such binding
   */
  unbind(base: string, name: string | undefined): ProgramBinding[] {
    const names = this.#programs.get(base);
    const found = [...names?.values() ?? []].filter((one) => name === undefined || one.name === name);
    if (!names || found.length === 0) {
      throw new NotFoundError(
        `the program ${base} is not bound to ${name === undefined ? "any name" : `"${name}"`}`,
      );
    }
    for (const { name: one } of found) {
      names.delete(one);
      const starts = this.#starts.get(one);
      if (starts?.delete(base) && starts.size === 0) this.#starts.delete(one);
    }
    if (names.size === 0) this.#programs.delete(base);
    return found;
  }

  /** Returns all bindings, the oldest of each program first. */
  bindings(): ProgramBinding[] {
    return [...this.#programs.values()].flatMap((names) => [...names.values()]);
  }

  /** Returns the bindings of a name: those that may be started, in the order in which they were made, then the others. */
  of(name: string): ProgramBinding[] {
    const bases = [...this.#starts.get(name)?.keys() ?? [], ...this.#programs.keys()];
    return [...new Set(bases)].flatMap((base) => this.#programs.get(base)?.get(name) ?? []);
  }

  /** Returns the programs bound to a name that the IRMd does not start. */
  notStartable(name: string): string[] {
    return [...this.#programs].filter(([, names]) => names.has(name) && !names.get(name)?.start)
      .map(([base]) => base);
  }

  /** Returns how to start a program that accepts flows for a name: the newest binding; undefined when there is none. */
  startFor(name: string): Start | undefined {
    return [...this.#starts.get(name)?.values() ?? []].at(-1);
  }
}
