/**
 * Cuts a stream of bytes into lines of UTF-8, of limited length.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import { joinBytes } from "../../kit/bytes.ts";

/** Longest line of the control protocol in bytes, with its end (docs/local-protocol.md §2). */
export const MAX_LINE = 65_536;

const NEWLINE = 10;

/** Collects bytes and gives whole lines. */
export class LineSplitter {
  #rest: Uint8Array[] = [];
  #length = 0;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });

  /** Returns how many bytes of a line that is not complete are here. */
  get unfinished(): number {
    return this.#length;
  }

  /**
   * Takes the next bytes of the stream (copied where they outlive the call) and calls `line` for each line that is complete.
   *
   * @throws ProtocolError when a line is longer than {@link MAX_LINE} or not UTF-8
   */
  push(bytes: Uint8Array, line: (text: string) => void): void {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      this.#check(this.#length + end - start + 1);
      line(this.#decode(bytes.subarray(start, end)));
      start = end + 1;
    }
    if (start === bytes.length) return;
    this.#check(this.#length + bytes.length - start + 1);
    this.#rest.push(bytes.slice(start));
    this.#length += bytes.length - start;
  }

  #check(length: number): void {
    if (length > MAX_LINE) throw new ProtocolError(`a control message is longer than ${MAX_LINE} bytes`);
  }

  #decode(last: Uint8Array): string {
    let whole = last;
    if (this.#length > 0) {
      whole = joinBytes(...this.#rest, last);
      this.#rest = [];
      this.#length = 0;
    }
    try {
      return this.#decoder.decode(whole);
    } catch {
      throw new ProtocolError("a control message is not UTF-8");
    }
  }
}
