/**
 * A network device by its name: what the system says of it (netdevice(7)), and raw sockets on it (packet(7)).
 *
 * @module
 */
import { InvalidError, NotFoundError, PermissionError } from "../../../contract/errors.ts";
import { EACCES, EPERM } from "../../c/errno.ts";
import { callError, CLOEXEC, cText, fromCText, lastErrno, netCalls, readOption } from "../../c/net_calls.ts";

/** Bytes of a name with its end, and of a `struct ifreq`. */
const NAME = 16, REQUEST = 40;
const GET_NAME = 0x8910, GET_FLAGS = 0x8913, GET_MTU = 0x8921, GET_ADDRESS = 0x8927;
/** `ARPHRD_ETHER`, `ARPHRD_LOOPBACK`. */
const ETHERNET = 1, LOOPBACK = 772;
const IFF_UP = 0x1, IFF_LOWER_UP = 0x10000;
/** `SIOCETHTOOL` with `ETHTOOL_GLINK`: ethtool.h. */
const ETHTOOL = 0x8946, GET_LINK = 0xa;
const AF_PACKET = 17, SOCK_RAW = 3, SOL_PACKET = 263, PACKET_STATISTICS = 6;

/** A device now. */
export interface DeviceState {
  readonly name: string;
  readonly up: boolean;
  readonly mtu: number;
  /** 6 bytes. */
  readonly address: Uint8Array<ArrayBuffer>;
}

/**
 * Returns whether flags of a link message say that a device is up and has a carrier. `IFF_RUNNING` would say it up to a second late.
 */
export const isUp = (flags: number): boolean => (flags & IFF_UP) !== 0 && (flags & IFF_LOWER_UP) !== 0;

/**
 * Returns the number of a device.
 *
 * @throws NotFoundError when there is none of that name
 */
export function deviceIndex(device: string): number {
  const name = cText(device);
  const index = name.length > NAME ? 0 : netCalls().if_nametoindex(name);
  if (index === 0) {
    throw new NotFoundError(
      `there is no network device ${device} here: "ip link" lists those that are there`,
    );
  }
  return index;
}

/**
 * Returns the name of the device with this number, which may change.
 *
 * @param fd any socket
 * @throws NotFoundError when there is none
 */
export function deviceName(fd: number, index: number): string {
  const bytes = new Uint8Array(REQUEST);
  new DataView(bytes.buffer).setInt32(NAME, index, true);
  if (netCalls().ioctl(fd, BigInt(GET_NAME), bytes) !== 0) {
    throw callError(`cannot look at device number ${index}`, lastErrno());
  }
  return fromCText(bytes.subarray(0, NAME));
}

/**
 * Returns the state of a device.
 *
 * @param fd any socket
 * @throws NotFoundError when there is none of that name
 * @throws InvalidError when its frames are not those of Ethernet
 */
export function deviceState(fd: number, device: string): DeviceState {
  const address = request(fd, device, GET_ADDRESS), type = address.getUint16(NAME, true);
  if (type !== ETHERNET && type !== LOOPBACK) {
    throw new InvalidError(`${device} is not an Ethernet device (its type is ${type}): choose another one`);
  }
  return {
    name: device,
    up: (request(fd, device, GET_FLAGS).getUint16(NAME, true) & IFF_UP) !== 0 && hasCarrier(fd, device),
    mtu: request(fd, device, GET_MTU).getInt32(NAME, true),
    address: new Uint8Array(address.buffer, NAME + 2, 6),
  };
}

/** Returns whether the device has a carrier. One that cannot tell counts as having it. */
function hasCarrier(fd: number, device: string): boolean {
  const value = new Uint32Array([GET_LINK, 0]);
  const bytes = new Uint8Array(REQUEST), view = new DataView(bytes.buffer);
  bytes.set(cText(device).subarray(0, NAME));
  view.setBigUint64(NAME, Deno.UnsafePointer.value(Deno.UnsafePointer.of(value)), true);
  return netCalls().ioctl(fd, BigInt(ETHTOOL), bytes) !== 0 || value[1] !== 0;
}

function request(fd: number, device: string, number: number): DataView<ArrayBuffer> {
  const bytes = new Uint8Array(REQUEST);
  bytes.set(cText(device).subarray(0, NAME));
  if (netCalls().ioctl(fd, BigInt(number), bytes) !== 0) {
    throw callError(`cannot look at device ${device}`, lastErrno());
  }
  return new DataView(bytes.buffer);
}

/**
 * Opens a raw socket, which receives nothing before {@link bindRawSocket}.
 *
 * @param doing what the socket is opened for, as errors say it
 * @param needs "that needs" or the like, as errors say it
 * @throws PermissionError when this process may not have one
 */
export function openRawSocket(doing: string, needs: string): number {
  const fd = netCalls().socket(AF_PACKET, SOCK_RAW | CLOEXEC, 0);
  if (fd >= 0) return fd;
  const errno = lastErrno();
  if (errno !== EPERM && errno !== EACCES) throw callError(doing, errno);
  throw new PermissionError(`${doing}: ${needs} root or the capability CAP_NET_RAW`);
}

/** Lets a raw socket receive the frames of one protocol of a device: `struct sockaddr_ll`. */
export function bindRawSocket(fd: number, index: number, protocol: number, doing: string): void {
  const address = new DataView(new ArrayBuffer(20));
  address.setUint16(0, AF_PACKET, true);
  address.setUint16(2, protocol);
  address.setInt32(4, index, true);
  if (netCalls().bind(fd, new Uint8Array(address.buffer), address.byteLength) !== 0) throw callError(doing);
}

/** Takes the kernel's count of frames that a raw socket had no room for; reading sets it to zero. */
export function takeDropped(fd: number): number {
  const counters = new Uint32Array(2);
  return readOption(fd, SOL_PACKET, PACKET_STATISTICS, counters) ? counters[1] : 0;
}

/** Returns a list of the kernel about the network namespace that this thread is in; nothing where it cannot be read. */
export function kernelList(name: "packet" | "if_inet6"): string {
  try {
    return Deno.readTextFileSync(`/proc/thread-self/net/${name}`);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.PermissionDenied) return "";
    throw thrown;
  }
}
