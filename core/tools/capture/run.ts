/**
 * A capture from its source to its sink.
 *
 * @module
 */
import { counted } from "../columns.ts";
import { asOuroError, type OuroError } from "../../contract/errors.ts";
import type { Timer, Timers } from "../../contract/ports.ts";
import type { CaptureSettings } from "./settings.ts";
import type { CaptureSink } from "./sink.ts";
import type { CapturedPacket, CaptureSource } from "./source.ts";

/** Milliseconds for what was captured when the end was asked for, and is still on its way. */
const GRACE = 50;

/** What came of a capture. */
export interface CaptureSummary {
  readonly packets: number;
  /** Bytes that the packets had. */
  readonly bytes: number;
  readonly dropped: number;
  /** Why it ended, when that was not asked for. */
  readonly error: OuroError | undefined;
}

/**
 * Captures until the settings, `stop`, the source or the sink ends it. All is written then, or the error says why
 * not.
 */
export async function runCapture(
  source: CaptureSource,
  sink: CaptureSink,
  { count, duration }: Pick<CaptureSettings, "count" | "duration">,
  timers: Timers,
  stop: AbortSignal,
): Promise<CaptureSummary> {
  let packets = 0, bytes = 0, open = true;
  let error: OuroError | undefined;
  const over = Promise.withResolvers<void>();
  const end = (why?: unknown) => {
    open = false;
    error ??= why === undefined ? undefined : asOuroError(why);
    over.resolve();
  };
  const timer = duration === undefined ? undefined : timers.after(duration, () => end());
  let grace: Timer | undefined;
  const stopped = () => grace ??= timers.after(GRACE, () => end());
  const take = (packet: CapturedPacket) => {
    if (!open) return;
    sink.packet(packet);
    packets++;
    bytes += packet.length;
    if (packets >= count) end();
    else if (sink.full) source.pause();
  };
  sink.onRoom(() => source.resume());
  sink.onClosed(end);
  stop.addEventListener("abort", stopped);
  if (stop.aborted) stopped();
  source.start({ packet: take, ended: end });
  await over.promise;
  timer?.cancel();
  grace?.cancel();
  stop.removeEventListener("abort", stopped);
  const { dropped } = source;
  source.close();
  try {
    await sink.finish();
  } catch (thrown) {
    error ??= asOuroError(thrown);
  }
  return { packets, bytes, dropped, error };
}

/** Returns the line that closes a capture. */
export function summaryText({ packets, bytes, dropped }: CaptureSummary): string {
  return `${counted(packets, "packet")} captured, ${counted(bytes, "byte")}; ${
    counted(dropped, "packet")
  } dropped`;
}
