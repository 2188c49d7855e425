/**
 * What a layer does on a raptor card: frames of flows and management messages, to the one peer at the other end of the cable.
 *
 * @module
 */
import { MessageSizeError, type OuroError, ProtocolError } from "../../core/contract/errors.ts";
import type { NameHash } from "../../core/contract/ids.ts";
import type { RaptorPort } from "../../core/contract/network.ts";
import { type Done, success } from "../../core/contract/outcome.ts";
import type { IpcpContext } from "../../core/contract/plugin.ts";
import type { Log } from "../../core/contract/ports.ts";
import type { Stats } from "../../core/contract/stats.ts";
import { TimerGroup } from "../../core/kit/timer_group.ts";
import { BackPressure } from "../../core/ipcp/shim/back_pressure.ts";
import { NameQuestion } from "../../core/ipcp/shim/name_question.ts";
import { Shim } from "../../core/ipcp/shim/shim.ts";
import type { ShimFlow } from "../../core/ipcp/shim/shim_flow.ts";
import type { ShimLink } from "../../core/ipcp/shim/shim_link.ts";
import type { ShimMessage } from "../../core/ipcp/shim/shim_message.ts";
import {
  decodeRaptorManagement,
  encodeRaptorManagement,
  FRAME_LIMIT,
  HEADER_BYTES,
  MANAGEMENT_BYTES,
  MANAGEMENT_ID,
  payloadOf,
  writeHeader,
} from "./raptor_frame.ts";

/** Longest life of a packet in the layer, in milliseconds (release 0.18.0). */
const MPL = 100;
/** Ends of flows: a byte, above that of management. */
const IDS = { firstId: 2, lastId: 255, firstPeerId: 2, lastPeerId: 255 };
/** Milliseconds of silence after which the peer does not have a name: what release 0.18.0 waits. */
const SILENCE = 2000;
/** The peer has no address: there is one. */
const PEER = Uint8Array.of(0);

type Peer = Uint8Array;

/** What a link is made of. */
export interface RaptorLinkOptions {
  readonly context: IpcpContext;
  readonly log: Log;
  readonly port: RaptorPort;
  /** Name of the layer, of its hash plugin, and bytes of a hash. */
  readonly name: string;
  readonly hash: string;
  readonly hashLength: number;
}

/** Somebody who waits for an answer of the peer. */
interface Asked {
  readonly askers: Done<readonly Peer[]>[];
  readonly question: NameQuestion;
}

/** The card of a layer. */
export class RaptorLink implements ShimLink<Peer> {
  readonly overhead = HEADER_BYTES + MANAGEMENT_BYTES;
  readonly place = "";
  readonly maxPacket: number;
  /** The layer, with its flow allocation. */
  readonly shim: Shim<Peer>;
  readonly #port: RaptorPort;
  readonly #pressure: BackPressure<Peer>;
  readonly #timers: TimerGroup;
  readonly #asked = new Map<NameHash, Asked>();
  #gone: OuroError | undefined;
  #tooLong = 0;

  constructor(private readonly options: RaptorLinkOptions) {
    const { context, log, port, name, hash, hashLength } = options;
    this.#port = port;
    this.maxPacket = Math.min(port.maxFrame, FRAME_LIMIT - 1) - HEADER_BYTES;
    this.#pressure = new BackPressure(port, context.clock);
    this.#timers = new TimerGroup(context.clock, context.timers);
    const settings = { name, hash, mpl: MPL, hashLength, ...IDS };
    this.shim = new Shim({ context, log, link: this, settings });
    port.onFrame((frame) => this.#receive(frame));
    port.onGone((reason) => this.#lost(reason));
  }

  get problem(): OuroError | undefined {
    return this.#gone;
  }

  send(message: ShimMessage): boolean {
    const payload = encodeRaptorManagement(message);
    if (payload.length > this.maxPacket) {
      throw new MessageSizeError(
        `the data of a flow allocation is ${payload.length - this.maxPacket} bytes too long for the card`,
      );
    }
    const header = new Uint8Array(HEADER_BYTES);
    writeHeader(header, MANAGEMENT_ID, payload.length);
    return !this.#gone && this.#port.send(payload, header);
  }

  resolve(hash: NameHash, done: Done<readonly Peer[]>): void {
    const before = this.#asked.get(hash);
    if (before) return void before.askers.push(done);
    const put = () => void this.send({ code: "query", hash });
    const question = new NameQuestion(this.#timers, put, SILENCE, () => this.#answered(hash, []));
    this.#asked.set(hash, { askers: [done], question });
    put();
  }

  /** There is nothing that is not of our kind at the other end. */
  recognise(_hash: NameHash, _peer: Peer, ours: () => void): void {
    ours();
  }

  open(flow: ShimFlow<Peer>): void {
    const port = this.#port, header = new Uint8Array(HEADER_BYTES);
    flow.upper.limit(this.maxPacket);
    flow.upper.onPacket((packet) => {
      const { length } = packet;
      if (length > this.maxPacket) {
        this.#tooLong++;
        return flow.countSent(length, false);
      }
      writeHeader(header, flow.peerId, length);
      const sent = port.send(packet, header);
      flow.countSent(length, sent);
      this.#pressure.sent(flow, sent);
    });
  }

  close(flow: ShimFlow<Peer>): void {
    flow.upper.onPacket(() => {});
    this.#pressure.release(flow);
  }

  stats(): Stats {
    const { queued, lost } = this.#port;
    return {
      present: !this.#gone,
      maxPacket: this.maxPacket,
      queued,
      lost: { ...lost },
      tooLong: this.#tooLong,
    };
  }

  shutdown(): void {
    this.#timers.stop();
    this.#pressure.releaseAll();
    this.#port.close();
  }

  #receive(frame: Uint8Array): void {
    try {
      const payload = payloadOf(frame);
      if (frame[2] === MANAGEMENT_ID) return this.#management(payload);
      const flow = this.shim.endpoints.find(frame[2]);
      if (flow?.hears) flow.deliver(payload);
      else this.shim.misdirected(flow, frame[2], PEER);
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
      this.shim.malformed(thrown);
    }
  }

  #management(payload: Uint8Array): void {
    const message = decodeRaptorManagement(payload, this.options.hashLength);
    if (message.code === "query") {
      if (this.shim.answers(message.hash, PEER)) this.send({ code: "answer", hash: message.hash });
    } else if (message.code === "answer") {
      if (!this.#asked.has(message.hash)) return void this.shim.dropped.strayAnswer++;
      this.shim.directory.add(message.hash, PEER);
      this.#answered(message.hash, [PEER]);
    } else this.shim.received(message, PEER);
  }

  #answered(hash: NameHash, found: readonly Peer[]): void {
    const asked = this.#asked.get(hash);
    this.#asked.delete(hash);
    asked?.question.end();
    for (const asker of asked?.askers ?? []) asker(success(found));
  }

  #lost(reason: string): void {
    this.#gone = new ProtocolError(`the card is gone: ${reason}`);
    this.#pressure.releaseAll();
    this.shim.lost(this.#gone);
  }
}
