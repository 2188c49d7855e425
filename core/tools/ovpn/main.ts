/**
 * `ouro ovpn`: IP packets over a flow, in the words of the reference.
 *
 * @module
 */
import {
  asOuroError,
  CancelledError,
  InvalidError,
  type OuroError,
  TimedOutError,
} from "../../contract/errors.ts";
import { Ouroboros } from "../../flow/client.ts";
import type { Flow } from "../../flow/flow.ts";
import { systemTimers } from "../../os/clock.ts";
import { TunDevice } from "../../os/net/device/tun_device.ts";
import { processPoller, sleepHere } from "../../os/wait/process_poller.ts";
import { usageOf } from "../command_line.ts";
import type { Output } from "../environment.ts";
import { orSay, runFlowTool } from "../flow_tool.ts";
import type { Role } from "../tool.ts";
import { pause } from "../traffic/sender.ts";
import { type VpnSettings, vpnSettings } from "./settings.ts";
import { TOOL } from "./tool.ts";
import { LARGEST } from "./packet_buffer.ts";
import { tunnel } from "./tunnel.ts";

/** Up to this size of packets the system leaves it to ovpn to cut streams into packets: larger ones are few. */
const SMALL = 16_384;
/** Milliseconds after which a flow that could not be had is asked for again: the first wait, and the longest. */
const AGAIN = { first: 500, longest: 5000 } as const;

/** Runs ovpn. */
export const run: Role = (words) => {
  sleepHere(true);
  return runFlowTool(TOOL, words, async ({ options, operands, output, stop }) => {
    if (Deno.uid() !== 0) {
      output.print("ovpn must be run as root.");
      return 1;
    }
    let settings: VpnSettings;
    try {
      settings = vpnSettings(options, operands);
    } catch (thrown) {
      if (!(thrown instanceof InvalidError)) throw thrown;
      output.print(`${thrown.message}\n`);
      output.print(usageOf(TOOL).trimEnd());
      return 1;
    }
    await using ouro = await Ouroboros.connect({ program: TOOL.name });
    try {
      await carry(ouro, settings, output, stop);
    } catch (thrown) {
      if (!(thrown instanceof CancelledError)) throw thrown;
    }
    output.print("Shutting down...");
    return 0;
  });
};

/** Carries packets over one flow after the other. */
async function carry(
  ouro: Ouroboros,
  settings: VpnSettings,
  output: Output,
  stop: AbortSignal,
): Promise<void> {
  const { address, mask, device: name } = settings;
  const over = new AbortController();
  const end = AbortSignal.any([stop, over.signal]);
  let device: TunDevice | undefined;
  let gone: OuroError | undefined;
  const open = (mtu: number): Promise<TunDevice> => {
    const settings = { address, mask, mtu, name, offload: mtu <= SMALL };
    const opened = Promise.resolve().then(() => new TunDevice(settings, processPoller()));
    return orSay("Failed to open tunnel device.", output, opened);
  };
  // A device that cannot be had is told of now, not when somebody asks for a flow.
  (await open(SMALL)).close();
  try {
    for (
      let flow = await first(ouro, settings, output, stop);;
      flow = await next(ouro, settings, output, end)
    ) {
      output.print("Flow allocated.");
      if (!device) {
        device = await open(Math.min(flow.maxPacket, LARGEST));
        device.onGone((error) => {
          gone = error;
          over.abort();
        });
        output.print(`Tunnel device name is ${device.name}.`);
      }
      output.print("Starting read/write threads.");
      const reason = await tunnel(device, flow, end);
      if (gone) throw gone;
      if (stop.aborted) return;
      output.complain(reason?.message ?? "the flow has ended");
    }
  } catch (thrown) {
    throw gone ?? thrown;
  } finally {
    device?.close();
  }
}

/** The first flow: without it there is nothing to do. */
function first(
  ouro: Ouroboros,
  settings: VpnSettings,
  output: Output,
  signal: AbortSignal,
): Promise<Flow> {
  const sentence = `Failed to ${settings.name === undefined ? "accept" : "allocate"} flow.`;
  return orSay(sentence, output, attempt(ouro, settings, output, signal));
}

/** Another flow after one was lost, however long that takes. */
async function next(
  ouro: Ouroboros,
  settings: VpnSettings,
  output: Output,
  stop: AbortSignal,
): Promise<Flow> {
  for (let wait: number = AGAIN.first;; wait = Math.min(2 * wait, AGAIN.longest)) {
    try {
      return await attempt(ouro, settings, output, stop);
    } catch (thrown) {
      if (thrown instanceof CancelledError) throw thrown;
      if (!(thrown instanceof TimedOutError)) output.complain(asOuroError(thrown).message);
    }
    await pause(systemTimers, wait, stop);
  }
}

function attempt(
  ouro: Ouroboros,
  { name, encrypt }: VpnSettings,
  output: Output,
  signal: AbortSignal,
): Promise<Flow> {
  const security = encrypt ? { require: ["encryption"] } as const : undefined;
  output.print(name === undefined ? "Waiting for a new flow..." : `Allocating a flow to ${name}.`);
  return name === undefined ? ouro.accept({ signal, security }) : ouro.allocate(name, { signal, security });
}
