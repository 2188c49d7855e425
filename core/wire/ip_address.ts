/**
 * Texts of IP addresses and of UDP endpoints (RFC 4291 §2.2, RFC 5952).
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";
import type { UdpEndpoint } from "../contract/network.ts";

/** Version of IP. */
export type IpVersion = 4 | 6;

const GROUPS = 8;
const MAX_PORT = 0xffff;
const MAPPED_PREFIX = "00000000000000000000ffff";

/**
 * Reads the bytes of an address: 4 or 16.
 *
 * @throws InvalidError when the text is no IPv4 or IPv6 address, or has a zone (`%eth0`)
 *
 * @example
 * ```ts
 * import { formatIp, parseIp } from "./ip_address.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...parseIp("10.0.0.1")], [10, 0, 0, 1]);
 * assert.equal(formatIp(parseIp("2001:DB8:0:0::1")), "2001:db8::1");
 * ```
 */
export function parseIp(text: string): Uint8Array<ArrayBuffer> {
  const bytes = text.includes(":") ? parseIpv6(text) : parseIpv4(text);
  if (bytes) return bytes;
  if (text.includes("%")) {
    throw new InvalidError(
      `"${text}" names a zone (the part from % on), which is not supported: use an address that is not link-local`,
    );
  }
  throw new InvalidError(`"${text}" is not an IP address; IPv4: 192.0.2.1, IPv6: 2001:db8::1`);
}

/** As {@link parseIp}, of the given version only. @throws InvalidError for any other text */
export function parseIpOf(version: IpVersion, text: string): Uint8Array<ArrayBuffer> {
  const bytes = parseIp(text);
  if (versionOf(bytes) === version) return bytes;
  throw new InvalidError(`"${text}" is not an IPv${version} address`);
}

/** Returns the version of an address of 4 or 16 bytes. */
export const versionOf = ({ length }: Uint8Array): IpVersion => length === 4 ? 4 : 6;

/** Returns the text of an address of 4 or 16 bytes; the shortest form, lower case. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.subarray(0, 12).toHex() === MAPPED_PREFIX) return `::ffff:${bytes.subarray(12).join(".")}`;
  const groups = bytes.toHex().match(/.{4}/g);
  return new URL(`http://[${groups?.join(":")}]`).hostname.slice(1, -1);
}

/** Returns an endpoint of an address (4 or 16 bytes) and a port. */
export function udpEndpoint(address: Uint8Array, port: number): UdpEndpoint {
  const endpoint = new Uint8Array(address.length + 2);
  endpoint.set(address);
  new DataView(endpoint.buffer).setUint16(address.length, port);
  return endpoint as Uint8Array as UdpEndpoint;
}

/** Returns the address in an endpoint: a view. */
export const addressOf = (endpoint: UdpEndpoint): Uint8Array => endpoint.subarray(0, -2);

/** Returns the port in an endpoint. */
export const portOf = (endpoint: UdpEndpoint): number =>
  (endpoint.at(-2) ?? 0) * 256 + (endpoint.at(-1) ?? 0);

/** `ADDRESS:PORT`, or `[ADDRESS]:PORT` for IPv6. */
export function formatEndpoint(endpoint: UdpEndpoint): string {
  const address = addressOf(endpoint);
  const text = formatIp(address);
  return `${address.length === 4 ? text : `[${text}]`}:${portOf(endpoint)}`;
}

/**
 * Reads a host and a port as users write them: `HOST`, `HOST:PORT`, `[ADDRESS]:PORT`, or an IPv6 address alone.
 *
 * @param port where none is written
 * @throws InvalidError when there is no host, or the port is not 1 … 65535
 *
 * @example
 * ```ts
 * import { parseHostPort } from "./ip_address.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseHostPort("[2001:db8::1]:99", 3435), { host: "2001:db8::1", port: 99 });
 * assert.deepEqual(parseHostPort("example.org", 3435), { host: "example.org", port: 3435 });
 * ```
 */
export function parseHostPort(text: string, port: number): { host: string; port: number } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  const plain = /^([^:]*)(?::([^:]*))?$/.exec(text);
  const [host, written] = bracketed?.slice(1) ?? plain?.slice(1) ?? [text];
  if (host === "") throw new InvalidError(`"${text}" names no host; write HOST or HOST:PORT`);
  if (host.includes(":")) parseIpOf(6, host);
  else if (bracketed) throw new InvalidError(`"${text}": between [ and ] stands an IPv6 address`);
  if (written === undefined) return { host, port };
  const number = /^[0-9]{1,5}$/.test(written) ? Number(written) : 0;
  if (number >= 1 && number <= MAX_PORT) return { host, port: number };
  throw new InvalidError(`"${text}": the port is a number of 1 to ${MAX_PORT}`);
}

/** Reads an endpoint as {@link formatEndpoint} writes it. @throws InvalidError for any other text */
export function parseEndpoint(text: string): UdpEndpoint {
  const { host, port } = parseHostPort(text, 0);
  if (port === 0) throw new InvalidError(`"${text}" has no port; write ADDRESS:PORT`);
  return udpEndpoint(parseIp(host), port);
}

function parseIpv4(text: string): Uint8Array<ArrayBuffer> | undefined {
  // A leading zero means octal to some readers: it is refused.
  if (!/^(?:(?:0|[1-9][0-9]{0,2})(?:\.(?!$)|$)){4}$/.test(text)) return undefined;
  const numbers = text.split(".").map(Number);
  return numbers.every((number) => number <= 255) ? Uint8Array.from(numbers) : undefined;
}

function parseIpv6(text: string): Uint8Array<ArrayBuffer> | undefined {
  // A parser of addresses of the web takes more than addresses: what does not belong into one is refused here.
  const shortest = /^[0-9a-f:.]+$/i.test(text)
    ? URL.parse(`http://[${text}]`)?.hostname.slice(1, -1)
    : undefined;
  if (shortest === undefined) return undefined;
  const [head, rest] = shortest.split("::").map((half) => half === "" ? [] : half.split(":"));
  const zeros = Array<string>(rest ? GROUPS - head.length - rest.length : 0).fill("0");
  const groups = [...head, ...zeros, ...rest ?? []];
  return Uint8Array.fromHex(groups.map((group) => group.padStart(4, "0")).join(""));
}
