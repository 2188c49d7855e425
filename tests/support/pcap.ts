/**
 * Reads captures: the classic pcap format, in either byte order.
 *
 * @module
 */

/** One frame of a capture. */
export interface PcapFrame {
  /** From 1, as listings count. */
  readonly number: number;
  /** Seconds since 1970. */
  readonly time: number;
  /** What was captured of it: for Ethernet, from the destination address to the end of the payload. */
  readonly bytes: Uint8Array;
}

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const FILE_HEADER = 24;
const FRAME_HEADER = 16;
const ETHERNET = 1;

/**
 * The frames of a capture.
 *
 * @param wanted its link type; left out: Ethernet
 * @throws Error when the bytes are not a whole capture of that type
 */
export function readPcap(bytes: Uint8Array, wanted = ETHERNET): PcapFrame[] {
  if (bytes.length < FILE_HEADER) throw new Error("a capture has a header of 24 bytes");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = [MICROSECONDS, NANOSECONDS].includes(view.getUint32(0, true));
  const magic = view.getUint32(0, little);
  if (magic !== MICROSECONDS && magic !== NANOSECONDS) throw new Error("this is not a capture");
  const link = view.getUint32(20, little);
  if (link !== wanted) throw new Error(`the link type is ${link}, not ${wanted}`);
  const fraction = magic === MICROSECONDS ? 1e6 : 1e9;
  const frames: PcapFrame[] = [];
  for (let at = FILE_HEADER; at < bytes.length;) {
    if (at + FRAME_HEADER > bytes.length) throw new Error("the capture ends within the header of a frame");
    const start = at + FRAME_HEADER;
    const end = start + view.getUint32(at + 8, little);
    if (end > bytes.length) throw new Error("the capture ends within a frame");
    const time = view.getUint32(at, little) + view.getUint32(at + 4, little) / fraction;
    frames.push({ number: frames.length + 1, time, bytes: bytes.subarray(start, end) });
    at = end;
  }
  return frames;
}

/** The frames of a recorded capture, by its name in `tests/vectors` without `.pcap`. */
export function recorded(name: string): PcapFrame[] {
  return readPcap(Deno.readFileSync(new URL(`../vectors/${name}.pcap`, import.meta.url)));
}
