/**
 * The RIB: what IPCPs know and count, as a tree of files in the form of the reference. It is made from their statistics when somebody
 * looks.
 *
 * @module
 */
import { InvalidError, NotFoundError } from "../../contract/errors.ts";
import type { Clock } from "../../contract/ports.ts";
import { BoundedMap } from "../../kit/bounded_map.ts";
import { type Fields, fieldsOf } from "../../wire/local/fields.ts";
import { dataTransferEntries } from "./data_transfer_entries.ts";
import { directoryEntries } from "./directory_entries.ts";
import { type Entry, numberOf, partOf, rowsOf, textOf } from "./entry.ts";
import { flowAllocatorEntries } from "./flow_allocator_entries.ts";
import { linkStateEntries } from "./link_state_entries.ts";

/** A component of an IPCP, as a folder. */
interface Component {
  readonly word: string;
  /** What its statistics are called. */
  readonly part: string;
  readonly entries: (part: Fields, now: number) => Entry[];
}

const COMPONENTS: readonly Component[] = [
  { word: "dht", part: "directory", entries: directoryEntries },
  { word: "dt", part: "data transfer", entries: dataTransferEntries },
  { word: "flow-allocator", part: "flow allocator", entries: flowAllocatorEntries },
  { word: "lsdb", part: "routing", entries: linkStateEntries },
];

/** What the reference calls the states of an IPCP. */
const STATES: Readonly<Record<string, string>> = {
  boot: "init",
  joining: "init",
  operational: "operational",
  shutdown: "shutdown",
};

/** Answers that are kept. */
const MAX_KEPT = 64;

/** Something in a folder. */
export interface Listed {
  readonly name: string;
  readonly kind: "folder" | "file";
}

/** A folder. */
export interface RibFolder {
  readonly kind: "folder";
  /** Lists what is in it; only this may take an IPCP's answer. */
  readonly list: () => Promise<readonly Listed[]>;
}

/** A file. */
export interface RibFile {
  readonly kind: "file";
  readonly text: string;
  /** When it changed, in milliseconds since 1970; left out: now, as folders. */
  readonly modified?: number;
}

interface Ipcp {
  /** Its name as that of a folder. */
  readonly folder: string;
  readonly name: string;
  readonly type: string;
  readonly pid: number;
  /** Empty while it is in none. */
  readonly layer: string;
}

/** What was asked. */
interface Kept {
  readonly answer: Promise<unknown>;
  /** When the answer came, or the news that there is none; undefined: it is waited for. */
  at?: number;
}

/** Asks the IRMd. */
export type Ask = (method: string, params: Fields) => Promise<unknown>;

/** The tree of a host. */
export class Rib {
  readonly #kept = new BoundedMap<string, Kept>(MAX_KEPT);

  readonly #made = new WeakMap<Fields, readonly Entry[]>();

  /**
   * @param ask asks the IRMd
   * @param keep milliseconds for which an answer is good enough for who looks around
   */
  constructor(
    private readonly ask: Ask,
    private readonly clock: Clock,
    private readonly keep = 0,
  ) {}

  /**
   * Returns what is at a path.
   *
   * @param fresh what it says is asked for now
   * @throws NotFoundError when nothing is there, and what asking throws
   */
  async find(path: readonly string[], fresh = false): Promise<RibFolder | RibFile> {
    const ipcps = await this.#ipcps(fresh);
    const [word, ...rest] = path;
    if (word === undefined) return folderOf(ipcps.map(({ folder }) => folder), "folder");
    // The reference of 2018 calls the folder by the program and its process.
    const ipcp = ipcps.find(({ folder, pid }) => folder === word || word === `ipcpd-normal.${pid}`);
    if (!ipcp) throw missing(path, 0, ipcps.map(({ folder }) => folder));
    return await this.#below(ipcp, rest, path, fresh);
  }

