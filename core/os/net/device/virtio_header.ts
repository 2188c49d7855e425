/**
 * What stands in front of a packet of a TUN device that the system leaves work to, and takes work from: `struct virtio_net_hdr`.
 *
 * @module
 */

/** Bytes of the header. */
export const VIRTIO_HEADER = 10;

/** The checksum is still to be made. */
export const NEEDS_CHECKSUM = 1;
/** The packet is several TCP segments in one, over IPv4 or IPv6. */
export const TCP_IPV4 = 1, TCP_IPV6 = 4;

/** A number of 16 bits in the byte order of this machine. */
const number = (bytes: Uint8Array, at: number): number => bytes[at] | bytes[at + 1] << 8;

/** The fields of a header, read in place. */
export const virtioHeader = {
  flags: (bytes: Uint8Array): number => bytes[0],
  kind: (bytes: Uint8Array): number => bytes[1],
  /** Bytes of data in each of the segments but the last. */
  segment: (bytes: Uint8Array): number => number(bytes, 4),
  /** Where the checksum begins to count, and where it stands from there on. */
  checksumFrom: (bytes: Uint8Array): number => number(bytes, 6),
  checksumAt: (bytes: Uint8Array): number => number(bytes, 8),
} as const;

/** Writes the header of several segments in one, whose checksum the system makes. */
export function writeSegments(
  bytes: Uint8Array,
  kind: number,
  headers: number,
  segment: number,
  checksumFrom: number,
  checksumAt: number,
): void {
  bytes[0] = NEEDS_CHECKSUM;
  bytes[1] = kind;
  [headers, segment, checksumFrom, checksumAt].forEach((value, index) => {
    bytes[2 + 2 * index] = value;
    bytes[3 + 2 * index] = value >> 8;
  });
}
