/**
 * The connections that are forwarded at a time: counted, limited, told of.
 *
 * @module
 */
import { CancelledError, type OuroError } from "../../contract/errors.ts";
import type { Output } from "../environment.ts";

/** Connections under way. */
export class Connections {
  readonly #running = new Set<Promise<void>>();
  #room: (() => void) | undefined;
  #made = 0;

  constructor(
    private readonly output: Output,
    private readonly most: number,
    private readonly quiet: boolean,
  ) {}

  /** Returns whether there may be no more. */
  get full(): boolean {
    return this.#running.size >= this.most;
  }

  /** Waits until there may be one more. */
  async room(): Promise<void> {
    if (!this.full) return;
    this.output.complain(`${this.most} connections are open: others wait until one ends (--most)`);
    await new Promise<void>((resolve) => this.#room = resolve);
  }

  /** Runs one to its end. @param what it is, for lines @param work says why it did not come to its end */
  begin(what: string, work: () => Promise<OuroError | undefined>): void {
    const number = ++this.#made;
    if (!this.quiet) this.output.print(`Connection ${number}: ${what}.`);
    const running = this.#run(number, work);
    this.#running.add(running);
    running.then(() => {
      this.#running.delete(running);
      const room = this.#room;
      this.#room = undefined;
      room?.();
    });
  }

  async #run(number: number, work: () => Promise<OuroError | undefined>): Promise<void> {
    let error: OuroError | undefined;
    try {
      error = await work();
    } catch (thrown) {
      this.output.complain(`connection ${number}: ${thrown instanceof Error ? thrown.message : thrown}`);
      return;
    }
    if (error) {
      if (!(error instanceof CancelledError)) this.output.complain(`connection ${number}: ${error.message}`);
    } else if (!this.quiet) this.output.print(`Connection ${number} has ended.`);
  }
}
