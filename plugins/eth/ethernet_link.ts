/**
 * What a layer does on a network device: frames of flows and management messages.
 *
 * @module
 */
import { BoundedMap } from "../../core/kit/bounded_map.ts";
import { sameBytes } from "../../core/kit/bytes.ts";
import {
  asOuroError,
  FlowDownError,
  MessageSizeError,
  NotFoundError,
  type OuroError,
  ProtocolError,
} from "../../core/contract/errors.ts";
import { type NameHash, nameHash } from "../../core/contract/ids.ts";
import type { IpcpContext } from "../../core/contract/plugin.ts";
import type { Stats } from "../../core/contract/stats.ts";
import type { EthernetPort, MacAddress } from "../../core/contract/network.ts";
import { type Done, failure } from "../../core/contract/outcome.ts";
import type { Log } from "../../core/contract/ports.ts";
import {
  BROADCAST,
  comesFrom,
  formatMac,
  frameSource,
  goesTo,
  goesToGroup,
  MAC_BYTES,
  macAddress,
} from "../../core/wire/ethernet_frame.ts";
import { decodeEthernetManagement, encodeEthernetManagement } from "./ethernet_management.ts";
import type { ShimMessage, ShimMove } from "../../core/ipcp/shim/shim_message.ts";
import { TimerGroup } from "../../core/kit/timer_group.ts";
import { BackPressure } from "../../core/ipcp/shim/back_pressure.ts";
import { Shim } from "../../core/ipcp/shim/shim.ts";
import type { ShimFlow } from "../../core/ipcp/shim/shim_flow.ts";
import { copyOf, type ShimLink } from "../../core/ipcp/shim/shim_link.ts";
import { type EthernetFormat, MAX_MANAGEMENT } from "./ethernet_format.ts";
import { NameQuestions } from "./name_questions.ts";
import { OwnAddresses } from "./own_addresses.ts";

/** Milliseconds after which a device that is gone is looked for again. */
const LOOK_AGAIN = 250;
/** Stations that are asked for their kind at a time. */
const MAX_RECOGNISING = 256;

/** What a link is made of. */
export interface EthernetLinkOptions {
  readonly context: IpcpContext;
  readonly log: Log;
  readonly format: EthernetFormat;
  readonly device: string;
  /** Name of the layer, of its hash plugin, and bytes of a hash. */
  readonly name: string;
  readonly hash: string;
  readonly hashLength: number;
  /** The place of an IPCP of this name that ran before. */
  readonly former: string | undefined;
}

/** The device of a layer. */
export class EthernetLink implements ShimLink<MacAddress> {
  readonly overhead: number;
  /** The layer, with its flow allocation. */
  readonly shim: Shim<MacAddress>;
  readonly #format: EthernetFormat;
  readonly #timers: TimerGroup;
  readonly #questions: NameQuestions;
  #port: EthernetPort;
  #pressure: BackPressure<MacAddress>;
  readonly #own: OwnAddresses;
  #name: string;
  #maxPacket: number;
  /** Flows that were up when the device vanished: their other ends are told when it is back. */
  readonly #left: ShimFlow<MacAddress>[] = [];
  /** Who waits to hear that a station is of our kind, by its address. */
  readonly #recognising = new BoundedMap<string, () => void>(MAX_RECOGNISING);
  #up: boolean;
  /** Why there is no device at the moment. */
  #gone: OuroError | undefined;
  #foreign = 0;
  #tooLong = 0;

