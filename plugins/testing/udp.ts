/** Members of layers over UDP on simulated hosts, and peers made by hand, in virtual time. @module */
import assert from "node:assert/strict";
import * as errors from "../../core/contract/errors.ts";
import { type NameHash, nameHash, pid } from "../../core/contract/ids.ts";
import type { FlowReply, Ipcp, Layer } from "../../core/contract/ipcp.ts";
import type { UdpEndpoint } from "../../core/contract/network.ts";
import { DONE, type Done, type Outcome, success } from "../../core/contract/outcome.ts";
import type { OptionValues } from "../../core/contract/options.ts";
import { QOS } from "../../core/contract/qos.ts";
import { checkOptions } from "../../core/registry/check_options.ts";
import { testingLog } from "../../core/testing/log.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { at, type UdpHost, UdpNetwork } from "../../core/sim/network/udp_network.ts";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { decodeUdpManagement, encodeUdpManagement, type UdpManagement } from "../udp/udp_management.ts";
import { type SimulatedFlow, SimulatedUpper } from "../../core/conformance/ipcp/simulated_upper.ts";
import { udp4, udp6 } from "../udp/udp.ts";

/** A name. */
export const HASH = nameHash("7862c6fec5ecaef4aa2e3934725e23b3");
/** A quality that is asked for. */
export const { raw: RAW } = QOS;

/** One member and its host. */
export class Station {
  readonly upper = new SimulatedUpper();
  readonly ipcp: Ipcp;
  #layer: Layer | undefined;
  readonly lines: string[] = [];
  /** Flows that were offered to the process above, which accepts all. */
  readonly offered: SimulatedFlow[] = [];

  constructor(readonly time: VirtualTime, readonly host: UdpHost, version: 4 | 6, seed: number) {
    this.ipcp = (version === 4 ? udp4 : udp6).create(
      { errors, log: testingLog([]), make: () => assert.fail("it uses no other plugin") },
      {
        clock: time,
        timers: time,
        random: new SeededRandom(seed),
        log: testingLog(this.lines),
        name: "u",
        pid: pid(7),
        upper: this.upper,
        networks: host,
        members: () => assert.fail("it has no members"),
        lower: {
          allocate: () => assert.fail("nothing is below"),
          accept: () => assert.fail("nothing is below"),
        },
      },
    );
    this.accept({ response: 0, data: Uint8Array.of(9) });
  }

