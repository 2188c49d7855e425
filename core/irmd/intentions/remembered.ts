/**
 * What was bound and registered by command, for the IRMd that runs after this one: it gives it again by itself. What the
 * configuration file asks for is not noted, since the file says it again.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import { type Pid, pid, uid } from "../../contract/ids.ts";
import { success } from "../../contract/outcome.ts";
import { BoundedMap } from "../../kit/bounded_map.ts";
import { type Fields, fieldsOf, integer, list, name, optional, text } from "../../wire/local/fields.ts";
import { call, type Command, type Commands } from "../commands/command.ts";
import type { Caller, Memory } from "../tables/machine.ts";
import { globMatches } from "../tables/glob.ts";
import { baseName } from "../tables/programs.ts";
import type { IpcpRecord } from "../tables/records.ts";
import type { State } from "../tables/state.ts";
import type { Wish } from "./intention.ts";
import type { Keeper } from "./keeper.ts";
import { registrationOf } from "./kept_commands.ts";

const MAX_KEPT = 4096;
const MAX_ID = 0xffffffff;

/** What is kept. */
const METHODS = ["name.create", "bind.program", "bind.process", "name.register"];

/** One command that is given again. */
interface Kept extends Wish {
  readonly uid: Caller["uid"];
  readonly gid: number;
  /** Of a binding to a process: when that started, since its number alone may be another's. */
  readonly started?: number;
  /** It is to be given again. */
  missing: boolean;
  /** It was given again, and nobody has asked for it since: who gives the command by hand finds that it is done. */
  remade: boolean;
  result?: unknown;
}

/** Notes commands that succeed, and gives them again. */
export class Remembered {
  readonly #state: State;
  readonly #keeper: Keeper;
  readonly #commands: Commands;
  readonly #memory: Memory | undefined;
  readonly #kept = new BoundedMap<string, Kept>(MAX_KEPT);

  /**
   * @param keeper registers names where they were
   * @param memory keeps the commands; left out: nothing is kept
   */
  constructor(state: State, keeper: Keeper, commands: Commands, memory: Memory | undefined) {
    this.#state = state;
    this.#keeper = keeper;
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
    for (const ipcp of this.#state.ipcps.list()) this.#register(ipcp);
    this.#state.questions.add({
      // Not before the command that has brought it into its layer is done.
      joined: (ipcp) => void this.#state.ports.timers.after(0, () => this.#register(ipcp)),
    });
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
    this.#kept.set(keyOf(wish), { ...wish, uid, gid, started, missing: false, remade: false, result });
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
    const { uid, gid, method, params } = one;
    call(this.#commands[method], { pid: pid(0), uid, gid }, params, (outcome) => {
      if (this.#kept.get(key) !== one) return;
      if (outcome.ok) this.#given(one, outcome.value);
      // The configuration file asks for the same, or for something else in its place.
      else this.#kept.delete(key);
    });
  }

  #given(one: Kept, result: unknown): void {
    one.missing = false;
    one.remade = true;
    one.result = result;
  }

  /** Wants the names registered with an IPCP that were registered in its layer. */
  #register({ name, layer }: IpcpRecord): void {
    if (!layer || !this.#keeper.get(name)) return;
    for (const one of this.#kept.values()) {
      const { method, params, missing, uid, gid } = one;
      if (method !== "name.register" || !missing) continue;
      const matches = (key: string, word: string) =>
        list(params, key, 1, text).some((pattern) => globMatches(pattern, word));
      if (!matches("layers", layer.layer) && !matches("ipcps", name)) continue;
      const { wish, key } = registrationOf(name, text(params, "name"));
      this.#keeper.want({ pid: pid(0), uid, gid }, name, wish, key, (outcome) => {
        if (outcome.ok) this.#given(one, outcome.value);
      });
    }
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
      missing: true,
      remade: false,
    };
  });
}
