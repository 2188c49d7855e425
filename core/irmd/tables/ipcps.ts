/**
 * The IPCPs of this host.
 *
 * @module
 */
import { IpcpError, IpcpStateError, NotFoundError } from "../../contract/errors.ts";
import type { NameHash, Pid } from "../../contract/ids.ts";
import type { LayerInfo } from "../../contract/ipcp.ts";
import type { Done } from "../../contract/outcome.ts";
import type { IpcpAbility, PluginDeclaration } from "../../contract/plugin.ts";
import { byRank } from "../../registry/rank.ts";
import type { Session } from "./machine.ts";
import type { IncomingRequest } from "../flows/incoming_request.ts";
import type { Flow } from "./flows.ts";

/**
 * Where an IPCP stands: `starting` (its process has not connected yet), `created`, `joining` (it is being bootstrapped or
 * enrolled), `operational`, `stopping`.
 */
export type IpcpState = "starting" | "created" | "joining" | "operational" | "stopping";

/** One IPCP. */
export class IpcpRecord {
  readonly name: string;
  readonly declaration: PluginDeclaration;
  state: IpcpState = "starting";
  /** Known once the process is started. */
  pid: Pid | undefined;
  /** There while its process is connected. */
  session: Session | undefined;
  /** There when it is operational. */
  layer: LayerInfo | undefined;
  /** Names registered through it, by their hash in its layer. */
  readonly registrations = new Map<NameHash, string>();
  /** Flows that it carries, or is asked to. */
  readonly flows = new Set<Flow>();
  /** Requests of its layer that wait for a process that accepts. */
  readonly requests = new Set<IncomingRequest>();
  /** Called when it is gone. */
  readonly onGone: Done[] = [];

  constructor(name: string, declaration: PluginDeclaration) {
    this.name = name;
    this.declaration = declaration;
  }

  /** Base name of its program. */
  get program(): string {
    return this.declaration.program ?? `ipcpd-${this.declaration.name}`;
  }

  /** Does its type have this ability? */
  can(ability: IpcpAbility): boolean {
    return this.declaration.abilities?.includes(ability) ?? false;
  }

  /**
   * What is needed to ask it something.
   *
   * @throws IpcpError when its process is not connected
   */
  connection(): { pid: Pid; session: Session } {
    const { pid, session } = this;
    if (pid === undefined || !session) throw new IpcpError(`the IPCP "${this.name}" does not run`);
    return { pid, session };
  }

  /**
   * The same, and its layer.
   *
   * @throws IpcpStateError when it is not operational
   */
  member(): { pid: Pid; session: Session; layer: LayerInfo } {
    const { layer } = this;
    if (!layer || this.state !== "operational") {
      throw new IpcpStateError(`the IPCP "${this.name}" is in no layer; bootstrap or enrol it first`);
    }
    return { ...this.connection(), layer };
  }
}

/** All IPCPs, in the order of lists and of preference: by the rank of their type, then by age. */
export class IpcpTable {
  readonly #byName = new Map<string, IpcpRecord>();
  readonly #byPid = new Map<Pid, IpcpRecord>();
  #order: readonly IpcpRecord[] = [];

  /** How many there are. */
  get size(): number {
    return this.#byName.size;
  }

  /** The one of that name, in whatever state. */
  find(name: string): IpcpRecord | undefined {
    return this.#byName.get(name);
  }

  /** The one of that name. @throws NotFoundError */
  get(name: string): IpcpRecord {
    const found = this.#byName.get(name);
    if (found) return found;
    const names = this.#order.map((record) => record.name);
    const known = names.length === 0 ? "there is none" : `there are: ${names.join(", ")}`;
    throw new NotFoundError(`there is no IPCP "${name}"; ${known}`);
  }

  /** The one whose process has this id. */
  byPid(pid: Pid): IpcpRecord | undefined {
    return this.#byPid.get(pid);
  }

  /** All, in order. The list does not change when IPCPs come and go. */
  list(): readonly IpcpRecord[] {
    return this.#order;
  }

  /** Adds one. Its name must be free. */
  add(record: IpcpRecord): void {
    this.#byName.set(record.name, record);
    // Sorting is stable and the map keeps the order of age.
    this.#order = [...this.#byName.values()].sort((a, b) => byRank(a.declaration, b.declaration));
  }

  /** Its process was started. */
  started(record: IpcpRecord, pid: Pid): void {
    record.pid = pid;
    this.#byPid.set(pid, record);
  }

  /** Forgets one. */
  remove(record: IpcpRecord): void {
    this.#byName.delete(record.name);
    if (record.pid !== undefined) this.#byPid.delete(record.pid);
    this.#order = this.#order.filter((one) => one !== record);
  }
}
