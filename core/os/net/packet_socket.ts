/**
 * A network device as a raw socket: packet(7).
 *
 * @module
 */
import { asOuroError, InvalidError } from "../../contract/errors.ts";
import { sameBytes } from "../../kit/bytes.ts";
import type { EthernetPort, FrameFilter, MacAddress } from "../../contract/network.ts";
import { LLC, refuseIfTaken, takeOwnFrames } from "./device/device_sharing.ts";
import { ENXIO } from "../c/errno.ts";
import type { LinkListener, LinkWatch } from "./link_watch.ts";
import {
  closeFd,
  enlargeReceiveBuffer,
  lastErrno,
  MSG_DONTWAIT,
  netCalls,
  unsentBytes,
} from "../c/net_calls.ts";
import type { LinkNews } from "./netlink.ts";
import {
  bindRawSocket,
  deviceIndex,
  deviceName,
  type DeviceState,
  deviceState,
  isUp,
  openRawSocket,
  takeDropped,
} from "./device/network_device.ts";
import { READABLE, WRITABLE } from "../wait/epoll.ts";
import type { Pollable, Poller } from "../wait/watched.ts";
import { ReceiveRing } from "./receive_ring.ts";
import { SendQueue, type Transmitter } from "./send_queue.ts";
import { SendRing } from "./send_ring.ts";

const ENODEV = 19, ENETDOWN = 100;

/** Destination, source, type. */
const HEADER = 14;
/** Frames that one call takes, and calls in a turn. */
const BATCH = 64, BATCHES = 4;

/**
 * An open device. Frames go through the device's queue (`PACKET_QDISC_BYPASS` is not set): what goes past it is not seen by those
 * who capture.
 */
export class PacketSocket implements EthernetPort, Pollable, Transmitter, LinkListener {
  readonly #fd: number;
  readonly #index: number;
  readonly #queue: SendQueue;
  readonly #changed: (() => void)[] = [];
  readonly #gone: ((reason: string) => void)[] = [];
  #receiveRing: ReceiveRing;
  #sendRing: SendRing;
  #state: DeviceState;
  #receive: ((frame: Uint8Array) => void) | undefined;
  #wantsRoom = false;
  #closed = false;
  #lostReceived = 0;
  /** Why it can no longer be used. */
  #reason: string | undefined;

