/**
 * What was bound and registered by command, for the IRMd that runs after this one: it gives it again by itself. What the
 * configuration file asks for is not noted, since the file says it again.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import { type Pid, pid, uid } from "../../contract/ids.ts";
import { type Outcome, success } from "../../contract/outcome.ts";
import type { Timer } from "../../contract/ports.ts";
import { BoundedMap } from "../../kit/bounded_map.ts";
import { type Fields, fieldsOf, integer, list, name, optional, text } from "../../wire/local/fields.ts";
import { call, type Command, type Commands } from "../commands/command.ts";
import type { Caller, Memory } from "../tables/machine.ts";
import { globMatches } from "../tables/glob.ts";
import { baseName } from "../tables/programs.ts";
import type { State } from "../tables/state.ts";
import type { Wish } from "./intention.ts";

const MAX_KEPT = 4096;
const MAX_ID = 0xffffffff;
/** Milliseconds between two looks whether layers are there in which names are to be registered. */
const LOOK = 500;

/** What is kept. */
const METHODS = ["name.create", "bind.program", "bind.process", "name.register"];

/** One command that is given again. */
interface Kept extends Wish {
  readonly uid: Caller["uid"];
  readonly gid: number;
  /** Of a binding to a process: when that started, since its number alone may be another's. */
  readonly started?: number;
  /** It is to be given again, is being given, or was given by a command or by itself. */
  state: "missing" | "trying" | "there";
  /** It was given again, and nobody has asked for it since: who gives the command by hand finds that it is done. */
  remade: boolean;
  result?: unknown;
  /** It has failed before, which is logged already. */
  again?: boolean;
}

/** Notes commands that succeed, and gives them again. */
export class Remembered {
  readonly #state: State;
  readonly #commands: Commands;
  readonly #memory: Memory | undefined;
  readonly #kept = new BoundedMap<string, Kept>(MAX_KEPT);
  #timer: Timer | undefined;

  /** @param memory keeps them; left out: nothing is kept */
  constructor(state: State, commands: Commands, memory: Memory | undefined) {
    this.#state = state;
    this.#commands = commands;
    this.#memory = memory;
  }

  /** Returns the commands, with those in place of which note is taken. */
  commands(): Commands {
    return {
      ...this.#commands,
      ...Object.fromEntries(METHODS.map((method) => [method, this.#noted(method)])),
      "name.destroy": this.#undone("name.destroy", (wanted) => wanted.method === "name.create"),
      "unbind.program": this.#undone(
        "unbind.program",
        ({ method, params }, asked) =>
          method === "bind.program" && baseName(String(params.program)) === baseName(String(asked.program)),
      ),
      "unbind.process": this.#undone(
        "unbind.process",
        ({ method, params }, asked) => method === "bind.process" && params.pid === asked.pid,
      ),
      "name.unregister": this.#undone("name.unregister", ({ method }) => method === "name.register"),
    };
  }

  /**
   * Gives again what the IRMd before this one has kept, as far as it is not there by now.
   *
   * @param forget forgets it instead
   */
  restore(forget: boolean): void {
    if (forget) return this.#save();
    try {
      const kept = this.#memory?.load();
      if (kept === undefined) return;
      for (const one of read(kept)) this.#kept.set(keyOf(one), one);
    } catch (thrown) {
      this.#state.log.warning(
        `What was bound and registered before cannot be read: ${asOuroError(thrown).message}.`,
      );
      return;
    }
    for (const [key, one] of [...this.#kept]) {
      if (one.method !== "name.register") this.#again(key, one);
    }
    this.#save();
    this.#look();
  }

  /** Looks for layers no more. */
  close(): void {
    this.#timer?.cancel();
  }

  #noted(method: string): Command {
    return (caller, params, reply) => {
      // The configuration file has no connection.
      if (caller.dataPath === undefined) return this.#commands[method](caller, params, reply);
      const wishes = method === "name.register" ? registrations(params) : [{ method, params }];
      const known = wishes.map((wish) => this.#kept.get(keyOf(wish)));
      if (known.length > 0 && known.every((one, index) => one?.remade && sameWords(one, wishes[index]))) {
        for (const one of known) if (one) one.remade = false;
        return reply(success(known[0]?.result ?? null));
      }
      this.#commands[method](caller, params, (outcome) => {
        if (outcome.ok) { for (const wish of wishes) this.#note(caller, wish, outcome.value); }
        reply(outcome);
      });
    };
  }

