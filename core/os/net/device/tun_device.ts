/**
 * A TUN device: IP packets that this host routes to it come here, and those that are written to it come out there (tun.rst of the
 * Linux documentation, netdevice(7)).
 *
 * @module
 */
import { ExistsError, InvalidError, NotFoundError } from "../../../contract/errors.ts";
import { EAGAIN } from "../../c/errno.ts";
import { callError, CLOEXEC, closeFd, cText, fromCText, lastErrno, netCalls } from "../../c/net_calls.ts";
import { parseIpOf } from "../../../wire/ip_address.ts";
import { READABLE } from "../../wait/epoll.ts";
import type { Pollable, Poller } from "../../wait/watched.ts";
import { VIRTIO_HEADER } from "./virtio_header.ts";

const EBUSY = 16, EINVAL = 22;
const FILE = "/dev/net/tun";
const O_RDWR = 0o2, O_NONBLOCK = 0o4000;
const TUNSETIFF = 0x400454ca,
  TUNGETIFF = 0x800454d2,
  IFF_TUN = 0x1,
  IFF_NO_PI = 0x1000,
  IFF_VNET_HDR = 0x4000;
/** What the system may leave to this process: checksums, and cutting streams of TCP over IPv4 and IPv6 into packets. */
const TUNSETOFFLOAD = 0x400454d0, OFFLOADED = 0x1 | 0x2 | 0x4;
const GET_FLAGS = 0x8913, SET_FLAGS = 0x8914, SET_ADDRESS = 0x8916, SET_MASK = 0x891c, SET_MTU = 0x8922;
const IFF_UP = 0x1, IFF_RUNNING = 0x40;
const AF_INET = 2, SOCK_DGRAM = 2;
/** Bytes of a name with its end, and of a `struct ifreq`. */
const NAME = 16, REQUEST = 40;
/** Largest IP packet. */
const LARGEST = 65_535;
/** Packets after which others have their turn. */
const BOUND = 256;

/** How a device is set up. */
export interface TunSettings {
  /** IPv4 address of this host on it, and the mask of its subnet. */
  readonly address: string;
  readonly mask: string;
  /** Largest packet that goes to it, in bytes. */
  readonly mtu: number;
  /** Its name; left out: the system chooses one. */
  readonly name?: string;
  /**
   * Frames begin with a header (`virtioHeader`), and may be several segments of a TCP stream in one, whose checksum is still to be made.
   * Left out: each is one packet, and nothing else.
   */
  readonly offload?: boolean;
}

/** An open TUN device. It is gone when it is closed. */
export class TunDevice implements Pollable {
  readonly name: string;
  /** As it was asked for. */
  readonly offload: boolean;
  readonly #fd: number;
  readonly #buffer = new Uint8Array(VIRTIO_HEADER + LARGEST);
  #receive: (frame: Uint8Array) => void = () => {};
  #gone: (error: NotFoundError) => void = () => {};
  #closed = false;
  #paused = true;
  /** Packets that the system did not take. */
  dropped = 0;

