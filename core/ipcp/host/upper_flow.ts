/**
 * An N+1 flow: what the IPCP type sees as {@link UpperFlow}, joined to the data connection with the process above.
 *
 * @module
 */
import type { Fd, FlowId } from "../../contract/ids.ts";
import type { UpperFlow } from "../../contract/ipcp.ts";
import type { Done } from "../../contract/outcome.ts";
import type { QosSpec } from "../../contract/qos.ts";
import { MAX_PACKET } from "../../wire/local/data_frames.ts";
import type { DataPort } from "../data_connections.ts";

/** Packets, and bytes, kept for a process above that has not connected yet: what a quick sender sends in 10 ms. */
const MAX_KEPT = 2048;
const MAX_KEPT_BYTES = 2 * 1024 * 1024;

/** `asked`: by a process above; `offered` to a process above; `up`; `leaving`: being deallocated; `gone`. */
export type UpperFlowState = "asked" | "offered" | "up" | "leaving" | "gone";

/** An N+1 flow. */
export class HostUpperFlow implements UpperFlow {
  /** Where it is in its life. */
  state: UpperFlowState;
  /** The other flow, when the two were joined without this IPCP. */
  spliced: FlowId | undefined;
  /** Stops waiting for the process above; set while it has not connected. */
  stopExpecting: (() => void) | undefined;
  /** Answers to those who wait for the flow to be gone. */
  readonly leaving: Done[] = [];
  /** What the IRMd is told once it knows that the allocation is under way. */
  held: (() => void) | undefined;
  /** Packets that were not sent up, because there was no room or nobody. */
  dropped = 0;
  /** Largest packet that the process above was told of with the allocation, in bytes. */
  told = MAX_PACKET;
  #port: DataPort | undefined;
  #detached = false;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #receive: ((packet: Uint8Array) => void) | undefined;
  #paused = false;
  #limit: number | undefined;
  #suspended = false;

  constructor(readonly id: FlowId, readonly fd: Fd, readonly qos: QosSpec, state: "asked" | "offered") {
    this.state = state;
  }

  get queued(): number {
    return this.#kept.length + (this.#port?.queued ?? 0);
  }

  send(packet: Uint8Array): boolean {
    const sent = !this.#detached && (this.#port ? this.#port.send(packet) : this.#keep(packet));
    if (!sent) this.dropped++;
    return sent;
  }

  onPacket(receive: (packet: Uint8Array) => void): void {
    this.#receive = receive;
    this.#port?.onPacket(receive);
  }

  pause(): void {
    this.#paused = true;
    this.#port?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#port?.resume();
  }

  /** The limit that the IPCP type has set; undefined: none. */
  get limited(): number | undefined {
    return this.#limit;
  }

  limit(maxPacket: number): void {
    if (maxPacket === this.#limit) return;
    this.#limit = maxPacket;
    this.#port?.limit(maxPacket);
  }

  suspend(suspended: boolean): void {
    if (suspended === this.#suspended) return;
    this.#suspended = suspended;
    this.#port?.suspend(suspended);
  }

  /** The process above is connected: what was told and kept goes to it first. */
  attach(port: DataPort): void {
    this.stopExpecting = undefined;
    if (this.#detached || this.#port) return port.close();
    this.#port = port;
    if (this.#limit !== undefined && this.#limit !== this.told) port.limit(this.#limit);
    if (this.#suspended) port.suspend(true);
    for (const packet of this.#kept) {
      if (!port.send(packet)) this.dropped++;
    }
    this.#kept = [];
    if (this.#paused) port.pause();
    if (this.#receive) port.onPacket(this.#receive);
  }

  /** The two ends are joined elsewhere: no process above connects. */
  splice(other: FlowId): void {
    this.spliced = other;
    this.detach();
  }

  /** Nothing is sent any more, and what comes from above is dropped. */
  mute(): void {
    this.#leave();
    this.#port?.onPacket(() => {});
  }

  /** Ends the connection, after what was sent. */
  detach(): void {
    const port = this.#port;
    this.mute();
    port?.flush(() => port.close());
  }

  /** Ends the connection now. */
  close(): void {
    this.#leave();
    this.#port?.close();
  }

  #leave(): void {
    this.#detached = true;
    this.#kept = [];
    this.stopExpecting?.();
    this.stopExpecting = undefined;
  }

  #keep(packet: Uint8Array): boolean {
    if (this.#kept.length >= MAX_KEPT || this.#keptBytes + packet.length > MAX_KEPT_BYTES) return false;
    this.#kept.push(packet.slice());
    this.#keptBytes += packet.length;
    return true;
  }
}
