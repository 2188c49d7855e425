/**
 * A network port whose packets can be impaired, in both directions.
 *
 * @module
 */
import { joinBytes } from "../../kit/bytes.ts";
import { DelayLine, type Deliver, type ImpairedPath, type ImpairedPaths } from "./delay_line.ts";

/** Both directions of a network port, when its packets are impaired. */
export class ImpairedPort {
  readonly #unwatch: (() => void) | undefined;
  #unwatchPath: (() => void) | undefined;
  #in: DelayLine | undefined;
  #out: DelayLine | undefined;

  /** @param shorter called when {@link queued} may have fallen */
  constructor(private readonly paths: ImpairedPaths | undefined, private readonly shorter: () => void) {
    this.#unwatch = paths?.watch(() => this.#change());
    this.#change();
  }

  /** Packets that wait on their way out for a line of limited rate. */
  get queued(): number {
    return this.#out === undefined ? 0 : this.#out.path.queued;
  }

  /** A packet goes out; see {@link DelayLine.pass}. It is copied first: its sender may need it again. */
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
    this.#unwatchPath?.();
    this.#out?.release();
    this.#in?.forget();
    this.#in = this.#out = undefined;
  }

  #change(): void {
    const out = this.paths?.out;
    if (out !== this.#out?.path) {
      this.#unwatchPath?.();
      this.#unwatchPath = out?.watch(this.shorter);
      this.#out = moved(this.#out, out);
      this.shorter();
    }
    this.#in = moved(this.#in, this.paths?.in);
  }
}

/** Returns the line on a path; what waits in another one arrives. */
function moved(line: DelayLine | undefined, path: ImpairedPath | undefined): DelayLine | undefined {
  if (line?.path === path) return line;
  line?.release();
  return path === undefined ? undefined : new DelayLine(path);
}
