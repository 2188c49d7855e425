/** Raptor cards in virtual time, two by two at the ends of a cable. @module */
import { NotFoundError } from "../../core/contract/errors.ts";
import { type MacAddress, type Networks, NO_NETWORKS, type RaptorPort } from "../../core/contract/network.ts";
import type { Timers } from "../../core/contract/ports.ts";
import { joinBytes } from "../../core/kit/bytes.ts";
import { macAddress } from "../../core/wire/ethernet_frame.ts";

/** Milliseconds on the cable. */
const DELAY = 1;
const MAX_FRAME = 3895;

/** One card. */
export class TestingCard implements RaptorPort {
  readonly name = "raptor";
  readonly maxFrame = MAX_FRAME;
  readonly queued = 0;
  readonly lost = { sent: 0, received: 0 };
  /** Says of each frame whether it arrives. */
  carries: (frame: Uint8Array) => boolean = () => true;
  other: TestingCard | undefined;
  #receive: (frame: Uint8Array) => void = () => {};
  #gone: (reason: string) => void = () => {};
  #open = false;

  readonly address: MacAddress;

  constructor(private readonly timers: Timers, number: number) {
    // It has none: this tells the cards' random numbers apart.
    this.address = macAddress(Uint8Array.of(2, 0, 0, 0, 0, number));
  }

  /** Networks with this card. */
  get networks(): Networks {
    return {
      ...NO_NETWORKS,
      openRaptor: (path) => {
        if (path !== "/dev/raptor") throw new NotFoundError(`there is no card ${path}`);
        this.#open = true;
        return this;
      },
    };
  }

  send(packet: Uint8Array, header: Uint8Array): boolean {
    const frame = joinBytes(header, packet);
    if (this.carries(frame)) this.timers.after(DELAY, () => this.other?.arrive(frame));
    return true;
  }

  /** A frame comes from the cable. */
  arrive(frame: Uint8Array): void {
    if (this.#open) this.#receive(frame);
  }

  /** The card is taken out. */
  vanish(): void {
    this.#gone("it was taken out");
  }

  onFrame(receive: (frame: Uint8Array) => void): void {
    this.#receive = receive;
  }

  onGone(gone: (reason: string) => void): void {
    this.#gone = gone;
  }

  onDrained(): void {}

  close(): void {
    this.#open = false;
  }
}

/** Two cards at the ends of a cable. */
export function cable(timers: Timers): [TestingCard, TestingCard] {
  const ends: [TestingCard, TestingCard] = [new TestingCard(timers, 1), new TestingCard(timers, 2)];
  [ends[0].other, ends[1].other] = [ends[1], ends[0]];
  return ends;
}
