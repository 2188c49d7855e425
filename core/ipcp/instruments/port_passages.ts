/**
 * Both directions of a network port, when its packets are impaired.
 *
 * @module
 */
import { joinBytes } from "../../kit/bytes.ts";
import type { ImpairedPath } from "./impaired_path.ts";
import type { Impairments } from "./impairments.ts";
import { type Deliver, Passage } from "./passage.ts";

/** Where the packets of one port pass. */
export class PortPassages {
  readonly #impairments: Impairments | undefined;
  readonly #unwatch: (() => void) | undefined;
  #in: Passage | undefined;
  #out: Passage | undefined;

  constructor(impairments: Impairments | undefined) {
    this.#impairments = impairments;
    this.#unwatch = impairments?.watch(() => this.#change());
    this.#change();
  }

  /** A packet goes out; see {@link Passage.pass}. It is copied first: its sender may need it again. */
  send(packet: Uint8Array, header: Uint8Array, deliver: Deliver): boolean {
    const whole = joinBytes(header, packet);
    return this.#out === undefined ? deliver(whole) : this.#out.pass(whole, deliver);
  }

  /** A packet has come in. */
  receive(packet: Uint8Array, deliver: (packet: Uint8Array) => void): void {
    if (this.#in === undefined) return deliver(packet);
    // It is ours to change, but nobody knows whose memory it is in.
    this.#in.pass(new Uint8Array(packet), (whole) => {
      deliver(whole);
      return true;
    });
  }

  /** The port is closed: what is on its way out goes at once, what is on its way in nowhere. */
  close(): void {
    this.#unwatch?.();
    this.#out?.release();
    this.#in?.forget();
    this.#in = this.#out = undefined;
  }

  #change(): void {
    this.#out = moved(this.#out, this.#impairments?.out);
    this.#in = moved(this.#in, this.#impairments?.in);
  }
}

/** The passage on the path; what waits in another one arrives. */
function moved(passage: Passage | undefined, path: ImpairedPath | undefined): Passage | undefined {
  if (passage?.path === path) return passage;
  passage?.release();
  return path === undefined ? undefined : new Passage(path);
}
