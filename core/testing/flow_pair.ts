/**
 * Two ends of a flow on an impaired path, in virtual time.
 *
 * @module
 */
import type { OuroError } from "../contract/errors.ts";
import type { Outcome } from "../contract/outcome.ts";
import type { QosSpec } from "../contract/qos.ts";
import type { CipherCounts, PacketCipher } from "../contract/cipher.ts";
import type { FlowMemory } from "../frct/flow_memory.ts";
import type { FlowProtocol } from "../frct/flow_protocol.ts";
import { FLAG, PCI_BYTES } from "../wire/frct_header.ts";
import { makeEndpoint } from "../frct/make_endpoint.ts";
import { impairment, type ImpairmentOptions } from "../kit/impairment.ts";
import { Scheduler } from "../sim/scheduler.ts";
import { SeededRandom } from "../kit/seeded_random.ts";

/** What a {@link FlowPair} is made of. */
export interface FlowPairOptions {
  readonly qos: QosSpec;
  readonly seed?: number;
  /** Both ways, unless `back` is given. */
  readonly path?: ImpairmentOptions;
  readonly back?: ImpairmentOptions;
  readonly maxPdu?: number;
  readonly cipher?: () => PacketCipher;
  /** The memory of both ends; left out: that of one flow each. */
  readonly memory?: FlowMemory;
  /** The ends tell each other no more than those of the reference do; for flows in the clear without checksum. */
  readonly plain?: boolean;
}

/** One end, with what it was told. */
export class PairEnd {
  readonly flow: FlowProtocol;
  /** Called when packets can be taken; left out: they are left there. */
  onDeliverable: (() => void) | undefined;
  onWritable: (() => void) | undefined;
  failure: OuroError | undefined;
  outcome: Outcome<void> | undefined;
  over = false;
  /** PDUs sent; undefined: not recorded. */
  sent: Uint8Array[] | undefined;
  sentCount = 0;
  /** What becomes of PDUs of this end; undefined: the path's. */
  transmit: (pdu: Uint8Array) => void;

  constructor(readonly pair: FlowPair, options: FlowPairOptions, which: 0 | 1) {
    const { scheduler } = pair;
    const seed = 2 * (options.seed ?? 1) + which;
    const impair = impairment(
      (which === 1 ? options.back : undefined) ?? options.path ?? {},
      new SeededRandom(seed + 1e6),
    );
    this.transmit = (whole) => {
      const bare = options.plain && whole.length > 0 && (whole[0] & FLAG.data) === 0;
      const pdu = bare ? plainOf(whole) : whole;
      for (const late of impair(pdu, scheduler.now())) {
        const copy = pdu.slice();
        scheduler.after(late, () => pair.ends[1 - which].flow.receive(copy));
      }
    };
    this.flow = makeEndpoint({
      qos: options.qos,
      mpl: 100,
      maxPdu: options.maxPdu ?? 1500,
      cipher: options.cipher?.(),
      memory: options.memory,
      ports: { clock: scheduler, timers: scheduler, random: new SeededRandom(seed) },
      send: (pdu, header = new Uint8Array(0)) => {
        const bytes = new Uint8Array(header.length + pdu.length);
        bytes.set(header);
        bytes.set(pdu, header.length);
        this.sent?.push(bytes.slice());
        this.sentCount++;
        this.transmit(bytes);
        return true;
      },
      events: {
        onDeliverable: () => this.onDeliverable?.(),
        onWritable: () => this.onWritable?.(),
        onFailed: (error) => this.failure = error,
      },
    });
  }

  /** Closes the end. */
  close(limit = 120_000): void {
    this.flow.close(limit, { done: (outcome) => this.outcome = outcome, over: () => this.over = true });
  }

  /** How the close ended: `done`, the code of the error, or nothing yet. */
  get result(): string {
    if (this.outcome === undefined) return "";
    return this.outcome.ok ? "done" : this.outcome.error.code;
  }

  /** Code of the error that the end has failed with. */
  get failed(): string {
    return this.failure?.code ?? "";
  }

  /** Takes all that there is, as text. */
  takeAll(): string[] {
    const found = [];
    for (let packet; (packet = this.flow.take()) !== undefined;) {
      found.push(new TextDecoder().decode(packet));
    }
    return found;
  }

  /** Writes texts. */
  writeAll(...texts: readonly string[]): void {
    for (const text of texts) this.flow.write(new TextEncoder().encode(text));
  }
}

