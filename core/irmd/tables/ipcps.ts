/**
 * The IPCPs of this host.
 *
 * @module
 */
import { NotFoundError } from "../../contract/errors.ts";
import type { Pid } from "../../contract/ids.ts";
import { byRank } from "../../registry/registry.ts";
import type { IpcpRecord } from "./records.ts";

/** All IPCPs, in the order of lists and of preference: by the rank of their type, then by age. */
export class IpcpTable {
  readonly #byName = new Map<string, IpcpRecord>();
  readonly #byPid = new Map<Pid, IpcpRecord>();
  #order: readonly IpcpRecord[] = [];

  /** Returns how many IPCPs there are. */
  get size(): number {
    return this.#byName.size;
  }

  /** Returns the IPCP of that name, in any state. */
  find(name: string): IpcpRecord | undefined {
    return this.#byName.get(name);
  }

  /** Returns the IPCP of that name. @throws NotFoundError */
  get(name: string): IpcpRecord {
    const found = this.#byName.get(name);
    if (found) return found;
    const names = this.#order.map((record) => record.name);
    const known = names.length === 0 ? "there is none" : `there are: ${names.join(", ")}`;
    throw new NotFoundError(`there is no IPCP "${name}"; ${known}`);
  }

  /** Returns the IPCP whose process has this id. */
  byPid(pid: Pid): IpcpRecord | undefined {
    return this.#byPid.get(pid);
  }

  /** Lists all IPCPs in order. The list does not change when IPCPs come and go. */
  list(): readonly IpcpRecord[] {
    return this.#order;
  }

  /** Adds an IPCP. Its name must be free. */
  add(record: IpcpRecord): void {
    this.#byName.set(record.name, record);
    // Sorting is stable and the map keeps the order of age.
    this.#order = [...this.#byName.values()].sort((a, b) => byRank(a.declaration, b.declaration));
  }

  /** Notes the process of an IPCP, which was started. */
  started(record: IpcpRecord, pid: Pid): void {
    record.pid = pid;
    this.#byPid.set(pid, record);
  }

  /** Forgets an IPCP. */
  remove(record: IpcpRecord): void {
    this.#byName.delete(record.name);
    if (record.pid !== undefined) this.#byPid.delete(record.pid);
    this.#order = this.#order.filter((one) => one !== record);
  }
}
