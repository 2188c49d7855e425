/** Members of layers on a simulated Ethernet segment, and peers made by hand, in virtual time. @module */
import assert from "node:assert/strict";
import { type NameHash, nameHash, pid } from "../../core/contract/ids.ts";
import type { FlowReply, FlowRequest, Ipcp, Layer } from "../../core/contract/ipcp.ts";
import type { EthernetPort } from "../../core/contract/network.ts";
import type { OptionValues } from "../../core/contract/options.ts";
import type { Done, Outcome } from "../../core/contract/outcome.ts";
import { success } from "../../core/contract/outcome.ts";
import { QOS } from "../../core/contract/qos.ts";
import { testingLog } from "../../core/testing/log.ts";
import { checkOptions } from "../../core/registry/check_options.ts";
import type { EthernetDevice } from "../../core/sim/network/ethernet_device.ts";
import { EthernetSegment, type SegmentOptions } from "../../core/sim/network/ethernet_segment.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { BROADCAST, frameSource, goesToGroup, llcFrom, macAddress } from "../../core/wire/ethernet_frame.ts";
import { decodeEthernetManagement, encodeEthernetManagement } from "../eth/ethernet_management.ts";
import type { ShimMessage } from "../../core/ipcp/shim/shim_message.ts";
import { type SimulatedFlow, SimulatedUpper } from "../../core/conformance/ipcp/simulated_upper.ts";
import { registryOf } from "../../core/conformance/suite.ts";
import { sha3With256, sha3With512 } from "../hash/runtime_hash.ts";
import { ws } from "../eth/ws/ws.ts";
import { raptor } from "../raptor/raptor.ts";
import { ethDix, ethLlc } from "../eth/eth.ts";
import { dixFormat, type EthernetFormat, LLC_FORMAT } from "../eth/ethernet_format.ts";

const registry = registryOf(ethDix, [ethLlc, raptor, ws, sha3With256, sha3With512]);
for (const name of ["eth-dix", "eth-llc", "raptor", "ws"]) await registry.prepare("ipcp", name);

/** Names. */
export const HASH = nameHash("42".repeat(32));
export const OTHER = nameHash("b2".repeat(32));
/** No bytes. */
export const NONE = new Uint8Array(0);

/** The types, each with its bytes. */
export const TYPES = [
  { plugin: ethDix, format: dixFormat(0xa000) },
  { plugin: ethLlc, format: LLC_FORMAT },
] as const;
/** One of the {@link TYPES}. */
export type EthType = typeof TYPES[number];

/** One member, and the processes above it. */
export class Station<Device extends Pick<EthernetDevice, "name" | "address" | "networks"> = EthernetDevice> {
  readonly upper = new SimulatedUpper();
  readonly lines: string[] = [];
  readonly ipcp: Ipcp;
  #layer: Layer | undefined;
  /** Flows that were offered to the process above. */
  readonly offered: SimulatedFlow[] = [];
  /** The requests for them. */
  readonly requests: FlowRequest[] = [];

  constructor(
    readonly time: VirtualTime,
    readonly device: Device,
    type: Pick<EthType, "plugin"> | { readonly plugin: typeof raptor | typeof ws },
  ) {
    const log = testingLog(this.lines);
    this.ipcp = registry.make("ipcp", type.plugin.name, {
      clock: time,
      timers: time,
      random: new SeededRandom(device.address[5]),
      log,
      name: "e",
      pid: pid(7),
      upper: this.upper,
      networks: device.networks,
      members: () => assert.fail("it has no members"),
      lower: {
        allocate: () => assert.fail("nothing is below"),
        accept: () => assert.fail("nothing is below"),
      },
    });
    this.accept();
  }

  /** Makes the layer. */
  bootstrap(type: EthType, more: Record<string, string> = {}, place?: string): Outcome<Layer> {
    return this.start(checkOptions(type.plugin.options, { device: this.device.name, ...more }), place);
  }

  /** Makes the layer with these options. */
  start(options: OptionValues, place?: string): Outcome<Layer> {
    const outcome = this.ask<Layer>((done) =>
      this.ipcp.bootstrap({ layer: "l", options, former: { layer: "l", place } }, done)
    );
    if (outcome.ok) this.#layer = outcome.value;
    return outcome;
  }

