/** Exchanges that were recorded between members of the reference, replayed with a member of ours on either side. @module */
import assert from "node:assert/strict";
import { success } from "../../core/contract/outcome.ts";
import type { NameHash } from "../../core/contract/ids.ts";
import { frameSource, macAddress } from "../../core/wire/ethernet_frame.ts";
import { decodeEthernetManagement } from "./ethernet_management.ts";
import type { ShimMessage } from "../../core/ipcp/shim/shim_message.ts";
import type { SimulatedFlow } from "../../core/conformance/ipcp/simulated_upper.ts";
import { type PcapFrame, recorded } from "../../tests/support/pcap.ts";
import { EthWorld, type HandMade, type Station, TYPES } from "../testing/ethernet.ts";
import { dixFormat, type EthernetFormat } from "./ethernet_format.ts";

interface Capture {
  readonly name: string;
  readonly etherType?: number;
  readonly hashLength?: number;
  /** Recorded with a requester that breaks rules: we do not play its side. */
  readonly responderOnly?: boolean;
  /** Frames that the reference took and we do not, with why. */
  readonly refused?: Readonly<Record<number, string>>;
  /** What the reference sent because of those. */
  readonly missing?: readonly number[];
}

const DIX: readonly Capture[] = [
  { name: "eth-dix" },
  { name: "eth-dix-flow2" },
  { name: "eth-dix-sentinel" },
  { name: "eth-dix-qos" },
  { name: "eth-dix-sha3-512", etherType: 0xa123, hashLength: 64 },
  {
    name: "eth-dix-reject",
    responderOnly: true,
    refused: {
      9: "it comes from another station",
      11: "it goes to all stations",
      14: "it says that it is longer than it is",
      16: "there is no such end",
    },
    missing: [10, 12, 15],
  },
];
const LLC: readonly Capture[] = [
  { name: "eth-llc" },
  { name: "eth-llc-flow2" },
  { name: "eth-llc-sentinel" },
  {
    name: "eth-llc-reject",
    responderOnly: true,
    refused: { 7: "it comes from another end", 8: "it comes from another station" },
  },
];

/** One of our flows in a replay. */
interface Played {
  readonly flow: SimulatedFlow;
  /** Our id of it. */
  readonly id: number;
}

/** One replay. */
class Replay {
  readonly #capture: Capture;
  readonly #format: EthernetFormat;
  readonly #hashLength: number;
  readonly #frames: readonly PcapFrame[];
  readonly #own: Uint8Array;
  readonly #world: EthWorld;
  readonly #station: Station;
  readonly #peer: HandMade;
  /** Frames that ours has sent and that were not compared yet. */
  readonly #sent: Uint8Array[] = [];
  /** Our flows, by our recorded id and by the peer's. */
  readonly #byOwnId = new Map<number, Played>();
  readonly #byPeerId = new Map<number, Played>();
  /** Requests of ours whose replies are to come, by our recorded id. */
  readonly #asked = new Map<number, Played>();

