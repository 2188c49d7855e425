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
import { nextFlow } from "../flow_tool.ts";
import type { ResultOutput } from "../result_output.ts";
import { megabits } from "../traffic/rate.ts";
import { type Count, countData } from "./report.ts";

/** What the server does, in milliseconds. */
export interface ServerSettings {
  /** Time between two lines of statistics. */
  readonly interval: number;
  /** Silence after which a test is over. */
  readonly timeout: number;
}

/** Serves until `stop` is raised; flows are counted side by side. Resolves with the exit status. */
export async function runServer(
  ouro: Pick<Ouroboros, "accept">,
  settings: ServerSettings,
  output: ResultOutput,
  stop: AbortSignal,
): Promise<number> {
  output.print(
    `Server started, interval is ${settings.interval / 1000} s, timeout is ${settings.timeout / 1000} s.`,
  );
  for (;;) {
    const flow = await nextFlow(ouro, output, stop);
    output.print("New flow.");
    count(flow, settings, output, stop).catch((thrown) => output.complain(asOuroError(thrown).message));
  }
}

/** Counts the packets of a flow until it is silent for long. */
async function count(
  flow: Flow,
  { interval, timeout }: ServerSettings,
  output: ResultOutput,
  signal: AbortSignal,
): Promise<void> {
  await using _flow = flow;
  let [packets, bytes] = [0, 0];
  let [since, heard] = [systemClock.now(), systemClock.now()];
  const tell = (now: number) => {
    const count = { packets, bytes, took: now - since };
    output.result(countData(flow.fd, count), [lineOf(flow.fd, count)]);
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
    if (over !== undefined) output.print(over);
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
