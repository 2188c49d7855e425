/**
 * Walks a capture and says what each packet is: by the flows of the lower layer, the component that each flow begins with, and
 * the endpoint ids inside the layer.
 *
 * @module
 */
import { decodeCep } from "../../core/wire/layer/cep_message.ts";
import {
  DIRECTORY_EID,
  FLOW_ALLOCATOR_EID,
  headerEidHigh,
  headerEidLow,
} from "../../plugins/unicast/wire/data_transfer_header.ts";
import { decoded } from "../support/layer_encoding.ts";
import { decodeEnrollmentResponse } from "../../core/wire/layer/enrollment_message.ts";
import { requestHashBytes } from "../../core/wire/oap_header.ts";
import { type LowerPacket, lowerPackets } from "../support/lower_packets.ts";
import { recorded } from "../support/pcap.ts";

/** What there is in captures. A data transfer packet counts as one, and again as what it carries. */
export const KINDS = [
  "lower management",
  "keep-alive",
  "CEP",
  "enrolment request",
  "enrolment response",
  "enrolment ack",
  "LSU",
  "DT header",
  "flow allocation",
  "DHT",
  "user data",
  "OAP request",
  "OAP response",
  "broadcast data",
  "FRCT",
] as const;

/** One of the {@link KINDS}. */
export type Kind = typeof KINDS[number];

/** A message in a capture. */
export interface Found {
  readonly kind: Kind;
  /** Where: capture and frame. */
  readonly where: string;
  readonly bytes: Uint8Array;
  /** Bytes of the hash that the message holds, where the reader has to know: of the layer, or of an OAP response. */
  readonly hashLength: number;
}

/** What a capture does not say itself. */
export interface WalkOptions {
  /** Components by endpoint id, for flows that are older than the capture. */
  readonly older?: Readonly<Record<number, string>>;
  /** The flows are those of applications, not of a layer above: what they carry is `user data`. */
  readonly applications?: boolean;
  /** Type of the frames of the lower layer. */
  readonly etherType?: number;
  /** Bytes of a hash in the lower layer, over Ethernet. */
  readonly lowerHash?: number;
}

const HASH_BYTES: ReadonlyMap<string, number> = new Map([
  ["SHA3_224", 28],
  ["SHA3_256", 32],
  ["SHA3_384", 48],
  ["SHA3_512", 64],
]);

/** A flow of the lower layer. */
interface Flow {
  component: string | undefined;
  protocol: string;
  /** Hosts that have not sent their CEP message yet. */
  readonly silent: Set<string>;
  readonly frct: boolean;
}

/** All messages of a recorded capture, in order. @throws Error for a packet that fits nowhere */
export function walk(capture: string, options: WalkOptions = {}): Found[] {
  const walker = new Walker(options);
  for (const packet of lowerPackets(recorded(capture), options.etherType)) walker.packet(capture, packet);
  return walker.found;
}

