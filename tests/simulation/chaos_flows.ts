/**
 * Flows of the chaos story: clients that talk to servers on other members, as programs do: they ask again when they have lost a flow.
 *
 * @module
 */
import { QOS } from "../../core/contract/qos.ts";
import type { FlowProtocol } from "../../core/frct/flow_protocol.ts";
import { makeEndpoint } from "../../core/frct/make_endpoint.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import type { ApplicationFlow } from "../../core/sim/experiment/application_flow.ts";
import type { Member } from "../../core/sim/member.ts";
import type { Scheduler } from "../../core/sim/scheduler.ts";

/** Kinds of flows. */
export const KINDS = ["raw", "best", "data"] as const;
/** One of them. */
export type Kind = typeof KINDS[number];

/** Milliseconds between two packets of a client, and between two tries to get a flow. */
const EVERY = 200;
const RETRY = 500;
/** Packets of a client that may be on their way. */
const UNDER_WAY = 50;

/** One end of a flow: the flow protocol in front of a flow of the layer. */
export class FlowEnd {
  readonly #protocol: FlowProtocol;
  /** What waits until the protocol takes it. */
  readonly #waiting: Uint8Array[] = [];
  readonly #joined = new Uint8Array(2000);

  constructor(
    private readonly flow: ApplicationFlow,
    scheduler: Scheduler,
    seed: number,
    taken: (packet: Uint8Array, end: FlowEnd) => void,
  ) {
    this.#protocol = makeEndpoint({
      qos: flow.qos,
      mpl: 100,
      maxPdu: 1300,
      ports: {
        clock: scheduler,
        timers: { after: (delay, run) => scheduler.after(delay, () => flow.over || run()) },
        random: new SeededRandom(seed),
      },
      send: (pdu, header) => this.#send(pdu, header),
      events: {
        onDeliverable: () => {
          for (let packet; (packet = this.#protocol.take()) !== undefined;) taken(packet, this);
        },
        onWritable: () => this.#writeWaiting(),
        onFailed: () => flow.deallocate(),
      },
    });
    let { suspended } = flow;
    flow.onChange = () => {
      if (suspended && !flow.suspended) this.#protocol.recover();
      ({ suspended } = flow);
    };
    flow.onRead = (packet) => this.#protocol.receive(packet.slice());
  }

  /** Packets that may not have arrived. */
  get behind(): number {
    return this.#waiting.length + this.#protocol.stats.unconfirmed;
  }

  write(packet: Uint8Array): void {
    this.#waiting.push(packet);
    this.#writeWaiting();
  }

  #writeWaiting(): void {
    while (!this.flow.over && this.#waiting.length > 0 && this.#protocol.write(this.#waiting[0])) {
      this.#waiting.shift();
    }
  }

  #send(pdu: Uint8Array, header: Uint8Array = new Uint8Array(0)): boolean {
    const length = header.length + pdu.length;
    this.#joined.set(header);
    this.#joined.set(pdu, header.length);
    // What the layer has no room for is lost, as on the wire.
    this.flow.write(this.#joined.subarray(0, length));
    return true;
  }
}

/** A client of one kind, from one node to the server of another. */
export class Client {
  /** When the last echo came, in milliseconds. */
  heardAt = -Infinity;
  /** What was wrong with what came back on a reliable flow. */
  wrong: string | undefined;
  #flow: ApplicationFlow | undefined;
  #end: FlowEnd | undefined;
  #between: readonly [Member, Member] | undefined;
  #asking: Member | undefined;
  #askAt = 0;
  #written = 0;
  #next = 0;

  constructor(
    readonly kind: Kind,
    readonly from: number,
    readonly to: number,
    private readonly scheduler: Scheduler,
    private readonly members: () => readonly Member[],
    private readonly hash: (node: number) => Parameters<Member["applications"]["serve"]>[0],
  ) {}

  /** What it does every {@link EVERY} milliseconds. */
  step(): void {
    const [here, there] = [this.members()[this.from], this.members()[this.to]];
    // A program dies with its host; one that talks to a host that was started again notices by its time-out.
    if (this.#between !== undefined && (this.#between[0] !== here || this.#between[1] !== there)) {
      this.#drop();
    }
    if (this.#flow?.over) this.#drop();
    if (this.#end !== undefined) return this.#talk(this.#end);
    if (here.layer === undefined || !here.alive || this.#asking === here) return;
    if (this.scheduler.now() < this.#askAt) return;
    this.#ask(here, there);
  }

  #ask(here: Member, there: Member): void {
    this.#asking = here;
    this.#askAt = this.scheduler.now() + RETRY;
    here.applications.allocate(this.hash(this.to), QOS[this.kind], (outcome) => {
      if (this.#asking !== here) return outcome.ok ? outcome.value.deallocate() : undefined;
      this.#asking = undefined;
      if (!outcome.ok) return;
      this.#flow = outcome.value;
      this.#between = [here, there];
      this.#written = this.#next = 0;
      const seed = this.from * 100 + this.to;
      this.#end = new FlowEnd(outcome.value, this.scheduler, seed, (packet) => this.#heard(packet));
    });
  }

  #talk(end: FlowEnd): void {
    if (end.behind > UNDER_WAY) return;
    const packet = new Uint8Array(100);
    new DataView(packet.buffer).setUint32(0, this.#written++);
    end.write(packet);
  }

  #heard(packet: Uint8Array): void {
    this.heardAt = this.scheduler.now();
    if (this.kind !== "data") return;
    const number = new DataView(packet.buffer, packet.byteOffset).getUint32(0);
    if (number !== this.#next) this.wrong ??= `packet ${number} came in place of ${this.#next}`;
    this.#next = number + 1;
  }

  #drop(): void {
    this.#flow?.deallocate();
    this.#flow =
      this.#end =
      this.#between =
      this.#asking =
        undefined;
  }
}

/** Steps of all clients, for ever. */
export function runClients(clients: readonly Client[], scheduler: Scheduler): void {
  const step = () => {
    for (const client of clients) client.step();
    scheduler.after(EVERY, step);
  };
  step();
}
