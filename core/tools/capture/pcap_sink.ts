/**
 * Packets into a capture file.
 *
 * @module
 */
import { runtimeError } from "../../os/c/errno.ts";
import { type LinkType, pcapHeader, pcapRecord } from "../../wire/capture/pcap.ts";
import type { CaptureSink } from "./sink.ts";
import type { CapturedPacket } from "./source.ts";

/** With so many bytes waiting, the sink is full; with half of them, there is room again. */
const FULL = 4 * 1024 * 1024;

/** Where bytes go. */
export interface ByteWriter {
  /** Writes some of the bytes and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Nothing more is written. */
  close(): void;
}

/** Writes a capture: what comes while a write is under way goes out with the next one. */
export class PcapSink implements CaptureSink {
  readonly #writer: ByteWriter;
  readonly #what: string;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;
  #full = false;
  #writing: Promise<void> | undefined;
  #over = false;
  #fault: unknown;
  #room: () => void = () => {};
  #closed: (error?: unknown) => void = () => {};

  /** @param what the name of the file, for errors */
  constructor(writer: ByteWriter, what: string, linkType: LinkType, snapLength: number) {
    this.#writer = writer;
    this.#what = what;
    this.#add(pcapHeader(linkType, snapLength));
  }

  get full(): boolean {
    return this.#full;
  }

  onRoom(room: () => void): void {
    this.#room = room;
  }

  onClosed(closed: (error?: unknown) => void): void {
    this.#closed = closed;
    if (this.#over) closed(this.#fault);
  }

  packet({ time, packet, length }: CapturedPacket): void {
    this.#add(pcapRecord(time, packet, length));
  }

  async finish(): Promise<void> {
    while (this.#writing) await this.#writing;
    this.#over = true;
    this.#writer.close();
    if (this.#fault !== undefined) throw this.#fault;
  }

  #add(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#over) return;
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    this.#full ||= this.#bytes >= FULL;
    this.#writing ??= this.#write();
  }

  #collect(): Uint8Array<ArrayBuffer> {
    const parts = this.#waiting;
    this.#waiting = [];
    if (parts.length === 1) return parts[0];
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  async #write(): Promise<void> {
    try {
      await undefined; // Packets of the same turn go out together.
      while (this.#waiting.length > 0) {
        const bytes = this.#collect();
        for (let at = 0; at < bytes.length;) at += await this.#writer.write(bytes.subarray(at));
        this.#bytes -= bytes.length;
        if (this.#full && this.#bytes <= FULL / 2) {
          this.#full = false;
          this.#room();
        }
      }
    } catch (thrown) {
      this.#over = true;
      this.#waiting = [];
      if (!(thrown instanceof Deno.errors.BrokenPipe)) {
        this.#fault = runtimeError(thrown, `cannot write ${this.#what}`);
      }
      this.#closed(this.#fault);
    } finally {
      this.#writing = undefined;
    }
  }
}
