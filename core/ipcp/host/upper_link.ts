/**
 * What an IPCP type tells and asks the IRMd, turned into messages of the control protocol.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type { FlowReply, FlowRequest, Layer, Upper, UpperFlow } from "../../contract/ipcp.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { Log, Timers } from "../../contract/ports.ts";
import { fieldsOf } from "../../wire/local/fields.ts";
import { MAX_PACKET } from "../../wire/local/data_frames.ts";
import { qosToJson } from "../../wire/local/qos_json.ts";
import type { HostUpperFlow } from "./upper_flow.ts";
import type { HostUpperFlows } from "./upper_flows.ts";
import { readFlow } from "../layer_requests.ts";
import type { LifeCycle } from "./life_cycle.ts";

/** Milliseconds for which a data connection is kept, so that the reason why a flow is down comes before its end. */
const TELL_FIRST = 50;

/** The control connection as the host needs it. */
export interface IrmdLink {
  /** Asks the IRMd. */
  request(method: string, params: unknown, done: Done<unknown>): void;
  /** Tells the IRMd. */
  notify(method: string, params: unknown): void;
}

/** What the layer says of all its flows now. */
type LayerLimits = Pick<Layer, "mpl" | "maxPacket">;

/** {@link Upper} over a control connection. */
export class UpperLink implements Upper {
  constructor(
    private readonly irmd: IrmdLink,
    private readonly flows: HostUpperFlows,
    private readonly life: LifeCycle,
    private readonly log: Log,
    private readonly timers: Timers,
  ) {}

  request({ hash, qos, data }: FlowRequest, done: Done<UpperFlow>): void {
    try {
      this.life.needLayer();
    } catch (thrown) {
      return done(failure(asOuroError(thrown)));
    }
    const { mpl, maxPacket } = this.#told();
    const params = { hash, qos: qosToJson(qos), data: data.toBase64(), mpl, maxPacket };
    this.irmd.request("upper.request", params, (outcome) => {
      if (!outcome.ok) return done(outcome);
      let flow: HostUpperFlow;
      try {
        flow = this.flows.open(
          readFlow(fieldsOf(outcome.value, "the answer to upper.request")),
          qos,
          "offered",
        );
      } catch (thrown) {
        return done(failure(asOuroError(thrown)));
      }
      flow.told = maxPacket ?? flow.told;
      done(success(flow));
    });
  }

  allocated(flow: UpperFlow, reply: FlowReply, mpl: number): void {
    const hosted = this.#current(flow);
    if (hosted?.state !== "asked") return this.#ignore(flow, "allocated");
    const { response } = reply;
    const splice = hosted.spliced;
    const { maxPacket } = this.#told(hosted.limited);
    hosted.told = maxPacket ?? hosted.told;
    const tell = () => {
      this.irmd.notify("upper.allocated", {
        flow: flow.id,
        response,
        mpl,
        maxPacket,
        data: reply.data.toBase64(),
        splice,
      });
    };
    if (hosted.held) hosted.held = tell;
    else tell();
    if (response === 0) hosted.state = "up";
    else this.flows.free(hosted);
  }

  splice(requester: UpperFlow, responder: UpperFlow): void {
    const [one, other] = [this.#current(requester), this.#current(responder)];
    if (!one || !other) return this.#ignore(one ? responder : requester, "splice");
    one.splice(other.id);
    other.splice(one.id);
  }

  down(flow: UpperFlow, reason: string): void {
    const hosted = this.#current(flow);
    if (!hosted) return this.#ignore(flow, "down");
    hosted.mute();
    this.irmd.notify("upper.down", { flow: flow.id, reason });
    this.timers.after(TELL_FIRST, () => {
      if (hosted.state !== "gone") hosted.detach();
    });
  }

  moved(place: string): void {
    this.irmd.notify("upper.moved", { place });
  }

  /** What the IRMd is told with a flow: no more than a data connection carries. */
  #told(limit?: number): LayerLimits {
    const { mpl, maxPacket }: LayerLimits = this.life.layer ?? {};
    const largest = limit ?? maxPacket;
    return { mpl, maxPacket: largest === undefined ? undefined : Math.min(largest, MAX_PACKET) };
  }

  /** The flow, unless it is gone: its id may have become another's. */
  #current(flow: UpperFlow): HostUpperFlow | undefined {
    const hosted = this.flows.get(flow.id);
    return hosted === flow ? hosted : undefined;
  }

  #ignore({ fd }: UpperFlow, what: string): void {
    this.log.debug(`Ignored ${what} for flow with fd ${fd}.`);
  }
}
