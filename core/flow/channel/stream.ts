/**
 * What a packet channel needs of a connection. `Deno.UnixConn` has it; tests use one in memory.
 *
 * @module
 */

/** A stream of bytes in both directions. */
export interface ByteStream {
  /** Reads at least one byte into `into`; null at the end. At most one read is under way. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes at least one byte of `bytes` (never empty); says how many. At most one write is under way. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends both directions; reads and writes under way fail. */
  close(): void;
}
