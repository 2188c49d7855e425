/**
 * Packets of flows between IPCPs, in words. The first packet each way, a CEP message, tells what the others are.
 *
 * @module
 */
import { ProtocolError } from "../../../contract/errors.ts";
import { BoundedMap } from "../../../kit/bounded_map.ts";
import { type CepMessage, decodeCep, MAX_CEP_BYTES } from "../../../wire/layer/cep_message.ts";
import {
  decodeEnrollmentAck,
  decodeEnrollmentRequest,
  decodeEnrollmentResponse,
} from "../../../wire/layer/enrollment_message.ts";
import { componentOf, type FlowComponent } from "../../../wire/capture/capture_packet.ts";

/** So many flows are remembered; then the oldest is forgotten. */
const MAX_FLOWS = 4096;

/** What flows carry. */
export class FlowTexts {
  readonly #components = new BoundedMap<string, FlowComponent>(MAX_FLOWS);
  readonly #ask: (place: "management" | "transfer", packet: Uint8Array) => string;

  /** @param ask describes packets whose formats plugins own */
  constructor(ask: (place: "management" | "transfer", packet: Uint8Array) => string) {
    this.#ask = ask;
  }

  /**
   * Describes a packet.
   *
   * @param key the flow and the direction
   * @param component when something else tells it
   * @throws ProtocolError when it is malformed
   */
  text(key: string, packet: Uint8Array, component?: FlowComponent): string {
    if (packet.length === 0) return "keep-alive";
    // Ends of flows are used again, so every packet may be the first one; no other can be read as such a message.
    const cep = cepIn(packet);
    if (cep !== undefined) {
      this.#components.set(key, componentOf(cep));
      return cep.component === "" ? "connection refused" : `connection of ${cep.component}`;
    }
    const carried = component ?? this.#components.get(key) ?? "unknown";
    switch (carried) {
      case "enrollment":
        return enrollmentText(packet);
      case "management":
      case "transfer":
        return this.#ask(carried, packet);
      case "broadcast":
        return "broadcast data";
      case "unknown":
        return "data";
    }
  }
}

/** Reads a CEP message with all that it must have; undefined when the packet is something else. */
function cepIn(packet: Uint8Array): CepMessage | undefined {
  if (packet.length > MAX_CEP_BYTES) return undefined;
  try {
    return decodeCep(packet);
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return undefined;
    throw thrown;
  }
}

/** Describes one of the three messages of enrollment; each has fields that the others have not. */
function enrollmentText(packet: Uint8Array): string {
  const kinds: [string, (bytes: Uint8Array) => { result?: number; response?: number }][] = [
    ["response", decodeEnrollmentResponse],
    ["ack", decodeEnrollmentAck],
  ];
  for (const [kind, decode] of kinds) {
    try {
      const { response, result } = decode(packet);
      return `enrolment ${kind}, ${response ?? result}`;
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
    }
  }
  decodeEnrollmentRequest(packet);
  return "enrolment request";
}
