/**
 * Packets as lines.
 *
 * @module
 */
import type { PacketFormats } from "../../contract/formats.ts";
import type { LineOutput } from "../../os/log/line_output.ts";
import type { LinkType } from "../../wire/capture/pcap.ts";
import { Describer, type Description } from "./describe/describer.ts";
import type { CaptureSink } from "./sink.ts";
import type { CapturedPacket } from "./source.ts";

/** Writes a line of JSON: milliseconds since 1970, which way, with whom, what, how many bytes. */
export const jsonLine = (
  { time, direction, length: bytes }: CapturedPacket,
  { peer, what }: Description,
): string => JSON.stringify({ time, direction, peer, what, bytes });

/** Writes a line for people: when, which way, with whom, what, how long. */
export const textLine = ({ time, direction, length }: CapturedPacket, { peer, what }: Description): string =>
  `${timeOfDay(time)} ${direction === "out" ? ">" : "<"} ${peer}: ${what}, ${length} bytes`;

/** Prints a line for each packet. */
export class LineSink implements CaptureSink {
  readonly full = false;
  readonly #lines: LineOutput;
  readonly #describer: Describer;

  constructor(
    lines: LineOutput,
    linkType: LinkType,
    formats: readonly PacketFormats[],
    private readonly line: (packet: CapturedPacket, described: Description) => string,
  ) {
    this.#lines = lines;
    this.#describer = new Describer(linkType, formats);
  }

  packet(packet: CapturedPacket): void {
    this.#lines.print(this.line(packet, this.#describer.describe(packet)));
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
