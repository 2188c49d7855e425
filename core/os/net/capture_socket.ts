/**
 * Everything that a network device sends and receives, as a raw socket: packet(7).
 *
 * @module
 */
import { joinBytes } from "../../kit/bytes.ts";
import { closeFd, enlargeReceiveBuffer, setOption } from "../c/net_calls.ts";
import {
  bindRawSocket,
  deviceIndex,
  deviceState,
  openRawSocket,
  takeDropped,
} from "./device/network_device.ts";
import { READABLE } from "../wait/epoll.ts";
import type { Pollable, Poller } from "../wait/watched.ts";
import { ReceiveRing } from "./receive_ring.ts";

/** `ETH_P_ALL`. */
const ALL = 3;
/** Where the kind of a packet stands in `struct sockaddr_ll`, and `PACKET_OUTGOING`. */
const KIND = 10, OUTGOING = 4;
const SOL_PACKET = 263, PACKET_AUXDATA = 8;
/** Words of 32 bits in the ancillary data: what is valid, and the tag of a VLAN with its Ethertype; how many there are. */
const STATUS = 4, TAG = 8, WORDS = 9;
/** `TP_STATUS_VLAN_VALID`, `TP_STATUS_VLAN_TPID_VALID`. */
const TAGGED = 0x10, TYPE_TOLD = 0x40;
/** The usual Ethertype of a tag. */
const VLAN = 0x8100;
/** Bytes of both addresses, behind which a tag stands. */
const ADDRESSES = 12;
/** Frames that one call takes, and calls in a turn. */
const BATCH = 32, BATCHES = 8;
/** The largest frame: what devices put together for speed counts as one. */
const LARGEST = 65536 + 14;

/** Takes a frame, from the destination address on; it is valid during the call only. */
export type TakeFrame = (frame: Uint8Array, outgoing: boolean) => void;

/** A device whose frames are copied to this process. */
export class CaptureSocket implements Pollable {
  readonly #fd: number;
  readonly #ring = new ReceiveRing({ batch: BATCH, largest: LARGEST, addressed: true });
  #closed = false;
  #dropped = 0;

  /**
   * Opens a device.
   *
   * @param gone called once when the device is gone
   * @throws NotFoundError when there is no such device
   * @throws PermissionError when this process may not open it
   * @throws InvalidError when its frames are not those of Ethernet
   */
  constructor(
    private readonly device: string,
    private readonly poller: Poller,
    private readonly take: TakeFrame,
    private readonly gone: (reason: string) => void,
  ) {
    const index = deviceIndex(device);
    const doing = `cannot capture on device ${device}`;
    this.#fd = openRawSocket(doing, "that needs");
    try {
      deviceState(this.#fd, device);
      enlargeReceiveBuffer(this.#fd);
      setOption(this.#fd, SOL_PACKET, PACKET_AUXDATA, 1);
      bindRawSocket(this.#fd, index, ALL, doing);
      poller.watch(this.#fd, this, READABLE);
    } catch (thrown) {
      closeFd(this.#fd);
      throw thrown;
    }
  }

  /** Frames that were lost because this process was too slow. */
  get dropped(): number {
    if (!this.#closed) this.#dropped += takeDropped(this.#fd);
    return this.#dropped;
  }

  readable(): boolean {
    const ring = this.#ring;
    for (let batch = 0; batch < BATCHES; batch++) {
      const count = ring.receive(this.#fd);
      // Nothing there, or the device went down: frames come again when it is up.
      if (count < 0) return this.#check();
      for (let index = 0; index < count && !this.#closed; index++) {
        const outgoing = ring.block.bytes[ring.block.nameAt(index) + KIND] === OUTGOING;
        this.take(this.#frame(index), outgoing);
      }
      ring.reset(count);
      if (count < ring.batch || this.#closed) return false;
    }
    return true;
  }

  writable(): void {}

  /** Ends the capture. */
  close(): void {
    if (this.#closed) return;
    // The last look at the kernel's counters.
    this.#dropped = this.dropped;
    this.#closed = true;
    this.poller.forget(this.#fd);
    closeFd(this.#fd);
  }

  /** The frame as it is on the wire: the kernel takes the tag of a VLAN out. */
  #frame(index: number): Uint8Array {
    const ring = this.#ring, { block } = ring, length = ring.length(index);
    const at = block.controlAt(index) >> 2, status = block.words[at + STATUS];
    const tagged = block.controlLength(index) >= 4 * WORDS && (status & TAGGED) !== 0;
    if (!tagged || length < ADDRESSES) return ring.part(index, 0, 0, length);
    const both = block.words[at + TAG], tag = both & 0xffff;
    const type = (status & TYPE_TOLD) === 0 ? VLAN : both >>> 16;
    return joinBytes(
      ring.part(index, 0, 0, ADDRESSES),
      Uint8Array.of(type >> 8, type & 255, tag >> 8, tag & 255),
      ring.part(index, 1, ADDRESSES, length - ADDRESSES),
    );
  }

  #check(): false {
    try {
      deviceIndex(this.device);
    } catch {
      this.close();
      this.gone(`network device ${this.device} is gone`);
    }
    return false;
  }
}
