/**
 * `ouro oping`: its words, its output, Ctrl-C.
 *
 * @module
 */
import type { Role } from "../tool.ts";
import { asOuroError } from "../../contract/errors.ts";
import { Ouroboros } from "../../flow/client.ts";
import { systemTimers } from "../../os/clock.ts";
import { LineOutput } from "../../os/log/line_output.ts";
import { onStopSignal } from "../../os/process/signals.ts";
import { parseCommandLine, usageOf } from "../command_line.ts";
import { type PingOutput, runClient } from "./client.ts";
import { runServer } from "./server.ts";
import { clientSettings, serverSettings } from "./settings.ts";
import { type Options, TOOL } from "./tool.ts";

/** Runs oping. */
export const run: Role = async (args) => {
  const lines = new LineOutput(Deno.stdout, systemTimers);
  const output: PingOutput = {
    print: (line) => lines.print(line),
    complain: (sentence) => {
      lines.flush();
      console.error(`oping: ${sentence}`);
    },
  };
  const stop = new AbortController();
  const undo = onStopSignal(() => {
    // The second Ctrl-C is for an end that takes too long.
    if (stop.signal.aborted) Deno.exit(1);
    stop.abort();
  });
  lines.onClosed(() => stop.abort());
  const ended = await statusOf(() => oping(args, output, stop.signal), output);
  const written = await statusOf(async () => {
    await lines.finish();
    return 0;
  }, output);
  undo();
  return ended || written;
};

/** Returns the status that `work` gives; 1, and the error's sentence, when it fails. */
async function statusOf(work: () => Promise<number>, output: PingOutput): Promise<number> {
  try {
    return await work();
  } catch (thrown) {
    output.complain(asOuroError(thrown).message);
    return 1;
  }
}

async function oping(args: readonly string[], output: PingOutput, stop: AbortSignal): Promise<number> {
  const parsed = parseCommandLine(TOOL, args);
  if (!parsed.ok) {
    output.print(parsed.usage.trimEnd());
    if (parsed.fault) output.complain(parsed.fault);
    return parsed.status;
  }
  return parsed.options.listen
    ? await listen(parsed.options, output, stop)
    : await ping(parsed.options, output, stop);
}

async function listen(
  options: Options,
  output: PingOutput,
  stop: AbortSignal,
): Promise<number> {
  await using ouro = await Ouroboros.connect({ program: TOOL.name });
  return await runServer(ouro, serverSettings(options), output, stop);
}

async function ping(
  options: Options,
  output: PingOutput,
  stop: AbortSignal,
): Promise<number> {
  const name = options["server-name"];
  if (name === undefined) {
    output.print("No server specified.");
    output.print(usageOf(TOOL).trimEnd());
    return TOOL.usageStatus;
  }
  const settings = clientSettings(name, options, (line) => output.print(line));
  await using ouro = await Ouroboros.connect({ program: TOOL.name });
  return await runClient(ouro, settings, output, stop);
}
