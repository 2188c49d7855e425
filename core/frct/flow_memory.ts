/**
 * The memory that the flows of a process may use for windows beyond the first one.
 *
 * @module
 */
import { BUFFER_BYTES, PROCESS_BYTES } from "./constants.ts";

/**
 * One limit for all flows of a process, and one for each direction of a flow. The first window of a flow ({@link WINDOW} packets) is
 * not counted: every flow has it.
 *
 * @example
 * ```ts
 * import { FlowMemory } from "./flow_memory.ts";
 * import assert from "node:assert/strict";
 * const memory = new FlowMemory(1000, 1500);
 * const one = memory.share();
 * const two = memory.share();
 * assert.deepEqual([one.reserve(5000), two.reserve(5000)], [1000, 500]);
 * one.release();
 * assert.equal(two.reserve(5000), 1000);
 * assert.equal(memory.limited(2000).share().reserve(5000), 500);
 * ```
 */
export class FlowMemory {
  /**
   * @param perFlow bytes that may be sent and not known to have arrived
   * @param total bytes that all may have
   */
  constructor(
    readonly perFlow = BUFFER_BYTES,
    total = PROCESS_BYTES,
    private readonly free = { bytes: total },
  ) {}

  /** Returns the same memory, for flows that may have so many bytes each. */
  limited(perFlow: number): FlowMemory {
    return new FlowMemory(perFlow, 0, this.free);
  }

  /** Makes the share of one direction of a flow, which is empty, of so many times {@link perFlow} at most. */
  share(times = 1): MemoryShare {
    return new MemoryShare(times * this.perFlow, (bytes) => {
      const given = Math.min(bytes, this.free.bytes);
      this.free.bytes -= given;
      return given;
    });
  }
}

/** What one direction of a flow has reserved. */
export class MemoryShare {
  #bytes = 0;

  /** @param move takes so many bytes from those that are free, or fewer; gives some back when it is less than 0 */
  constructor(readonly most: number, private readonly move: (bytes: number) => number) {}

  /** Makes the share as large as that, or as large as the limits allow. Returns its size. */
  reserve(bytes: number): number {
    const wanted = Math.min(bytes, this.most);
    if (wanted > this.#bytes) this.#bytes += this.move(wanted - this.#bytes);
    return this.#bytes;
  }

  /** Gives all back. */
  release(): void {
    this.move(-this.#bytes);
    this.#bytes = 0;
  }
}