  constructor(capture: Capture, role: "requester" | "responder", llc: boolean) {
    const { name, etherType = 0xa000, hashLength = 32 } = capture;
    const [dix, other] = TYPES;
    this.#capture = capture;
    this.#format = llc ? other.format : dixFormat(etherType);
    this.#hashLength = hashLength;
    this.#frames = recorded(name);
    const first = this.#frames[0].bytes;
    const request = this.#frames.find(({ bytes }) => this.#messageOf(bytes)?.code === "request")?.bytes ??
      first;
    const ends = [frameSource(request).slice(), macAddress(request.slice(0, 6))];
    const [own, peer] = role === "requester" ? ends : ends.reverse();
    this.#own = own;
    this.#world = new EthWorld(llc ? other : dix, { delay: 0 });
    const hash = hashLength === 64 ? "SHA3_512" : "SHA3_256";
    const more: Record<string, string> = llc ? { hash } : { hash, ethertype: etherType.toString(16) };
    this.#station = this.#world.station(own, more);
    this.#peer = this.#world.peer(peer, this.#format, hashLength);
    this.#world.segment.onSend = (frame, { address }) => {
      // Notices and checks are ours: the reference says nothing.
      const code = this.#messageOf(frame)?.code;
      if (address.toHex() !== own.toHex() || code === "absent" || code === "check") return;
      this.#sent.push(frame.slice());
    };
    if (role === "responder") this.#answerAsRecorded();
  }

  run(): void {
    for (const frame of this.#frames) {
      if (this.#capture.missing?.includes(frame.number)) continue;
      const ours = frameSource(frame.bytes).toHex() === this.#own.toHex();
      const message = this.#messageOf(frame.bytes);
      if (ours && message) this.#weManage(message, frame);
      else if (ours) this.#weSend(frame);
      else if (message) this.#peerManages(message, frame);
      else this.#peerSends(frame);
    }
    assert.deepEqual(this.#sent, [], "ours has sent what was not recorded");
  }

  #messageOf(frame: Uint8Array): ShimMessage | undefined {
    const { destination, managementId, management, payload } = this.#format;
    if (destination(frame) !== managementId) return undefined;
    return decodeEthernetManagement(management, payload(frame), this.#hashLength);
  }

  /** The process above answers each request with what was answered in the recording. */
  #answerAsRecorded(): void {
    const replies = this.#frames.flatMap(({ bytes }) => this.#messageOf(bytes) ?? [])
      .filter((message) => message.code === "reply");
    this.#station.upper.onRequest = (request, done) => {
      const reply = replies.shift();
      assert(reply);
      const flow = this.#station.upper.flow(request.qos);
      done(success(flow));
      this.#station.offered.push(flow);
      this.#station.layer.respond(flow, reply, (outcome) => {
        assert(outcome.ok);
        if (reply.response !== 0) this.#station.upper.free(flow);
      });
    };
  }

  #weManage(message: ShimMessage, { bytes, number }: PcapFrame): void {
    const { layer, upper } = this.#station;
    if (message.code === "query") layer.query(message.hash, () => {});
    else if (message.code === "request") {
      const { qos, hash, data, requester } = message;
      const flow = upper.flow(qos);
      layer.allocate(flow, { hash, qos, data }, (outcome) => assert(outcome.ok));
      this.#asked.set(requester, { flow, id: this.#senderId(this.#sent[0]) });
    }
    const sent = this.#sent.shift();
    assert(sent, `frame ${number} was not sent`);
    const own = this.#senderId(sent);
    assert.equal(sent.toHex(), this.#withSenderId(bytes, own).toHex(), `frame ${number}`);
    if (message.code !== "reply" || message.response !== 0) return;
    const flow = this.#station.offered.at(-1);
    assert(flow);
    this.#remember({ flow, id: own }, message.responder, message.requester);
  }

  #weSend({ bytes, number }: PcapFrame): void {
    const played = this.#byPeerId.get(this.#format.destination(bytes));
    assert(played, `frame ${number} belongs to no flow`);
    played.flow.write(this.#format.payload(bytes).slice());
    const sent = this.#sent.shift();
    assert(sent, `frame ${number} was not sent`);
    const expected = bytes.slice();
    // LLC frames say which end they are from.
    if (this.#format.filter === "llc") expected[15] = sent[15];
    assert.equal(sent.toHex(), expected.toHex(), `frame ${number}`);
  }

  #peerManages(message: ShimMessage, { bytes }: PcapFrame): void {
    if (message.code === "query" || message.code === "request") this.#register(message.hash);
    if (message.code !== "reply") return this.#deliver(bytes);
    const asked = this.#asked.get(message.requester);
    // A reply that nobody has asked for.
    if (!asked) return this.#deliver(bytes);
    this.#deliver(this.#withReceiverId(bytes, asked.id));
    assert.deepEqual(asked.flow.reply, { response: message.response, data: message.data.slice() });
    this.#remember(asked, message.requester, message.responder);
  }

  #peerSends({ bytes, number }: PcapFrame): void {
    const { destination, payload, header } = this.#format;
    const played = this.#byOwnId.get(destination(bytes));
    const refused = this.#capture.refused?.[number];
    const before = [...this.#byOwnId.values()].map(({ flow }) => flow.received.length);
    const copy = bytes.slice();
    const id = played?.id ?? destination(bytes);
    const own = header(macAddress(this.#own), macAddress(this.#own), id, 0);
    copy.set(own.subarray(14, this.#format.filter === "llc" ? 15 : 16), 14);
    this.#deliver(copy);
    const after = [...this.#byOwnId.values()].map(({ flow }) => flow.received.length);
    if (refused !== undefined) return assert.deepEqual(after, before, `frame ${number}: ${refused}`);
    assert.deepEqual(played?.flow.received.at(-1), payload(bytes).slice(), `frame ${number}`);
    assert.equal(after.reduce((a, b) => a + b), before.reduce((a, b) => a + b) + 1, `frame ${number}`);
  }

  #register(hash: NameHash): void {
    this.#station.layer.register(hash, () => {});
  }

  #deliver(frame: Uint8Array): void {
    this.#peer.raw(frame);
    this.#world.wait(1);
  }

  #remember(played: Played, ownRecorded: number, peerId: number): void {
    this.#byOwnId.set(ownRecorded, played);
    this.#byPeerId.set(peerId, played);
  }

  /** The id of the sender's end in a management frame. */
  #senderId(frame: Uint8Array): number {
    const at = this.#format.headerBytes;
    return this.#format.management.id === 1 ? frame[at] : frame[at] << 8 | frame[at + 1];
  }

  #withSenderId(frame: Uint8Array, id: number): Uint8Array {
    return this.#withId(frame, this.#format.headerBytes, id);
  }

  #withReceiverId(frame: Uint8Array, id: number): Uint8Array {
    return this.#withId(frame, this.#format.headerBytes + this.#format.management.id, id);
  }

  #withId(frame: Uint8Array, at: number, id: number): Uint8Array {
    const copy = frame.slice();
    if (this.#format.management.id === 1) copy[at] = id;
    else new DataView(copy.buffer).setUint16(at, id);
    return copy;
  }
}

for (const [captures, llc] of [[DIX, false], [LLC, true]] as const) {
  for (const capture of captures) {
    Deno.test(`recorded: ${capture.name}: ours answers as the reference's responder did`, () => {
      new Replay(capture, "responder", llc).run();
    });
    if (capture.responderOnly) continue;
    Deno.test(`recorded: ${capture.name}: ours asks as the reference's requester did`, () => {
      new Replay(capture, "requester", llc).run();
    });
  }
}
