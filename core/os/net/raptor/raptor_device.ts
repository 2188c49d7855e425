/**
 * A raptor network card: frames in pages that are lent to the card and come back from it.
 *
 * @module
 */
import type { RaptorPort } from "../../../contract/network.ts";
import type { Timers } from "../../../contract/ports.ts";
import { wantTurn } from "../../turn.ts";
import { CALLS, type RaptorCall, type RaptorControl } from "./raptor_control.ts";

const PAGE = 4096;
/** Pages for each direction. */
const PAGES = 256;
/** A frame leaves so much of its page free. */
const RESERVED = 200;
/** Addresses of one call. */
const BATCH = 100;
/** Milliseconds after a call that had nothing, before the next one: calls that wait in the kernel need no pause, but may not wait. */
const PAUSE = 1;

/** Pages of memory that stay where they are, and their addresses. */
class Pages {
  readonly #memory = new ArrayBuffer((PAGES + 1) * PAGE);
  readonly #first: bigint;
  readonly #free: number[] = [];

  constructor() {
    const start = Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(this.#memory)));
    const page = BigInt(PAGE);
    this.#first = (start + page - 1n) / page * page;
    this.#offset = Number(this.#first - start);
    for (let index = PAGES; index-- > 0;) this.#free.push(index);
  }

  readonly #offset: number;

  /** Takes a free page; undefined when there is none. */
  take(): number | undefined {
    return this.#free.pop();
  }

  give(page: number): void {
    this.#free.push(page);
  }

  bytes(page: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory, this.#offset + page * PAGE, PAGE);
  }

  addressOf(page: number): bigint {
    return this.#first + BigInt(page * PAGE);
  }

  /** Returns the page of an address; undefined when it is none of these. */
  pageOf(address: bigint): number | undefined {
    const page = Number((address - this.#first) / BigInt(PAGE));
    return page >= 0 && page < PAGES && this.addressOf(page) === address ? page : undefined;
  }
}

/** An open card. */
export class RaptorDevice implements RaptorPort {
  readonly maxFrame = PAGE - RESERVED - 1;
  readonly lost = { sent: 0, received: 0 };
  readonly #out = new Pages();
  readonly #in = new Pages();
  /** Pages that wait for the card, the first that goes first. */
  readonly #queue: number[] = [];
  /** Pages that the card has, and has not given back. */
  #lent = 0;
  #sending = false;
  #collecting = false;
  #receive: ((frame: Uint8Array) => void) | undefined;
  #drained: { readonly level: number; readonly run: () => void } | undefined;
  #gone: (reason: string) => void = () => {};
  #closed = false;
  #running = 0;

  constructor(private readonly control: RaptorControl, private readonly timers: Timers) {}

  get queued(): number {
    return this.#queue.length;
  }

  send(packet: Uint8Array, header: Uint8Array): boolean {
    const page = packet.length + header.length <= this.maxFrame ? this.#out.take() : undefined;
    if (page === undefined) {
      this.lost.sent++;
      return false;
    }
    const bytes = this.#out.bytes(page);
    bytes.set(header);
    bytes.set(packet, header.length);
    this.#queue.push(page);
    wantTurn();
    if (!this.#sending) this.#run(() => this.#send());
    return true;
  }

  onFrame(receive: (frame: Uint8Array) => void): void {
    if (this.#receive === undefined) {
      this.#run(() => this.#lend());
      this.#run(() => this.#take());
    }
    this.#receive = receive;
  }

  onDrained(level: number, run: () => void): void {
    this.#drained = { level, run };
  }

  onGone(gone: (reason: string) => void): void {
    this.#gone = gone;
  }

  close(): void {
    this.#closed = true;
    if (this.#running === 0) this.control.close();
  }

  /** Runs what calls the card; the last of them closes it. */
  #run(work: () => Promise<void>): void {
    this.#running++;
    work().catch((thrown) => {
      this.#closed = true;
      this.#gone(thrown instanceof Error ? thrown.message : String(thrown));
    }).finally(() => {
      if (--this.#running === 0 && this.#closed) this.control.close();
    });
  }

  /** Lends full pages to the card, as long as there are some. */
  async #send(): Promise<void> {
    this.#sending = true;
    const one = new BigUint64Array(1);
    while (!this.#closed && this.#queue.length > 0) {
      one[0] = this.#out.addressOf(this.#queue[0]);
      if (await this.control.call(CALLS.send, 1, one) < 1) {
        await this.#pause();
        continue;
      }
      this.#queue.shift();
      this.#lent++;
      const { level, run } = this.#drained ?? { level: -1, run: () => {} };
      if (this.#queue.length === level) run();
      if (!this.#collecting) this.#run(() => this.#collect());
    }
    this.#sending = false;
  }

  /** Takes pages back that were sent, as long as the card has some. */
  async #collect(): Promise<void> {
    this.#collecting = true;
    while (!this.#closed && this.#lent > 0) {
      for (const page of await this.#given(CALLS.sendDone, this.#out)) {
        this.#lent--;
        this.#out.give(page);
      }
    }
    this.#collecting = false;
  }

  /** Lends as many empty pages to the card as it wants. */
  async #lend(): Promise<void> {
    while (!this.#closed) {
      const need = Math.min(await this.control.call(CALLS.receiveNeed, BATCH), BATCH);
      const pages: number[] = [];
      for (let page; pages.length < need && (page = this.#in.take()) !== undefined;) pages.push(page);
      if (pages.length === 0) {
        await this.#pause();
        continue;
      }
      const addresses = BigUint64Array.from(pages, (page) => this.#in.addressOf(page));
      const taken = Math.max(0, await this.control.call(CALLS.receive, pages.length, addresses));
      for (const page of pages.slice(taken)) this.#in.give(page);
    }
  }

  /** Takes pages back that hold a frame. */
  async #take(): Promise<void> {
    while (!this.#closed) {
      for (const page of await this.#given(CALLS.receiveDone, this.#in)) {
        if (!this.#closed) this.#receive?.(this.#in.bytes(page).subarray(0, PAGE - RESERVED));
        this.#in.give(page);
      }
    }
  }

  /** Returns the pages that the card gives back; waits a little when it gives none. Addresses that it was not given are none. */
  async #given(call: RaptorCall, pages: Pages): Promise<number[]> {
    const addresses = new BigUint64Array(BATCH);
    const count = Math.min(await this.control.call(call, BATCH, addresses), BATCH);
    const given: number[] = [];
    for (let index = 0; index < count; index++) {
      const page = pages.pageOf(addresses[index]);
      if (page === undefined) this.lost.received++;
      else given.push(page);
    }
    if (given.length === 0) await this.#pause();
    return given;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.timers.after(PAUSE, resolve));
  }
}
