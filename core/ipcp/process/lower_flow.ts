/**
 * An N-1 flow: what the IPCP type sees as {@link LowerFlow}.
 *
 * @module
 */
import type { Fd } from "../../contract/ids.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";
import type { Timers } from "../../contract/ports.ts";
import type { QosSpec } from "../../contract/qos.ts";
import type { PacketPort } from "../../flow/channel/packet_port.ts";

/** Milliseconds in which the other end must take what was sent before the flow was deallocated, or the IPCP ended. */
export const FLUSH_LIMIT = 1000;

/** What an N-1 flow needs of its data connection. */
export type LowerPort = Pick<
  PacketPort,
  | "queued"
  | "maxPacket"
  | "suspended"
  | "send"
  | "onPacket"
  | "onDrained"
  | "onChange"
  | "onDown"
  | "flush"
  | "close"
>;

/** An N-1 flow over a data connection. */
export class NMinusOneFlow implements LowerFlow {
  #over = false;

  /** @param ended called once after {@link deallocate}, when everything is sent or nobody takes it */
  constructor(
    readonly fd: Fd,
    readonly qos: QosSpec,
    private readonly port: LowerPort,
    private readonly timers: Timers,
    private readonly ended: () => void,
  ) {}

  get queued(): number {
    return this.port.queued;
  }

  get maxPacket(): number {
    return this.port.maxPacket;
  }

  get suspended(): boolean {
    return this.port.suspended;
  }

  send(packet: Uint8Array, header?: Uint8Array): boolean {
    return !this.#over && this.port.send(packet, header);
  }

  onPacket(receive: (packet: Uint8Array) => void): void {
    this.port.onPacket(receive);
  }

  onDrained(level: number, drained: () => void): void {
    this.port.onDrained(level, drained);
  }

  onChange(changed: () => void): void {
    this.port.onChange(changed);
  }

  onDown(down: (reason: string) => void): void {
    this.port.onDown(down);
  }

  deallocate(): void {
    if (this.#over) return;
    this.#over = true;
    this.port.onDown(() => {});
    this.port.onChange(() => {});
    this.port.onPacket(() => {});
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      limit.cancel();
      this.port.close();
      this.ended();
    };
    const limit = this.timers.after(FLUSH_LIMIT, end);
    this.port.flush(end);
  }
}
