/**
 * Packets of a scenario as a capture has them, and in words.
 *
 * @module
 */
import type { PacketFormats } from "../../contract/formats.ts";
import { fd } from "../../contract/ids.ts";
import { joinBytes, NO_BYTES } from "../../kit/bytes.ts";
import { Describer } from "../../tools/capture/describe/describer.ts";
import type { CapturedPacket } from "../../tools/capture/source.ts";
import { encodeCapturePacketHeader } from "../../wire/capture/capture_packet.ts";
import { LINK_TYPES } from "../../wire/capture/pcap.ts";
import { componentOn } from "../experiment/traffic.ts";
import type { SimulatedFlow } from "../network/simulated_flow.ts";
import type { SeenPacket } from "./play.ts";
import type { PlayedLayer } from "./played_layer.ts";

/** Numbers flows from here on. */
const FIRST = 64;

/** Makes captured packets: each flow of the network has a number of its own, and goes out from the lower host. */
export class PacketLog {
  readonly #numbers = new WeakMap<SimulatedFlow, number>();
  readonly #describers = new Map<PlayedLayer, Describer>();
  #next = FIRST;

  /** @param hosts names @param formats what plugins tell of their packets */
  constructor(
    private readonly hosts: readonly string[],
    private readonly formats: readonly PacketFormats[],
  ) {}

  /** Returns a packet as a capture of an IPCP's N-1 flows has it. */
  captured({ time, flow, header, rest }: SeenPacket): CapturedPacket {
    const direction = flow.place.direction === 0 ? "out" : "in";
    const front = encodeCapturePacketHeader({
      direction,
      component: componentOn(flow),
      fd: fd(this.#numberOf(flow)),
    });
    const packet = joinBytes(front, header, rest ?? NO_BYTES);
    return { time, direction, packet, length: packet.length };
  }

  /** Returns a line for a packet: when, from whom, to whom, in which layer, what, how long. */
  line(seen: SeenPacket): string {
    const { time, from, to, layer, header, rest } = seen;
    const describer = this.#describers.get(layer) ?? new Describer(LINK_TYPES.lower, this.formats);
    this.#describers.set(layer, describer);
    const { what } = describer.describe(this.captured(seen));
    const [one, other] = [this.hosts[from], this.hosts[to]];
    const length = header.length + (rest?.length ?? 0);
    return `${(time / 1000).toFixed(6)} ${one} > ${other} ${layer.spec.name}: ${what}, ${length} bytes`;
  }

  #numberOf(flow: SimulatedFlow): number {
    const known = this.#numbers.get(flow) ?? (flow.peer && this.#numbers.get(flow.peer));
    const number = known ?? this.#next++;
    this.#numbers.set(flow, number);
    return number;
  }
}
