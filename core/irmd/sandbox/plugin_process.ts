/**
 * Third parties' hash functions and balancing policies, as the IRMd asks them: in a process of their own, with a limit on time. What
 * loops there, or takes all memory, holds up no one.
 *
 * @module
 */
import {
  asOuroError,
  ExhaustedError,
  type OuroError,
  PluginError,
  TimedOutError,
} from "../../contract/errors.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { AnyPlugin } from "../../contract/plugin.ts";
import type { Ports, Timer } from "../../contract/ports.ts";
import { doubledWait } from "../../kit/doubled_wait.ts";
import { type LimitedLog, limitedLog } from "../../kit/limited_log.ts";
import { checkPlugin } from "../../registry/check_plugin.ts";
import { type GuardedPlugin, MAX_FAULTS } from "../../registry/guard/plugin_guard.ts";
import { oneOf } from "../../registry/words.ts";
import { bytes, type Fields, fieldsOf, integer, list, text } from "../../wire/local/fields.ts";
import { RpcPeer } from "../../wire/local/rpc_peer.ts";
import type { AskedBalancer, AskedHash } from "../tables/machine.ts";
import { MAX_WAITING } from "./plugin_server.ts";

/** Milliseconds: an answer that comes later is done without. Two of them fit into the time that a request for a flow waits. */
const ANSWER_WITHIN = 400;
/** Milliseconds after which a call that has not returned ends the process. */
const RETURN_WITHIN = 4000;
/** Milliseconds for the start of the process, and for the loading of a file: the process itself is stricter. */
const START_WITHIN = 10_000;
const LOAD_WITHIN = 6000;
/** Calls that may wait. */
const MAX_ASKED = 1024;
/** A call that ended the process counts as so many faults. */
const GRAVE = MAX_FAULTS / 4;
/** Milliseconds from the end of the process to its next start. */
const FIRST_PAUSE = 50, LONGEST_PAUSE = 30_000;
/** Milliseconds after which a process that has ended did not end soon. */
const LONG_LIFE = 60_000;
/** Lines that the process has written in the log: at once, and a second. */
const LINES = { burst: 100, rate: 1 };
const MAX_DIGEST = 64;
const MAX_LIST = 100;
const MAX_TEXT = 2048;

/** The process, as a stream of lines. */
export interface LineLink {
  send(line: string): void;
  kill(): void;
}

/** What comes from it. */
export interface LineEvents {
  line(text: string): void;
  ended(how: string): void;
}

/** What a {@link PluginProcess} works with. */
export interface PluginProcessContext extends Ports {
  readonly files: readonly string[];
  /** Starts the process. */
  start(events: LineEvents): LineLink;
}

/** A plugin of a file. */
export interface LoadedPlugin {
  readonly plugin: AnyPlugin;
  readonly origin: string;
}

interface Ask {
  readonly plugin: GuardedPlugin;
  readonly hook: string;
  readonly params: unknown;
  readonly done: Done<Fields>;
  timer: Timer;
  sent: boolean;
}

interface Life {
  readonly link: LineLink;
  readonly peer: RpcPeer;
  readonly since: number;
  readonly begun: (
    outcome: { readonly ok: true } | { readonly ok: false; readonly error: OuroError },
  ) => void;
  ready: boolean;
  /** What is being loaded. */
  file?: string;
  /** The call that has not answered in time, and what ends the process when it goes on so. */
  hung?: { readonly ask: Ask; readonly timer: Timer; over?: string };
}

/** The process of third parties' plugins. */
export class PluginProcess {
  /** Takes the faults that the process tells of. */
  onFault: (fields: Fields) => void = () => {};
  readonly #log: LimitedLog;
  #life: Life | undefined;
  #restart: Timer | undefined;
  #ends = 0;
  #balancers = 0;
  #closed = false;
  readonly #asked = new Set<Ask>();
  #loaded: LoadedPlugin[] = [];

  constructor(private readonly context: PluginProcessContext) {
    this.#log = limitedLog(context.log, context.clock, LINES, "plugins");
  }

  /** Starts the process and loads the files. `done` fails with the first file at fault. */
  open(done: Done<readonly LoadedPlugin[]>): void {
    this.#begin((outcome) => {
      if (!outcome.ok) this.close();
      done(outcome.ok ? success(this.#loaded) : outcome);
    });
  }

