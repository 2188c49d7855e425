/**
 * What a plugin tells of the packets whose formats it owns: words for captures, and what the simulator counts.
 *
 * @module
 */

/**
 * Where a packet was captured: a whole frame of Ethernet, what a UDP datagram carries, a packet of a flow between the components
 * `Management` or `Data Transfer` of a layer's members, or a message for its directory.
 */
export type PacketPlace = "ethernet" | "udp" | "management" | "transfer" | "directory";

/** Puts into words what stands inside a packet. */
export interface InnerPackets {
  /** Describes a packet of a flow. @param end the id of the end of the flow that the packet goes to */
  flow(end: number, packet: Uint8Array): string;
  /** Describes a message for the directory of the layer. */
  directory(message: Uint8Array): string;
}

/** What the header of a data transfer packet says. */
export interface TransferHeader {
  /** What the packet is for. */
  readonly purpose: "allocation" | "directory" | "data";
  /** How many hops it may still take. */
  readonly hopsLeft: number;
}

/** The packets of a plugin, for others to look at. */
export interface PacketFormats {
  /**
   * Describes a packet; undefined when it is none of the plugin's. Whom it goes to, and how long it is, is known already.
   *
   * @throws ProtocolError when it is malformed
   */
  describe(place: PacketPlace, packet: Uint8Array, inner: InnerPackets): string | undefined;
  /** Reads the header of a data transfer packet; undefined when the packet is too short. For IPCP types that forward. */
  transferHeader?(packet: Uint8Array): TransferHeader | undefined;
}
