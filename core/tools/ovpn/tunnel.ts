/**
 * Carries packets between a device and a flow.
 *
 * @module
 */
import { asOuroError, NotAllocatedError, type OuroError, TimedOutError } from "../../contract/errors.ts";
import type { Flow } from "../../flow/flow.ts";

/** The device, as far as a tunnel needs it. */
export interface PacketDevice {
  onPacket(receive: (packet: Uint8Array) => void): void;
  pause(): void;
  send(packet: Uint8Array<ArrayBuffer>): void;
}

/** Milliseconds for packets that are not sent when the tunnel ends. */
const LINGER = 100;

/**
 * Carries packets both ways until the flow is down or `stop` is raised. While the flow takes nothing, packets wait in the queue of the
 * device, which drops what is too much, as networks do.
 *
 * @returns why the flow is down; undefined after `stop`
 */
export async function tunnel(
  device: PacketDevice,
  flow: Flow,
  stop: AbortSignal,
): Promise<OuroError | undefined> {
  const end = () => void flow.deallocate({ linger: LINGER }).catch((thrown) => fault(thrown));
  let reason: OuroError | undefined;
  const fault = (thrown: unknown) => {
    if (!(thrown instanceof NotAllocatedError || thrown instanceof TimedOutError)) {
      reason ??= asOuroError(thrown);
    }
  };
  const take = (packet: Uint8Array) => {
    try {
      if (flow.deallocated || packet.length > flow.maxPacket || flow.tryWrite(packet)) return;
    } catch (thrown) {
      return fault(thrown);
    }
    device.pause();
    flow.write(packet.slice()).then(() => device.onPacket(take), fault);
  };
  stop.addEventListener("abort", end);
  device.onPacket(take);
  try {
    for (;;) device.send(flow.tryRead() ?? await flow.read());
  } catch (thrown) {
    fault(thrown);
  } finally {
    stop.removeEventListener("abort", end);
    device.pause();
    end();
  }
  return stop.aborted ? undefined : reason;
}
