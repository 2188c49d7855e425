/**
 * Counts what the members of unicast layers send, by what it is for. The first message on a flow, that of connection
 * establishment, says which component it belongs to.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import type { TransferHeader } from "../../contract/formats.ts";
import type { FlowComponent } from "../../wire/capture/capture_packet.ts";
import { type CepMessage, COMPONENTS, decodeCep } from "../../wire/layer/cep_message.ts";

/** What packets are for, in the order of tables. `connection`: connection establishment but that of enrollment. */
export const TRAFFIC_KINDS = [
  "enrollment",
  "connection",
  "routing",
  "directory",
  "allocation",
  "data",
  "other",
] as const;

/** What a packet is for. */
export type TrafficKind = typeof TRAFFIC_KINDS[number];

/** A flow on which packets are counted. */
export interface Tagged {
  /** What runs on the flow, for the counter's use: 0 at first. */
  tag: number;
}

/** Packets of one kind. */
export interface TrafficCount {
  /** Packets sent over links: a packet counts once for each hop. */
  readonly sent: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Packets counted once, where they set out. */
  readonly messages: number;
}

const KINDS = TRAFFIC_KINDS.length;
const [ENROLLMENT, CONNECTION, ROUTING, DIRECTORY, ALLOCATION, DATA, OTHER] = TRAFFIC_KINDS.keys();
const PURPOSES = { allocation: ALLOCATION, directory: DIRECTORY, data: DATA };
/** Tags of flows: nothing was sent yet, data transfer; else 2 + kind. */
const [FRESH, TRANSFER] = [0, 1];
const FOLLOWING: ReadonlyMap<string, readonly [kind: number, tag: number]> = new Map([
  [COMPONENTS.enrollment, [ENROLLMENT, 2 + ENROLLMENT]],
  [COMPONENTS.management, [CONNECTION, 2 + ROUTING]],
  [COMPONENTS.transfer, [CONNECTION, TRANSFER]],
]);

/**
 * Counts of packets; {@link observe} goes into `Network.observer`.
 *
 * @example
 * ```ts
 * import { Traffic } from "./traffic.ts";
 * import assert from "node:assert/strict";
 * const traffic = new Traffic(60);
 * assert.deepEqual(traffic.count("routing"), { sent: 0, bytes: 0, messages: 0 });
 * ```
 */
export class Traffic {
  readonly #sent = new Float64Array(KINDS);
  readonly #bytes = new Float64Array(KINDS);
  readonly #messages = new Float64Array(KINDS);

  /**
   * Starts with nothing counted.
   *
   * @param ttl hops that packets of the layer may take, by which those that set out are known
   * @param header reads packets of data transfer, as the type of the layer's IPCPs tells it
   */
  constructor(
    private readonly ttl: number,
    private readonly header: (packet: Uint8Array) => TransferHeader | undefined = () => undefined,
  ) {}

  /** Returns what was sent so far. */
  count(kind: TrafficKind): TrafficCount {
    const at = TRAFFIC_KINDS.indexOf(kind);
    return { sent: this.#sent[at], bytes: this.#bytes[at], messages: this.#messages[at] };
  }

  /** Returns what was sent so far, of all kinds; to be subtracted from a later one. */
  counts(): Record<TrafficKind, TrafficCount> {
    const entries = TRAFFIC_KINDS.map((kind) => [kind, this.count(kind)] as const);
    // The record was made from all kinds.
    return Object.fromEntries(entries) as Record<TrafficKind, TrafficCount>;
  }

  /** Counts a packet. */
  readonly observe = (flow: Tagged, start: Uint8Array, length: number): void => {
    let kind: number;
    let fresh = true;
    if (flow.tag === TRANSFER) {
      const header = this.header(start);
      kind = header ? PURPOSES[header.purpose] : OTHER;
      fresh = header === undefined || header.hopsLeft === this.ttl;
    } else if (flow.tag === FRESH) [kind, flow.tag] = classify(start);
    else kind = flow.tag - 2;
    this.#sent[kind]++;
    this.#bytes[kind] += length;
    if (fresh) this.#messages[kind]++;
  };
}

/** Returns the component whose packets run on a flow, by the tag that the counter has put there. */
export function componentOn({ tag }: Tagged): FlowComponent {
  if (tag === TRANSFER) return "transfer";
  return tag === 2 + ROUTING ? "management" : tag === 2 + ENROLLMENT ? "enrollment" : "unknown";
}

function classify(start: Uint8Array): readonly [kind: number, tag: number] {
  let message: CepMessage;
  try {
    message = decodeCep(start);
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return [OTHER, 2 + OTHER];
    throw thrown;
  }
  return FOLLOWING.get(message.component) ?? [OTHER, 2 + OTHER];
}
