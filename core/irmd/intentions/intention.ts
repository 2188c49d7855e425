/**
 * What was asked for of an IPCP, and stays asked for: the commands that make it what it is.
 *
 * @module
 */
import type { OuroError } from "../../contract/errors.ts";
import { type Done, failure, type Outcome } from "../../contract/outcome.ts";
import type { Timer } from "../../contract/ports.ts";
import type { Caller } from "../tables/machine.ts";

/** A command of the control protocol. */
export interface Wish {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What lists tell of something that is wanted and not there. Times are milliseconds from now. */
export interface Missing {
  readonly ipcp: string;
  readonly what: string;
  /** For how long it has not been there. */
  readonly since: number;
  /** When it is tried next; undefined while it is being tried, or waits for the IPCP to be in its layer. */
  readonly next?: number;
  /** Why the last try failed. */
  readonly problem?: string;
}

/** One thing that is wanted. */
export class Intention implements Wish {
  readonly method: string;
  params: Wish["params"];
  state: "there" | "missing" | "trying" = "missing";
  /** When it came or went. */
  since: number;
  /** Tries since then that have failed. */
  failures = 0;
  problem: string | undefined;
  /** When it is tried next. */
  next: number | undefined;
  timer: Timer | undefined;
  /** Was there before, so that this is not its first try. */
  known = false;
  /** The IRMd has made it again, and no command has asked for it since. */
  remade = false;
  /** What the command answered. */
  result: unknown;
  /** A connection that is lost and that its IPCP makes again. */
  lost: { readonly since: number; readonly reason: string } | undefined;
  /** Nobody wants it any more, or something else in its place. */
  dropped = false;
  /** It was taken back by command. */
  takenBack = false;
  /** Takes the outcome of the first try. */
  first: Done<unknown> | undefined;
  readonly #waiting: Done<unknown>[] = [];

  constructor(readonly caller: Caller, { method, params }: Wish, now: number) {
    this.method = method;
    this.params = params;
    this.since = now;
  }

  /** In words, after "IPCP x is to be …". */
  get what(): string {
    const { layer, destination, component, name } = this.params;
    switch (this.method) {
      case "ipcp.bootstrap":
        return `bootstrapped in layer ${layer}`;
      case "ipcp.enrol":
        return layer === undefined
          ? `enrolled with ${destination}`
          : `enrolled in layer ${layer}${destination === undefined ? "" : ` with ${destination}`}`;
      case "ipcp.connect":
        return `connected to ${destination} (${component})`;
      case "name.register":
        return `registered for ${name}`;
      case "bind.ipcp":
        return `bound to ${name}`;
      default:
        return "running";
    }
  }

  /** Is it the same that a command asks for? */
  equals({ method, params }: Wish): boolean {
    return method === this.method && textOf(params) === textOf(this.params);
  }

  /** Gives `done` the outcome of the next try. */
  await(done: Done<unknown>): void {
    this.#waiting.push(done);
  }

  /** Answers those who wait for a try. @returns whether a command was among them */
  answer(outcome: Outcome<unknown>): boolean {
    const { first } = this;
    this.first = undefined;
    first?.(outcome);
    const waiting = this.#waiting.splice(0);
    for (const done of waiting) done(outcome);
    return waiting.length > 0;
  }

  /** Nobody wants it any more. */
  drop(error: OuroError): void {
    this.dropped = true;
    this.timer?.cancel();
    this.answer(failure(error));
  }
}

/** Fields that say the same however they are written: the type is that of the IPCP, its name is known. */
const IGNORED = ["type", "name"];

/** Parameters as a text, whatever the order of their fields. */
function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const fields = Object.entries(value).filter(([key, field]) =>
    !IGNORED.includes(key) && field !== undefined
  );
  return `{${fields.map(([key, field]) => `${key}:${textOf(field)}`).sort().join()}}`;
}

/** An IPCP and all that is wanted of it. */
export class WantedIpcp {
  /** When its process was started. */
  up = -Infinity;
  /** Processes of it that have ended soon after their start, one after the other. */
  quickEnds = 0;
  /** Bindings, registrations, connections, in the order in which they were asked for, by what they are about. */
  readonly rest = new Map<string, Intention>();

  /** @param join makes it run and be in its layer: all else needs that */
  constructor(readonly name: string, readonly type: string, public join: Intention) {}

  /** All that is wanted. */
  get all(): Intention[] {
    return [this.join, ...this.rest.values()];
  }
}
