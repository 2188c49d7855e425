/**
 * operf's server: takes tests on many flows side by side.
 *
 * @module
 */
import { asOuroError, FlowDownError } from "../../contract/errors.ts";
import { abandon } from "../../flow/byte_streams.ts";
import type { Ouroboros } from "../../flow/client.ts";
import type { Flow } from "../../flow/flow.ts";
import { systemClock, systemTimers } from "../../os/clock.ts";
import type { Output } from "../environment.ts";
import { nextFlow } from "../flow_tool.ts";
import { megabits } from "../traffic/rate.ts";
import { onSilence } from "../traffic/silence.ts";
import { answer, isQuestion, numberIn, testIn } from "./perf_message.ts";

/** Milliseconds of silence after which a test is over. The client is silent for a second at its beginning. */
const SILENCE = 5000;

const PORTS = { clock: systemClock, timers: systemTimers };

/** Serves until `stop` is raised. Resolves with the exit status. */
export async function runServer(
  ouro: Pick<Ouroboros, "accept">,
  verbose: boolean,
  output: Output,
  stop: AbortSignal,
): Promise<number> {
  output.print("Ouroboros perf server started.");
  for (;;) {
    const flow = await nextFlow(ouro, output, stop);
    output.print(`New flow ${flow.fd}.`);
    serve(flow, verbose, output, stop).catch((thrown) => output.complain(asOuroError(thrown).message));
  }
}

/** Takes the test of one flow. */
async function serve(flow: Flow, verbose: boolean, output: Output, signal: AbortSignal): Promise<void> {
  await using _flow = flow;
  let [packets, bytes, first, last] = [0, 0, 0, 0];
  let heard = systemClock.now();
  let silent = false;
  // A limit for each read would be work for each.
  const silence = onSilence(PORTS, SILENCE, () => heard, () => {
    silent = true;
    end();
  });
  const end = () => void abandon(flow).catch((thrown) => output.complain(asOuroError(thrown).message));
  signal.addEventListener("abort", end);
  try {
    const test = testIn(await flow.read());
    if (!test) return output.print("Invalid config message.");
    output.print(`Doing a ${test}directional test.`);
    for (;;) {
      const packet = flow.tryRead() ?? await flow.read();
      if (isQuestion(packet)) {
        await flow.write(answer({ packets, bytes, took: last - first }));
        continue;
      }
      if (packets % 16 === 0 || !flow.hasPacket) last = heard = systemClock.now();
      if (packets++ === 0) first = last;
      bytes += packet.length;
      if (verbose) output.print(`Seqno ${numberIn(packet)} from fd ${flow.fd}: ${timeOfDay()}`);
      if (test === "bi" && !flow.tryWrite(packet)) await flow.write(packet);
    }
  } catch (thrown) {
    if (signal.aborted) return;
    if (silent) output.print(`Flow ${flow.fd} timed out.`);
    else if (!(thrown instanceof FlowDownError)) throw thrown;
  } finally {
    silence.cancel();
    signal.removeEventListener("abort", end);
  }
  const took = last - first;
  output.print(
    `Flow ${flow.fd}: ${packets} packets (${bytes} bytes) in ${took.toFixed(3)} ms, ` +
      `${megabits(bytes, took).toFixed(3)} Mb/s.`,
  );
}

/** Seconds since 1970, with six decimals. */
const timeOfDay = (): string => (systemClock.wall() / 1000).toFixed(6);
