/**
 * From capture's options to checked settings.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { MAX_SNAP_LENGTH } from "../../wire/capture/pcap.ts";
import { parseTimeSpan, wholeNumber } from "../numbers.ts";
import type { FrameFilterSettings } from "./frame_filter.ts";
import type { Options } from "./tool.ts";

/** Where packets go. */
export type CaptureOutput =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "stdout" }
  | { readonly kind: "lines"; readonly json: boolean };

/** What capture does. */
export interface CaptureSettings {
  /** Name of an IPCP or a network device. */
  readonly target: string;
  /** It is a device. */
  readonly device: boolean;
  readonly output: CaptureOutput;
  /** Packets, at most. */
  readonly count: number;
  /** Milliseconds, at most. */
  readonly duration: number | undefined;
  /** Bytes of a packet that are written, at most. */
  readonly snapLength: number;
  /** What of a device's frames is captured. */
  readonly filter: FrameFilterSettings;
}

const MIN_ETHERTYPE = 0x600, MAX_ETHERTYPE = 0xffff, MAX_PORT = 65535;

/**
 * Checks the options and makes settings of them.
 *
 * @param terminal standard output is a terminal
 * @throws InvalidError for a value that is none
 */
export function captureSettings(
  options: Options,
  [target, file]: readonly string[],
  terminal: boolean,
): CaptureSettings {
  const { json } = options;
  const lines = options.lines || json;
  if (lines && file !== undefined) {
    throw new InvalidError(
      `lines go to standard output: give ${json ? "--json" : "--lines"} or the file ${file}, not both`,
    );
  }
  const filter = {
    etherTypes: list(options.ethertype, etherType),
    ports: list(options.port, (text) => wholeNumber("port", text, 1, MAX_PORT)),
    llc: !options["skip-llc"],
  };
  if (filter.etherTypes.length + filter.ports.length === 0 && !filter.llc) {
    throw new InvalidError("no Ethertypes, no ports and no LLC: nothing is left to capture");
  }
  return {
    target,
    device: options.device,
    output: outputOf(file, lines || terminal, json),
    count: options.count === undefined
      ? Infinity
      : wholeNumber("count", options.count, 1, Number.MAX_SAFE_INTEGER),
    duration: options.duration === undefined ? undefined : parseTimeSpan(options.duration),
    snapLength: wholeNumber("snap length", options["snap-length"], 1, MAX_SNAP_LENGTH),
    filter,
  };
}

function outputOf(file: string | undefined, lines: boolean, json: boolean): CaptureOutput {
  if (file === "-") return { kind: "stdout" };
  if (file !== undefined) return { kind: "file", path: file };
  return lines ? { kind: "lines", json } : { kind: "stdout" };
}

const list = <T>(text: string, read: (text: string) => T): readonly T[] =>
  text === "none" ? [] : text.split(",").map((part) => read(part.trim()));

function etherType(text: string): number {
  const value = /^(0x)?[0-9a-f]{1,4}$/i.test(text) ? parseInt(text, 16) : NaN;
  if (value >= MIN_ETHERTYPE && value <= MAX_ETHERTYPE) return value;
  throw new InvalidError(`an Ethertype is a hexadecimal number from 600 to ffff, not '${text}'`);
}