  /**
   * Makes a device and brings it up.
   *
   * @throws PermissionError when this process may not
   * @throws NotFoundError where there are no such devices
   * @throws ExistsError when the name is in use
   */
  constructor(
    { address, mask, mtu, name = "", offload = false }: TunSettings,
    private readonly poller: Poller,
  ) {
    this.offload = offload;
    if (name.length >= NAME) {
      throw new InvalidError(`the name of a device has at most ${NAME - 1} characters: ${name}`);
    }
    const { open, ioctl, ioctl_value } = netCalls();
    this.#fd = open(cText(FILE), O_RDWR | O_NONBLOCK | CLOEXEC);
    if (this.#fd < 0) throw callError(`cannot open ${FILE}`, lastErrno());
    try {
      const request = new Uint8Array(REQUEST);
      request.set(cText(name));
      const flags = IFF_TUN | IFF_NO_PI | (offload ? IFF_VNET_HDR : 0);
      new DataView(request.buffer).setUint16(NAME, flags, true);
      if (ioctl(this.#fd, BigInt(TUNSETIFF), request) !== 0) {
        const errno = lastErrno();
        if (errno === EBUSY) throw new ExistsError(`the device ${name} is in use: take another name`);
        if (errno === EINVAL) {
          throw new InvalidError(`the device cannot be named ${name}: that is no name, or of another device`);
        }
        throw callError(`cannot make the device ${name || "tun"}`, errno);
      }
      this.name = fromCText(request.subarray(0, NAME));
      // A system that leaves nothing to others writes headers that say so.
      if (offload) ioctl_value(this.#fd, BigInt(TUNSETOFFLOAD), BigInt(OFFLOADED));
      this.#configure(address, mask, mtu);
    } catch (thrown) {
      closeFd(this.#fd);
      throw thrown;
    }
  }

  /** Where frames go, from now on. One is valid during the call, or as long as the device is paused from within it. */
  onPacket(receive: (frame: Uint8Array) => void): void {
    this.#receive = receive;
    if (this.#closed) return;
    this.#paused = false;
    this.poller.watch(this.#fd, this, READABLE);
  }

  /** Called once when the device is gone: somebody has removed it. */
  onGone(gone: (error: NotFoundError) => void): void {
    this.#gone = gone;
  }

  /** No frame comes until {@link onPacket} is called again: they wait in the queue of the device. */
  pause(): void {
    if (this.#closed || this.#paused) return;
    this.#paused = true;
    this.poller.watch(this.#fd, this, 0);
  }

  /** A frame comes out of the device. What the system does not take is dropped and counted. */
  send(frame: Uint8Array<ArrayBuffer>): void {
    if (this.#closed || netCalls().write(this.#fd, frame, BigInt(frame.length)) < 0) this.dropped++;
  }

  readable(): boolean {
    const { ioctl, read } = netCalls();
    // While it is being removed it can be written to and gives nothing; soon its descriptor stands for no device any more.
    if (this.#paused) {
      const gone = ioctl(this.#fd, BigInt(TUNGETIFF), new Uint8Array(REQUEST)) !== 0;
      if (gone) this.#end();
      return !gone;
    }
    for (let count = 0; count < BOUND; count++) {
      const length = Number(read(this.#fd, this.#buffer, BigInt(this.#buffer.length)));
      if (length <= 0) {
        if (length < 0 && lastErrno() !== EAGAIN) this.#end();
        return false;
      }
      this.#receive(this.#buffer.subarray(0, length));
      if (this.#paused) return false;
    }
    return true;
  }

  writable(): void {}

  /** Ends it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.poller.forget(this.#fd);
    closeFd(this.#fd);
  }

  #end(): void {
    this.close();
    this.#gone(new NotFoundError(`the device ${this.name} is gone: somebody has removed it`));
  }

  #configure(address: string, mask: string, mtu: number): void {
    const { socket } = netCalls();
    const fd = socket(AF_INET, SOCK_DGRAM | CLOEXEC, 0);
    if (fd < 0) throw callError("cannot open a socket", lastErrno());
    try {
      const ask = (number: number, what: string, fill: (view: DataView) => void): DataView => {
        const request = new Uint8Array(REQUEST);
        request.set(cText(this.name));
        const view = new DataView(request.buffer);
        fill(view);
        if (netCalls().ioctl(fd, BigInt(number), request) !== 0) {
          throw callError(`cannot set ${what} of ${this.name}`, lastErrno());
        }
        return view;
      };
      const place = (text: string) => (view: DataView) => {
        view.setUint16(NAME, AF_INET, true);
        parseIpOf(4, text).forEach((byte, index) => view.setUint8(NAME + 4 + index, byte));
      };
      ask(SET_ADDRESS, "the address", place(address));
      ask(SET_MASK, "the mask", place(mask));
      ask(SET_MTU, "the MTU", (view) => view.setInt32(NAME, mtu, true));
      const flags = ask(GET_FLAGS, "the flags", () => {}).getUint16(NAME, true);
      ask(SET_FLAGS, "the flags", (view) => view.setUint16(NAME, flags | IFF_UP | IFF_RUNNING, true));
    } finally {
      closeFd(fd);
    }
  }
}
