/**
 * `ouro capture`: its words, its output, Ctrl-C.
 *
 * @module
 */
import type { Role } from "../tool.ts";
import { asOuroError, IrmdError, NotFoundError, PermissionError } from "../../contract/errors.ts";
import { type Log, SILENT } from "../../contract/ports.ts";
import { systemClock, systemTimers } from "../../os/clock.ts";
import { runtimeError } from "../../os/c/errno.ts";
import { createFile } from "../../os/files.ts";
import { LineOutput } from "../../os/log/line_output.ts";
import { onStopSignal } from "../../os/process/signals.ts";
import type { Watchdog } from "../../os/process/watchdog.ts";
import type { Builtins } from "../../registry/builtins.ts";
import type { PluginGuard } from "../../registry/guard/plugin_guard.ts";
import { IrmdClient } from "../irmd_client.ts";
import { parseCommandLine } from "../command_line.ts";
import { runCapture, summaryText } from "./run.ts";
import { type CaptureSettings, captureSettings } from "./settings.ts";
import type { CaptureSink } from "./sink.ts";
import type { CaptureSource } from "./source.ts";
import { TOOL } from "./tool.ts";

/** Runs capture. */
export const run: Role = async (args, { builtins, watchdog: module }) => {
  const parsed = parseCommandLine(TOOL, args);
  if (!parsed.ok) {
    console.log(parsed.usage.trimEnd());
    if (parsed.fault) complain(parsed.fault);
    return parsed.status;
  }
  const irmd = new IrmdClient(undefined, {
    program: "capture",
    refusal: (path) =>
      `this user may not capture what IPCPs send: be root, or a member of the group "ouroboros" (${path})`,
  });
  const stop = new AbortController();
  const undo = onStopSignal(() => {
    // The second Ctrl-C is for an end that takes too long.
    if (stop.signal.aborted) Deno.exit(1);
    stop.abort();
  });
  let watchdog: Watchdog | undefined;
  const guard = async () => {
    const { watchPlugins } = await import("../../os/process/watchdog.ts");
    const watched = watchPlugins(module, "stderr", TOOL.name, COMPLAINTS);
    watchdog = watched.watchdog;
    return watched.guard;
  };
  try {
    const settings = captureSettings(parsed.options, parsed.operands, Deno.stdout.isTerminal());
    return await capture(settings, { irmd, builtins, guard }, stop.signal);
  } catch (thrown) {
    complain(asOuroError(thrown).message);
    return 1;
  } finally {
    watchdog?.end();
    undo();
    await irmd.close();
  }
};

const complain = (sentence: string) => console.error(`capture: ${sentence}`);

/** What a plugin does wrong is told at the terminal. */
const COMPLAINTS: Log = {
  ...SILENT,
  error: complain,
  warning: complain,
  component: () => COMPLAINTS,
};

interface Surroundings {
  readonly irmd: IrmdClient;
  readonly builtins: Builtins;
  readonly guard: () => Promise<PluginGuard>;
}

async function capture(settings: CaptureSettings, around: Surroundings, stop: AbortSignal): Promise<number> {
  const source = await openSource(settings, around.irmd);
  let sink: CaptureSink;
  try {
    sink = await openSink(settings, source, around);
  } catch (thrown) {
    source.close();
    throw thrown;
  }
  const summary = await runCapture(source, sink, settings, systemTimers, stop);
  console.error(summaryText(summary));
  if (summary.error) complain(summary.error.message);
  return summary.error ? 1 : 0;
}

/** Opens the IPCP of that name; where there is none, the device. */
async function openSource(settings: CaptureSettings, irmd: IrmdClient): Promise<CaptureSource> {
  const { target, device, snapLength } = settings;
  let failure: unknown;
  if (!device) {
    const { IpcpSource } = await import("./ipcp_source.ts");
    try {
      return await IpcpSource.open(irmd, target, snapLength);
    } catch (thrown) {
      if (
        !(thrown instanceof NotFoundError || thrown instanceof IrmdError || thrown instanceof PermissionError)
      ) {
        throw thrown;
      }
      failure = thrown;
    }
  }
  const { DeviceSource } = await import("./device_source.ts");
  try {
    return new DeviceSource(settings, systemClock);
  } catch (thrown) {
    if (failure === undefined || !(thrown instanceof NotFoundError)) throw thrown;
    throw new NotFoundError(
      `there is no network device "${target}", and as an IPCP: ${asOuroError(failure).message}`,
      { cause: failure },
    );
  }
}

async function openSink(
  { output, snapLength }: CaptureSettings,
  { linkType }: CaptureSource,
  { irmd, builtins, guard }: Surroundings,
): Promise<CaptureSink> {
  if (output.kind === "lines") {
    const { jsonLine, LineSink, textLine } = await import("./line_sink.ts");
    const { openFormats } = await import("./open_formats.ts");
    const formats = await openFormats(builtins, irmd, complain, guard);
    const line = output.json ? jsonLine : textLine;
    return new LineSink(new LineOutput(Deno.stdout, systemTimers), linkType, formats, line);
  }
  const { PcapSink } = await import("./pcap_sink.ts");
  if (output.kind === "stdout") {
    const stdout = { write: (bytes: Uint8Array) => Deno.stdout.write(bytes), close: () => {} };
    return new PcapSink(stdout, "the capture", linkType, snapLength);
  }
  const { path } = output;
  try {
    const file = await createFile(path);
    return new PcapSink(file, path, linkType, snapLength);
  } catch (thrown) {
    throw runtimeError(thrown, `cannot write ${path}`);
  }
}
