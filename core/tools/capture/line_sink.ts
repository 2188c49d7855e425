/**
 * Packets as lines.
 *
 * @module
 */
import type { PacketFormats } from "../../contract/formats.ts";
import type { LineOutput } from "../../os/log/line_output.ts";
import type { LinkType } from "../../wire/capture/pcap.ts";
import { Describer } from "./describe/describer.ts";
import type { CaptureSink } from "./sink.ts";
import type { CapturedPacket } from "./source.ts";

/** Prints a line for each packet: when, which way, with whom, what, how long. */
export class LineSink implements CaptureSink {
  readonly full = false;
  readonly #lines: LineOutput;
  readonly #describer: Describer;

  constructor(lines: LineOutput, linkType: LinkType, formats: readonly PacketFormats[]) {
    this.#lines = lines;
    this.#describer = new Describer(linkType, formats);
  }

  packet(packet: CapturedPacket): void {
    const { peer, what } = this.#describer.describe(packet);
    const { time, direction, length } = packet;
    const way = direction === "out" ? ">" : "<";
    this.#lines.print(`${timeOfDay(time)} ${way} ${peer}: ${what}, ${length} bytes`);
  }

  onRoom(): void {}

  onClosed(closed: () => void): void {
    this.#lines.onClosed(closed);
  }

  finish(): Promise<void> {
    return this.#lines.finish();
  }
}

/** Returns the local time with microseconds. */
function timeOfDay(time: number): string {
  const date = new Date(time);
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"));
  const micros = Math.floor(((time % 1000) + 1000) % 1000 * 1000);
  return `${hours}:${minutes}:${seconds}.${String(micros).padStart(6, "0")}`;
}
