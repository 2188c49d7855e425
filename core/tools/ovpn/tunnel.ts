/**
 * Carries packets between a device and a flow.
 *
 * @module
 */
import { asOuroError, NotAllocatedError, type OuroError, TimedOutError } from "../../contract/errors.ts";
import type { Flow } from "../../flow/flow.ts";
import { Cutter } from "./cutter.ts";
import { Joiner } from "./joiner.ts";

/** The device, as far as a tunnel needs it. */
export interface PacketDevice {
  /** Frames may be several packets, with a header that says so. */
  readonly offload: boolean;
  onPacket(receive: (frame: Uint8Array) => void): void;
  pause(): void;
  send(frame: Uint8Array<ArrayBuffer>): void;
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
  stop.addEventListener("abort", end);
  new Outgoing(device, flow, fault).start();
  const joiner = device.offload ? new Joiner((frame) => device.send(frame)) : undefined;
  try {
    for (;;) {
      let packet = flow.tryRead();
      if (!packet) {
        joiner?.flush();
        packet = await flow.read();
      }
      if (joiner) joiner.add(packet);
      else device.send(packet);
    }
  } catch (thrown) {
    fault(thrown);
  } finally {
    joiner?.flush();
    stop.removeEventListener("abort", end);
    // Until there is another flow, what comes is lost, as on a cable that is cut; that the device is gone is heard.
    device.onPacket(() => {});
    end();
  }
  return stop.aborted ? undefined : reason;
}

/** From the device to the flow. */
class Outgoing {
  readonly #cutter: Cutter | undefined;

  constructor(
    private readonly device: PacketDevice,
    private readonly flow: Flow,
    private readonly fault: (thrown: unknown) => void,
  ) {
    this.#cutter = device.offload ? new Cutter() : undefined;
  }

  start(): void {
    this.device.onPacket(this.#take);
  }

  readonly #take = (frame: Uint8Array): void => {
    if (!this.#cutter) return void this.#send(frame);
    this.#cutter.begin(frame, this.flow.maxPacket);
    this.#sendRest(this.#cutter);
  };

  /** Sends what is left of a frame. Returns whether it is all out. */
  #sendRest(cutter: Cutter): boolean {
    for (let packet; (packet = cutter.next()) !== undefined;) if (!this.#send(packet)) return false;
    return true;
  }

  /** Sends a packet. Returns false when it waits; the device is paused then, so that its bytes stay. */
  #send(packet: Uint8Array): boolean {
    const { flow } = this;
    try {
      if (flow.deallocated || packet.length > flow.maxPacket || flow.tryWrite(packet)) return true;
    } catch (thrown) {
      this.fault(thrown);
      return true;
    }
    this.device.pause();
    flow.write(packet).then(this.#sent, this.fault);
    return false;
  }

  readonly #sent = (): void => {
    if (this.#cutter && !this.#sendRest(this.#cutter)) return;
    this.device.onPacket(this.#take);
  };
}