/** Returns what a reference would say in place of a PDU without a packet. */
function plainOf(pdu: Uint8Array): Uint8Array {
  const header = pdu.slice(0, PCI_BYTES);
  if ((header[0] & FLAG.run) !== 0) header.fill(0, 4, 8);
  header[0] &= ~(FLAG.run | FLAG.runs);
  return header;
}

/** Both ends. */
export class FlowPair {
  readonly scheduler = new Scheduler();
  readonly ends: readonly [PairEnd, PairEnd];

  constructor(options: FlowPairOptions) {
    this.ends = [new PairEnd(this, options, 0), new PairEnd(this, options, 1)];
  }

  /** Lets `milliseconds` pass. */
  advance(milliseconds: number): void {
    this.scheduler.advance(milliseconds);
  }
}

/** Packet number `index` of a transfer: its number, and bytes that only it has. */
export function numbered(
  index: number,
  length: number,
  into: Uint8Array = new Uint8Array(length),
): Uint8Array {
  const packet = into.subarray(0, length);
  packet.fill(index * 31 + 7);
  new DataView(packet.buffer, packet.byteOffset).setUint32(0, index);
  return packet;
}

/** Sends `count` packets of `length` bytes from one end, as fast as it takes them; checks at the other what arrives. */
export class Transfer {
  sent = 0;
  received = 0;
  /** What was wrong with what arrived. */
  wrong: string | undefined;
  finishedAt: number | undefined;
  readonly #buffer: Uint8Array;

  constructor(
    readonly pair: FlowPair,
    readonly count: number,
    readonly length: number | ((index: number) => number),
    readonly from: 0 | 1 = 0,
    readonly read = true,
  ) {
    this.#buffer = new Uint8Array(100_000);
    pair.ends[1 - from].onDeliverable = () => {
      if (this.read) this.take();
    };
    pair.ends[from].onWritable = () => this.write();
  }

  write(): void {
    const { flow } = this.pair.ends[this.from];
    while (
      this.sent < this.count && flow.write(numbered(this.sent, this.#lengthOf(this.sent), this.#buffer))
    ) {
      this.sent++;
    }
  }

  take(most = Infinity): void {
    const { flow } = this.pair.ends[1 - this.from];
    for (let packet; most-- > 0 && (packet = flow.take()) !== undefined;) {
      const wanted = numbered(this.received, this.#lengthOf(this.received));
      if (packet.toHex() !== wanted.toHex()) this.wrong ??= `packet ${this.received} is another`;
      this.received++;
      if (this.received === this.count) this.finishedAt = this.pair.scheduler.now();
    }
  }

  /** Lets time pass until all has arrived, or for `limit` milliseconds. */
  run(limit: number): void {
    this.write();
    for (let past = 0; past < limit && this.received < this.count; past += 10) this.pair.advance(10);
  }

  #lengthOf(index: number): number {
    return typeof this.length === "number" ? this.length : this.length(index);
  }
}

/** A cipher for tests: it changes bytes, adds a nonce and a tag, and notices damage; it hides nothing. */
export class TestingCipher implements PacketCipher {
  readonly overhead = 8;
  #nonce = 0;

  seal(header: Uint8Array, packet: Uint8Array, out: Uint8Array): number {
    const plain = Uint8Array.of(...header, ...packet);
    const view = new DataView(out.buffer, out.byteOffset);
    const nonce = this.#nonce++;
    view.setUint32(0, nonce);
    let sum = nonce;
    for (let at = 0; at < plain.length; at++) {
      out[4 + at] = plain[at] ^ (nonce * 7 + at);
      sum = Math.imul(sum ^ plain[at], 0x01000193) + at | 0;
    }
    view.setInt32(4 + plain.length, sum);
    return plain.length + 8;
  }

  open(sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - 8;
    if (length < 0) return undefined;
    const out = new Uint8Array(length);
    const view = new DataView(sealed.buffer, sealed.byteOffset);
    const nonce = view.getUint32(0);
    let sum = nonce;
    for (let at = 0; at < length; at++) {
      out[at] = sealed[4 + at] ^ (nonce * 7 + at);
      sum = Math.imul(sum ^ out[at], 0x01000193) + at | 0;
    }
    return sum === view.getInt32(4 + length) ? out : undefined;
  }

  counts(): CipherCounts {
    return { sealed: this.#nonce, opened: 0, short: 0, undecryptable: 0, repeated: 0, rotations: 0 };
  }

  close(): void {}
}
