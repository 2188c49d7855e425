/** Members of a layer over WebSockets in virtual time. @module */
import assert from "node:assert/strict";
import type { NameHash } from "../../core/contract/ids.ts";
import { type Networks, NO_NETWORKS } from "../../core/contract/network.ts";
import { success } from "../../core/contract/outcome.ts";
import type { SimulatedFlow } from "../../core/conformance/ipcp/simulated_upper.ts";
import { checkOptions } from "../../core/registry/check_options.ts";
import { WebNetwork } from "../../core/sim/network/web_network.ts";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { macAddress } from "../../core/wire/ethernet_frame.ts";
import { ws } from "../eth/ws/ws.ts";
import { HASH, Station } from "./ethernet.ts";

/** Where the hub is. */
export const HUB = "10.0.0.1";

/** What a member is on. */
interface WebHost {
  readonly name: string;
  readonly address: ReturnType<typeof macAddress>;
  readonly networks: Networks;
}

/** A member. */
export type WebStation = Station<WebHost>;

/** A network with members. */
export class WebWorld {
  readonly time = new VirtualTime();
  readonly net = new WebNetwork(this.time);
  #hosts = 0;

  /** A member that listens. */
  hub(place?: string): WebStation {
    return this.#station({ listen: `${HUB}:80` }, place);
  }

  /** A member that dials, and has reached the hub if that is there. */
  member(more: Record<string, string> = {}): WebStation {
    return this.#station({ url: `ws://${HUB}/`, ...more });
  }

  /** A flow that is up between two members. */
  connect(
    requester: WebStation,
    responder: WebStation,
    hash: NameHash = HASH,
  ): [SimulatedFlow, SimulatedFlow] {
    responder.register(hash);
    const flow = requester.allocate(hash);
    assert.equal(flow.reply?.response, 0, "the flow is not up");
    const other = responder.offered.at(-1);
    assert(other);
    return [flow, other];
  }

  /** Lets time pass. */
  wait(milliseconds: number): void {
    this.time.advance(milliseconds);
  }

  #station(options: Record<string, string>, place?: string): WebStation {
    const number = ++this.#hosts;
    const sockets = this.net.host(`10.0.1.${number}`);
    const networks = {
      ...NO_NETWORKS,
      webSockets: (done) => done(success(sockets)),
    } satisfies Networks as Networks;
    const address = macAddress(Uint8Array.of(2, 0, 0, 0, 0, number));
    const station = new Station(this.time, { name: "web", address, networks }, { plugin: ws });
    const outcome = station.start(checkOptions(ws.options, options), place);
    assert(outcome.ok, outcome.ok ? "" : outcome.error.message);
    this.wait(20);
    return station;
  }
}
