/**
 * Addresses of UDP sockets as the C library has them: ip(7), ipv6(7).
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import type { UdpEndpoint } from "../../contract/network.ts";
import { cText, netCalls } from "../c/net_calls.ts";

const AF_INET = 2, AF_INET6 = 10;
/** Where the address and the number of the device stand in `struct sockaddr_in` and `struct sockaddr_in6`. */
const V4 = 4, V6 = 8, SCOPE = 24;

/** `IFA_F_DADFAILED`: another host has the address. */
export const DUPLICATE = 8;

/** A kind of addresses. */
export interface AddressFamily {
  /** `AF_…`. */
  readonly number: number;
  /** Bytes of an address. */
  readonly addressBytes: 4 | 16;
  /** Bytes of the whole as the C library has it. */
  readonly nameBytes: number;
}

/** IPv4. */
export const INET: AddressFamily = { number: AF_INET, addressBytes: 4, nameBytes: 16 };
/** IPv6. */
export const INET6: AddressFamily = { number: AF_INET6, addressBytes: 16, nameBytes: 28 };

/** An address with its kind. */
export interface IpAddress {
  readonly family: AddressFamily;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Number of the device, for addresses that are unique on one link only; else 0. */
  readonly scope: number;
}

/**
 * Returns the address that a text means: `192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`.
 *
 * @throws InvalidError when it is none
 */
export function ipAddress(text: string): IpAddress {
  for (const family of [INET, INET6]) {
    const [address, device, ...more] = family === INET6 ? text.split("%") : [text];
    const bytes = new Uint8Array(family.addressBytes);
    if (text.includes("\0") || netCalls().inet_pton(family.number, cText(address), bytes) !== 1) continue;
    const scope = device === undefined ? 0 : netCalls().if_nametoindex(cText(device));
    if (more.length > 0 || device !== undefined && scope === 0) break;
    return { family, bytes, scope };
  }
  throw new InvalidError(`${text} is not an IPv4 or IPv6 address`);
}

/**
 * Writes an endpoint as the C library has it.
 *
 * @param scope number of the device, for addresses that are unique on one link only
 */
export function writeName(bytes: Uint8Array, at: number, endpoint: UdpEndpoint, scope: number): void {
  const size = endpoint.length - 2, start = at + (size === 4 ? V4 : V6);
  bytes.fill(0, at, start);
  bytes[at] = size === 4 ? AF_INET : AF_INET6;
  bytes[at + 2] = endpoint[size];
  bytes[at + 3] = endpoint[size + 1];
  for (let index = 0; index < size; index++) bytes[start + index] = endpoint[index];
  if (size === 4) return void bytes.fill(0, start + 4, at + INET.nameBytes);
  for (let index = 0; index < 4; index++) bytes[at + SCOPE + index] = scope >>> (8 * index);
}

/** Reads an endpoint of the C library into `endpoint`, whose length says which kind it is. */
export function readName(bytes: Uint8Array, at: number, endpoint: UdpEndpoint): void {
  const size = endpoint.length - 2, start = at + (size === 4 ? V4 : V6);
  for (let index = 0; index < size; index++) endpoint[index] = bytes[start + index];
  endpoint[size] = bytes[at + 2];
  endpoint[size + 1] = bytes[at + 3];
}

/** Returns the flags (`IFA_F_…`) of an address in such a list; undefined: it is not there. @param address in hexadecimal */
export function addressFlags(list: string, address: string): number | undefined {
  const line = list.split("\n").find((one) => one.startsWith(`${address} `));
  return line === undefined ? undefined : parseInt(line.split(/\s+/)[4], 16);
}
