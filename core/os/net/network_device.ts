/**
 * What the system says of a network device, by its name: netdevice(7).
 *
 * @module
 */
import { InvalidError, NotFoundError } from "../../contract/errors.ts";
import { callError, cText, lastErrno, netCalls } from "../c/net_calls.ts";

/** Bytes of a name with its end, and of a `struct ifreq`. */
const NAME = 16, REQUEST = 40;
const GET_FLAGS = 0x8913, GET_MTU = 0x8921, GET_ADDRESS = 0x8927;
/** `ARPHRD_ETHER`, `ARPHRD_LOOPBACK`. */
const ETHERNET = 1, LOOPBACK = 772;
const IFF_UP = 0x1, IFF_LOWER_UP = 0x10000;
/** `SIOCETHTOOL` with `ETHTOOL_GLINK`: ethtool.h. */
const ETHTOOL = 0x8946, GET_LINK = 0xa;

/** A device now. */
export interface DeviceState {
  readonly up: boolean;
  readonly mtu: number;
  /** 6 bytes. */
  readonly address: Uint8Array<ArrayBuffer>;
}

/**
 * Whether flags of a link message say that a device is up and has a carrier. `IFF_RUNNING` would say it up to a second late.
 */
export const isUp = (flags: number): boolean => (flags & IFF_UP) !== 0 && (flags & IFF_LOWER_UP) !== 0;

/**
 * The number of a device.
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
 * The state of a device.
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
    up: (request(fd, device, GET_FLAGS).getUint16(NAME, true) & IFF_UP) !== 0 && hasCarrier(fd, device),
    mtu: request(fd, device, GET_MTU).getInt32(NAME, true),
    address: new Uint8Array(address.buffer, NAME + 2, 6),
  };
}

/** Has the device a carrier? One that cannot tell counts as having it. */
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
