/**
 * Addresses that look-ups gave, as endpoints that datagrams can be sent to.
 *
 * @module
 */
import type { UdpEndpoint } from "../../core/contract/network.ts";
import { type IpVersion, parseIp, udpEndpoint, versionOf } from "../../core/wire/ip_address.ts";

/** The texts as endpoints with that port; what is no usable address of the version is left out. */
export function asEndpoints(addresses: readonly string[], version: IpVersion, port: number): UdpEndpoint[] {
  return addresses.flatMap((text) => {
    const address = read(text);
    return address && versionOf(address) === version && isReachable(address)
      ? [udpEndpoint(address, port)]
      : [];
  });
}

/** Link-local addresses with a zone, say, are no use here: undefined. */
function read(text: string): Uint8Array | undefined {
  try {
    return parseIp(text);
  } catch {
    return undefined;
  }
}

/** Neither unspecified (the reference stores that after a look-up in the DNS) nor multicast. */
export function isReachable(address: Uint8Array): boolean {
  const multicast = address.length === 4 ? address[0] >= 224 : address[0] === 0xff;
  return !multicast && address.some((byte) => byte !== 0);
}