class Walker {
  readonly found: Found[] = [];
  readonly #flows = new Map<string, Flow>();
  /** Requests for flows of the lower layer: whether they are in order, by the end that asks. */
  readonly #asked = new Map<string, boolean>();
  /** Digests of OAP requests, by their id. */
  readonly #digests = new Map<string, number>();
  readonly #options: WalkOptions;
  #hashLength = 32;
  #where = "";

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  packet(capture: string, packet: LowerPacket): void {
    this.#where = `${capture} frame ${packet.frame}`;
    if (packet.sdu.length === 0) this.#add("keep-alive", packet.sdu);
    else if (packet.eid === 0) this.#management(packet);
    else if (this.#options.applications) this.#add("user data", packet.sdu);
    else this.#flow(packet);
  }

  #add(kind: Kind, bytes: Uint8Array, hashLength = this.#hashLength): void {
    this.found.push({ kind, where: this.#where, bytes, hashLength });
  }

  #management({ lower, from, to, sdu }: LowerPacket): void {
    this.#add("lower management", sdu);
    const view = new DataView(sdu.buffer, sdu.byteOffset, sdu.byteLength);
    const ethernet = lower === "eth-dix";
    const fixed = ethernet ? 39 : 43;
    const code = ethernet ? ["request", "reply"][sdu[37]] : ["", "request", "reply"][sdu[40]];
    const first = ethernet ? view.getUint16(0) : view.getUint32(0);
    const second = ethernet ? view.getUint16(2) : view.getUint32(4);
    if (code === "request") {
      this.#asked.set(`${from} ${first}`, sdu[ethernet ? 36 : 42] !== 0);
      this.#oapRequest(sdu.subarray(fixed + (ethernet ? this.#options.lowerHash ?? 32 : 16)));
    } else if (code === "reply" && view.getInt32(ethernet ? 32 : 8) === 0) {
      const [requester, responder] = ethernet ? [second, first] : [first, second];
      const frct = this.#asked.get(`${to} ${requester}`) ?? false;
      const flow = { component: undefined, protocol: "", silent: new Set([from, to]), frct };
      this.#flows.set(`${to} ${requester}`, flow).set(`${from} ${responder}`, flow);
      this.#oapResponse(sdu.subarray(fixed));
    }
  }

  #flow({ from, to, eid, sdu }: LowerPacket): void {
    const flow = this.#flows.get(`${to} ${eid}`) ?? this.#older(eid);
    if (flow.frct) this.#add("FRCT", sdu);
    else if (flow.silent.delete(from)) {
      this.#add("CEP", sdu);
      if (flow.component !== undefined) return;
      ({ component: flow.component, protocol: flow.protocol } = decodeCep(sdu));
    } else if (flow.component === "Management") this.#add("LSU", sdu);
    else if (flow.component === "Enrollment") this.#enrollment(sdu);
    else if (flow.component === "Data Transfer" && flow.protocol === "dtp") this.#transfer(sdu);
    else if (flow.component === "Data Transfer") this.#add("broadcast data", sdu);
    else throw new Error(`${this.#where}: there is no component ${flow.component}`);
  }

  #older(eid: number): Flow {
    const component = this.#options.older?.[eid];
    if (component === undefined) throw new Error(`${this.#where}: there is no flow with endpoint id ${eid}`);
    return { component, protocol: "dtp", silent: new Set(), frct: false };
  }

  #enrollment(sdu: Uint8Array): void {
    if (sdu.length === 10) return this.#add("enrolment request", sdu);
    if (sdu.length === 12) return this.#add("enrolment ack", sdu);
    this.#add("enrolment response", sdu);
    const { configuration } = decodeEnrollmentResponse(sdu);
    const hash = configuration ? decoded(configuration).hash : "";
    this.#hashLength = HASH_BYTES.get(hash) ?? 0;
  }

  #transfer(sdu: Uint8Array): void {
    this.#add("DT header", sdu.subarray(0, 15));
    const payload = sdu.subarray(15);
    const eid = headerEidHigh(sdu) === 0 ? headerEidLow(sdu) : Infinity;
    if (eid === FLOW_ALLOCATOR_EID) this.#flowAllocation(payload);
    else if (eid === DIRECTORY_EID) this.#add("DHT", payload);
    else this.#add("user data", payload);
  }

  #flowAllocation(message: Uint8Array): void {
    this.#add("flow allocation", message);
    const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    if (message[58] === 0) this.#oapRequest(message.subarray(61 + this.#hashLength));
    else if (message[58] === 1 && view.getInt32(32) === 0) this.#oapResponse(message.subarray(61));
  }

  #oapRequest(bytes: Uint8Array): void {
    this.#add("OAP request", bytes, 0);
    const id = bytes.subarray(0, 16).toHex();
    this.#digests.set(id, requestHashBytes((bytes[28] << 8) | bytes[29]));
  }

  #oapResponse(bytes: Uint8Array): void {
    const digest = this.#digests.get(bytes.subarray(0, 16).toHex()) ?? requestHashBytes(0);
    this.#add("OAP response", bytes, digest);
  }
}
