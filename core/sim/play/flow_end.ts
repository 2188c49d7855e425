/**
 * An end of a flow as an application has it: with the flow protocol in front of the layer, where the quality of the flow asks for it.
 *
 * @module
 */
import { FlowDownError, OuroError } from "../../contract/errors.ts";
import type { Random } from "../../contract/ports.ts";
import type { FlowProtocol } from "../../frct/flow_protocol.ts";
import { makeEndpoint } from "../../frct/make_endpoint.ts";
import type { ApplicationFlow } from "../experiment/application_flow.ts";
import type { Scheduler } from "../scheduler.ts";
import { StackedFlow } from "../stack/stacked_flow.ts";

/** Packets that may wait for the layer before the protocol goes on. */
const LEVEL = 32;

/** What is below an end. */
export interface FlowEndContext {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Longest life of a packet in the layer, in milliseconds. */
  readonly mpl: number | undefined;
  /** Largest packet that the layer says it carries. */
  readonly maxPacket: number | undefined;
}

/** An end of a flow. */
export class FlowEnd {
  /** Where packets go that have come; each is valid during the call only. */
  onRead: (packet: Uint8Array) => void = () => {};
  /** Called when packets can be written again after {@link write} said no. */
  onWritable: () => void = () => {};
  /** Called when the flow is gone. */
  onDown: () => void = () => {};
  readonly #flow: ApplicationFlow;
  readonly #protocol: FlowProtocol | undefined;

  /** Makes one over a flow that is up. */
  constructor(flow: ApplicationFlow, context: FlowEndContext) {
    this.#flow = flow;
    if (flow.qos.inOrder !== 0) {
      this.#protocol = this.#protocolOver(flow, context);
      return;
    }
    flow.onRead = (packet) => this.onRead(packet);
    flow.onWritable = () => this.onWritable();
    flow.onDown = () => this.onDown();
  }

  /** Returns whether it is gone. */
  get over(): boolean {
    return this.#flow.over;
  }

  /** Writes a packet, which is copied where it must be. False: none is taken at the moment. */
  write(packet: Uint8Array): boolean {
    if (!this.#protocol) return this.#flow.write(packet);
    if (this.#flow.over || packet.length > this.#protocol.maxPacket) return false;
    try {
      return this.#protocol.write(packet);
    } catch (thrown) {
      if (thrown instanceof OuroError) return false;
      throw thrown;
    }
  }

  /** The application is done with it. */
  close(): void {
    this.#flow.deallocate();
  }

  #protocolOver(
    flow: ApplicationFlow,
    { scheduler, random, mpl = 100, maxPacket }: FlowEndContext,
  ): FlowProtocol {
    const below = new StackedFlow(flow.fd, flow, maxPacket, { sent() {}, ended() {} });
    const protocol = makeEndpoint({
      qos: flow.qos,
      mpl,
      maxPdu: below.maxPacket,
      ports: { clock: scheduler, timers: scheduler, random },
      send: (pdu, header) => below.queued < LEVEL && below.send(pdu, header),
      events: {
        onDeliverable: () => {
          for (let packet; (packet = protocol.take()) !== undefined;) this.onRead(packet);
        },
        onWritable: () => this.onWritable(),
        onFailed: () => this.onDown(),
      },
    });
    below.onDrained(LEVEL / 2, () => protocol.resume());
    below.onChange(() => {
      protocol.limit(below.maxPacket);
      if (!below.suspended) protocol.recover();
    });
    below.onDown((reason) => {
      protocol.down(new FlowDownError(reason));
      this.onDown();
    });
    below.onPacket((pdu) => protocol.receive(pdu));
    return protocol;
  }
}
