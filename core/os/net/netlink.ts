/**
 * What the kernel tells about network devices and addresses: messages of rtnetlink(7), in the byte order of the machine.
 *
 * @module
 */
import { fromCText } from "../c/libc.ts";
import { callError, CLOEXEC, closeFd, netCalls } from "../c/net_calls.ts";

const AF_NETLINK = 16, SOCK_RAW = 3, NETLINK_ROUTE = 0;
/** `RTM_NEWLINK` and `RTM_DELLINK`. */
const NEW_LINK = 16, DELETED_LINK = 17;
/** Other families tell about a device as a part of something else: one that leaves a bridge is "deleted" there. */
const AF_UNSPEC = 0;
/** `struct nlmsghdr`, `struct ifinfomsg`, `struct rtattr`. */
const HEADER = 16, INFO = 16, ATTRIBUTE = 4;
/** `IFLA_ADDRESS`, `IFLA_IFNAME`, `IFLA_MTU`. */
const ADDRESS = 1, NAME = 3, MTU = 4;
/** Upper bits of an attribute's type are flags. */
const TYPE_MASK = 0x3fff;

/** What a device is like now. */
export interface LinkNews {
  /** Number of the device. */
  readonly index: number;
  /** It is no longer there; nothing else is known of it then. */
  readonly gone: boolean;
  /** `IFF_…` of netdevice(7). */
  readonly flags: number;
  /** Its name, when it was told. */
  readonly name: string | undefined;
  /** Its MTU, when it was told. */
  readonly mtu: number | undefined;
  /** Its address, when it was told; a view of the message. */
  readonly address: Uint8Array | undefined;
}

/** Returns a socket for the news of these groups, `RTMGRP_…`. @param watching what cannot be watched when that fails */
export function openNetlink(groups: number, watching: string): number {
  const fd = netCalls().socket(AF_NETLINK, SOCK_RAW | CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) throw callError(`cannot watch ${watching}`);
  const address = new Uint32Array([AF_NETLINK, 0, groups]);
  if (netCalls().bind(fd, new Uint8Array(address.buffer), address.byteLength) === 0) return fd;
  const error = callError(`cannot watch ${watching}`);
  closeFd(fd);
  throw error;
}

/** Calls `take` for every device that a datagram of the kernel tells about. What does not parse is left out. */
export function readLinkNews(datagram: Uint8Array, take: (news: LinkNews) => void): void {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  for (let at = 0; at + HEADER <= datagram.length;) {
    const length = view.getUint32(at, true), type = view.getUint16(at + 4, true);
    if (length < HEADER || at + length > datagram.length) return;
    if (type === NEW_LINK || type === DELETED_LINK) {
      const news = readLink(view, at + HEADER, at + length, type === DELETED_LINK);
      if (news) take(news);
    }
    at += aligned(length);
  }
}

function readLink(view: DataView, start: number, end: number, gone: boolean): LinkNews | undefined {
  if (start + INFO > end || view.getUint8(start) !== AF_UNSPEC) return undefined;
  const index = view.getInt32(start + 4, true), flags = view.getUint32(start + 8, true);
  let name: string | undefined, mtu: number | undefined, address: Uint8Array | undefined;
  for (let at = start + INFO; at + ATTRIBUTE <= end;) {
    const length = view.getUint16(at, true), type = view.getUint16(at + 2, true) & TYPE_MASK;
    if (length < ATTRIBUTE || at + length > end) break;
    const size = length - ATTRIBUTE;
    if (type === MTU && size === 4) mtu = view.getUint32(at + ATTRIBUTE, true);
    const value = new Uint8Array(view.buffer, view.byteOffset + at + ATTRIBUTE, size);
    if (type === ADDRESS) address = value;
    if (type === NAME) name = fromCText(value);
    at += aligned(length);
  }
  return { index, gone, flags, name, mtu, address };
}

/** Messages and attributes start at multiples of 4. */
const aligned = (length: number): number => (length + 3) & ~3;
