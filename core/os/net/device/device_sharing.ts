/**
 * What keeps those apart who use one device: which frames a raw socket takes, and who takes them already (packet(7)).
 *
 * @module
 */
import { ExistsError } from "../../../contract/errors.ts";
import { callError, netCalls, SOL_SOCKET } from "../../c/net_calls.ts";
import { kernelList } from "./network_device.ts";

/** `ETH_P_802_2`: frames whose type field is a length. */
export const LLC = 4;

const SO_ATTACH_FILTER = 26;
/** `PACKET_OTHERHOST`. */
const FOR_ANOTHER = 3;
/** Where a filter reads what the kernel knows of a frame: `SKF_AD_OFF` and `SKF_AD_PKTTYPE`, `…_IFINDEX`, `…_VLAN_TAG`. */
const KIND = 0xfffff004, DEVICE = 0xfffff008, VLAN = 0xfffff02c;
const LOAD = 0x20, IF_EQUAL = 0x15, IF_ANY_BIT = 0x45, RETURN = 0x06;
/** The number of a VLAN in a tag; 0: the frame belongs to none. */
const VLAN_ID = 0xfff;
/** Ethertypes that are proposed. */
const FIRST_TYPE = 0xa000, LAST_TYPE = 0xefff;

/** Instructions: code, how many to skip if true and if not, number. The last two take the frame, and drop it. */
const program = (index: number): readonly (readonly [number, number, number, number])[] => [
  [LOAD, 0, 0, DEVICE],
  [IF_EQUAL, 0, 5, index],
  [LOAD, 0, 0, KIND],
  [IF_EQUAL, 3, 0, FOR_ANOTHER],
  [LOAD, 0, 0, VLAN],
  [IF_ANY_BIT, 1, 0, VLAN_ID],
  [RETURN, 0, 0, 0xffff_ffff],
  [RETURN, 0, 0, 0],
];

/**
 * Lets a raw socket take only what is for the device itself: not what belongs to a device on top of it (a VLAN, a bond), not what
 * belongs to a VLAN that has no device here, which the kernel hands over without its tag as a frame for another station, and not
 * what is for other stations.
 *
 * @param index number of the device
 */
export function takeOwnFrames(fd: number, index: number, doing: string): void {
  const instructions = program(index);
  // A `struct sock_fprog`, with the instructions that it points at behind it.
  const bytes = new Uint8Array(16 + 8 * instructions.length), view = new DataView(bytes.buffer);
  view.setUint16(0, instructions.length, true);
  view.setBigUint64(8, Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)) + 16n, true);
  for (const [number, [code, ifTrue, ifNot, value]] of instructions.entries()) {
    const at = 16 + 8 * number;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, ifTrue);
    view.setUint8(at + 3, ifNot);
    view.setUint32(at + 4, value, true);
  }
  if (netCalls().setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, bytes, 16) !== 0) throw callError(doing);
}

/**
 * Refuses frames of a device that somebody else takes already: two layers would get each other's. To be called when the own socket
 * takes them, so that of two at once never both go on.
 *
 * @throws ExistsError with a proposal
 */
export function refuseIfTaken(device: string, index: number, protocol: number): void {
  const taken = protocolsTaken(kernelList("packet"), index);
  if (taken.filter((one) => one === protocol).length < 2) return;
  if (protocol === LLC) {
    throw new ExistsError(
      `another IPCP or program takes the LLC frames of ${device} already: make a layer of type eth-dix instead`,
    );
  }
  let free = FIRST_TYPE;
  while (free < LAST_TYPE && taken.includes(free)) free++;
  throw new ExistsError(
    `another IPCP or program takes the frames of ${device} with Ethertype 0x${
      protocol.toString(16)
    } already: ` +
      `choose another one, say "ethertype 0x${free.toString(16)}"`,
  );
}

/** Returns the protocols of all raw sockets on a device, as the kernel lists the sockets. */
export function protocolsTaken(sockets: string, index: number): number[] {
  const lines = sockets.split("\n").slice(1).map((line) => line.trim().split(/\s+/));
  return lines.filter(([, , , , device]) => device === `${index}`).map(([, , , protocol]) =>
    parseInt(protocol, 16)
  );
}