  /** Returns a hash function. */
  hash(plugin: GuardedPlugin): AskedHash {
    return {
      digest: (of, done) =>
        this.#ask(plugin, "digest", { hash: plugin.name, bytes: of.toBase64() }, (outcome) => {
          done(
            outcome.ok ? readOr(plugin, "digest", () => bytes(outcome.value, "digest", MAX_DIGEST)) : outcome,
          );
        }),
    };
  }

  /** Returns a balancing policy. */
  balancer(plugin: GuardedPlugin): AskedBalancer {
    const id = this.#balancers++;
    return {
      ask: (all, done) => {
        const waiting = all.slice(0, MAX_WAITING).map(({ order, pid }) => ({ order, pid }));
        this.#ask(plugin, "choose", { id, balancing: plugin.name, waiting }, (outcome) => {
          const index = outcome.ok
            ? readOr(plugin, "choose", () => integer(outcome.value, "index", 0, waiting.length - 1))
            : outcome;
          done(index.ok ? index.value : 0);
        });
      },
    };
  }

  /** Ends the process. */
  close(): void {
    this.#closed = true;
    this.#restart?.cancel();
    this.#life?.link.kill();
  }

  #ask(plugin: GuardedPlugin, hook: string, params: unknown, done: Done<Fields>): void {
    const refusal = plugin.out
      ? plugin.error(hook)
      : this.#life?.hung
      ? new TimedOutError(`${plugin.label}: the process of third parties' plugins does not answer`)
      : this.#asked.size >= MAX_ASKED
      ? new ExhaustedError("too many calls wait for the process of third parties' plugins")
      : undefined;
    const { timers } = this.context;
    if (refusal) return void timers.after(0, () => done(failure(refusal)));
    const ask: Ask = { plugin, hook, params, done, sent: false, timer: this.#limit(() => this.#late(ask)) };
    this.#asked.add(ask);
    if (this.#life?.ready) this.#send(this.#life, ask);
  }

  #limit(late: () => void): Timer {
    return this.context.timers.after(ANSWER_WITHIN, late);
  }

  #send(life: Life, ask: Ask): void {
    ask.sent = true;
    ask.timer.cancel();
    ask.timer = this.#limit(() => this.#late(ask));
    life.peer.request(ask.hook, ask.params, (outcome) => {
      if (life.hung?.ask === ask) {
        life.hung.timer.cancel();
        life.hung = undefined;
      }
      this.#settle(ask, outcome);
    });
  }

  #settle(ask: Ask, outcome: Parameters<Done<unknown>>[0]): void {
    if (!this.#asked.delete(ask)) return;
    ask.timer.cancel();
    ask.done(outcome.ok ? readOr(ask.plugin, ask.hook, () => fieldsOf(outcome.value, ask.hook)) : outcome);
  }

  #late(ask: Ask): void {
    const { plugin, hook } = ask;
    const life = this.#life;
    if (ask.sent && life && !life.hung) {
      plugin.blame(hook, `it has not answered within ${ANSWER_WITHIN} ms`, 0);
      const hung: NonNullable<Life["hung"]> = {
        ask,
        timer: this.context.timers.after(RETURN_WITHIN - ANSWER_WITHIN, () => {
          hung.over = `has not returned for ${RETURN_WITHIN} ms`;
          life.link.kill();
        }),
      };
      life.hung = hung;
    }
    this.#settle(
      ask,
      failure(new TimedOutError(`${plugin.label}: ${hook} has not answered within ${ANSWER_WITHIN} ms`)),
    );
  }

  #endsProcess({ plugin, hook }: Ask, what: string): void {
    this.context.log.error(`Plugin ${plugin.label}: ${hook} ${what}; the process is started anew.`);
    plugin.blame(hook, `it ${what}`, GRAVE);
  }

  #begin(begun: Life["begun"]): void {
    const { timers, clock } = this.context;
    const limit = timers.after(START_WITHIN, () => link.kill());
    const peer = new RpcPeer((line) => link.send(line), timers, {
      request: (_method, _params, reply) => reply(failure(new PluginError("the IRMd answers nothing here"))),
      notification: (method, params) => {
        if (method === "ready") {
          limit.cancel();
          this.#load(life, [...this.context.files]);
        } else this.#told(method, fieldsOf(params, method));
      },
    });
    const link = this.context.start({
      line: (text) => {
        try {
          peer.handleLine(text);
        } catch (thrown) {
          this.#log.warning(
            `The process of third parties' plugins is ended: ${asOuroError(thrown).message}.`,
          );
          link.kill();
        }
      },
      ended: (how) => {
        limit.cancel();
        this.#ended(life, how);
      },
    });
    let told = false;
    const once: Life["begun"] = (outcome) => {
      if (!told) begun(outcome);
      told = true;
    };
    const life: Life = { link, peer, since: clock.now(), begun: once, ready: false };
    this.#life = life;
    this.#loaded = [];
  }

  #told(method: string, fields: Fields): void {
    if (method === "upper.fault") return this.onFault(fields);
    if (method !== "log") return;
    const level = oneOf(fields, "level", ["error", "warning", "info", "debug"]);
    this.#log[level](text(fields, "text", MAX_TEXT));
  }

  /** Loads one file after the other; then the process gives up the right to read. */
  #load(life: Life, [file, ...rest]: readonly string[]): void {
    life.file = file;
    if (file === undefined) {
      return void life.peer.request("seal", {}, (outcome) => this.#begun(life, outcome), LOAD_WITHIN);
    }
    life.peer.request("load", { file }, (outcome) => {
      try {
        if (!outcome.ok) {
          throw outcome.error instanceof TimedOutError ? notLoaded(file, "it loops") : outcome.error;
        }
        const fields = fieldsOf(outcome.value, "load");
        for (
          const declaration of list(fields, "plugins", MAX_LIST, (from, key) => fieldsOf(from[key], key))
        ) {
          const elsewhere = () => {
            throw new PluginError(`${file}: its code is in another process`);
          };
          this.#loaded.push({
            plugin: checkPlugin({ ...declaration, create: elsewhere }, file),
            origin: file,
          });
        }
      } catch (thrown) {
        return this.#begun(life, failure(asOuroError(thrown)));
      }
      this.#load(life, rest);
    }, LOAD_WITHIN);
  }

  #begun(life: Life, outcome: Parameters<Done<unknown>>[0]): void {
    life.file = undefined;
    if (outcome.ok) {
      life.ready = true;
      for (const ask of [...this.#asked]) this.#send(life, ask);
    }
    life.begun(outcome);
  }

  #ended(life: Life, how: string): void {
    life.hung?.timer.cancel();
    this.#life = undefined;
    const { file } = life;
    const error = file === undefined
      ? new PluginError(`the process of third parties' plugins has ended (${how})`)
      : notLoaded(file, `it loops, or takes too much memory (${how})`);
    const guilty = life.hung?.ask ?? [...this.#asked].find(({ sent }) => sent);
    if (guilty && !this.#closed) {
      this.#endsProcess(guilty, life.hung?.over ?? `has ended its process (${how})`);
    }
    for (const ask of [...this.#asked]) if (ask.sent) this.#settle(ask, failure(error));
    life.peer.close(error);
    if (!life.ready) life.begun(failure(error));
    if (!this.#closed) this.#again(life);
  }

  #again(life: Life): void {
    const { clock, timers } = this.context;
    if (clock.now() - life.since > LONG_LIFE) this.#ends = 0;
    this.#restart = timers.after(doubledWait(FIRST_PAUSE, LONGEST_PAUSE, this.#ends++), () => {
      this.#begin((outcome) => {
        if (outcome.ok) return;
        this.#log.error(`Third parties' plugins cannot be used: ${outcome.error.message}.`);
        this.#life?.link.kill();
      });
    });
  }
}

const notLoaded = (file: string, why: string): PluginError =>
  new PluginError(`plugin file ${file} cannot be loaded: ${why}`);

/** Reads an answer of a process that may be anything. */
function readOr<T>(
  plugin: GuardedPlugin,
  hook: string,
  read: () => T,
): ReturnType<typeof success<T>> | ReturnType<typeof failure> {
  try {
    return success(read());
  } catch (thrown) {
    return failure(
      new PluginError(`${plugin.label}: ${hook}: ${asOuroError(thrown).message}`, { cause: thrown }),
    );
  }
}
