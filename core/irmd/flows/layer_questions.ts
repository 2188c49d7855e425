/**
 * Which layer a flow goes to: all layers that may carry it are asked for its name side by side, so that a slow one does not
 * hold up the others.
 *
 * @module
 */
import type { OuroError } from "../../contract/errors.ts";
import type { NameHash } from "../../contract/ids.ts";
import type { Outcome } from "../../contract/outcome.ts";
import type { Timer } from "../../contract/ports.ts";
import type { Session } from "../tables/machine.ts";
import type { IpcpRecord } from "../tables/records.ts";
import type { State } from "../tables/state.ts";

/** Milliseconds for which a layer that knows the name gives way to one that comes before it and has not answered. */
const GRACE = 200;

/**
 * Returns the IPCPs that may carry a flow of this process, best first: an IPCP never uses its own layer. Names of layers are not
 * unique: one of another type is another layer.
 */
export function candidatesFor(state: State, session: Session): IpcpRecord[] {
  const own = state.ipcps.byPid(session.pid);
  const inOwnLayer = ({ layer, declaration }: IpcpRecord) =>
    own?.layer !== undefined && layer?.layer === own.layer.layer && declaration === own.declaration;
  return state.ipcps.list().filter((ipcp) =>
    ipcp.state === "operational" && ipcp !== own && !inOwnLayer(ipcp)
  );
}

/** Returns what users know the layer of an IPCP by. */
export const layerOf = ({ layer, name }: IpcpRecord): string => layer?.layer ?? name;

/** A layer that knows the name. */
export interface KnowingLayer {
  readonly ipcp: IpcpRecord;
  readonly session: Session;
  readonly hash: NameHash;
}

interface Question {
  readonly ipcp: IpcpRecord;
  readonly session: Session;
  /** There in every state after the first. */
  hash?: NameHash;
  state: "hashing" | "waiting" | "asked" | "known" | "done";
}

/** The questions for one name. */
export class LayerQuestions {
  readonly #state: State;
  readonly #session: Session;
  readonly #name: string;
  /** The preferred layer first; then those that have come up since. */
  readonly #questions: Question[] = [];
  #then: ((layer: KnowingLayer | undefined) => void) | undefined;
  #grace: Timer | undefined;
  #graceOver = false;
  #mute: string | undefined;

  /** @param session of the process that asks @param left gives the milliseconds that an answer may take */
  constructor(state: State, session: Session, name: string, private readonly left: () => number) {
    this.#state = state;
    this.#session = session;
    this.#name = name;
    for (const ipcp of candidatesFor(state, session)) this.#add(ipcp);
  }

  /** Returns how many layers there are to ask. */
  get size(): number {
    return this.#questions.length;
  }

  /** Returns the first layer that could not be asked, and why. */
  get mute(): string | undefined {
    return this.#mute;
  }

  /** Returns the layers that have not answered. */
  get silent(): string[] {
    return this.#questions.filter(({ state }) => state === "asked").map(({ ipcp }) => layerOf(ipcp));
  }

  /** Gives the best layer that knows the name and was not given before; undefined when all have answered and none is left. */
  next(then: (layer: KnowingLayer | undefined) => void): void {
    this.#then = then;
    this.#state.questions.add(this);
    this.#goOn();
  }

  /** An IPCP has come into its layer: who still waits for other layers asks this one, too. */
  joined(ipcp: IpcpRecord): void {
    if (!candidatesFor(this.#state, this.#session).includes(ipcp)) return;
    this.#add(ipcp);
    if (this.#then) this.#askAll();
    this.#decide();
  }

  /** Gives nothing any more. */
  stop(): void {
    this.#grace?.cancel();
    this.#then = undefined;
    this.#state.questions.delete(this);
  }

  #add(ipcp: IpcpRecord): void {
    const { session, layer, registrations } = ipcp;
    if (!session || !layer) return;
    const question: Question = { ipcp, session, state: "hashing" };
    this.#questions.push(question);
    this.#state.hashes.of(this.#name, layer.hash, (outcome) => {
      if (outcome.ok) {
        question.hash = outcome.value;
        question.state = registrations.has(outcome.value) ? "known" : "waiting";
      } else this.#cannotAsk(question, outcome.error);
      if (this.#then) this.#goOn();
    });
  }

  #cannotAsk(question: Question, { message }: OuroError): void {
    question.state = "done";
    this.#mute ??= `layer "${layerOf(question.ipcp)}" cannot be asked: ${message}`;
  }

  #goOn(): void {
    if (this.#questions.find(({ state }) => state !== "done")?.state !== "known") this.#askAll();
    this.#decide();
  }

  /** Asks the layers that come before one that is known to know the name: those behind it are needed only when it fails. */
  #askAll(): void {
    for (const question of this.#questions) {
      if (question.state === "known") return;
      if (question.state !== "waiting") continue;
      question.state = "asked";
      const { session, hash } = question;
      session.request("layer.query", { hash }, (outcome) => {
        if (outcome.ok) question.state = saysFound(outcome) ? "known" : "done";
        else this.#cannotAsk(question, outcome.error);
        this.#decide();
      }, this.left());
    }
  }

  #decide(): void {
    const then = this.#then;
    if (!then) return;
    const open = this.#questions.filter(({ state }) => state !== "waiting" && state !== "done");
    const known = open.find(({ state }) => state === "known");
    if (!known) {
      if (open.length > 0) return;
      this.stop();
      return then(undefined);
    }
    if (known !== open[0] && !this.#graceOver) {
      this.#grace ??= this.#state.ports.timers.after(GRACE, () => {
        this.#graceOver = true;
        this.#decide();
      });
      return;
    }
    known.state = "done";
    const { ipcp, session, hash } = known;
    if (hash === undefined || ipcp.state !== "operational" || ipcp.session !== session) return this.#goOn();
    this.#then = undefined;
    then({ ipcp, session, hash });
  }
}

function saysFound(outcome: Outcome<unknown>): boolean {
  const { value } = outcome.ok ? outcome : { value: undefined };
  return typeof value === "object" && value !== null && "found" in value && value.found === true;
}
