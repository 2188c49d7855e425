/**
 * A flow of a simulated application: the IPCP has it as {@link UpperFlow}, the application reads and writes.
 *
 * @module
 */
import type { Fd, FlowId } from "../../contract/ids.ts";
import type { UpperFlow } from "../../contract/ipcp.ts";
import type { QosSpec } from "../../contract/qos.ts";

/** A flow between a layer and an application. */
export class ApplicationFlow implements UpperFlow {
  /** The application reads at once. */
  readonly queued = 0;
  /** Where packets go that came for the application; each is valid during the call only. */
  onRead: (packet: Uint8Array) => void = () => {};
  /** Called when the application may write again after {@link write} said no. */
  onWritable: () => void = () => {};
  /** Largest packet that the layer carries, where it has said so since the allocation. */
  maxPacket: number | undefined;
  /** The layer carries nothing for now. */
  suspended = false;
  /** Called when {@link maxPacket} or {@link suspended} has changed. */
  onChange: () => void = () => {};
  /** Called when the layer has lost the flow. */
  onDown: (reason: string) => void = () => {};
  #receive: ((packet: Uint8Array) => void) | undefined;
  #paused = false;
  #refused = false;
  #over = false;

  /** Makes one. @param close gives the flow back to the layer */
  constructor(readonly id: FlowId, readonly fd: Fd, readonly qos: QosSpec, readonly close: () => void) {}

  /** Returns whether the flow is gone. */
  get over(): boolean {
    return this.#over;
  }

  /** The application writes a packet, which the layer may change. False: the layer takes none at the moment. */
  write(packet: Uint8Array): boolean {
    this.#refused = this.#over || this.#paused || !this.#receive;
    if (!this.#refused) this.#receive?.(packet);
    return !this.#refused;
  }

  /** The application is done with the flow. */
  deallocate(): void {
    if (!this.#over) this.close();
  }

  /** The flow is gone: nothing goes through any more. */
  end(): void {
    this.#over = true;
    this.#receive = undefined;
  }

  send(packet: Uint8Array): boolean {
    if (this.#over) return false;
    this.onRead(packet);
    return true;
  }

  onPacket(receive: (packet: Uint8Array) => void): void {
    this.#receive = receive;
    this.#go();
  }

  limit(maxPacket: number): void {
    this.maxPacket = maxPacket;
    this.onChange();
  }

  suspend(suspended: boolean): void {
    this.suspended = suspended;
    this.onChange();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#go();
  }

  #go(): void {
    if (!this.#refused || this.#paused || this.#over) return;
    this.#refused = false;
    this.onWritable();
  }
}
