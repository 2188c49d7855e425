/**
 * operf's client.
 *
 * @module
 */
import { CancelledError, FlowDownError, InvalidError, TimedOutError } from "../../contract/errors.ts";
import type { QosName } from "../../contract/qos.ts";
import type { Ouroboros } from "../../flow/client.ts";
import type { Flow } from "../../flow/flow.ts";
import { systemClock, systemTimers } from "../../os/clock.ts";
import { orSay } from "../flow_tool.ts";
import { parseTimeSpan, wholeNumber } from "../numbers.ts";
import type { ResultOutput } from "../result_output.ts";
import { intervalOf, parseRate } from "../traffic/rate.ts";
import { pause, send } from "../traffic/sender.ts";
import { arrivedIn, numberIn, question, type Test, testMessage, writeNumber } from "./perf_message.ts";
import { PerfReport } from "./report.ts";
import type { Options } from "./tool.ts";
import { qualityNamed } from "../quality.ts";

const [MIN_SIZE, MAX_SIZE] = [64, 1_048_576];
/** Milliseconds that a server has for the message that begins the test. */
const BEGIN = 1000;
/** Milliseconds after the last packet in which answers are waited for. */
const PATIENCE = 2000;
/** Milliseconds after which the question for what has arrived is put again. */
const AGAIN = 200;
/** Packets whose times of sending are kept: more than are under way. A power of two. */
const UNDER_WAY = 1 << 20;

const PORTS = { clock: systemClock, timers: systemTimers };

/** What the client does. */
export interface ClientSettings {
  readonly name: string;
  readonly test: Test;
  /** Milliseconds. */
  readonly duration: number;
  /** Bits a second. */
  readonly rate: number;
  readonly size: number;
  readonly flood: boolean;
  readonly qos: QosName;
}

/** Checks the options. @throws InvalidError in the words of the reference, where it has some */
export function clientSettings(
  name: string,
  options: Options,
  notice: (line: string) => void,
): ClientSettings {
  const { test, duration, rate, flood, qos } = options;
  if (test !== "uni" && test !== "bi") throw new InvalidError("Invalid test type.");
  const size = wholeNumber("size", options.size, 0, Number.MAX_SAFE_INTEGER);
  if (size < MIN_SIZE) notice(`Packet size set to ${MIN_SIZE} bytes.`);
  if (size > MAX_SIZE) notice(`Packet size truncated to ${MAX_SIZE} bytes.`);
  return {
    name,
    test,
    duration: parseTimeSpan(duration),
    rate: parseRate(rate, 1000),
    size: Math.min(Math.max(size, MIN_SIZE), MAX_SIZE),
    flood,
    qos: qualityNamed(qos),
  };
}

/** Measures until the time is over or `stop` is raised. */
export async function runClient(
  ouro: Pick<Ouroboros, "allocate">,
  settings: ClientSettings,
  output: ResultOutput,
  stop: AbortSignal,
): Promise<PerfReport> {
  const { name, test, duration, rate, flood, qos } = settings;
  const allocated = ouro.allocate(name, { qos, signal: stop });
  await using flow = await orSay("Failed to allocate flow.", output, allocated);
  const size = Math.min(settings.size, flow.maxPacket);
  if (size < settings.size) output.notice(`Packet size truncated to ${size} bytes.`);
  output.print(`Doing a ${test}directional test.`);
  const seconds = duration / 1000;
  output.print(
    flood
      ? `Flooding ${name} with ${size} byte packets for ${seconds} seconds.`
      : `Sending ${size} byte packets for ${seconds} s to ${name} at ${(rate / 1e6).toFixed(3)} Mb/s.`,
  );
  output.print("");
  const report = new PerfReport(name, test, size);
  await flow.write(testMessage(test), { signal: stop });
  await pause(systemTimers, BEGIN, stop);
  const sentAt = new Float64Array(UNDER_WAY);
  const packet = new Uint8Array(size);
  const over = new AbortController();
  const answers = test === "bi" ? readAnswers(flow, report, sentAt, over.signal) : undefined;
  const traffic = {
    interval: flood ? 0 : intervalOf(rate, size),
    duration,
    packet: (number: number) => {
      writeNumber(packet, number);
      if (answers) sentAt[number % UNDER_WAY] = systemClock.now();
      return packet;
    },
  };
  report.sent = await send(flow, traffic, PORTS, stop);
  output.print("Test finished.");
  if (answers) {
    const silent = await answers.last(report.sent.packets);
    over.abort();
    await answers.done;
    if (silent) output.notice("Server timed out.");
  } else await ask(flow, report);
  return report;
}

/** Takes the packets that come back. */
function readAnswers(flow: Flow, report: PerfReport, sentAt: Float64Array, signal: AbortSignal) {
  let [packets, bytes, last, first] = [0, 0, systemClock.now(), NaN];
  const read = async () => {
    try {
      for (;;) {
        const packet = flow.tryRead() ?? await flow.read({ signal });
        const number = numberIn(packet);
        if (number === undefined || packet.length !== report.size) continue;
        last = systemClock.now();
        if (packets++ === 0) first = last;
        bytes += packet.length;
        report.roundTrip(last - sentAt[number % UNDER_WAY]);
      }
    } catch (thrown) {
      if (!(thrown instanceof CancelledError || thrown instanceof FlowDownError)) throw thrown;
    } finally {
      report.arrived = { packets, bytes, took: packets > 1 ? last - first : 0 };
    }
  };
  return {
    done: read(),
    /** Waits for the answers to so many packets. @returns whether some have not come */
    last: async (count: number): Promise<boolean> => {
      const end = systemClock.now();
      while (packets < count && systemClock.now() - Math.max(end, last) < PATIENCE) {
        await pause(systemTimers, 10, signal);
      }
      return packets < count;
    },
  };
}

/** Asks the server for what has arrived; that of the reference does not answer. */
async function ask(flow: Flow, report: PerfReport): Promise<void> {
  const end = systemClock.now() + PATIENCE;
  while (systemClock.now() < end && !report.arrived) {
    try {
      await flow.write(question(), { timeout: PATIENCE });
      report.arrived = arrivedIn(await flow.read({ timeout: AGAIN }));
    } catch (thrown) {
      if (thrown instanceof FlowDownError) return;
      if (!(thrown instanceof TimedOutError)) throw thrown;
    }
  }
}