  #note({ uid, gid }: Caller, wish: Wish, result: unknown): void {
    const started = wish.method === "bind.process" ? this.#state.host.startTime(pidOf(wish)) : undefined;
    this.#kept.set(keyOf(wish), { ...wish, uid, gid, started, state: "there", remade: false, result });
    this.#save();
  }

  #undone(method: string, is: (kept: Kept, params: Fields) => boolean): Command {
    return (caller, params, reply) =>
      this.#commands[method](caller, params, (outcome) => {
        const wanted = optional(params, "name", text);
        for (const [key, one] of [...this.#kept]) {
          if (!outcome.ok || !is(one, params) || (wanted ?? one.params.name) !== one.params.name) continue;
          this.#kept.delete(key);
        }
        this.#save();
        reply(outcome);
      });
  }

  #again(key: string, one: Kept): void {
    const { host } = this.#state;
    const gone = one.method === "bind.process" && host.startTime(pidOf(one)) !== one.started;
    if (gone) return void this.#kept.delete(key);
    one.state = "trying";
    const { uid, gid, method, params, again } = one;
    one.again = true;
    call(
      this.#commands[method],
      { pid: pid(0), uid, gid, again },
      params,
      (outcome) => this.#given(key, one, outcome),
    );
  }

  #given(key: string, one: Kept, outcome: Outcome<unknown>): void {
    if (this.#kept.get(key) !== one) return;
    if (outcome.ok) {
      one.state = "there";
      one.remade = true;
      one.result = outcome.value;
    } else if (one.method === "name.register") one.state = "missing";
    // The configuration file asks for the same, or for something else in its place.
    else this.#kept.delete(key);
  }

  /** Registers names in layers that have come up. */
  #look(): void {
    let missing = false;
    for (const [key, one] of [...this.#kept]) {
      if (one.state === "there") continue;
      missing = true;
      if (one.state === "missing" && this.#isMember(one)) this.#again(key, one);
    }
    if (missing) this.#timer = this.#state.ports.timers.after(LOOK, () => this.#look());
  }

  #isMember({ params }: Kept): boolean {
    const matches = (key: string, word: string) =>
      list(params, key, 1, text).some((one) => globMatches(one, word));
    return this.#state.ipcps.list().some(({ name, layer }) =>
      layer && (matches("layers", layer.layer) || matches("ipcps", name))
    );
  }

  #save(): void {
    try {
      const rows = [...this.#kept.values()].map(({ method, params, uid, gid, started }) => ({
        method,
        params,
        uid,
        gid,
        started,
      }));
      this.#memory?.save(JSON.stringify({ commands: rows }));
    } catch (thrown) {
      this.#state.log.warning(`What is bound and registered cannot be kept: ${asOuroError(thrown).message}.`);
    }
  }
}

const pidOf = ({ params }: Wish): Pid => pid(integer(params, "pid", 1, MAX_ID));

/** Tells commands apart by what they are about; another balancing policy of a name, say, takes the place of the one before. */
function keyOf({ method, params }: Wish): string {
  const { name, program, pid, layers, ipcps } = params;
  return JSON.stringify([
    method,
    name,
    program === undefined ? null : baseName(String(program)),
    pid,
    layers,
    ipcps,
  ]);
}

const sameWords = (one: Wish, other: Wish): boolean =>
  JSON.stringify(one.params) === JSON.stringify(other.params);

/** One wish for each layer or IPCP that a registration names: they come up one by one. */
function registrations(params: Fields): Wish[] {
  const words = (key: string) => optional(params, key, (from) => list(from, key, Infinity, text)) ?? [];
  const wish = (layers: string[], ipcps: string[]) => ({
    method: "name.register",
    params: { name: params.name, layers, ipcps },
  });
  return [
    ...words("layers").map((layer) => wish([layer], [])),
    ...words("ipcps").map((ipcp) => wish([], [ipcp])),
  ];
}

/** Reads the file. Its words are checked when the commands are given. @throws OuroError, SyntaxError */
function read(kept: string): Kept[] {
  return list(fieldsOf(JSON.parse(kept), "the file"), "commands", MAX_KEPT, (from, key) => {
    const row = fieldsOf(from[key], key);
    return {
      method: METHODS.find((method) => method === row.method) ?? name({}, "method"),
      params: fieldsOf(row.params, "params"),
      uid: uid(integer(row, "uid", 0, MAX_ID)),
      gid: integer(row, "gid", 0, MAX_ID),
      started: optional(row, "started", (from, key) => integer(from, key, 0, Number.MAX_SAFE_INTEGER)),
      state: "missing",
      remade: false,
    };
  });
}
