/**
 * Packets of flows between IPCPs, in words. The first packet each way, a CEP message, tells what the others are.
 *
 * @module
 */
import { ProtocolError } from "../../../contract/errors.ts";
import { type CepMessage, decodeCep, MAX_CEP_BYTES } from "../../../wire/layer/cep_message.ts";
import {
  decodeEnrollmentAck,
  decodeEnrollmentRequest,
  decodeEnrollmentResponse,
} from "../../../wire/layer/enrollment_message.ts";
import { decodeLinkStateUpdate } from "../../../wire/link_state_update.ts";
import type { FlowComponent } from "../../../wire/capture/capture_packet.ts";
import { addressText, transferText } from "./transfer_texts.ts";

/** So many flows are remembered; then the oldest is forgotten. */
const MAX_FLOWS = 4096;

/** What flows carry. */
export class FlowTexts {
  readonly #components = new Map<string, FlowComponent>();

  /**
   * A packet in words.
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
      this.#remember(key, componentOf(cep));
      return cep.component === "" ? "connection refused" : `connection of ${cep.component}`;
    }
    switch (component ?? this.#components.get(key) ?? "unknown") {
      case "enrolment":
        return enrollmentText(packet);
      case "management":
        return updateText(packet);
      case "transfer":
        return transferText(packet);
      case "broadcast":
        return "broadcast data";
      case "unknown":
        return "data";
    }
  }

  #remember(key: string, component: FlowComponent): void {
    this.#components.set(key, component);
    const [oldest] = this.#components.keys();
    if (this.#components.size > MAX_FLOWS) this.#components.delete(oldest);
  }
}

/** A CEP message with all that it must have; undefined when the packet is something else. */
function cepIn(packet: Uint8Array): CepMessage | undefined {
  if (packet.length > MAX_CEP_BYTES) return undefined;
  try {
    return decodeCep(packet);
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return undefined;
    throw thrown;
  }
}

function componentOf({ component, protocol }: CepMessage): FlowComponent {
  switch (component) {
    case "Enrollment":
      return "enrolment";
    case "Management":
      return "management";
    case "Data Transfer":
      return protocol === "" ? "broadcast" : "transfer";
  }
  return "unknown";
}

/** The three messages follow each other; each has fields that the others have not. */
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

function updateText(packet: Uint8Array): string {
  const { source, destination, sequence } = decodeLinkStateUpdate(packet);
  // From 2⁵² on odd numbers withdraw (docs/wire-extensions.md).
  const withdrawn = sequence >= 2 ** 52 && sequence % 2 === 1 ? ", withdrawn" : "";
  return `link ${addressText(source)} → ${addressText(destination)}, number ${sequence}${withdrawn}`;
}
