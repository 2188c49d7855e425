/**
 * A packet channel with callbacks, for IPCPs: packets are handed on as they arrive, and what does not fit is dropped and
 * counted. No promises.
 *
 * @module
 */
import { FlowDownError } from "../../contract/errors.ts";
import type { Clock, Timer, Timers } from "../../contract/ports.ts";
import { systemClock, systemTimers } from "../../os/clock.ts";
import type { ChannelEvents, FlowChannel } from "./flow_channel.ts";
import { TurnShare } from "./turn_share.ts";

/** Packets that may wait for the other end, unless told otherwise. */
const QUEUE = 8192;
/** Bytes that may be collected for a write: a full queue of packets that fit into Ethernet frames, and some. */
const WRITE_BUFFER = 2 * 1024 * 1024;

/** Milliseconds of a rest. The runtime only looks at its own sockets when nothing waits for the end of a turn: so it is not zero. */
const REST = 1;
const SYSTEM = { clock: systemClock, timers: systemTimers };

/** What a port has counted. */
export interface PortCounters {
  /** Packets sent. */
  readonly sent: number;
  /** Packets handed on. */
  readonly received: number;
  /** Packets not sent because the queue was full, the flow down, or the packet larger than the flow carries. */
  readonly dropped: number;
}

/** One end of a flow's data connection, for an IPCP. */
export class PacketPort {
  readonly #limit: number;
  #receive: ((packet: Uint8Array) => void) | undefined;
  #down: ((reason: string) => void) | undefined;
  #changed: (() => void) | undefined;
  #paused = false;
  /** Somebody waits until this many packets are queued at most. */
  #level = 0;
  #drained: (() => void) | undefined;
  #above = false;
  /** Others have their turn before the next packet is handed on. */
  #rests: Timer | undefined;
  readonly #share: TurnShare;
  #sent = 0;
  #received = 0;
  #dropped = 0;

  /**
   * @param limit packets that may be {@link queued} before more are dropped
   * @param time left out: the machine's
   */
  constructor(
    private readonly channel: FlowChannel,
    limit = QUEUE,
    private readonly time: { readonly clock: Pick<Clock, "now">; readonly timers: Timers } = SYSTEM,
  ) {
    this.#limit = limit;
    this.#share = new TurnShare(time.clock);
    const events: ChannelEvents = {
      onReadable: () => this.#drain(),
      onWritable: () => this.#checkDrained(),
      onConsumed: () => this.#checkDrained(),
      onChange: () => this.#changed?.(),
      onDown: (error) => this.#down?.(error.message),
    };
    channel.open(events, WRITE_BUFFER);
  }

  /** Packets sent that the process at the other end has not taken yet. */
  get queued(): number {
    return this.channel.queued;
  }

  /** Largest packet that the other end takes now, in bytes; larger ones are dropped. */
  get maxPacket(): number {
    return this.channel.maxPacket;
  }

  /** What is sent is lost for now, as the other end has said. */
  get suspended(): boolean {
    return this.channel.suspended;
  }

  /** Called when {@link maxPacket} or {@link suspended} has changed. */
  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  /** Tells the other end the largest packet, in bytes, that the flow carries from now on. */
  limit(maxPacket: number): void {
    this.channel.limit(maxPacket);
  }

  /** Tells the other end that the flow carries nothing for now, or carries packets again. */
  suspend(suspended: boolean): void {
    this.channel.suspend(suspended);
  }

  /** What was sent, received and dropped. */
  get counters(): PortCounters {
    return { sent: this.#sent, received: this.#received, dropped: this.#dropped };
  }

  /**
   * Sends one packet, copied before the call returns. False: it was dropped and counted.
   *
   * @param header bytes in front of `packet`, in the same packet
   */
  send(packet: Uint8Array, header?: Uint8Array): boolean {
    const queued = this.channel.queued;
    if (queued >= this.#level) this.#above = true;
    // While packets wait here, reports of what the other end took wait behind them: then only bytes count.
    const unknown = this.#paused && this.channel.readable;
    if ((queued < this.#limit || unknown) && this.#trySend(packet, header)) {
      this.#sent++;
      return true;
    }
    this.#dropped++;
    return false;
  }

  /** Where packets go from now on; each is valid during the call only. Until this is called they wait. */
  onPacket(receive: (packet: Uint8Array) => void): void {
    this.#receive = receive;
    this.#drain();
  }

  /** Hands on no packet until {@link resume}: the process at the other end has to wait. */
  pause(): void {
    this.#paused = true;
  }

  /** Hands packets on again. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#drain();
  }

  /** Called whenever {@link queued} has fallen to `level` or below after it was above. */
  onDrained(level: number, drained: () => void): void {
    this.#level = level;
    this.#drained = drained;
    this.#above = this.channel.queued > level;
  }

  /** Called once when the flow is down, at once when it is already. Not called after {@link close}. */
  onDown(down: (reason: string) => void): void {
    this.#down = down;
    if (this.channel.down) down(this.channel.down.message);
  }

  /** Nothing more is sent; what has arrived is still handed on, then the flow is down. */
  lose(reason: string): void {
    this.channel.lose(reason);
  }

  /**
   * Sends what waits, for at most `limit` milliseconds (left out: as long as the other end takes it), then calls `done`.
   * {@link close} comes after.
   */
  flush(done: () => void, limit?: number): void {
    this.channel.finish(limit, { done: () => {}, over: done });
  }

  /** Ends the connection now. */
  close(): void {
    this.#receive = undefined;
    this.#down = undefined;
    this.#changed = undefined;
    this.#rests?.cancel();
    this.channel.close();
  }

  #trySend(packet: Uint8Array, header: Uint8Array | undefined): boolean {
    try {
      return this.channel.transmit(packet, header);
    } catch (thrown) {
      if (thrown instanceof FlowDownError) return false;
      throw thrown;
    }
  }

  #checkDrained(): void {
    if (!this.#above || this.#drained === undefined || this.channel.queued > this.#level) return;
    this.#above = false;
    this.#drained();
  }

  #drain(): void {
    while (this.#receive !== undefined && !this.#paused && this.#rests === undefined) {
      const packet = this.channel.take();
      if (packet === undefined) {
        this.#share.end();
        // Reports that lay behind the last packet are read by now.
        return this.#checkDrained();
      }
      this.#received++;
      this.#receive(packet);
      if (this.#share.over()) this.#rest();
    }
  }

  /** What is done with packets takes long: all else of this process comes first. */
  #rest(): void {
    this.#rests = this.time.timers.after(REST, () => {
      this.#rests = undefined;
      this.#share.end();
      this.#drain();
    });
  }
}
