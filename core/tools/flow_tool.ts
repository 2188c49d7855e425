/**
 * What programs over flows have in common: their words, their output, Ctrl-C, the exit status.
 *
 * @module
 */
import { asOuroError, CancelledError, InvalidError, IrmdError } from "../contract/errors.ts";
import type { Ouroboros } from "../flow/client.ts";
import type { Flow } from "../flow/flow.ts";
import { systemTimers } from "../os/clock.ts";
import { LineOutput } from "../os/log/line_output.ts";
import { onStopSignal } from "../os/process/signals.ts";
import { parseCommandLine, type ParsedOptions, usageOf } from "./command_line.ts";
import type { Output } from "./environment.ts";
import { ResultOutput } from "./result_output.ts";
import type { Tool, ToolOption } from "./tool.ts";
import { pause } from "./traffic/sender.ts";

/** What a program works with. */
export interface ToolRun<Options extends readonly ToolOption[]> {
  readonly options: ParsedOptions<Options>;
  readonly operands: readonly string[];
  readonly output: ResultOutput;
  /** Raised by Ctrl-C, other signals that stop programs, and when nobody reads the output any more. */
  readonly stop: AbortSignal;
}

/**
 * Runs a program over flows. Without an IRMd, and for whatever else `work` throws, it says the error's sentence.
 *
 * @param work resolves with the exit status
 * @param failed the exit status when `work` fails, but for wrong values: then it is 1
 */
export async function runFlowTool<const Options extends readonly ToolOption[]>(
  tool: Tool<Options>,
  words: readonly string[],
  work: (run: ToolRun<Options>) => Promise<number>,
  failed = 1,
): Promise<number> {
  const lines = new LineOutput(Deno.stdout, systemTimers);
  const output: Output = {
    print: (line) => lines.print(line),
    complain: (sentence) => {
      lines.flush();
      console.error(`${tool.name}: ${sentence}`);
    },
  };
  const stop = new AbortController();
  const undo = onStopSignal(() => {
    // The second Ctrl-C is for an end that takes too long.
    if (stop.signal.aborted) Deno.exit(1);
    stop.abort();
  });
  lines.onClosed(() => stop.abort());
  const statusOf = async (run: () => Promise<number>): Promise<number> => {
    try {
      return await run();
    } catch (thrown) {
      if (stop.signal.aborted && thrown instanceof CancelledError) return 0;
      output.complain(asOuroError(thrown).message);
      return thrown instanceof InvalidError ? 1 : failed;
    }
  };
  const ended = await statusOf(() => {
    const parsed = parseCommandLine(tool, words);
    if (parsed.ok) {
      const json = Object.entries(parsed.options).some(([word, value]) => word === "json" && value === true);
      return work({ ...parsed, output: new ResultOutput(output, json), stop: stop.signal });
    }
    output.print(parsed.usage.trimEnd());
    if (parsed.fault) output.complain(parsed.fault);
    return Promise.resolve(parsed.status);
  });
  const written = await statusOf(async () => {
    await lines.finish();
    return 0;
  });
  undo();
  return ended || written;
}

/** Says that an option is missing, in the words of the reference, and how the program is used. @returns the exit status */
export function misses(tool: Tool, sentence: string, output: ResultOutput): number {
  output.notice(sentence);
  output.print(usageOf(tool).trimEnd());
  return 1;
}

/** Waits for something, and says in the words of the reference that it failed, which the error's sentence follows. */
export async function orSay<T>(sentence: string, output: Output, attempt: Promise<T>): Promise<T> {
  try {
    return await attempt;
  } catch (thrown) {
    if (!(thrown instanceof CancelledError)) output.print(sentence);
    throw thrown;
  }
}

/** Milliseconds after an accept that failed, so that a server where all fail does not do nothing else. */
const AFTER_FAILURE = 1000;

/**
 * Waits for the next flow. One that could not be had is told of and is no reason to stop.
 *
 * @throws CancelledError when `stop` is raised, IrmdError when there is no IRMd
 */
export async function nextFlow(
  ouro: Pick<Ouroboros, "accept">,
  output: Output,
  stop: AbortSignal,
): Promise<Flow> {
  for (;;) {
    try {
      return await ouro.accept({ signal: stop });
    } catch (thrown) {
      if (thrown instanceof CancelledError || thrown instanceof IrmdError) throw thrown;
      output.complain(asOuroError(thrown).message);
      await pause(systemTimers, AFTER_FAILURE, stop);
    }
  }
}
