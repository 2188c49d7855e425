/**
 * A host with a unicast layer over local layers.
 *
 * @module
 */
import type { HostOptions } from "./host.ts";
import { type LocalHost, localHost } from "./local_layer.ts";
import { pingedHere } from "./oping_here.ts";

/** What a member is asked with. */
export interface MemberOptions {
  /** Name of the layer. */
  readonly layer?: string;
  /** The layer below in which the member can be reached; `none`: in no layer. */
  readonly over?: string;
}

/** A {@link LocalHost} with members of unicast layers. */
export class UnicastHost implements AsyncDisposable {
  private constructor(readonly host: LocalHost) {}

  /** A host with the local layer `ll` and no unicast layer yet; `oping` is bound to `svc` and a server runs. */
  static async start(options: HostOptions = {}): Promise<UnicastHost> {
    const host = await localHost("unused", options);
    await host.ok(`irm bind program ${host.programs}/oping name svc`);
    host.spawn(["oping", "--listen"]);
    if (!options.logToFile) await host.irmd.waitFor(/^.*New instance \(\d+\) of oping added\./);
    return new UnicastHost(host);
  }

  /** Makes the first member of a layer. */
  async first(name: string, { layer = "net", over = "ll" }: MemberOptions = {}): Promise<void> {
    await this.host.ok(`irm ipcp bootstrap type unicast name ${name} layer ${layer} autobind`);
    await this.#reachable(name, over);
  }

  /** Makes another member, and connects it to the one that it enrolls with. */
  async join(name: string, other: string, { layer = "net", over = "ll" }: MemberOptions = {}): Promise<void> {
    await this.host.ok(`irm ipcp enroll name ${name} layer ${layer} dst ${other} autobind`);
    await this.#reachable(name, over);
    await this.connect(name, other);
  }

  /** Connects both components. */
  async connect(name: string, other: string): Promise<void> {
    await this.host.ok(`irm ipcp connect name ${name} dst ${other}`);
  }

  /** Members in a line; the server is reachable at the last one. */
  async line(...names: readonly string[]): Promise<void> {
    await this.first(names[0]);
    for (let at = 1; at < names.length; at++) await this.join(names[at], names[at - 1]);
    await this.host.ok(`irm name register svc ipcp ${names[names.length - 1]}`);
  }

  /** Pings the server until it answers; fails after a long time. */
  pinged(count = 3): Promise<string> {
    return pingedHere(this.host.folder, count);
  }

  /** Process id of an IPCP. */
  async pid(name: string): Promise<number> {
    const table = await this.host.ok("irm ipcp list");
    const [, pid] = new RegExp(`^\\|\\s+(\\d+) \\|\\s+${name} \\|`, "m").exec(table) ?? [];
    if (!pid) throw new Error(`no IPCP ${name} in\n${table}`);
    return Number(pid);
  }

  /** Statistics of an IPCP. */
  async stats(name: string): Promise<Record<string, Record<string, unknown>>> {
    return JSON.parse(await this.host.ok(`irm ipcp stats name ${name} as JSON`));
  }

  /** Waits until a member has routes to exactly these others. */
  async untilReaches(name: string, others: readonly string[]): Promise<void> {
    const wanted = await Promise.all(others.map(async (other) => (await this.stats(other)).unicast.address));
    const end = Date.now() + 30_000;
    for (;;) {
      const { unicast } = await this.stats(name);
      const found = destinations(unicast.forwarding);
      if (found.length === wanted.length && wanted.every((address) => found.includes(address))) return;
      if (Date.now() > end) throw new Error(`${name} reaches ${found}, not ${wanted} (${others})`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
  }

  async #reachable(name: string, over: string): Promise<void> {
    if (over !== "none") await this.host.ok(`irm name register ${name} layer ${over}`);
  }
}

function destinations(table: unknown): unknown[] {
  if (!Array.isArray(table)) throw new Error(`no forwarding table: ${JSON.stringify(table)}`);
  return table.map((entry) => entry.destination);
}
