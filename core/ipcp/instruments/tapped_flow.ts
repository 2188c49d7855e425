/**
 * N-1 flows whose packets pass a {@link Tap}.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import type { Fd } from "../../contract/ids.ts";
import type { Lower, LowerFlow } from "../../contract/ipcp.ts";
import { type Done, success } from "../../contract/outcome.ts";
import type { QosSpec } from "../../contract/qos.ts";
import { joinBytes, NO_BYTES } from "../../kit/bytes.ts";
import { decodeCep, MAX_CEP_BYTES } from "../../wire/layer/cep_message.ts";
import {
  componentOf,
  type Direction,
  encodeCapturePacketHeader,
  type FlowComponent,
} from "../../wire/capture/capture_packet.ts";
import type { Tap } from "./tap.ts";

/** So many packets of a flow are searched for the message that names its component: the first each way. */
const SEARCHED = 2;

/** N-1 flows, every one of them tapped. */
export class TappedLower implements Lower {
  constructor(private readonly lower: Lower, private readonly tap: Tap) {}

  allocate(name: string, qos: QosSpec, done: Done<LowerFlow>): void {
    this.lower.allocate(name, qos, (outcome) => {
      done(outcome.ok ? success(new TappedFlow(outcome.value, this.tap)) : outcome);
    });
  }

  accept(accept: (flow: LowerFlow) => void): void {
    this.lower.accept((flow) => accept(new TappedFlow(flow, this.tap)));
  }
}

/** An N-1 flow. */
export class TappedFlow implements LowerFlow {
  #component: FlowComponent = "unknown";
  #searched = 0;
  /** The packets are looked at: somebody captures, or the component is not known yet. */
  #looking = true;

  constructor(private readonly flow: LowerFlow, private readonly tap: Tap) {
    tap.addFlow(this);
  }

  get fd(): Fd {
    return this.flow.fd;
  }

  get qos(): QosSpec {
    return this.flow.qos;
  }

  get maxPacket(): number {
    return this.flow.maxPacket;
  }

  get suspended(): boolean {
    return this.flow.suspended;
  }

  get queued(): number {
    return this.flow.queued;
  }

  send(packet: Uint8Array, header?: Uint8Array): boolean {
    const sent = this.flow.send(packet, header);
    if (this.#looking && sent) this.#see("out", packet, header);
    return sent;
  }

  onPacket(receive: (packet: Uint8Array) => void): void {
    this.flow.onPacket((packet) => {
      if (this.#looking) this.#see("in", packet);
      receive(packet);
    });
  }

  onDrained(level: number, drained: () => void): void {
    this.flow.onDrained(level, drained);
  }

  onChange(changed: () => void): void {
    this.flow.onChange(changed);
  }

  onDown(down: (reason: string) => void): void {
    this.flow.onDown((reason) => {
      this.tap.removeFlow(this);
      down(reason);
    });
  }

  deallocate(): void {
    this.tap.removeFlow(this);
    this.flow.deallocate();
  }

  /** Finds out whether the packets must be looked at. */
  look(): void {
    this.#looking = this.tap.watched || this.#searching;
  }

  get #searching(): boolean {
    return this.#component === "unknown" && this.#searched < SEARCHED;
  }

  #see(direction: Direction, packet: Uint8Array, header?: Uint8Array): void {
    const component = this.#component;
    if (this.#searching) this.#search(packet, header);
    if (this.tap.watched) {
      const pseudo = encodeCapturePacketHeader({ direction, component, fd: this.fd });
      this.tap.pass(direction, packet, header === undefined ? pseudo : joinBytes(pseudo, header));
    }
  }

  #search(packet: Uint8Array, header: Uint8Array = NO_BYTES): void {
    if (packet.length + header.length > 0) {
      this.#searched++;
      if (packet.length + header.length <= MAX_CEP_BYTES) {
        this.#component = componentIn(joinBytes(header, packet));
      }
    }
    this.look();
  }
}

function componentIn(packet: Uint8Array): FlowComponent {
  try {
    return componentOf(decodeCep(packet));
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return "unknown";
    throw thrown;
  }
}