  /** The layer that it is in. */
  get layer(): Layer {
    assert(this.#layer, "it is in no layer");
    return this.#layer;
  }

  /** Makes the layer. */
  bootstrap(options: OptionValues, place?: string): void {
    const former = { layer: "l", place };
    const joined = this.ask<Layer>((done) => this.ipcp.bootstrap({ layer: "l", options, former }, done));
    assert(joined.ok);
    this.#layer = joined.value;
    assert.deepEqual([this.layer.name, this.layer.hash], ["l", "MD5"]);
  }

  /** What the process above answers from now on. */
  accept(reply: FlowReply): void {
    this.upper.onRequest = (request, done) => {
      const flow = this.upper.flow(request.qos);
      done(success(flow));
      this.offered.push(flow);
      this.layer.respond(flow, reply, () => reply.response !== 0 && this.upper.free(flow));
    };
  }

  /** Asks for a flow, and lets time pass until it is up or refused. */
  allocate(hash: NameHash = HASH, data = Uint8Array.of(1, 2, 3), limit = 1000): SimulatedFlow {
    const flow = this.upper.flow(RAW);
    this.layer.allocate(flow, { hash, qos: RAW, data }, (outcome) => {
      if (outcome.ok) return;
      flow.reply = { response: -outcome.error.errno, data: new Uint8Array(0) };
      this.upper.free(flow);
    });
    for (let waited = 0; !flow.reply && waited < limit; waited += 5) this.time.advance(5);
    return flow;
  }

  /** The process above is done with a flow. */
  deallocate(flow: SimulatedFlow): void {
    this.layer.deallocate(flow, 0, () => this.upper.free(flow));
    this.time.advance(100);
  }

  /** Asks something; the answer must come within so many milliseconds. */
  ask<T>(start: (done: Done<T>) => void, limit = 1000): Outcome<T> {
    const outcomes: Outcome<T>[] = [];
    start((outcome) => outcomes.push(outcome));
    for (let waited = 0; outcomes.length === 0 && waited < limit; waited += 5) this.time.advance(5);
    assert.equal(outcomes.length, 1, "it must be answered once");
    return outcomes[0];
  }

  /** Registers a name. */
  register(hash: NameHash = HASH): void {
    assert.deepEqual(this.ask((done: Done) => this.layer.register(hash, done)), DONE);
  }

  /** Is the name found? */
  finds(hash: NameHash = HASH): boolean {
    const outcome = this.ask<boolean>((done) => this.layer.query(hash, done), 5000);
    return outcome.ok && outcome.value;
  }

  /** What was dropped, by reason, without zeros. */
  get dropped(): Record<string, number> {
    const { dropped } = this.layer.stats?.() ?? {};
    assert(typeof dropped === "object");
    return Object.fromEntries(
      Object.entries(dropped).flatMap(([key, value]) =>
        typeof value === "number" && value > 0 ? [[key, value]] : []
      ),
    );
  }
}

/** A network with members. */
export class UdpWorld {
  readonly time = new VirtualTime();
  readonly network: UdpNetwork;
  #made = 0;

  /** @param delay milliseconds that a datagram takes */
  constructor(delay?: number) {
    this.network = new UdpNetwork(this.time, delay);
  }

  /** A member at this address, with more options; `translated`: its address as others see it. */
  station(ip: string, options: Readonly<Record<string, string>> = {}, translated?: string): Station {
    return this.#on(this.network.host([ip], translated), ip, options);
  }

  /** The IPCP of a member dies without a word, and is made anew on the same host. */
  remake(station: Station, ip: string, options: Readonly<Record<string, string>> = {}): Station {
    station.upper.over = true;
    station.host.kill();
    return this.#on(station.host, ip, options, station.layer.place);
  }

  #on(host: UdpHost, ip: string, options: Readonly<Record<string, string>>, place?: string): Station {
    const version = ip.includes(":") ? 6 : 4;
    const station = new Station(this.time, host, version, ++this.#made);
    const plugin = version === 4 ? udp4 : udp6;
    const values = checkOptions(plugin.options, { ip, ...options });
    station.bootstrap(values, place);
    return station;
  }

  /** A peer made by hand. */
  peer(ip: string, port = 3435): HandMade {
    return new HandMade(this, at(ip, port));
  }
}

/** A peer that sends what a test wants and keeps what comes. */
export class HandMade {
  /** Datagrams that came. */
  readonly received: Uint8Array[] = [];

  constructor(readonly world: UdpWorld, readonly own: UdpEndpoint) {
    world.network.listen(own, ({ payload }) => this.received.push(payload));
  }

  /** Sends a datagram and lets it arrive. */
  send(to: UdpEndpoint, payload: Uint8Array): void {
    this.world.network.send(this.own, to, payload);
    this.world.time.advance(5);
  }

  /** Sends a management message and lets it arrive. */
  tell(to: UdpEndpoint, message: UdpManagement): void {
    this.send(to, encodeUdpManagement(message));
  }

  /** Management messages that came since the last call. */
  told(): UdpManagement[] {
    return this.received.splice(0).map(decodeUdpManagement);
  }
}

/** A datagram for an end of a flow. */
export function packetFor(eid: number, ...bytes: readonly number[]): Uint8Array {
  const datagram = new Uint8Array(4 + bytes.length);
  new DataView(datagram.buffer).setUint32(0, eid);
  datagram.set(bytes, 4);
  return datagram;
}
