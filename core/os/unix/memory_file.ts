/**
 * A small file in which a daemon keeps what it must know after a restart.
 *
 * @module
 */
import { runtimeError } from "../c/errno.ts";
import { isThere } from "./socket_path.ts";

/** What is longer was not written here. */
const MAX_BYTES = 4 * 1024 * 1024;

/** One such file. It is replaced as a whole, so that whoever is killed while it writes leaves the old text or the new one. */
export class MemoryFile {
  /** The text that should be there. */
  #text: string | undefined;

  constructor(private readonly path: string) {}

  /** Returns the text; undefined when there is no file. @throws OuroError when it cannot be read */
  load(): string | undefined {
    try {
      const { isFile, size } = Deno.lstatSync(this.path);
      return isFile && size <= MAX_BYTES ? this.#text = Deno.readTextFileSync(this.path) : undefined;
    } catch (thrown) {
      if (thrown instanceof Deno.errors.NotFound) return undefined;
      throw runtimeError(thrown, `cannot read ${this.path}`);
    }
  }

  /** Replaces the text. @throws OuroError when it cannot be written */
  save(text: string): void {
    const fresh = `${this.path}.new`;
    try {
      Deno.writeTextFileSync(fresh, text, { mode: 0o600 });
      Deno.renameSync(fresh, this.path);
      this.#text = text;
    } catch (thrown) {
      throw runtimeError(thrown, `cannot write ${this.path}`);
    }
  }

  /** Writes the file again when somebody has removed it. @throws OuroError when it cannot be written */
  putBack(): void {
    if (this.#text !== undefined && !isThere(this.path)) this.save(this.#text);
  }
}
