/**
 * Offers a service of another network by a name: each flow to the name becomes a connection to the service.
 *
 * @module
 */
import {
  asOuroError,
  CancelledError,
  ExistsError,
  NotSupportedError,
  type OuroError,
  PermissionError,
} from "../../contract/errors.ts";
import type { Ouroboros } from "../../flow/client.ts";
import { abandon } from "../../flow/byte_streams.ts";
import type { Flow } from "../../flow/flow.ts";
import type { Output } from "../environment.ts";
import type { IrmdClient } from "../irmd_client.ts";
import { connectStream, standardStream } from "../../os/streams/stream_sockets.ts";
import { systemTimers } from "../../os/clock.ts";
import { pause } from "../traffic/sender.ts";
import { Connections } from "./connections.ts";
import { carryTo } from "./datagrams.ts";
import { type Endpoint, endpointText } from "./endpoint.ts";
import { UdpPlaces } from "./udp_places.ts";
import type { ForwardSettings, Task } from "./settings.ts";
import { relay } from "./stream_relay.ts";

/** Milliseconds after an accept that failed, so that a server where all fail does not do nothing else. */
const AFTER_FAILURE = 1000;

/** Binds this process to the name, which is made if need be, and registers it in layers. */
export async function becomeKnown(
  irmd: Pick<IrmdClient, "call">,
  { name, layers }: Extract<Task, { kind: "offer" }>,
  output: Output,
): Promise<void> {
  try {
    await irmd.call("name.create", { name }).catch((thrown) => {
      if (!(thrown instanceof ExistsError)) throw thrown;
    });
    await irmd.call("bind.process", { name, pid: Deno.pid });
    if (layers.length > 0) await irmd.call("name.register", { name, layers, ipcps: [] });
  } catch (thrown) {
    if (!(thrown instanceof PermissionError)) throw thrown;
    const told = [`irm bind process ${Deno.pid} name ${name}`];
    if (layers.length > 0) {
      told.push(["irm name register", name, ...layers.map((layer) => `layer ${layer}`)].join(" "));
    }
    output.complain(`this user may not bind names: who may has to say: ${told.join("; ")}`);
  }
}

/** Serves until `stop` is raised. */
export async function offer(
  ouro: Ouroboros,
  to: Endpoint,
  { security, most, quiet }: ForwardSettings,
  output: Output,
  stop: AbortSignal,
): Promise<number> {
  const connections = new Connections(output, most, quiet);
  const places = new UdpPlaces();
  for (;;) {
    await connections.room();
    let flow: Flow;
    try {
      flow = await ouro.accept({ signal: stop, security });
    } catch (thrown) {
      if (thrown instanceof CancelledError) throw thrown;
      output.complain(asOuroError(thrown).message);
      await pause(systemTimers, AFTER_FAILURE, stop);
      continue;
    }
    if (to.kind === "stdio") return ended(await carryFlow(flow, to, places), output);
    connections.begin(
      `a flow to ${flow.name} goes to ${endpointText(to)}`,
      () => carryFlow(flow, to, places),
    );
  }
}

/** Carries one flow to its end. */
async function carryFlow(flow: Flow, to: Endpoint, places: UdpPlaces): Promise<OuroError | undefined> {
  try {
    if (to.kind === "udp") {
      const { port, endpoint } = await places.reach(to);
      return await carryTo(flow, port, endpoint);
    }
    if (!flow.reliable) {
      throw new NotSupportedError(
        "a stream needs a flow that loses nothing: allocate it with the quality data",
      );
    }
    const end = to.kind === "stdio" ? standardStream() : await connectStream(to, endpointText(to));
    return await relay(end, flow);
  } catch (thrown) {
    await abandon(flow);
    return asOuroError(thrown);
  }
}

/** Says why a single connection did not come to its end. @returns the exit status */
export function ended(error: OuroError | undefined, output: Output): number {
  if (error) output.complain(error.message);
  return error ? 1 : 0;
}