  /** The layer that it is in. */
  get layer(): Layer {
    assert(this.#layer, "it is in no layer");
    return this.#layer;
  }

  /** What the process above answers from now on. */
  accept(reply: FlowReply = { response: 0, data: NONE }): void {
    this.upper.onRequest = (request, done) => {
      const flow = this.upper.flow(request.qos);
      this.requests.push(request);
      done(success(flow));
      this.offered.push(flow);
      this.layer.respond(flow, reply, (outcome) => {
        if (!outcome.ok || reply.response !== 0) this.upper.free(flow);
      });
    };
  }

  /** Nobody above ever answers. */
  ignore(): void {
    this.upper.onRequest = (request) => void this.requests.push(request);
  }

  /** Asks for a flow; what is said of it at once is in `reply`. */
  request(hash: NameHash = HASH, data: Uint8Array = NONE): SimulatedFlow {
    const flow = this.upper.flow(QOS.raw);
    this.layer.allocate(flow, { hash, qos: QOS.raw, data }, (outcome) => {
      if (outcome.ok) return;
      flow.reply = { response: -outcome.error.errno, data: NONE };
      this.upper.free(flow);
    });
    return flow;
  }

  /** Asks for a flow and lets time pass until something is said of it. */
  allocate(hash: NameHash = HASH, data: Uint8Array = NONE, limit = 30_000): SimulatedFlow {
    const flow = this.request(hash, data);
    for (let waited = 0; !flow.reply && waited < limit; waited += 5) this.time.advance(5);
    return flow;
  }

  /** The process above is done with a flow. */
  deallocate(flow: SimulatedFlow, linger = 0): void {
    this.layer.deallocate(flow, linger, () => this.upper.free(flow));
  }

  /** Asks something; the answer must come once, within so many milliseconds. */
  ask<T>(start: (done: Done<T>) => void, limit = 1000): Outcome<T> {
    const outcomes: Outcome<T>[] = [];
    start((outcome) => outcomes.push(outcome));
    for (let waited = 0; outcomes.length === 0 && waited < limit; waited += 5) this.time.advance(5);
    assert.equal(outcomes.length, 1, "it must be answered once");
    return outcomes[0];
  }

  register(hash: NameHash = HASH): void {
    assert(this.ask((done: Done) => this.layer.register(hash, done)).ok);
  }

  unregister(hash: NameHash = HASH): void {
    assert(this.ask((done: Done) => this.layer.unregister(hash, done)).ok);
  }

  /** Is the name found? */
  finds(hash: NameHash = HASH): boolean {
    const outcome = this.ask<boolean>((done) => this.layer.query(hash, done), 5000);
    return outcome.ok && outcome.value;
  }

  /** What was dropped, by reason, without zeros. */
  get dropped(): Record<string, unknown> {
    const { dropped, foreign } = this.layer.stats?.() ?? {};
    assert(typeof dropped === "object");
    return Object.fromEntries(
      Object.entries({ ...dropped, foreign }).filter(([, value]) => typeof value === "number" && value > 0),
    );
  }
}

/** A management message and the addresses of its frame. */
export interface Heard {
  readonly message: ShimMessage;
  readonly from: Uint8Array;
  readonly group: boolean;
}

/** A station made by hand: it says what a test wants it to. */
export class HandMade {
  /** Management messages that came. */
  readonly heard: Heard[] = [];
  /** Payloads of other frames that came, with the ids that they were for and from. */
  readonly data: { readonly to: number; readonly from: number; readonly payload: Uint8Array }[] = [];
  /** Answers what comes. */
  onMessage: (message: ShimMessage, from: Uint8Array) => void = () => {};
  readonly #port: EthernetPort;

  constructor(readonly device: EthernetDevice, readonly format: EthernetFormat, readonly hashLength = 32) {
    this.#port = device.networks.openEthernet(device.name, format.filter);
    this.#port.onFrame((frame) => this.#receive(frame));
  }

  /** Messages of one code that came. */
  messages(code: ShimMessage["code"]): ShimMessage[] {
    return this.heard.map(({ message }) => message).filter((message) => message.code === code);
  }

  /** Sends a management message. @param as the source address; left out: its own */
  say(message: ShimMessage, to: Uint8Array = BROADCAST, as: Uint8Array = this.device.address): void {
    const payload = encodeEthernetManagement(this.format.management, message);
    const { managementId } = this.format;
    this.frame(payload, to, managementId, managementId, as);
  }

  /** Sends any frame. */
  frame(
    payload: Uint8Array,
    to: Uint8Array,
    toId: number,
    fromId: number,
    as: Uint8Array = this.device.address,
  ): void {
    const header = this.format.header(macAddress(to), macAddress(as), toId, fromId);
    this.format.setLength(header, payload.length);
    this.#port.send(payload, header);
  }

  /** Sends these bytes. */
  raw(bytes: Uint8Array): void {
    this.#port.send(bytes.subarray(14), bytes.subarray(0, 14));
  }

  #receive(frame: Uint8Array): void {
    const payload = this.format.payload(frame).slice();
    const to = this.format.destination(frame);
    if (to !== this.format.managementId) {
      this.data.push({ to, from: llcFrom(frame), payload });
      return;
    }
    const message = decodeEthernetManagement(this.format.management, payload, this.hashLength);
    const from = frameSource(frame).slice();
    this.heard.push({ message, from, group: goesToGroup(frame) });
    this.onMessage(message, from);
  }
}

/** A segment with members and peers. */
export class EthWorld {
  readonly time = new VirtualTime();
  readonly segment: EthernetSegment;
  #devices = 0;

  constructor(readonly type: EthType, options?: SegmentOptions) {
    this.segment = new EthernetSegment(this.time, options);
  }

  /** A member. */
  station(address?: Uint8Array, more: Record<string, string> = {}): Station {
    const device = this.segment.device(`eth${this.#devices++}`, address);
    const station = new Station(this.time, device, this.type);
    const outcome = station.bootstrap(this.type, more);
    assert(outcome.ok, outcome.ok ? "" : outcome.error.message);
    return station;
  }

  /** The IPCP of a member dies without a word, and is made anew on its device. */
  remake({ upper, device, layer }: Station): Station {
    device.kill();
    layer.shutdown?.();
    upper.over = true;
    const station = new Station(this.time, device, this.type);
    const outcome = station.bootstrap(this.type, {}, layer.place);
    assert(outcome.ok, outcome.ok ? "" : outcome.error.message);
    return station;
  }

  /** A station made by hand. */
  peer(address?: Uint8Array, format: EthernetFormat = this.type.format, hashLength = 32): HandMade {
    return new HandMade(this.segment.device(`eth${this.#devices++}`, address), format, hashLength);
  }

  /** A flow that is up between two members. */
  connect(requester: Station, responder: Station, hash: NameHash = HASH): [SimulatedFlow, SimulatedFlow] {
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
}

/** Registers a test for each type. */
export function forBoth(name: string, test: (type: EthType) => void): void {
  for (const type of TYPES) Deno.test(`${type.plugin.name}: ${name}`, () => test(type));
}

/** Bytes that differ. */
export const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at * 7);
