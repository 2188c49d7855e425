/**
 * From oping's options to checked settings.
 *
 * @module
 */
import type { QosName } from "../../contract/qos.ts";
import { parseTimeSpan, wholeNumber } from "../numbers.ts";
import { qualityNamed } from "../quality.ts";
import type { Options } from "./tool.ts";

/** What the server does. */
export interface ServerSettings {
  /** No line per packet. */
  readonly quiet: boolean;
  /** Mark new flows as the reference's `--busy` does, no line per packet. */
  readonly busy: boolean;
}

/** What the client does. */
export interface ClientSettings {
  /** Name of the server. */
  readonly name: string;
  readonly qos: QosName;
  /** Packets to send, at most. */
  readonly count: number;
  /** Milliseconds between two packets. */
  readonly interval: number;
  /** Size of a packet in bytes. */
  readonly size: number;
  /** Send the next packet as soon as the reply is there. */
  readonly flood: boolean;
  /** A flood ends after this many milliseconds. */
  readonly floodTime: number | undefined;
  /** Statistics only. */
  readonly quiet: boolean;
  /** The time in front of each reply. */
  readonly timeOfDay: boolean;
}

const MAX_COUNT = 2147483647;
const MAX_INTERVAL = 10_000;
const MIN_SIZE = 64;
const MAX_SIZE = 1500;

/** Makes settings of the server. */
export const serverSettings = (options: Options): ServerSettings => ({
  quiet: options.quiet || options.busy,
  busy: options.busy,
});

/**
 * Checks the options and makes settings of the client `name`.
 *
 * @param notice gets a line for each value that was changed, in the words of the reference
 * @throws InvalidError for a value that is none, NotSupportedError for a quality that is not there yet
 */
export function clientSettings(
  name: string,
  options: Options,
  notice: (line: string) => void,
): ClientSettings {
  const interval = intervalOf(options.interval, notice);
  const duration = options.duration === undefined ? undefined : parseTimeSpan(options.duration);
  const flood = options.flood || options["flood-busy"];
  const given = wholeNumber("count", options.count, 1, MAX_COUNT);
  const timed = duration === undefined ? undefined : interval > 0 ? duration / interval : duration * 10;
  return {
    name,
    qos: qualityNamed(options.qos),
    count: timed === undefined
      ? given
      : flood
      ? MAX_COUNT
      : Math.min(Math.max(Math.floor(timed), 1), MAX_COUNT),
    interval,
    size: sizeOf(options.size, notice),
    flood,
    floodTime: flood ? duration : undefined,
    quiet: options.quiet || options.json,
    timeOfDay: options.timeofday,
  };
}

function intervalOf(text: string, notice: (line: string) => void): number {
  const interval = parseTimeSpan(text);
  if (interval <= MAX_INTERVAL) return interval;
  notice("Ping interval truncated to 10s.");
  return MAX_INTERVAL;
}

function sizeOf(text: string, notice: (line: string) => void): number {
  const size = wholeNumber("size", text, 0, Number.MAX_SAFE_INTEGER);
  if (size > MAX_SIZE) notice("Packet size truncated to 1500 bytes.");
  if (size < MIN_SIZE) notice("Packet size set to 64 bytes.");
  return Math.min(Math.max(size, MIN_SIZE), MAX_SIZE);
}
