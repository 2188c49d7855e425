/**
 * A directory for small layers: whoever looks for a name asks all members, and those that have it answer.
 *
 * @module
 */
import type {
  Address,
  Directory,
  DirectoryContext,
  Done,
  NameHash,
  Plugin,
  PluginHost,
  Stats,
  Timer,
} from "../../../contract/author_types.ts";

/** Messages: what it is, who sends it, the number of the question; behind a question stands the hash. */
const ASK = 0, YES = 1, NO = 2;
const HEADER = 9;
/** How often is asked, and milliseconds between: in time for the IRMd, which waits 200 ms. */
const TRIES = 8, EVERY = 20;

interface Question {
  readonly hash: NameHash;
  readonly done: Done<readonly Address[]>;
  readonly open: Set<Address>;
  readonly found: Address[];
  tries: number;
  timer?: Timer;
}

class AskAll implements Directory {
  readonly #host: PluginHost;
  readonly #context: DirectoryContext;
  readonly #own = new Set<NameHash>();
  readonly #questions = new Map<number, Question>();
  #next = 0;
  #dropped = 0;

  constructor(host: PluginHost, context: DirectoryContext) {
    this.#host = host;
    this.#context = context;
  }

  register(hash: NameHash, done: Done): void {
    this.#own.add(hash);
    done({ ok: true, value: undefined });
  }

  unregister(hash: NameHash, done: Done): void {
    this.#own.delete(hash);
    done({ ok: true, value: undefined });
  }

  query(hash: NameHash, done: Done<readonly Address[]>): void {
    const number = this.#next++ % 2 ** 32;
    const open = new Set(this.#context.members());
    this.#questions.set(number, { hash, done, open, found: [], tries: 0 });
    this.#ask(number);
  }

  /** Anybody may have sent it: what is no message of ours is counted and dropped. */
  receive(message: Uint8Array): void {
    const { hashLength, own, send } = this.#context;
    if (message.length < HEADER) return void this.#dropped++;
    const view = new DataView(message.buffer, message.byteOffset, message.length);
    const [what, from, number] = [view.getUint8(0), view.getUint32(1) as Address, view.getUint32(5)];
    if (what === ASK && message.length === HEADER + hashLength) {
      const known = this.#own.has(hexOf(message.subarray(HEADER)) as NameHash);
      send(from, header(known ? YES : NO, own, number));
      return;
    }
    const question = this.#questions.get(number);
    if (message.length !== HEADER || what > NO || !question?.open.delete(from)) return void this.#dropped++;
    if (what === YES) question.found.push(from);
    if (question.open.size === 0) this.#answer(number, question);
  }

  routesChanged(): void {}

  stats(): Stats {
    return { registered: this.#own.size, questions: this.#questions.size, dropped: this.#dropped };
  }

  shutdown(): void {
    const error = new this.#host.errors.IpcpStateError("the IPCP leaves the layer");
    for (const { timer, done } of this.#questions.values()) {
      timer?.cancel();
      done({ ok: false, error });
    }
    this.#questions.clear();
  }

  /** Asks those who have not answered; who cannot be reached is not waited for. */
  #ask(number: number): void {
    const question = this.#questions.get(number);
    if (!question) return;
    const { open, hash } = question;
    const message = new Uint8Array([...header(ASK, this.#context.own, number), ...bytesOf(hash)]);
    for (const member of open) if (!this.#context.send(member, message)) open.delete(member);
    if (open.size === 0 || question.tries++ === TRIES) return this.#answer(number, question);
    question.timer = this.#context.timers.after(EVERY, () => this.#ask(number));
  }

  #answer(number: number, { timer, done, found, hash }: Question): void {
    timer?.cancel();
    this.#questions.delete(number);
    // The own address comes last: others are better, as the process here may be the one that asks.
    done({ ok: true, value: this.#own.has(hash) ? [...found, this.#context.own] : found });
  }
}

function header(what: number, own: Address, number: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(HEADER));
  view.setUint8(0, what);
  view.setUint32(1, own);
  view.setUint32(5, number);
  return new Uint8Array(view.buffer);
}

const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = (hex: string): number[] => (hex.match(/../g) ?? []).map((pair) => parseInt(pair, 16));

const plugin: Plugin<"directory"> = {
  kind: "directory",
  name: "ask-all",
  apiVersion: 1,
  version: "1.0.0",
  description: "asks all members; for small layers",
  options: [],
  create: (host, context) => new AskAll(host, context),
};

export default plugin;
