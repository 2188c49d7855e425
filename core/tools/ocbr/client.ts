/**
 * ocbr's client: numbered packets at a constant rate.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import type { Ouroboros } from "../../flow/client.ts";
import { systemClock, systemTimers } from "../../os/clock.ts";
import { orSay } from "../flow_tool.ts";
import { wholeNumber } from "../numbers.ts";
import type { ResultOutput } from "../result_output.ts";
import { countData } from "./report.ts";
import { intervalOf, megabits, parseRate } from "../traffic/rate.ts";
import { send } from "../traffic/sender.ts";
import type { Options } from "./tool.ts";

/** Largest packet that the reference sends. */
const MAX_SIZE = 524_288;
/** Longest test, in seconds. */
const LONGEST = 2 ** 31 - 1;
/** Bytes of the number in front of a packet, in the order of the reference's machines. */
const NUMBER_BYTES = 8;

/** What the client does. */
export interface ClientSettings {
  readonly size: number;
  /** Bits a second. */
  readonly rate: number;
  /** Seconds. */
  readonly duration: number;
  readonly flood: boolean;
}

/** Checks the options. @throws InvalidError in the words of the reference, where it has some */
export function clientSettings({ size, rate, duration, flood }: Options): ClientSettings {
  if (Number(size) > MAX_SIZE) throw new InvalidError(`Maximum size: ${MAX_SIZE}.`);
  return {
    size: wholeNumber("size", size, 1, MAX_SIZE),
    rate: parseRate(rate, 1),
    duration: wholeNumber("duration", duration, 1, LONGEST),
    flood,
  };
}

/** Sends until the time is over or `stop` is raised. Resolves with the exit status. */
export async function runClient(
  ouro: Pick<Ouroboros, "allocate">,
  name: string,
  { size, rate, duration, flood }: ClientSettings,
  output: ResultOutput,
  stop: AbortSignal,
): Promise<number> {
  const allocated = ouro.allocate(name, { signal: stop });
  await using flow = await orSay("Failed to allocate flow.", output, allocated);
  output.print(
    flood
      ? `Client started, duration ${duration} s, flooding, size ${size} B.`
      : `Client started, duration ${duration}, rate ${Math.round(rate)} b/s, size ${size} B.`,
  );
  const packet = new Uint8Array(size);
  const view = new DataView(packet.buffer);
  const traffic = {
    interval: flood ? 0 : intervalOf(rate, size),
    duration: duration * 1000,
    packet: (number: number) => {
      if (size >= NUMBER_BYTES) view.setBigUint64(0, BigInt(number), true);
      return packet;
    },
  };
  const { packets, took } = await send(flow, traffic, { clock: systemClock, timers: systemTimers }, stop);
  const bytes = packets * size;
  output.result(countData(flow.fd, { packets, bytes, took }), [
    `sent statistics: ${padded(packets, 9)} packets, ${padded(bytes, 12)} bytes in ` +
    `${padded(Math.round(took), 9)} ms, ${megabits(bytes, took).toFixed(4)} Mb/s`,
  ]);
  return 0;
}

const padded = (value: number, width: number): string => String(value).padStart(width);
