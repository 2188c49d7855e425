/**
 * `ouro obc`: messages to all who have joined a broadcast layer, in the words of the reference.
 *
 * @module
 */
import { asOuroError, CancelledError, type OuroError } from "../../contract/errors.ts";
import { Ouroboros } from "../../flow/client.ts";
import type { Flow } from "../../flow/flow.ts";
import { systemTimers } from "../../os/clock.ts";
import { LineOutput } from "../../os/log/line_output.ts";
import { onStopSignal } from "../../os/process/signals.ts";
import { parseCommandLine, usageOf } from "../command_line.ts";
import type { Role } from "../tool.ts";
import { TOOL } from "./tool.ts";

/** Exit status when the layer cannot be joined, or is lost. */
const FAILED = 255;
/** Milliseconds for which a message that was sent may take to leave this host. */
const LINGER = 1000;

/** Runs obc. */
export const run: Role = async (args) => {
  const lines = new LineOutput(Deno.stdout, systemTimers);
  const parsed = parseCommandLine(TOOL, args);
  const stop = new AbortController();
  const undo = onStopSignal(() => stop.abort());
  lines.onClosed(() => stop.abort());
  try {
    if (!parsed.ok) {
      lines.print(parsed.usage.trimEnd());
      if (parsed.fault) complain(lines, parsed.fault);
      return parsed.status;
    }
    const { name, message, listen } = parsed.options;
    if (name === undefined) {
      lines.print("Please specify a name.\n");
      lines.print(usageOf(TOOL).trimEnd());
      return 1;
    }
    if (listen) lines.print("Starting a reader.");
    return await inLayer(name, lines, stop.signal, (flow) => {
      if (!listen) return write(flow, message);
      lines.print("New flow.");
      return read(flow, lines, stop.signal);
    });
  } finally {
    undo();
    await lines.finish();
  }
};

/** Joins the layer and does the work there. Returns the exit status. */
async function inLayer(
  layer: string,
  lines: LineOutput,
  signal: AbortSignal,
  work: (flow: Flow) => Promise<void>,
): Promise<number> {
  await using ouro = await Ouroboros.connect({ program: TOOL.name });
  let flow: Flow;
  try {
    flow = await ouro.join(layer, { signal });
  } catch (thrown) {
    const error = asOuroError(thrown);
    if (error instanceof CancelledError) return 0;
    lines.print("Failed to join broadcast.");
    return fail(lines, error);
  }
  try {
    await work(flow);
    return 0;
  } catch (thrown) {
    const error = asOuroError(thrown);
    return error instanceof CancelledError ? 0 : fail(lines, error);
  }
}

/** The end of a text is a NUL, as readers of the reference need it. */
async function write(flow: Flow, message: string): Promise<void> {
  await flow.write(new TextEncoder().encode(`${message}\0`), { timeout: LINGER });
}

async function read(flow: Flow, lines: LineOutput, signal: AbortSignal): Promise<void> {
  const decoder = new TextDecoder();
  for (;;) {
    const [text] = decoder.decode(await flow.read({ signal })).split("\0");
    lines.print(`Message is ${text}.`);
  }
}

function fail(lines: LineOutput, { message }: OuroError): number {
  complain(lines, message);
  return FAILED;
}

function complain(lines: LineOutput, sentence: string): void {
  lines.flush();
  console.error(`${TOOL.name}: ${sentence}`);
}
