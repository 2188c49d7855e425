/**
 * Several flows, reliable ones of the product and TCP connections, on one line of limited rate; in virtual time.
 *
 * @module
 */
import { QOS } from "../../core/contract/qos.ts";
import type { FlowMemory } from "../../core/frct/flow_memory.ts";
import type { FlowProtocol } from "../../core/frct/flow_protocol.ts";
import { makeEndpoint } from "../../core/frct/make_endpoint.ts";
import { BETA, Cubic } from "../../core/frct/send/cubic.ts";
import { impairment, type ImpairmentOptions } from "../../core/kit/impairment.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { Scheduler } from "../../core/sim/scheduler.ts";

/** Bytes of all packets, with headers. */
const BYTES = 1412;
const HEADER = 12;

/** Milliseconds by which hosts are late at most, at random: in lock step, one flow would lose all the packets that are lost. */
const LATE = 1;

/** A line that all packets of one direction share; the way back has a delay only. */
export class SharedLine {
  readonly scheduler = new Scheduler();
  readonly #forward;
  readonly #random = new SeededRandom(11);

  constructor(readonly path: ImpairmentOptions & { readonly delay: number }) {
    this.#forward = impairment(path, new SeededRandom(7));
  }

  /** Makes the way of one sender onto the line. It takes packets and keeps their bytes. */
  way(): (packet: Uint8Array, arrived: () => void) => void {
    const { scheduler } = this;
    let last = 0;
    return (packet, arrived) => {
      last = Math.max(last, scheduler.now() + LATE * this.#random.uint32() / 0x1_0000_0000);
      scheduler.after(last - scheduler.now(), () => {
        for (const late of this.#forward(packet, scheduler.now())) scheduler.after(late, arrived);
      });
    };
  }

  /** Takes a packet of the way back. */
  answer(arrived: () => void): void {
    this.scheduler.after(this.path.delay, arrived);
  }
}

/** Who sends over the line as fast as it can. */
export interface Sender {
  /** Packets that have arrived. */
  readonly arrived: number;
  /** Begins. */
  start(): void;
}

/** A reliable flow of the product. */
export class ReliableSender implements Sender {
  arrived = 0;
  readonly flow: FlowProtocol;
  readonly #packet = new Uint8Array(BYTES - HEADER);

  constructor(line: SharedLine, seed: number, memory?: FlowMemory) {
    const { scheduler } = line;
    const way = line.way();
    const make = (which: number, send: (pdu: Uint8Array) => void, onDeliverable: () => void): FlowProtocol =>
      makeEndpoint({
        qos: QOS.data,
        mpl: 100,
        maxPdu: BYTES,
        memory,
        ports: { clock: scheduler, timers: scheduler, random: new SeededRandom(2 * seed + which) },
        send: (pdu, header = new Uint8Array(0)) => {
          const bytes = new Uint8Array(header.length + pdu.length);
          bytes.set(header);
          bytes.set(pdu, header.length);
          send(bytes);
          return true;
        },
        events: { onDeliverable, onWritable: () => this.start(), onFailed: () => {} },
      });
    this.flow = make(0, (pdu) => way(pdu, () => receiver.receive(pdu)), () => {});
    const receiver = make(1, (pdu) => line.answer(() => this.flow.receive(pdu)), () => {
      while (receiver.take() !== undefined) this.arrived++;
    });
  }

  start(): void {
    while (this.flow.write(this.#packet));
  }
}

/** A model of a TCP connection: CUBIC with HyStart and selective acknowledgements, and an answer to each packet. */
export class TcpSender implements Sender {
  arrived = 0;
  readonly #line: SharedLine;
  readonly #way;
  readonly #packet = new Uint8Array(BYTES);
  readonly #cubic = new Cubic();
  /** Times of the packets that are under way, by number. */
  readonly #sent = new Map<number, number>();
  #next = 0;
  #window = 10;
  #slowStart = true;
  #shortest = Infinity;
  /** Losses count again when a packet from here on is acknowledged. */
  #recovery = 0;
  #heardAt = 0;

  constructor(line: SharedLine) {
    this.#line = line;
    this.#way = line.way();
  }

  start(): void {
    this.#watch();
    this.#send();
  }

  #send(): void {
    const { scheduler } = this.#line;
    while (this.#sent.size < this.#window) {
      const number = this.#next++;
      this.#sent.set(number, scheduler.now());
      this.#way(this.#packet, () => {
        this.arrived++;
        this.#line.answer(() => this.#acknowledged(number));
      });
    }
  }

  #acknowledged(number: number): void {
    const now = this.#line.scheduler.now();
    this.#heardAt = now;
    const trip = now - (this.#sent.get(number) ?? now);
    this.#sent.delete(number);
    this.#shortest = Math.min(this.#shortest, trip);
    for (const lost of this.#sent.keys()) {
      if (lost > number - 3) break;
      this.#sent.delete(lost);
      if (lost >= this.#recovery) this.#reduce(now);
    }
    if (this.#slowStart) {
      this.#window++;
      const rise = Math.max(4, Math.min(16, this.#shortest / 8));
      if (trip > this.#shortest + rise && this.#window > 16) {
        this.#slowStart = false, this.#cubic.reduced(this.#window, this.#window, now);
      }
    } else this.#window = this.#cubic.grown(this.#window, 1, trip, now);
    this.#send();
  }

  #reduce(now: number): void {
    const before = this.#window;
    this.#window = Math.max(2, BETA * before);
    this.#cubic.reduced(before, this.#window, now);
    this.#slowStart = false;
    this.#recovery = this.#next;
  }

  /** The time-out, for when all that is under way is lost. */
  #watch(): void {
    const { scheduler } = this.#line;
    scheduler.after(200, () => {
      if (scheduler.now() - this.#heardAt > Math.max(1000, 3 * this.#shortest)) {
        this.#sent.clear();
        this.#reduce(scheduler.now());
        this.#window = 2;
        this.#heardAt = scheduler.now();
        this.#send();
      }
      this.#watch();
    });
  }
}
