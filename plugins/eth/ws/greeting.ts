/**
 * What both ends of a socket say first: who they are.
 *
 * | bytes | what                                                                                              |
 * | ----- | ------------------------------------------------------------------------------------------------- |
 * | 4     | `OUWS`                                                                                            |
 * | 1     | version of the protocol: 1                                                                        |
 * | 1     | 0; 1, from a hub only: somebody else has the address, take another one                            |
 * | 2     | largest payload of an Ethernet frame                                                              |
 * | 6     | Ethernet address                                                                                  |
 * | 16    | a secret of the member, by which it gets its address again on another socket; 0 from a hub        |
 *
 * @module
 */
import { ProtocolError } from "../../../core/contract/errors.ts";
import type { MacAddress } from "../../../core/contract/network.ts";
import { formatMac, goesToGroup, MAC_BYTES, macAddress } from "../../../core/wire/ethernet_frame.ts";

/** Bytes of a greeting. */
export const GREETING_BYTES = 30;
/** Bytes of a secret. */
export const SECRET_BYTES = 16;

const WORD = Uint8Array.of(0x4f, 0x55, 0x57, 0x53);
const VERSION = 1;
const FLAG_AT = 5, MTU_AT = 6, ADDRESS_AT = 8, SECRET_AT = 14;
/** The smallest payload that Ethernet has to carry. */
const LEAST_MTU = 1500;

/** A greeting. */
export interface Greeting {
  /** Somebody else has the address. */
  readonly taken: boolean;
  readonly mtu: number;
  readonly address: MacAddress;
  readonly secret: Uint8Array;
}

/** Writes a greeting. */
export function encodeGreeting({ taken, mtu, address, secret }: Greeting): Uint8Array {
  const bytes = new Uint8Array(GREETING_BYTES);
  bytes.set(WORD);
  bytes[WORD.length] = VERSION;
  bytes[FLAG_AT] = taken ? 1 : 0;
  bytes[MTU_AT] = mtu >>> 8;
  bytes[MTU_AT + 1] = mtu;
  bytes.set(address, ADDRESS_AT);
  bytes.set(secret, SECRET_AT);
  return bytes;
}

/**
 * Reads a greeting: copies of what it has. Bytes behind it are of later versions.
 *
 * @throws ProtocolError when it is none
 */
export function decodeGreeting(bytes: Uint8Array): Greeting {
  if (bytes.length < GREETING_BYTES || WORD.some((byte, index) => bytes[index] !== byte)) {
    throw new ProtocolError("it does not speak the protocol of layers over WebSockets");
  }
  if (bytes[WORD.length] !== VERSION) {
    throw new ProtocolError(
      `it speaks version ${bytes[WORD.length]} of the protocol of layers over WebSockets, not ${VERSION}`,
    );
  }
  const mtu = bytes[MTU_AT] << 8 | bytes[MTU_AT + 1];
  const address = macAddress(bytes.slice(ADDRESS_AT, ADDRESS_AT + MAC_BYTES));
  if (mtu < LEAST_MTU) throw new ProtocolError(`it carries ${mtu} bytes; ${LEAST_MTU} is the least`);
  if (goesToGroup(address)) throw new ProtocolError(`its address is that of a group: ${formatMac(address)}`);
  const secret = bytes.slice(SECRET_AT, SECRET_AT + SECRET_BYTES);
  return { taken: bytes[FLAG_AT] !== 0, mtu, address, secret };
}
