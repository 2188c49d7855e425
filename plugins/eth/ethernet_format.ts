/**
 * Where layers with an Ethertype and layers with LLC differ on the wire.
 *
 * @module
 */
import type { FrameFilter, MacAddress } from "../../core/contract/network.ts";
import * as frames from "../../core/wire/ethernet_frame.ts";
import { DIX_MANAGEMENT, LLC_MANAGEMENT, type ManagementFormat } from "./ethernet_management.ts";

/** Largest management message, in bytes: the reference drops larger ones. */
export const MAX_MANAGEMENT = 9000;
/** Longest life of a packet on a network of cables, in milliseconds (release 0.23.0). */
const MPL = 100;
/** Payload that the length field of a DIX frame can say. */
const MAX_DIX_PAYLOAD = 65_535;

/** The bytes of a layer on Ethernet. */
export interface EthernetFormat {
  /** Which frames are the layer's. */
  readonly filter: FrameFilter;
  /** Longest life of a packet in the layer, in milliseconds. */
  readonly mpl: number;
  readonly management: ManagementFormat;
  /** Bytes in front of the payload. */
  readonly headerBytes: number;
  /** Id that management messages are for and from. */
  readonly managementId: number;
  /** Ids of ends of flows that may be given here, and that peers may have. */
  readonly ids: {
    readonly firstId: number;
    readonly lastId: number;
    readonly firstPeerId: number;
    readonly lastPeerId: number;
  };
  /** Largest payload on a device, in bytes. */
  maxPacket(mtu: number): number;
  /** The header of frames from one end to another. */
  header(to: MacAddress, from: MacAddress, toId: number, fromId: number): Uint8Array;
  /** Sets how many bytes follow a header. */
  setLength(header: Uint8Array, length: number): void;
  /** Is the frame whole? The functions below trust it. */
  isWhole(frame: Uint8Array): boolean;
  /** @throws ProtocolError that says why it is not */
  check(frame: Uint8Array): void;
  /** Is it a frame of a layer, as far as can be told? */
  isOurs(frame: Uint8Array): boolean;
  /** Id of the end that the frame is for. */
  destination(frame: Uint8Array): number;
  /** Is it from this end? Where frames do not say it: yes. @param id 0: not known yet, so that any will do */
  isFrom(frame: Uint8Array, id: number): boolean;
  /** The payload: a view into the frame. */
  payload(frame: Uint8Array): Uint8Array;
}

/** Layers with an Ethertype. */
export const dixFormat = (etherType: number): EthernetFormat => ({
  filter: etherType,
  mpl: MPL,
  management: DIX_MANAGEMENT,
  headerBytes: frames.DIX_HEADER_BYTES,
  managementId: frames.MANAGEMENT_EID,
  ids: { firstId: 64, lastId: 0xfffe, firstPeerId: 1, lastPeerId: 0xfffe },
  maxPacket: (mtu) => Math.min(mtu - frames.DIX_HEADER_BYTES + frames.ETHERNET_HEADER_BYTES, MAX_DIX_PAYLOAD),
  header: (to, from, toId) => frames.dixHeader(to, from, etherType, toId),
  setLength: frames.setDixLength,
  isWhole: frames.isDixFrame,
  check: frames.checkDixFrame,
  isOurs: () => true,
  destination: frames.dixEid,
  isFrom: () => true,
  payload: frames.dixPayload,
});

/** Layers with LLC. */
export const LLC_FORMAT: EthernetFormat = {
  filter: "llc",
  mpl: MPL,
  management: LLC_MANAGEMENT,
  headerBytes: frames.LLC_HEADER_BYTES,
  managementId: frames.MANAGEMENT_SAP,
  ids: { firstId: 2, lastId: 63, firstPeerId: 2, lastPeerId: 127 },
  maxPacket: (mtu) =>
    Math.min(mtu, frames.MAX_LLC_LENGTH) - frames.LLC_HEADER_BYTES + frames.ETHERNET_HEADER_BYTES,
  header: frames.llcHeader,
  setLength: frames.setLlcLength,
  isWhole: frames.isLlcFrame,
  check: frames.checkLlcFrame,
  isOurs: frames.isUnnumbered,
  destination: frames.llcTo,
  isFrom: (frame, id) => id === 0 || frames.llcFrom(frame) === id,
  payload: frames.llcPayload,
};