  async #below(
    ipcp: Ipcp,
    rest: readonly string[],
    path: readonly string[],
    fresh: boolean,
  ): Promise<RibFolder | RibFile> {
    const [word, entry] = rest;
    if (word === undefined) return { kind: "folder", list: () => this.#componentsOf(ipcp, fresh) };
    if (word === "info" && entry === undefined) return folderOf(INFO, "file");
    const [name, ...more] = word === "info" ? rest.slice(1) : rest;
    if (INFO.includes(name)) {
      if (more.length > 0) throw missing(path, path.length - more.length, []);
      return { kind: "file", text: `${await this.#infoOf(ipcp, name, fresh)}\n` };
    }
    if (word === "info") throw missing(path, 2, INFO);
    const component = COMPONENTS.find((known) => word === known.word || word.startsWith(`${known.word}.`));
    if (!component) {
      throw missing(path, 1, (await this.#componentsOf(ipcp, false)).map(({ name }) => name));
    }
    const part = await this.#part(ipcp, `${ipcp.type}/${component.part}`, fresh).catch((thrown) => {
      throw thrown instanceof InvalidError ? missing(path, 1, []) : thrown;
    });
    if (word !== component.word && word !== `${component.word}.${textOf(part, "address")}`) {
      throw missing(path, 1, []);
    }
    const entries = this.#entriesOf(component, part);
    if (entry === undefined) return folderOf(entries.map(({ name }) => name), "file");
    const found = entries.find(({ name, aliases }) => name === entry || aliases?.includes(entry));
    if (!found) throw missing(path, 2, entries.map(({ name }) => name));
    if (rest.length > 2) throw missing(path, 3, []);
    return { kind: "file", text: found.text, modified: found.modified };
  }

  /** They are made once for an answer, for all who look at them one by one. */
  #entriesOf(component: Component, part: Fields): readonly Entry[] {
    const made = this.#made.get(part) ?? component.entries(part, this.clock.wall());
    this.#made.set(part, made);
    return made;
  }

  async #infoOf(ipcp: Ipcp, name: string, fresh: boolean): Promise<string> {
    if (name === "_type") return ipcp.type;
    if (name === "_layer") return ipcp.layer || "(null)";
    return STATES[textOf(await this.#part(ipcp, "ipcp", fresh), "state")] ?? "null";
  }

  async #componentsOf(ipcp: Ipcp, fresh: boolean): Promise<Listed[]> {
    const own = partOf(await this.#part(ipcp, "", fresh), ipcp.type);
    const there = COMPONENTS.filter(({ part }) => Object.hasOwn(own, part)).map(({ word }) => word);
    return [...listed(INFO, "file"), ...listed(["info", ...there], "folder")];
  }

  async #ipcps(fresh: boolean): Promise<Ipcp[]> {
    const ipcps = rowsOf({ list: await this.#asked("ipcp.list", {}, fresh) }, "list", "name", "pid");
    return ipcps.map((row) => ({
      folder: folderName(textOf(row, "name")),
      name: textOf(row, "name"),
      type: textOf(row, "type"),
      pid: numberOf(row, "pid"),
      layer: textOf(row, "layer"),
    }));
  }

  async #part({ name }: Ipcp, path: string, fresh: boolean): Promise<Fields> {
    return fieldsOf(await this.#asked("ipcp.stats", { name, path }, fresh), "statistics");
  }

  /** Asks, unless that was asked a moment ago. */
  #asked(method: string, params: Fields, fresh: boolean): Promise<unknown> {
    const key = JSON.stringify([method, params]);
    const kept = this.#kept.get(key);
    if (kept && !fresh && this.clock.now() - (kept.at ?? Infinity) < this.keep) return kept.answer;
    const asked: Kept = { answer: this.ask(method, params) };
    const settled = () => void (asked.at = this.clock.now());
    asked.answer.then(settled, settled);
    this.#kept.set(key, asked);
    return asked.answer;
  }
}

const INFO: readonly string[] = ["_layer", "_state", "_type"];

const listed = (names: readonly string[], kind: Listed["kind"]): Listed[] =>
  names.map((name) => ({ name, kind }));

const folderOf = (names: readonly string[], kind: Listed["kind"]): RibFolder => ({
  kind: "folder",
  list: () => Promise.resolve(listed(names, kind)),
});

/** Returns a name as that of a file: `/` has a meaning there, and `.` and `..` alone have one. */
const folderName = (name: string): string =>
  name.replace(
    /[%/]|^\.\.?$/g,
    (found) => found.replace(/./g, (one) => `%${one.charCodeAt(0).toString(16)}`),
  );

function missing(path: readonly string[], at: number, names: readonly string[]): NotFoundError {
  const known = names.length === 0 ? "" : `; there is: ${names.join(", ")}`;
  const where = at === 0 ? "" : ` in ${path.slice(0, at).join("/")}`;
  return new NotFoundError(`there is no "${path[at]}"${where}${known}`);
}
