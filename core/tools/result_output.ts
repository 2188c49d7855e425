/**
 * Where a tool prints that has a result for programs, too.
 *
 * @module
 */
import type { Output } from "./environment.ts";

/**
 * Prints lines for people, or, as JSON, the result and nothing else.
 *
 * @example
 * ```ts
 * import { ResultOutput } from "./result_output.ts";
 * import assert from "node:assert/strict";
 * const printed: string[] = [];
 * const output = new ResultOutput({ print: (line) => printed.push(line), complain: () => {} }, true);
 * output.print("Knocking.");
 * output.result({ knocks: 2 }, ["2 knocks"]);
 * assert.deepEqual(printed, ['{"knocks":2}']);
 * ```
 */
export class ResultOutput implements Output {
  constructor(private readonly to: Output, private readonly json: boolean) {}

  print(line: string): void {
    if (!this.json) this.to.print(line);
  }

  complain(sentence: string): void {
    this.to.complain(sentence);
  }

  /** Prints what goes wrong; where nothing but the result is printed, it is a complaint. */
  notice(line: string): void {
    if (this.json) this.to.complain(line);
    else this.to.print(line);
  }

  /** Prints a result: as data in one line, or in lines for people. */
  result(data: unknown, lines: readonly string[]): void {
    for (const line of this.json ? [JSON.stringify(data)] : lines) this.to.print(line);
  }
}
