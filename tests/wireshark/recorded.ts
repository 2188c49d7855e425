/**
 * Recorded captures, dissected together: what takes long is the start of tshark.
 *
 * @module
 */
import { LINK_TYPES } from "../../core/wire/capture/pcap.ts";
import { recorded } from "../support/pcap.ts";
import { dissectMade } from "./made.ts";
import type { Dissected, DissectOptions } from "./tshark.ts";

const IPV4 = 0x0800;
const IPV6 = 0x86dd;

/**
 * A frame between hosts that no other capture has. The dissector tells flows of the lower layer apart by these addresses, so that none
 * knows of a flow from another capture.
 */
function between(hosts: number, frame: Uint8Array): Uint8Array {
  const bytes = frame.slice();
  const number = (at: number) => bytes[at] = hosts;
  for (const at of [2, 8]) number(at);
  const type = new DataView(bytes.buffer).getUint16(12);
  if (type === IPV4) { for (const at of [27, 31]) number(at); }
  else if (type === IPV6) { for (const at of [24, 40]) number(at); }
  return bytes;
}

/**
 * What the dissector shows of recorded captures, by their names in `tests/vectors`; frames are counted from 1 in each. Those of one layer
 * belong into different calls: flows inside it are told apart by its addresses.
 */
export function dissectRecorded(
  names: readonly string[],
  options?: DissectOptions,
): ReadonlyMap<string, readonly Dissected[]> {
  const captures = names.map((name, index) => recorded(name).map(({ bytes }) => between(index + 1, bytes)));
  const frames = dissectMade(LINK_TYPES.ethernet, captures.flat(), options);
  let start = 0;
  return new Map(names.map((name, index) => {
    const first = start;
    start += captures[index].length;
    const own = frames.slice(first, start).map((frame) => ({ ...frame, number: frame.number - first }));
    return [name, own];
  }));
}
