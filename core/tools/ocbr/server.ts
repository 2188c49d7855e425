/**
 * ocbr's server: counts what comes on each flow.
 *
 * @module
 */
import {
  asOuroError,
  CancelledError,
  FlowDownError,
  NotAllocatedError,
  TimedOutError,
} from "../../contract/errors.ts";
import type { Ouroboros } from "../../flow/client.ts";
import type { Flow } from "../../flow/flow.ts";
import { systemClock } from "../../os/clock.ts";
import type { Output } from "../environment.ts";
import { type Count, Report } from "./report.ts";
import { nextFlow } from "../flow_tool.ts";
import { megabits } from "../traffic/rate.ts";

/** What the server does, in milliseconds. */
export interface ServerSettings {
  /** Time between two lines of statistics. */
  readonly interval: number;
  /** Silence after which a test is over. */
  readonly timeout: number;
  /** Statistics as JSON, and nothing else. */
  readonly json: boolean;
}

/** Serves until `stop` is raised; flows are counted side by side. Resolves with the exit status. */
export async function runServer(
  ouro: Pick<Ouroboros, "accept">,
  settings: ServerSettings,
  output: Output,
  stop: AbortSignal,
): Promise<number> {
  const report = new Report(output, settings.json);
  report.say(
    `Server started, interval is ${settings.interval / 1000} s, timeout is ${settings.timeout / 1000} s.`,
  );
  for (;;) {
    const flow = await nextFlow(ouro, output, stop);
    report.say("New flow.");
    count(flow, settings, report, stop).catch((thrown) => report.complain(asOuroError(thrown).message));
  }
}

/** Counts the packets of a flow until it is silent for long. */
async function count(
  flow: Flow,
  { interval, timeout }: ServerSettings,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  await using _flow = flow;
  let [packets, bytes] = [0, 0];
  let [since, heard] = [systemClock.now(), systemClock.now()];
  const tell = (now: number) => {
    report.tell(flow.fd, { packets, bytes, took: now - since }, (count) => lineOf(flow.fd, count));
    [packets, bytes, since] = [0, 0, now];
  };
  for (;;) {
    let over: string | undefined;
    try {
      const wait = Math.min(since + interval, heard + timeout) - systemClock.now();
      const packet = flow.tryRead() ?? await flow.read({ signal, timeout: Math.max(wait, 1) });
      packets++;
      bytes += packet.length;
      if (packets % 64 !== 0 && flow.hasPacket) continue;
      heard = systemClock.now();
    } catch (thrown) {
      if (thrown instanceof FlowDownError) over = `Flow ${flow.fd} closed by peer.`;
      else if (thrown instanceof CancelledError || thrown instanceof NotAllocatedError) return;
      else if (!(thrown instanceof TimedOutError)) throw thrown;
    }
    const now = systemClock.now();
    if (now - heard >= timeout) over ??= `Test on flow ${flow.fd} timed out`;
    if (over !== undefined) report.say(over);
    if (over !== undefined || now - since >= interval) tell(now);
    if (over !== undefined) return;
  }
}

const lineOf = (fd: number, { packets, bytes, took }: Count): string =>
  `Flow ${String(fd).padStart(4)}: ${String(packets).padStart(9)} packets (${
    String(bytes).padStart(12)
  } bytes) in ` +
  `${String(Math.round(took)).padStart(9)} ms => ${(packets * 1000 / took).toFixed(4).padStart(9)} pps, ` +
  `${megabits(bytes, took).toFixed(4).padStart(9)} Mbps`;
