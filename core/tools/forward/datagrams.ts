/**
 * Datagrams over raw flows: one flow for each endpoint that sends.
 *
 * @module
 */
import { asOuroError, FlowDownError, NotAllocatedError, type OuroError } from "../../contract/errors.ts";
import type { UdpEndpoint, UdpPort } from "../../contract/network.ts";
import { abandon } from "../../flow/byte_streams.ts";
import type { Flow } from "../../flow/flow.ts";
import { NO_BYTES } from "../../kit/bytes.ts";
import { systemClock, systemTimers } from "../../os/clock.ts";
import { udpEndpoint } from "../../wire/ip_address.ts";
import { onSilence } from "../traffic/silence.ts";

/** Milliseconds of silence after which the flow of an endpoint is given back. */
const SILENCE = 60_000;
/** Datagrams that wait for a flow that is being allocated. */
const WAITING = 64;

const PORTS = { clock: systemClock, timers: systemTimers };

/** What is done for an endpoint; it says why it did not come to its end. */
export type DatagramWork = (allocate: () => Promise<Flow>) => Promise<OuroError | undefined>;

/** Who sends datagrams from one endpoint, and the flow for them. */
interface Sender {
  readonly from: UdpEndpoint;
  flow: Flow | undefined;
  waiting: Uint8Array[];
  heard: number;
}

/** Gives each endpoint that sends to a port a flow of its own. */
export class DatagramDoor {
  readonly #senders = new Map<string, Sender>();

  /** @param begin runs the work for a new endpoint, which it hands what allocates a flow; false: there may be no more */
  constructor(
    private readonly port: UdpPort,
    private readonly begin: (work: DatagramWork) => boolean,
  ) {
    port.onDatagram((datagram, from) => this.#take(datagram, from));
  }

  /** Takes no more datagrams. */
  close(): void {
    this.port.close();
  }

  #take(datagram: Uint8Array, from: UdpEndpoint): void {
    const key = from.toHex();
    const known = this.#senders.get(key);
    if (known) {
      known.heard = systemClock.now();
      if (known.flow) write(known.flow, datagram);
      else if (known.waiting.length < WAITING) known.waiting.push(datagram.slice());
      return;
    }
    const sender: Sender = {
      from: udpEndpoint(from.slice(0, -2), from[from.length - 2] << 8 | from[from.length - 1]),
      flow: undefined,
      waiting: [datagram.slice()],
      heard: systemClock.now(),
    };
    this.#senders.set(key, sender);
    const begun = this.begin(async (allocate) => {
      try {
        return await this.#carry(sender, await allocate());
      } catch (thrown) {
        return asOuroError(thrown);
      } finally {
        this.#senders.delete(key);
      }
    });
    if (!begun) this.#senders.delete(key);
  }

  async #carry(sender: Sender, flow: Flow): Promise<OuroError | undefined> {
    sender.flow = flow;
    for (const datagram of sender.waiting) write(flow, datagram);
    sender.waiting = [];
    return await carry(
      flow,
      () => sender.heard,
      (packet) => void this.port.send(packet, NO_BYTES, sender.from),
    );
  }
}

/** Carries the datagrams of a flow to a socket of its own, and those that come there back. */
export async function carryTo(flow: Flow, port: UdpPort, to: UdpEndpoint): Promise<OuroError | undefined> {
  let heard = systemClock.now();
  port.onDatagram((datagram, from) => {
    if (from.toHex() !== to.toHex()) return;
    heard = systemClock.now();
    write(flow, datagram);
  });
  try {
    return await carry(flow, () => heard, (packet) => void port.send(packet, NO_BYTES, to));
  } finally {
    port.close();
  }
}

/** Takes the packets of a flow until it is gone, or nothing has come from either side for long. */
async function carry(
  flow: Flow,
  heard: () => number,
  send: (packet: Uint8Array) => void,
): Promise<OuroError | undefined> {
  let last = systemClock.now();
  let fault: OuroError | undefined;
  const silence = onSilence(PORTS, SILENCE, () => Math.max(last, heard()), () => {
    abandon(flow).catch((thrown) => fault ??= asOuroError(thrown));
  });
  try {
    for (;;) {
      send(flow.tryRead() ?? await flow.read());
      last = systemClock.now();
    }
  } catch (thrown) {
    await abandon(flow);
    if (thrown instanceof FlowDownError || thrown instanceof NotAllocatedError) return fault;
    return asOuroError(thrown);
  } finally {
    silence.cancel();
  }
}

/** Sends a datagram; one that is too long, or finds no room, is lost, as networks lose them. */
function write(flow: Flow, datagram: Uint8Array): void {
  if (flow.deallocated || flow.down || datagram.length > flow.maxPacket || datagram.length === 0) return;
  flow.tryWrite(datagram);
}
