/**
 * A UDP socket whose datagrams go out and come in in batches: udp(7).
 *
 * @module
 */
import { sameBytes } from "../../kit/bytes.ts";
import {
  ExistsError,
  InvalidError,
  NotFoundError,
  PermissionError,
  WouldBlockError,
} from "../../contract/errors.ts";
import type { UdpEndpoint, UdpPort } from "../../contract/network.ts";
import { EACCES, EPERM } from "../c/errno.ts";
import {
  callError,
  CLOEXEC,
  closeFd,
  enlargeReceiveBuffer,
  lastErrno,
  MSG_DONTWAIT,
  netCalls,
  readOption,
  setOption,
  SOL_SOCKET,
  unsentBytes,
} from "../c/net_calls.ts";
import { NAME } from "../c/message_block.ts";
import type { AddressWatch } from "./address_watch.ts";
import { kernelList } from "./device/network_device.ts";
import { READABLE, WRITABLE } from "../wait/epoll.ts";
import type { Pollable, Poller } from "../wait/watched.ts";
import { ReceiveRing } from "./receive_ring.ts";
import { SendQueue, type Transmitter } from "./send_queue.ts";
import { SendRing } from "./send_ring.ts";
import { udpEndpoint } from "../../wire/ip_address.ts";
import {
  addressFlags,
  DUPLICATE,
  INET6,
  type IpAddress,
  ipAddress,
  readName,
  writeName,
} from "./socket_address.ts";
import {
  countSegments,
  LARGEST_MESSAGE,
  receiveSegments,
  segmentLength,
  SegmentLimit,
  setSegmentLength,
} from "./udp_segments.ts";

const SOCK_DGRAM = 2, SO_MEMINFO = 55, IPPROTO_IP = 0, IPPROTO_IPV6 = 41, IPV6_V6ONLY = 26;
const IP_MTU_DISCOVER = 10, NO_DISCOVERY = 0;
/** Words of `SO_MEMINFO`, and the one that counts what was dropped. */
const MEMORY_WORDS = 9, DROPPED = 8;
const EADDRINUSE = 98, EADDRNOTAVAIL = 99;

/** Largest datagram that is sent: what the reference sends at most, with its header. */
const LARGEST = 9000;
/** Datagrams that do not wait for the end of the turn; messages that one call sends, and that one takes. */
const BATCH = 64, MESSAGES = 64, RECEIVED = 16;
/** Datagrams after which others have their turn. */
const BOUND = 256;
/** Bytes of ancillary data with one number. */
const SEGMENT_CONTROL = 24;

/** How much a socket takes. */
export interface UdpSocketOptions {
  /** Datagrams in the queue at most. */
  readonly most?: number;
  /** Tells when addresses come and go; left out: it does not matter. */
  readonly addresses?: AddressWatch;
}

/** An open UDP socket. */
export class UdpSocket implements UdpPort, Pollable, Transmitter {
  readonly own: UdpEndpoint;
  readonly #fd: number;
  readonly #scope: number;
  readonly #nameBytes: number;
  readonly #receiveRing = new ReceiveRing({ batch: RECEIVED, largest: LARGEST_MESSAGE, addressed: true });
  readonly #sendRing: SendRing;
  readonly #queue: SendQueue;
  /** For every slot of the ring: 1 when it goes to the endpoint of the slot before. */
  readonly #same: Uint8Array;
  /** Datagrams in each message of the last call. */
  readonly #counts = new Uint8Array(MESSAGES);
  readonly #from: UdpEndpoint;
  /** Where the last datagram went, and the same as the C library has it. */
  #to: Uint8Array = new Uint8Array(0);
  readonly #name = new Uint8Array(NAME);
  readonly #nameWords = new Uint32Array(this.#name.buffer);
  readonly #segments = new SegmentLimit(LARGEST);
  readonly #ip: IpAddress;
  readonly #addresses: AddressWatch | undefined;
  readonly #changed: (() => void)[] = [];
  #up = true;
  #receive: ((datagram: Uint8Array, from: UdpEndpoint) => void) | undefined;
  #wantsRoom = false;
  #closed = false;
  #lostReceived = 0;