  /** Opens the device. @throws NotFoundError, PermissionError or InvalidError when that cannot be */
  constructor(private readonly options: EthernetLinkOptions) {
    const { context, log, format, device, name, hash, hashLength } = options;
    this.#format = format;
    this.overhead = format.headerBytes + format.management.fixed;
    this.#timers = new TimerGroup(context.clock, context.timers);
    this.#questions = new NameQuestions({
      clock: context.clock,
      timers: this.#timers,
      put: (hash) => this.send({ code: "query", hash }, BROADCAST),
    });
    this.#port = context.networks.openEthernet(device, format.filter);
    this.#pressure = new BackPressure(this.#port, context.clock);
    this.#own = new OwnAddresses(this.#port.address, options.former);
    this.#name = device;
    this.#maxPacket = format.maxPacket(this.#port.mtu);
    this.#up = this.#port.up;
    const settings = { name, hash, mpl: format.mpl, hashLength, ...format.ids };
    this.shim = new Shim({ context, log, link: this, settings });
    this.#attach();
    this.shim.announce(() => this.#tellFormer());
  }

  get place(): string {
    return this.#own.place;
  }

  /** Largest packet of a flow, in bytes. */
  get maxPacket(): number {
    return this.#maxPacket;
  }

  get problem(): OuroError | undefined {
    if (this.#gone || this.#up) return this.#gone;
    return new FlowDownError(`${this.#port.device} is down or has no carrier`);
  }

  send(message: ShimMessage, to: MacAddress): boolean {
    return this.#send(message, to, this.#own.current);
  }

  #send(message: ShimMessage, to: MacAddress, from: MacAddress): boolean {
    const { management, managementId } = this.#format;
    const payload = encodeEthernetManagement(management, message);
    const most = Math.min(this.#maxPacket, MAX_MANAGEMENT);
    if (payload.length > most) {
      throw new MessageSizeError(
        `the data of a flow allocation is ${payload.length - most} bytes too long for ${this.#port.device}`,
      );
    }
    if (this.#gone) return false;
    const header = this.#format.header(to, from, managementId, managementId);
    this.#format.setLength(header, payload.length);
    return this.#port.send(payload, header);
  }

  resolve(hash: NameHash, done: Done<readonly MacAddress[]>): void {
    if (this.#gone) done(failure(this.#gone));
    else this.#questions.ask(hash, done);
  }

  recognise(hash: NameHash, peer: MacAddress, ours: () => void): void {
    this.#recognising.set(peer.toHex(), ours);
    this.send({ code: "query", hash, marked: true }, peer);
  }

  seek(address: MacAddress): void {
    this.send({ code: "seek", hash: nameHash("00".repeat(this.options.hashLength)), address }, BROADCAST);
  }

  open(flow: ShimFlow<MacAddress>): void {
    const port = this.#port, pressure = this.#pressure, format = this.#format;
    const header = format.header(flow.peer, this.#own.current, flow.peerId, flow.id);
    flow.upper.limit(this.#maxPacket);
    flow.upper.suspend(!this.#up);
    flow.upper.onPacket((packet) => {
      const { length } = packet;
      if (length > this.#maxPacket) {
        this.#tooLong++;
        return flow.countSent(length, false);
      }
      format.setLength(header, length);
      const sent = port.send(packet, header);
      flow.countSent(length, sent);
      pressure.sent(flow, sent);
    });
  }

  close(flow: ShimFlow<MacAddress>): void {
    flow.upper.onPacket(() => {});
    this.#pressure.release(flow);
  }

  /** Returns the device, and what was dropped here. */
  stats(): Stats {
    const { device, queued, lost } = this.#port;
    return {
      device,
      address: formatMac(this.#port.address),
      present: this.#gone === undefined,
      up: this.#up,
      maxPacket: this.#maxPacket,
      queued,
      lost: { ...lost },
      foreign: this.#foreign,
      tooLong: this.#tooLong,
    };
  }

  shutdown(): void {
    this.#timers.stop();
    this.#pressure.releaseAll();
    if (!this.#gone) this.#port.close();
  }

  #attach(): void {
    this.#port.onFrame(this.#receive);
    this.#port.onChange(() => this.#changed());
    this.#port.onGone((reason) => this.#lost(reason));
    if (!this.#up) this.options.log.warning(`${this.#port.device} is down or has no carrier.`);
  }

  readonly #receive = (frame: Uint8Array): void => {
    const format = this.#format;
    const own = goesTo(frame, this.#own.current);
    if ((!own && !goesToGroup(frame)) || comesFrom(frame, this.#own.current)) {
      this.#foreign++;
    } else if (!format.isWhole(frame)) {
      this.#malformed(frame);
    } else if (!format.isOurs(frame)) {
      this.#foreign++;
    } else if (format.destination(frame) === format.managementId) {
      this.#management(frame, own);
    } else if (own) this.#data(frame);
    else this.#foreign++;
  };

  #data(frame: Uint8Array): void {
    const format = this.#format, id = format.destination(frame), flow = this.shim.endpoints.find(id);
    if (flow?.hears && comesFrom(frame, flow.peer) && format.isFrom(frame, flow.peerId)) {
      flow.deliver(format.payload(frame));
    } else this.shim.misdirected(flow, id, frameSource(frame));
  }

  #management(frame: Uint8Array, own: boolean): void {
    const from = frameSource(frame);
    let message: ShimMessage;
    try {
      message = this.#decode(frame);
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
      return this.shim.malformed(thrown);
    }
    if (message.code === "query") {
      const { hash } = message;
      const mark = message.marked ? { marked: true } as const : {};
      if (this.shim.answers(hash, from)) this.send({ code: "answer", hash, ...mark }, copyOf(from));
    } else if (message.code === "seek") this.#sought(message.address, from);
    else if (message.code === "former") this.#peerReplaced(message.address, from);
    else if (message.code === "move") this.#peerMoved(message, from);
    else if (!own) this.#foreign++;
    else if (message.code === "answer" && message.marked) this.#recognised(from);
    else if (message.code === "answer") this.#answered(message.hash, copyOf(from));
    else this.shim.received(message, from);
  }

  #decode(frame: Uint8Array): ShimMessage {
    const payload = this.#format.payload(frame);
    if (goesToGroup(frame.subarray(MAC_BYTES))) {
      throw new ProtocolError("a management message comes from a group address");
    }
    if (payload.length > MAX_MANAGEMENT) {
      throw new ProtocolError(`a management message has at most ${MAX_MANAGEMENT} bytes`);
    }
    return decodeEthernetManagement(this.#format.management, payload, this.options.hashLength);
  }

  #peerMoved(message: ShimMove, from: MacAddress): void {
    const { address } = message;
    if (goesToGroup(address)) {
      this.shim.malformed(new ProtocolError("the new address of a peer is that of a group"));
    } else this.shim.peerMoved(message, from, copyOf(macAddress(address)));
  }

  #sought(address: Uint8Array, from: MacAddress): void {
    if (this.#own.had(address) && this.shim.mayAnswer(from)) {
      this.send({ code: "former", address }, copyOf(from));
    }
  }

  #tellFormer(): void {
    for (const address of this.#own.former) this.send({ code: "former", address }, BROADCAST);
  }

  #peerReplaced(former: Uint8Array, from: MacAddress): void {
    this.shim.peerReplaced(copyOf(macAddress(former)), formatMac(from));
  }

  #recognised(from: MacAddress): void {
    const key = from.toHex();
    const ours = this.#recognising.get(key);
    if (!ours) return void this.shim.dropped.strayAnswer++;
    this.#recognising.delete(key);
    ours();
  }

  #answered(hash: NameHash, from: MacAddress): void {
    // First the directory: who has asked looks there for others.
    if (!this.#questions.isOpen(hash)) return void this.shim.dropped.strayAnswer++;
    this.shim.directory.add(hash, from);
    this.#questions.answered(hash, from);
  }

  /** Only the first is looked at closely: there may be very many. */
  #malformed(frame: Uint8Array): void {
    if (this.shim.dropped.malformed > 0) return void this.shim.dropped.malformed++;
    try {
      this.#format.check(frame);
    } catch (thrown) {
      this.shim.malformed(asOuroError(thrown));
    }
  }

  #changed(): void {
    const { mtu, up, device } = this.#port;
    const { log } = this.options;
    if (device !== this.#name) log.info(`${this.#name} is called ${device} now.`);
    this.#name = device;
    const maxPacket = this.#format.maxPacket(mtu);
    if (maxPacket !== this.#maxPacket) {
      this.#maxPacket = maxPacket;
      log.info(`${device} carries packets of ${maxPacket} bytes.`);
      for (const { upper } of this.shim.shown()) upper.limit(maxPacket);
    }
    const before = this.#up;
    this.#up = up;
    this.#tellPeers();
    if (up === before) return;
    if (up) {
      log.info(`${device} is up.`);
      this.#tellFormer();
    } else {
      log.warning(`${device} is down or has no carrier.`);
      // Others may be there when it is up again.
      this.shim.directory.clear();
    }
    this.shim.suspend(!up);
  }

  /** Tells peers, as soon as the device is up, that it has another address, and of flows that have ended without it. */
  #tellPeers(): void {
    const { device, up, address } = this.#port, before = this.#own.current;
    if (!up) return;
    if (!sameBytes(address, before)) {
      this.#own.change(address);
      this.options.context.upper.moved?.(this.place);
      const change = `the address of ${device} has changed from ${formatMac(before)} to ${
        formatMac(address)
      }`;
      this.options.log.warning(`Peers are told: ${change}.`);
      const tell = (source: number, destination: number, to: MacAddress) =>
        this.#send({ code: "move", source, destination, address }, to, before);
      tell(0, 0, BROADCAST);
      this.shim.moved(change, ({ id, peerId, peer }) => tell(id, peerId, peer));
    }
    for (const { id, peerId, peer } of this.#left.splice(0)) {
      this.#send({ code: "deallocate", source: id, destination: peerId }, peer, before);
    }
  }

  #lost(reason: string): void {
    const { device } = this.#port;
    this.#gone = new FlowDownError(`${device} is gone: ${reason}`);
    this.#up = false;
    this.options.log.warning(`${device} is gone: ${reason}.`);
    this.#pressure.releaseAll();
    this.shim.directory.clear();
    for (const flow of this.shim.shown()) if (flow.state === "up") this.#left.push(flow);
    this.shim.lost(this.#gone);
    this.#timers.after(LOOK_AGAIN, () => this.#lookAgain());
  }

  #lookAgain(): void {
    const port = this.#reopened();
    if (!port) return void this.#timers.after(LOOK_AGAIN, () => this.#lookAgain());
    this.#port = port;
    this.#pressure = new BackPressure(port, this.options.context.clock);
    this.#gone = undefined;
    this.#up = port.up;
    this.#name = port.device;
    this.#maxPacket = this.#format.maxPacket(port.mtu);
    this.options.log.info(`${port.device} is there again.`);
    this.#attach();
    this.#tellPeers();
  }

  /** The device, if it is there again under a name that it had: the one that was given, or the last. */
  #reopened(): EthernetPort | undefined {
    const { context, device, log } = this.options;
    for (const name of new Set([device, this.#name])) {
      try {
        return context.networks.openEthernet(name, this.#format.filter);
      } catch (thrown) {
        const error = asOuroError(thrown);
        if (error instanceof NotFoundError) continue;
        if (error.message !== this.#gone?.message) log.warning(`${name} cannot be used: ${error.message}.`);
        this.#gone = new FlowDownError(error.message);
        return undefined;
      }
    }
    return undefined;
  }
}
