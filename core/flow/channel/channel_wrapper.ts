/**
 * A channel in front of a transport: what it does not change goes to the transport as it is.
 *
 * @module
 */
import type { FlowDownError } from "../../contract/errors.ts";
import type { ChannelEvents, FinishCalls, FlowChannel, Transport } from "./flow_channel.ts";

/** What channels in front of a transport have in common. */
export abstract class ChannelWrapper implements FlowChannel {
  constructor(protected readonly below: Transport) {}

  get readable(): boolean {
    return this.below.readable;
  }

  get down(): FlowDownError | undefined {
    return this.below.down;
  }

  get maxPacket(): number {
    return this.below.maxPacket;
  }

  get suspended(): boolean {
    return this.below.suspended;
  }

  get received(): number {
    return this.below.received;
  }

  get queued(): number {
    return this.below.queued;
  }

  abstract open(events: ChannelEvents, writeBuffer?: number): void;
  abstract take(): Uint8Array<ArrayBuffer> | undefined;
  abstract transmit(packet: Uint8Array, header?: Uint8Array): boolean;
  abstract finish(limit: number | undefined, calls: FinishCalls): void;
  abstract close(): void;

  limit(maxPacket: number): void {
    this.below.limit(maxPacket);
  }

  suspend(suspended: boolean): void {
    this.below.suspend(suspended);
  }

  wait(limit: number, room?: boolean): boolean {
    return this.below.wait(limit, room);
  }

  lose(reason: string): void {
    this.below.lose(reason);
  }
}
