/**
 * A member that dials a hub: its only socket, which is opened again as long as it lives.
 *
 * @module
 */
import { asOuroError } from "../../../core/contract/errors.ts";
import type { DialSettings, MacAddress, MessageSocket, WebSockets } from "../../../core/contract/network.ts";
import type { Outcome } from "../../../core/contract/outcome.ts";
import type { Log, Ports } from "../../../core/contract/ports.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import { NO_BYTES } from "../../../core/kit/bytes.ts";
import { doubledWait } from "../../../core/kit/doubled_wait.ts";
import { TimerGroup } from "../../../core/kit/timer_group.ts";
import { encodeGreeting, type Greeting, SECRET_BYTES } from "./greeting.ts";
import { Line, type LineUser } from "./line.ts";
import { MTU } from "./settings.ts";
import { packetsOf, randomAddress, WebPort } from "./web_port.ts";

/** Milliseconds until a hub is dialled again: at first, and at most. */
const FIRST_WAIT = 250, LONGEST_WAIT = 30_000;

/** The port of a member. */
export class MemberPort extends WebPort implements LineUser {
  readonly #timers: TimerGroup;
  readonly #secret: Uint8Array;
  #address: MacAddress;
  #mtu = MTU;
  #line: Line | undefined;
  #giveUp: () => void = () => {};
  #up = false;
  /** Tries since it was up. */
  #tries = 0;
  #dialled = 0;
  /** Why the last try has failed: said once. */
  #failure = "";
  #closed = false;

  /** Dials for the first time. @throws NotFoundError, PermissionError or InvalidError when a file of the settings cannot be read */
  constructor(
    private readonly ports: Ports,
    private readonly log: Log,
    private readonly sockets: WebSockets,
    private readonly settings: DialSettings,
  ) {
    super(settings.url.href);
    this.#timers = new TimerGroup(ports.clock, ports.timers);
    this.#secret = ports.random.bytes(SECRET_BYTES);
    this.#address = randomAddress(ports.random);
    this.#dial();
  }

  get address(): MacAddress {
    return this.#address;
  }

  get mtu(): number {
    return this.#mtu;
  }

  get up(): boolean {
    return this.#up;
  }

  get queued(): number {
    return packetsOf(this.#line?.socket.queued ?? 0);
  }

  send(packet: Uint8Array, header: Uint8Array): boolean {
    return this.counted(this.#up && this.#line !== undefined && this.#line.send(packet, header));
  }

  close(): void {
    this.#closed = true;
    this.#up = false;
    this.#timers.stop();
    this.#giveUp();
    this.#line?.close();
  }

  stats(): Stats {
    return { dialled: this.#dialled, failure: this.#failure };
  }

  greeted({ taken, mtu }: Greeting): void {
    if (taken) {
      this.#line?.close();
      this.#address = randomAddress(this.ports.random);
      return this.ended("the hub has another member with this address");
    }
    this.#mtu = Math.min(MTU, mtu);
    this.#up = true;
    this.#tries = 0;
    this.#failure = "";
    this.changed();
  }

  frame(frame: Uint8Array): void {
    this.receive(frame);
  }

  override sent(): void {
    super.sent();
  }

  ended(reason: string): void {
    this.#line = undefined;
    const was = this.#up;
    this.#up = false;
    this.#failed(reason);
    if (was) this.changed();
    // Who was held back goes on, and is told that it is down.
    super.sent();
  }

  #dial(): void {
    this.#dialled++;
    this.#giveUp = this.sockets.dial(this.settings, (outcome) => this.#opened(outcome));
  }

  #dialAgain(): void {
    try {
      this.#dial();
    } catch (thrown) {
      this.#failed(asOuroError(thrown).message);
    }
  }

  #opened(outcome: Outcome<MessageSocket>): void {
    this.#giveUp = () => {};
    if (!outcome.ok) return this.#failed(outcome.error.message);
    if (this.#closed) return outcome.value.close();
    this.#line = new Line(outcome.value, this.#timers, this);
    const greeting = { taken: false, mtu: MTU, address: this.#address, secret: this.#secret };
    this.#line.send(encodeGreeting(greeting), NO_BYTES);
  }

  #failed(reason: string): void {
    if (this.#closed) return;
    if (reason !== this.#failure) this.log.warning(`There is no way to the hub: ${reason}.`);
    this.#failure = reason;
    const longest = doubledWait(FIRST_WAIT, LONGEST_WAIT, this.#tries++);
    // Members that a hub has lost at once do not come back at once.
    const wait = longest * (1 + this.ports.random.uint32() / 2 ** 32) / 2;
    this.#timers.after(wait, () => this.#dialAgain());
  }
}
