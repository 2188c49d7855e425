/**
 * Files that appear under their names when they are whole: what ends before leaves nothing behind, and what was there before stays.
 *
 * @module
 */
import { runtimeError } from "./c/errno.ts";
import { createFile } from "./files.ts";

/** A file that is being written. */
export class PendingFile {
  #open = true;
  #over = false;

  /** @param temporary where it is written until it is whole; undefined: in its place */
  private constructor(
    private readonly path: string,
    private readonly file: Deno.FsFile,
    private readonly temporary: { readonly from: string; readonly to: string } | undefined,
  ) {}

  /**
   * Begins to write a file, in place of one that may be there. What is no file (a device, a pipe) is written at once.
   *
   * @throws OuroError when it cannot be written
   */
  static async create(path: string): Promise<PendingFile> {
    try {
      const before = await infoOf(path);
      if (before !== undefined && !before.isFile) {
        return new PendingFile(path, await createFile(path), undefined);
      }
      // Of a link, the file that it leads to is another one afterwards.
      const to = before === undefined ? path : await Deno.realPath(path);
      if (before !== undefined) (await Deno.open(to, { write: true })).close();
      const from = `${to}.${Deno.pid}.part`;
      const mode = before?.mode ?? undefined;
      const file = await Deno.open(from, { write: true, createNew: true, mode }).catch((thrown) => {
        // Nobody has named the file that it is written into.
        if (thrown instanceof Error) thrown.message = thrown.message.replaceAll(from, to);
        throw thrown;
      });
      return new PendingFile(path, file, { from, to });
    } catch (thrown) {
      throw runtimeError(thrown, `cannot write ${path}`);
    }
  }

  /** Writes some of the bytes and says how many. */
  write(bytes: Uint8Array): Promise<number> {
    return this.file.write(bytes);
  }

  /** Writes a text. @throws OuroError */
  async writeText(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += await this.write(bytes.subarray(at));
    } catch (thrown) {
      throw runtimeError(thrown, `cannot write ${this.path}`);
    }
  }

  /** Nothing more is written. */
  close(): void {
    if (this.#open) this.file.close();
    this.#open = false;
  }

  /** It is whole. @throws OuroError when it cannot get its name */
  async keep(): Promise<void> {
    this.close();
    if (this.#over) return;
    this.#over = true;
    const { temporary } = this;
    if (!temporary) return;
    try {
      await Deno.rename(temporary.from, temporary.to);
    } catch (thrown) {
      throw runtimeError(thrown, `cannot write ${this.path}`);
    }
  }

  /** It will never be whole. */
  async discard(): Promise<void> {
    this.close();
    if (this.#over) return;
    this.#over = true;
    if (this.temporary) await Deno.remove(this.temporary.from);
  }
}

async function infoOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}
