/** Exchanges that were recorded between members of the reference, replayed with a member of ours on either side. @module */
import assert from "node:assert/strict";
import { success } from "../../core/contract/outcome.ts";
import type { UdpEndpoint } from "../../core/contract/network.ts";
import { addressOf, formatIp, portOf } from "../../core/wire/ip_address.ts";
import { decodeUdpManagement } from "./udp_management.ts";
import type { SimulatedFlow } from "../../core/conformance/ipcp/simulated_upper.ts";
import { recorded } from "../../tests/support/pcap.ts";
import { type RecordedDatagram, udpDatagrams } from "../../tests/support/udp_datagrams.ts";
import { type HandMade, type Station, UdpWorld } from "../testing/udp.ts";

const CAPTURES = [
  "udp4",
  "udp4-flow2",
  "udp4-sentinel",
  "udp6",
  "udp6-flow2",
  "udp6-sentinel",
  "udp4-reject",
];
/** Where ids stand in management datagrams. */
const REQUESTER_ID = 4;
const RESPONDER_ID = 8;

/** Endpoints of a capture come from a file. */
const endpoint = (bytes: Uint8Array) => bytes as UdpEndpoint;
const idAt = (datagram: Uint8Array, offset: number) =>
  new DataView(datagram.buffer, datagram.byteOffset).getUint32(offset);

function withId(datagram: Uint8Array, offset: number, id: number): Uint8Array {
  const copy = datagram.slice();
  new DataView(copy.buffer).setUint32(offset, id);
  return copy;
}

/** One replay: the recorded member at `role` is ours, the other sends what was recorded. */
class Replay {
  readonly #role: "requester" | "responder";
  readonly #world = new UdpWorld();
  readonly #station: Station;
  readonly #peer: HandMade;
  readonly #own: UdpEndpoint;
  readonly #other: UdpEndpoint;
  /** Flows of ours and their ids, by the recorded ids. */
  readonly #flows = new Map<number, { readonly flow: SimulatedFlow; readonly id: number }>();
  /** Recorded replies that were not replayed yet. */
  readonly #answers: RecordedDatagram[];

  constructor(role: "requester" | "responder", datagrams: readonly RecordedDatagram[]) {
    this.#role = role;
    const [{ from, to }] = datagrams;
    [this.#own, this.#other] = (role === "requester" ? [from, to] : [to, from]).map(endpoint);
    const port = String(portOf(this.#own));
    this.#station = this.#world.station(formatIp(addressOf(this.#own)), { port });
    this.#peer = this.#world.peer(formatIp(addressOf(this.#other)), portOf(this.#other));
    this.#answers = datagrams.filter(({ payload }) => isReply(payload));
  }

  /** One recorded datagram: ours must send it, or the peer sends it. */
  step({ from, payload, frame }: RecordedDatagram): void {
    const ours = endpoint(from).toHex() === this.#own.toHex();
    const management = idAt(payload, 0) === 0;
    if (ours && management) this.#weManage(payload, frame);
    else if (ours) this.#weSend(payload, frame);
    else if (management) this.#peerManages(payload);
    else this.#peerSends(payload, frame);
  }

  #weManage(payload: Uint8Array, frame: number): void {
    // Replies were sent when the request came.
    if (this.#role === "responder") return;
    const message = decodeUdpManagement(payload);
    assert(message.code === "request");
    const { qos, hash, data, requester } = message;
    this.#station.host.names.set(hash, [formatIp(addressOf(this.#other))]);
    const flow = this.#station.upper.flow(qos);
    this.#station.layer.allocate(flow, { hash, qos, data }, (outcome) => assert(outcome.ok));
    this.#world.time.advance(10);
    const [sent] = this.#peer.received.splice(0);
    const id = idAt(sent, REQUESTER_ID);
    assert.deepEqual(withId(sent, REQUESTER_ID, requester), payload, `frame ${frame}`);
    this.#flows.set(requester, { flow, id });
  }

  #peerManages(payload: Uint8Array): void {
    const message = decodeUdpManagement(payload);
    if (message.code === "reply") {
      const known = this.#known(message.requester);
      this.#peer.send(this.#own, withId(payload, REQUESTER_ID, known.id));
      assert.deepEqual(known.flow.reply, { response: message.response, data: message.data.slice() });
      return;
    }
    assert(message.code === "request");
    const answer = this.#answers.shift()?.payload;
    assert(answer);
    const reply = decodeUdpManagement(answer);
    assert(reply.code === "reply");
    const { upper, layer } = this.#station;
    layer.register(message.hash, () => {});
    let flow: SimulatedFlow | undefined;
    upper.onRequest = (request, done) => {
      const { qos, hash, data } = message;
      assert.deepEqual({ ...request, data: request.data.slice() }, { qos, hash, data: data.slice() });
      flow = upper.flow(qos);
      done(success(flow));
      layer.respond(flow, { response: reply.response, data: reply.data }, () => {});
    };
    this.#peer.send(this.#own, payload);
    const [sent] = this.#peer.received.splice(0);
    const id = idAt(sent, RESPONDER_ID);
    assert.deepEqual(withId(sent, RESPONDER_ID, reply.responder), answer);
    assert(flow);
    this.#flows.set(reply.responder, { flow, id });
  }

  #weSend(payload: Uint8Array, frame: number): void {
    // In captures with two flows, the packets are on the newer one.
    const flow = [...this.#flows.values()].at(-1)?.flow;
    assert(flow);
    flow.write(payload.slice(4));
    this.#world.time.advance(5);
    assert.deepEqual(this.#peer.received.splice(0), [payload], `frame ${frame}`);
  }

  #peerSends(payload: Uint8Array, frame: number): void {
    const { flow, id } = this.#known(idAt(payload, 0));
    this.#peer.send(this.#own, withId(payload, 0, id));
    assert.deepEqual(flow.received.splice(0), [payload.slice(4)], `frame ${frame}`);
  }

  #known(id: number): { readonly flow: SimulatedFlow; readonly id: number } {
    const known = this.#flows.get(id);
    assert(known, `there is no flow ${id}`);
    return known;
  }
}

const isReply = (payload: Uint8Array): boolean =>
  idAt(payload, 0) === 0 && decodeUdpManagement(payload).code === "reply";

for (const name of CAPTURES) {
  for (const role of ["requester", "responder"] as const) {
    // The requester of that capture was made by hand: its port is not that of the layer.
    if (name === "udp4-reject" && role === "requester") continue;
    Deno.test(`${name} is replayed with a ${role} of ours`, () => {
      const datagrams = udpDatagrams(recorded(name));
      const replay = new Replay(role, datagrams);
      for (const datagram of datagrams) replay.step(datagram);
    });
  }
}