  /**
   * Opens a socket on an own address.
   *
   * @param port 0: one that the system chooses
   * @throws InvalidError when the address is none
   * @throws NotFoundError when it is not one of this machine's
   * @throws WouldBlockError when the system has yet to find out whether another host has the address
   * @throws ExistsError when the port is in use
   * @throws PermissionError when this process may not use the port
   */
  constructor(
    address: string,
    port: number,
    private readonly poller: Poller,
    options: UdpSocketOptions = {},
  ) {
    const ip = ipAddress(address);
    if (!Number.isInteger(port) || port < 0 || port > 0xffff) {
      throw new InvalidError(`${port} is not a UDP port: 0 to 65535 are`);
    }
    this.#ip = ip;
    this.#scope = ip.scope;
    this.#nameBytes = ip.family.nameBytes;
    this.#fd = openSocket(ip, address, port);
    this.own = udpEndpoint(ip.bytes, boundPort(this.#fd));
    this.#from = udpEndpoint(new Uint8Array(ip.family.addressBytes), 0);
    this.#sendRing = new SendRing(LARGEST, MESSAGES, options.most);
    this.#same = new Uint8Array(this.#sendRing.capacity);
    this.#queue = new SendQueue(this.#sendRing, this, BATCH);
    this.#addresses = options.addresses;
    this.#addresses?.add(this.#look);
  }

  get up(): boolean {
    return this.#up;
  }

  onChange(changed: () => void): void {
    this.#changed.push(changed);
  }

  get queued(): number {
    return this.#queue.count;
  }

  get lost(): { readonly sent: number; readonly received: number } {
    const counters = new Uint32Array(MEMORY_WORDS);
    if (!this.#closed && readOption(this.#fd, SOL_SOCKET, SO_MEMINFO, counters)) {
      this.#lostReceived = counters[DROPPED];
    }
    return { sent: this.#queue.lost, received: this.#lostReceived };
  }

  send(packet: Uint8Array, header: Uint8Array, to: UdpEndpoint): boolean {
    if (to.length !== this.own.length) {
      throw new InvalidError("an endpoint of IPv4 cannot be reached from IPv6, nor the other way round");
    }
    const slot = this.#queue.put(header, packet);
    if (slot < 0) return false;
    const same = sameBytes(to, this.#to);
    if (!same) {
      this.#to = to.slice();
      writeName(this.#name, 0, to, this.#scope);
    }
    this.#same[slot] = same ? 1 : 0;
    this.#sendRing.block.setName(slot, this.#nameWords);
    this.#queue.commit();
    return true;
  }

  onDatagram(receive: (datagram: Uint8Array, from: UdpEndpoint) => void): void {
    this.#receive = receive;
    if (!this.#closed) this.#watch();
  }

  onDrained(level: number, drained: () => void): void {
    this.#queue.onDrained(level, drained);
  }

  /** Never: a socket outlives its address. */
  onGone(_gone: (reason: string) => void): void {}

  close(): void {
    if (this.#closed) return;
    this.#queue.close();
    this.#lostReceived = this.lost.received;
    this.#closed = true;
    this.#addresses?.remove(this.#look);
    this.poller.forget(this.#fd);
    closeFd(this.#fd);
  }

  readable(): boolean {
    const ring = this.#receiveRing;
    for (let taken = 0; taken < BOUND;) {
      const count = ring.receive(this.#fd);
      // Nothing there; or news of a datagram that could not be sent, which this call has taken away.
      if (count < 0) return false;
      for (let index = 0; index < count && !this.#closed; index++) taken += this.#take(index);
      ring.reset(count);
      if (count < ring.batch || this.#closed) return false;
    }
    return true;
  }

  writable(): void {
    this.#queue.writable();
  }

  transmit(): number {
    const ring = this.#sendRing, { block } = ring, end = ring.head + ring.row;
    let messages = 0;
    for (let slot = ring.head; slot < end && messages < MESSAGES; messages++) {
      const count = countSegments(ring, slot, end, this.#segments.longest, this.#same);
      block.setMessage(messages, slot, count, this.#nameBytes);
      block.setControl(messages, count > 1 ? SEGMENT_CONTROL : 0);
      if (count > 1) setSegmentLength(block, messages, block.vector(slot));
      this.#counts[messages] = count;
      slot += count;
    }
    const taken = netCalls().sendmmsg(this.#fd, block.messagePointer(0), messages, MSG_DONTWAIT);
    if (taken <= 0) return this.#failed(lastErrno());
    let datagrams = 0;
    for (let message = 0; message < taken; message++) datagrams += this.#counts[message];
    this.#segments.sent(datagrams);
    return datagrams;
  }

  refused(): number {
    return this.#counts[0];
  }

  held(): number {
    return unsentBytes(this.#fd);
  }

  wantRoom(wanted: boolean): void {
    this.#wantsRoom = wanted;
    this.#watch();
  }

  /** Whether it is the first message's having several datagrams that failed; they go one by one then. */
  #failed(errno: number): number {
    const { block, head } = this.#sendRing;
    if (this.#counts[0] === 1 || !this.#segments.refused(errno, block.vector(head))) return -errno;
    return this.transmit();
  }

  /** Hands over the datagrams of a message: how many they are. */
  #take(index: number): number {
    const ring = this.#receiveRing, { block } = ring;
    const length = ring.length(index), segment = segmentLength(block, index, length);
    readName(block.bytes, block.nameAt(index), this.#from);
    let number = 0, offset = 0;
    do {
      const bytes = Math.min(segment, length - offset);
      this.#receive?.(ring.part(index, number++, offset, bytes), this.#from);
      offset += bytes;
    } while (offset < length && !this.#closed);
    return number;
  }

  /** Looks whether the own address is there. */
  readonly #look = (): void => {
    const up = isHere(this.#ip);
    if (up !== this.#up) this.#segments.renew();
    this.#up = up;
    for (const changed of this.#changed) changed();
  };

  #watch(): void {
    const events = (this.#receive ? READABLE : 0) | (this.#wantsRoom ? WRITABLE : 0);
    if (events === 0) this.poller.forget(this.#fd);
    else this.poller.watch(this.#fd, this, events);
  }
}

function openSocket(ip: IpAddress, address: string, port: number): number {
  const fd = netCalls().socket(ip.family.number, SOCK_DGRAM | CLOEXEC, 0);
  if (fd < 0) throw callError("cannot make a UDP socket");
  if (ip.family === INET6) setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  // A router that carries less may cut datagrams: its message that they are too large may be filtered. Those of IPv6 cut nothing.
  else setOption(fd, IPPROTO_IP, IP_MTU_DISCOVER, NO_DISCOVERY);
  enlargeReceiveBuffer(fd);
  receiveSegments(fd);
  const name = new Uint8Array(ip.family.nameBytes);
  writeName(name, 0, udpEndpoint(ip.bytes, port), ip.scope);
  if (netCalls().bind(fd, name, name.length) === 0) return fd;
  const errno = lastErrno();
  const error = errno === EADDRNOTAVAIL ? noAddress(ip, address) : bindError(errno, address, port);
  closeFd(fd);
  throw error;
}

/** Says why an address cannot be used: one of IPv6 may be there, and wait for the word that nobody else has it. */
function noAddress({ bytes }: IpAddress, address: string): Error {
  const flags = addressFlags(kernelList("if_inet6"), bytes.toHex());
  if (flags === undefined) {
    return new NotFoundError(`this machine has no address ${address}: "ip address" lists those it has`);
  }
  return (flags & DUPLICATE) !== 0
    ? new ExistsError(`another host has the address ${address}: the system does not let it be used here`)
    : new WouldBlockError(`the system has yet to find out whether another host has the address ${address}`);
}

/** Is the address one of this machine's? A second socket could use it then. */
function isHere(ip: IpAddress): boolean {
  const fd = netCalls().socket(ip.family.number, SOCK_DGRAM | CLOEXEC, 0);
  if (fd < 0) return true;
  const name = new Uint8Array(ip.family.nameBytes);
  writeName(name, 0, udpEndpoint(ip.bytes, 0), ip.scope);
  const here = netCalls().bind(fd, name, name.length) === 0 || lastErrno() !== EADDRNOTAVAIL;
  closeFd(fd);
  return here;
}

function bindError(errno: number, address: string, port: number): Error {
  switch (errno) {
    case EADDRINUSE:
      return new ExistsError(`UDP port ${port} of ${address} is in use: choose another port`);
    case EACCES:
    case EPERM:
      return new PermissionError(`this process may not use UDP port ${port}: choose one from 1024 on`);
    default:
      return callError(`cannot use UDP port ${port} of ${address}`, errno);
  }
}

/** The port that the system has given. */
function boundPort(fd: number): number {
  const name = new Uint8Array(INET6.nameBytes), length = new Uint8Array(4);
  length[0] = name.length;
  if (netCalls().getsockname(fd, name, length) !== 0) throw callError("cannot read the port of a UDP socket");
  return name[2] << 8 | name[3];
}
