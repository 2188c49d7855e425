/**
 * A connection that was asked for: made once with success, it stays asked for. When it is lost it is made again, until it is
 * disconnected.
 *
 * @module
 */
import { ExistsError, type OuroError } from "../../contract/errors.ts";
import type { Address } from "../../contract/ids.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";
import type { Component, Connection } from "../../contract/membership.ts";
import { type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import type { Ports, Timer } from "../../contract/ports.ts";
import type { Stats } from "../../contract/stats.ts";
import { doubledWait } from "../../kit/doubled_wait.ts";
import type { Dial, DialEvents } from "./dial.ts";

/**
 * The waits between two tries, in milliseconds: the first and the longest. While nobody answers a try costs next to nothing, and the end
 * of an outage must not be slept through. Who answers and refuses will hardly change its mind soon.
 */
const WAITS = { silent: [500, 2500], refused: [1000, 30_000] } as const;
/** A wait lasts so much of its length at least, at random: neighbours that were lost together do not come back together. */
const LEAST = 2 / 3;
/** A try that lies back less than this is not brought forward. */
const JUST_TRIED = 1000;
/** Milliseconds in which tries that are brought forward set out, at random. */
const SPREAD = 100;
/** A connection that is asked for although it is there is looked at for so long: the least, the most, and in times of what it took to make it. */
const LOOK = { least: 300, most: 2000, times: 2 } as const;

/** A wanted connection is lost, or is there again. */
export interface ConnectionNews {
  /** Name of the component. */
  readonly component: string;
  readonly destination: string;
  readonly state: "lost" | "back";
  /** Why it is lost, or could not be made again at once. */
  readonly reason?: string;
}

/** What an {@link Intention} works with. */
export interface IntentionParts extends Ports {
  readonly component: Component;
  readonly destination: string;
  /** Prepares a try. @param again as in {@link Dial} */
  dial(again: number | undefined, events: DialEvents<Address>): Dial<Address>;
  /** The connection is there. */
  made(connection: Connection): void;
  /** It could not be made when it was asked for, and nobody wants it any more. */
  gaveUp(): void;
  /** Takes the news of it. */
  news(news: ConnectionNews): void;
  /** Sends something over the connection, so that layers below that do not know its flow any more say so. */
  probe(connection: Connection): void;
}

/** Somebody who waits for the look at a connection that is there already. */
interface Looking {
  readonly done: Done<Connection>;
  readonly timer: Timer;
}

/** A connection that is wanted. */
export class Intention {
  /** This very IPCP has accepted what was dialled. */
  self = false;
  #connection: Connection | undefined;
  /** It was made once. */
  #kept = false;
  #dial: Dial<Address> | undefined;
  #next: { readonly timer: Timer; readonly at: number } | undefined;
  readonly #asking: Done<Connection>[] = [];
  readonly #looking = new Set<Looking>();
  /** When it came to be, or not to be, connected: of the clock, and milliseconds since 1970. */
  #since: { readonly now: number; readonly wall: number };
  #triedAt = 0;
  /** Milliseconds that the last successful try took. */
  #took = 0;
  #tries = 0;
  /** Failures of one kind in a row. */
  #failures = { refused: false, count: 0 };
  #lastError: OuroError | undefined;

  constructor(private readonly parts: IntentionParts) {
    this.#since = this.#now();
  }

  /** Returns whether a try is under way. */
  get trying(): boolean {
    return this.#dial !== undefined;
  }

  /** Somebody asks for the connection. It is made, unless it is there and alive. */
  ask(done: Done<Connection>): void {
    if (this.#connection) return this.#look(this.#connection, done);
    if (this.#dial && !this.#kept) {
      const { component, destination } = this.parts;
      return done(
        failure(new ExistsError(`${component.name} is being connected to "${destination}" already`)),
      );
    }
    this.#asking.push(done);
    this.#try();
  }

  /** Its connection is lost, and was told to be. */
  lost(reason: string): void {
    this.#connection = undefined;
    this.#tell("lost", reason);
    this.#since = this.#now();
    this.#tries = 0;
    this.#failures = { refused: false, count: 0 };
    for (const { done, timer } of this.#looking) {
      timer.cancel();
      this.#asking.push(done);
    }
    this.#looking.clear();
    this.#try();
  }

  /** Something else has come about: it may be worth to try now. */
  hurry(): void {
    if (!this.#next || this.parts.clock.now() - this.#triedAt < JUST_TRIED) return;
    this.#tryAfter(SPREAD * this.#unit());
  }

  /** It is not wanted any more. Its connection is somebody else's to close. */
  end(error: OuroError): void {
    this.#dial?.end();
    this.#dial = undefined;
    this.#next?.timer.cancel();
    this.#next = undefined;
    this.#connection = undefined;
    for (const { done, timer } of this.#looking) {
      timer.cancel();
      this.#asking.push(done);
    }
    this.#looking.clear();
    this.#settle(failure(error));
  }

  /** What is wanted, what is, since when, and the next try. */
  stats(): Stats {
    const { component, destination, clock } = this.parts;
    return {
      component: component.name,
      destination,
      state: this.#connection ? "connected" : this.#dial ? "connecting" : "waiting",
      since: Math.round(this.#since.wall),
      tries: this.#tries,
      ...(this.#next ? { next: Math.round(this.#next.at - clock.now()) } : {}),
      ...(this.#lastError && !this.#connection ? { error: this.#lastError.message } : {}),
    };
  }

  #try(): void {
    if (this.#dial) return;
    const { dial, clock } = this.parts;
    this.#next?.timer.cancel();
    this.#next = undefined;
    this.self = false;
    this.#tries++;
    this.#triedAt = clock.now();
    const again = this.#kept ? this.#between(WAITS.silent[1]) : undefined;
    this.#dial = dial(again, {
      reached: (flow, peer) => this.#reached(flow, peer),
      failed: (error, refused) => this.#failed(error, refused),
    });
    this.#dial.start();
  }

  #tryAfter(wait: number): void {
    const { clock, timers } = this.parts;
    this.#next?.timer.cancel();
    this.#next = { at: clock.now() + wait, timer: timers.after(wait, () => this.#try()) };
  }

  #reached(flow: LowerFlow, peer: Address): void {
    const { component, destination, log } = this.parts;
    this.#dial = undefined;
    const { now } = this.#now();
    this.#took = now - this.#triedAt;
    if (this.#kept) {
      const seconds = ((now - this.#since.now) / 1000).toFixed(1);
      log.info(`${component.name} is connected to "${destination}" again, after ${seconds} s.`);
      this.#tell("back");
    }
    this.#kept = true;
    this.#since = this.#now();
    const connection = { component, flow, peer, destination };
    this.#connection = connection;
    this.parts.made(connection);
    this.#settle(success(connection));
  }

  #failed(error: OuroError, refused: boolean): void {
    const { component, destination, log } = this.parts;
    this.#dial = undefined;
    this.#lastError = error;
    if (!this.#kept) {
      this.parts.gaveUp();
      return this.#settle(failure(error));
    }
    if (this.#tries === 1) {
      this.#tell("lost", error.message);
      log.warning(
        `${component.name} cannot be connected to "${destination}" again: ${error.message}; trying on.`,
      );
    }
    const count = refused === this.#failures.refused ? this.#failures.count : 0;
    this.#failures = { refused, count: count + 1 };
    const [first, longest] = refused ? WAITS.refused : WAITS.silent;
    this.#tryAfter(this.#between(doubledWait(first, longest, count)));
    this.#settle(failure(error));
  }

  /** The connection is there. It may be that the other end is not: layers below that know it say so when something is sent. */
  #look(connection: Connection, done: Done<Connection>): void {
    const { component, destination, timers, probe } = this.parts;
    const wait = Math.min(LOOK.most, LOOK.least + LOOK.times * this.#took);
    const looking: Looking = {
      done,
      timer: timers.after(wait, () => {
        this.#looking.delete(looking);
        done(failure(new ExistsError(`${component.name} is connected to "${destination}" already`)));
      }),
    };
    this.#looking.add(looking);
    probe(connection);
  }

  #tell(state: ConnectionNews["state"], reason?: string): void {
    const { component, destination, news } = this.parts;
    news({ component: component.name, destination, state, reason });
  }

  #settle(outcome: Outcome<Connection>): void {
    for (const done of this.#asking.splice(0)) done(outcome);
  }

  #now(): { now: number; wall: number } {
    const { clock } = this.parts;
    return { now: clock.now(), wall: clock.wall() };
  }

  /** Draws from the last third of a wait. */
  #between(longest: number): number {
    return longest * (LEAST + (1 - LEAST) * this.#unit());
  }

  #unit(): number {
    return this.parts.random.uint32() / 0x1_0000_0000;
  }
}