  /**
   * Opens a device.
   *
   * @throws NotFoundError when there is no such device
   * @throws PermissionError when this process may not open it
   * @throws InvalidError when it is not an Ethernet device
   * @throws ExistsError when somebody takes the same frames already
   */
  constructor(
    device: string,
    filter: FrameFilter,
    private readonly poller: Poller,
    private readonly links: LinkWatch,
  ) {
    const protocol = protocolOf(filter);
    const index = this.#index = deviceIndex(device);
    const doing = `cannot open device ${device}`;
    this.#fd = openRawSocket(doing, "raw Ethernet needs");
    try {
      // News that come between are for the state that is read after.
      links.add(index, this);
      this.#state = deviceState(this.#fd, device);
      enlargeReceiveBuffer(this.#fd);
      takeOwnFrames(this.#fd, index, doing);
      bindRawSocket(this.#fd, index, protocol, doing);
      refuseIfTaken(device, index, protocol);
    } catch (thrown) {
      links.remove(this);
      closeFd(this.#fd);
      throw thrown;
    }
    this.#receiveRing = receiveRing(this.mtu);
    this.#sendRing = sendRing(this.mtu);
    this.#queue = new SendQueue(this.#sendRing, this, BATCH);
  }

  get device(): string {
    return this.#state.name;
  }

  get address(): MacAddress {
    return this.#state.address as Uint8Array as MacAddress;
  }

  get mtu(): number {
    return this.#state.mtu;
  }

  get up(): boolean {
    return this.#state.up;
  }

  get queued(): number {
    return this.#queue.count;
  }

  get lost(): { readonly sent: number; readonly received: number } {
    if (!this.#closed) this.#lostReceived += takeDropped(this.#fd);
    return { sent: this.#queue.lost, received: this.#lostReceived };
  }

  send(packet: Uint8Array, header: Uint8Array): boolean {
    if (!this.#state.up) {
      this.#queue.lost++;
      return false;
    }
    if (this.#queue.put(header, packet) < 0) return false;
    this.#queue.commit();
    return true;
  }

  onFrame(receive: (frame: Uint8Array) => void): void {
    this.#receive = receive;
    if (!this.#closed) this.#watch();
  }

  onDrained(level: number, drained: () => void): void {
    this.#queue.onDrained(level, drained);
  }

  onChange(changed: () => void): void {
    this.#changed.push(changed);
  }

  onGone(gone: (reason: string) => void): void {
    const reason = this.#reason;
    if (reason === undefined) this.#gone.push(gone);
    else queueMicrotask(() => gone(reason));
  }

  close(): void {
    if (this.#closed) return;
    this.#queue.close();
    // The last look at the kernel's counters.
    this.#lostReceived = this.lost.received;
    this.#closed = true;
    this.#state = { ...this.#state, up: false };
    this.links.remove(this);
    this.poller.forget(this.#fd);
    closeFd(this.#fd);
  }

  readable(): boolean {
    for (let batch = 0; batch < BATCHES; batch++) {
      const ring = this.#receiveRing;
      const count = ring.receive(this.#fd);
      // A device that goes down is told once as an error of reading; the link watch tells it too.
      if (count < 0) return false;
      for (let index = 0; index < count && !this.#closed; index++) {
        if (ring.wasCut(index)) this.#lostReceived++;
        else this.#receive?.(ring.part(index, 0, 0, ring.length(index)));
      }
      if (count < ring.batch || this.#closed) return false;
    }
    return true;
  }

  writable(): void {
    this.#queue.writable();
  }

  transmit(): number {
    const taken = this.#offer();
    // That may only say that the device was down since the last call.
    return taken === -ENETDOWN ? this.#offer() : taken;
  }

  refused(errno: number): number {
    return errno === ENETDOWN || errno === ENXIO || errno === ENODEV ? this.#queue.count : 1;
  }

  held(): number {
    return unsentBytes(this.#fd);
  }

  wantRoom(wanted: boolean): void {
    this.#wantsRoom = wanted;
    this.#watch();
  }

  news(news: LinkNews): void {
    if (news.gone) return this.#end("it was removed, or given to another network namespace");
    this.#change({
      name: news.name ?? this.device,
      up: isUp(news.flags),
      mtu: news.mtu ?? this.mtu,
      address: news.address?.length === 6 ? news.address.slice() : this.#state.address,
    });
  }

  look(): void {
    let state;
    try {
      state = deviceState(this.#fd, deviceName(this.#fd, this.#index));
    } catch (thrown) {
      return this.#end(asOuroError(thrown).message);
    }
    this.#change(state);
  }

  #offer(): number {
    const { head, row, block } = this.#sendRing;
    const taken = netCalls().sendmmsg(this.#fd, block.messagePointer(head), row, MSG_DONTWAIT);
    return taken > 0 ? taken : -lastErrno();
  }

  #change(state: DeviceState): void {
    const before = this.#state;
    this.#state = state;
    if (state.mtu > this.#receiveRing.largest - HEADER) {
      this.#receiveRing = receiveRing(state.mtu);
      const ring = sendRing(state.mtu);
      this.#queue.replace(ring);
      this.#sendRing = ring;
    }
    if (
      before.up === state.up && before.mtu === state.mtu && before.name === state.name &&
      sameBytes(before.address, state.address)
    ) return;
    for (const changed of this.#changed) changed();
  }

  #end(why: string): void {
    this.close();
    this.#reason = `network device ${this.device} is gone: ${why}`;
    for (const gone of this.#gone.splice(0)) gone(this.#reason);
  }

  #watch(): void {
    const events = (this.#receive ? READABLE : 0) | (this.#wantsRoom ? WRITABLE : 0);
    if (events === 0) this.poller.forget(this.#fd);
    else this.poller.watch(this.#fd, this, events);
  }
}

const receiveRing = (mtu: number) =>
  new ReceiveRing({ batch: BATCH, largest: mtu + HEADER, addressed: false });

function sendRing(mtu: number): SendRing {
  const ring = new SendRing(mtu + HEADER);
  for (let slot = 0; slot < ring.capacity; slot++) ring.block.setMessage(slot, slot, 1, 0);
  return ring;
}

function protocolOf(filter: FrameFilter): number {
  if (filter === "llc") return LLC;
  if (Number.isInteger(filter) && filter >= 0x600 && filter <= 0xffff) return filter;
  throw new InvalidError(`${filter} is not an Ethertype: 0x0600 to 0xffff are`);
}
