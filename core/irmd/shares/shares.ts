/**
 * What each user of the host may have of the IRMd. The unit is the uid that the kernel tells. Root, the user that the IRMd runs as,
 * and those who come by the administrators' socket take from a reserve, which nobody else can touch.
 *
 * @module
 */
import type { ExhaustedError } from "../../contract/errors.ts";
import { type Uid, uid } from "../../contract/ids.ts";
import type { Clock, Log } from "../../contract/ports.ts";
import { BoundedMap } from "../../kit/bounded_map.ts";
import { type LimitedLog, limitedLog } from "../../kit/limited_log.ts";
import { TokenBucket } from "../../kit/token_bucket.ts";
import type { TurnedAway } from "../../wire/local/turned_away.ts";
import { DEFAULT_LIMITS, TOGETHER, type UserLimits } from "./limits.ts";
import { Pool } from "./pool.ts";
import { Turns } from "./turns.ts";

/** Requests of a user for flows to one name that are passed on to layers. */
const ASKING = 64;
/** Users whose speed and lines are remembered. */
const MAX_USERS = 1024;
/** Seconds for which a user may save up what he does not use: what he sends at once is not read before what others send. */
const SAVED = 0.2;
/** Lines at once of one user; of the administrators together, and of them a second. */
const LINES = { burst: 300, administrators: { burst: 2000, rate: 50 } };

/** Whom something is for. */
export interface Who {
  readonly uid: Uid;
  /** The socket by which it comes; left out: by none, as the configuration file does. */
  readonly socket?: "public" | "admin";
}

/** What a pool is asked with a {@link Who} instead of a uid: nothing of it is taken for administrators. */
export interface Sharing {
  /** Checks that somebody may have so much more. @throws ExhaustedError that says what the user has */
  check(who: Who, amount?: number): void;
  /** Takes some. @throws ExhaustedError that says what the user has */
  take(who: Who, amount?: number): void;
  /** Gives back. */
  give(who: Who, amount?: number): void;
  /** Returns whether somebody may have one more. */
  fits(who: Who): boolean;
  /** Counts that somebody was refused. */
  refused(): void;
  /** Returns what says so to him. */
  refusal(who: Who): ExhaustedError;
}

/** The shares of all users. */
export class Shares {
  /** Control connections. */
  readonly connections: Sharing;
  readonly bytes: Sharing;
  readonly allocations: Sharing;
  readonly calls: Sharing;
  readonly flows: Sharing;
  readonly accepted: Sharing;
  /** Requests of a user for a name: so many are passed on to layers, and the others wait. */
  readonly asking = new Turns(ASKING);
  readonly limits: UserLimits;
  /** The user that the IRMd runs as. */
  readonly owner: Uid | undefined;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #pools: Record<string, Pool> = {};
  readonly #speeds = new BoundedMap<Uid, TokenBucket>(MAX_USERS);
  readonly #lines = new BoundedMap<Uid | "administrators", LimitedLog>(MAX_USERS);
  /** What data sockets have turned away, of each user. */
  readonly #turnedAway = new BoundedMap<Uid | "unknown", { failed: number; unheard: number }>(MAX_USERS);
  #slowed = 0;

  /**
   * @param limits of each user
   * @param connections how many the IRMd can have for all ordinary users
   * @param owner the user that the IRMd runs as
   */
  constructor(
    { clock, log }: { readonly clock: Clock; readonly log: Log },
    limits: UserLimits = DEFAULT_LIMITS,
    connections = 4096,
    owner?: number,
  ) {
    this.#clock = clock;
    this.#log = log;
    this.limits = limits;
    this.owner = owner === undefined ? undefined : uid(owner);
    this.connections = this.#pool("connections", "connections to the IRMd", connections);
    this.bytes = this.#pool("bytes", "bytes that wait in the IRMd", TOGETHER.bytes);
    this.allocations = this.#pool("allocations", "allocations under way", TOGETHER.allocations);
    this.calls = this.#pool("calls", "calls that wait", TOGETHER.calls);
    this.flows = this.#pool("flows", "flows that were asked for", TOGETHER.flows);
    this.accepted = this.#pool("accepted", "flows that were accepted", TOGETHER.accepted);
  }

  /** Returns whether somebody takes from the reserve. */
  privileged({ uid, socket }: Who): boolean {
    return uid === 0 || uid === this.owner || socket !== "public";
  }

  /** Counts messages of somebody. @returns milliseconds that he has to wait before they are read */
  spend(who: Who, messages: number): number {
    if (this.privileged(who)) return 0;
    let speed = this.#speeds.get(who.uid);
    if (!speed) {
      const rate = this.limits.messages;
      this.#speeds.set(who.uid, speed = new TokenBucket({ rate, burst: rate * SAVED }));
    }
    const wait = speed.spend(this.#clock.now(), messages);
    if (wait > 0) this.#slowed++;
    return wait;
  }

  /** Returns the log for what somebody causes. */
  logOf(who: Who): LimitedLog {
    const whose = this.privileged(who) ? "administrators" : who.uid;
    let log = this.#lines.get(whose);
    if (!log) {
      const limit = whose === "administrators"
        ? LINES.administrators
        : { burst: Math.min(LINES.burst, this.limits.lines), rate: this.limits.lines / 60 };
      const what = whose === "administrators" ? "what administrators do" : `what user ${whose} does`;
      this.#lines.set(whose, log = limitedLog(this.#log, this.#clock, limit, what));
    }
    return log;
  }

  /** Counts what data sockets have turned away, as their processes tell. */
  turnedAway(all: readonly TurnedAway[]): void {
    for (const { user = "unknown", failed, unheard } of all) {
      const before = this.#turnedAway.get(user);
      this.#turnedAway.set(user, {
        failed: (before?.failed ?? 0) + failed,
        unheard: (before?.unheard ?? 0) + unheard,
      });
    }
  }

  /** Returns what `status` shows: what is used, by all and by the one with most, and the limits. */
  counts(): Record<string, unknown> {
    const pools = Object.entries(this.#pools).map(([key, pool]) => [key, pool.counts()]);
    const messages = { each: this.limits.messages, slowed: this.#slowed };
    const dataSockets = Object.fromEntries(this.#turnedAway);
    return { ...Object.fromEntries(pools), messages, lines: { each: this.limits.lines }, dataSockets };
  }

  #pool(key: keyof UserLimits, what: string, together: number): Sharing {
    const pool = this.#pools[key] = new Pool(what, { together, each: this.limits[key] });
    return {
      check: (who, amount) => this.privileged(who) ? undefined : pool.check(who.uid, amount),
      take: (who, amount) => this.privileged(who) ? undefined : pool.take(who.uid, amount),
      give: (who, amount) => this.privileged(who) ? undefined : pool.give(who.uid, amount),
      fits: (who) => this.privileged(who) || pool.fits(who.uid),
      refused: () => pool.refused(),
      refusal: (who) => pool.refusal(who.uid),
    };
  }
}
