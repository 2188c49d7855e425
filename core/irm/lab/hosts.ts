/**
 * The hosts of a lab: an IRMd each, joined by cables between network namespaces (as root) or by UDP on the loopback device.
 *
 * @module
 */
import { readPlugins } from "../run/plugin_source.ts";
import { OuroError } from "../../contract/errors.ts";
import { makeFolder, writeText } from "../../os/files.ts";
import { systemTimers } from "../../os/clock.ts";
import { processesWith, runToEnd, startSelf } from "../../os/process/lab_processes.ts";
import { signalAll } from "../../os/process/processes.ts";
import type { Scenario } from "../../sim/scenario/scenario.ts";
import { IrmdClient } from "../../tools/irmd_client.ts";
import { fieldsOf } from "../../wire/local/fields.ts";
import { hostConfig, type LinkEnds, linkIpcp, memberName } from "./host_config.ts";
import { HOST_VARIABLE, LAB_VARIABLE, type LabPlace, namespaceOf } from "./lab_folder.ts";

/** Milliseconds between two looks whether all is up. */
const LOOK = 50;

/** Hosts. */
export class LabHosts {
  /** @param namespaces hosts have networks of their own; else they are joined by UDP @param plugins absolute paths */
  constructor(
    readonly place: LabPlace,
    readonly scenario: Scenario,
    readonly namespaces: boolean,
    private readonly plugins: readonly string[],
  ) {}

  /** Returns the runtime folder of a host. */
  folder(host: number): string {
    return `${this.place.folder}/h${host}`;
  }

  /** Returns the variables of the processes of a host. */
  variables(host: number): Record<string, string> {
    return {
      OURO_RUNTIME_DIR: this.folder(host),
      [LAB_VARIABLE]: this.place.id,
      [HOST_VARIABLE]: String(host),
    };
  }

  /** Returns what a user types to be on a host. */
  entrance(host: number): string {
    const within = this.namespaces ? `ip netns exec ${namespaceOf(this.place, host)} ` : "";
    return `${within}env OURO_RUNTIME_DIR=${this.folder(host)} sh`;
  }

  /** Makes the networks, and starts an IRMd on each host, which makes its IPCPs. */
  async start(): Promise<void> {
    const { hosts, links } = this.scenario;
    if (this.namespaces) {
      for (const host of hosts.keys()) {
        const name = namespaceOf(this.place, host);
        await runToEnd("ip", "netns", "add", name);
        await runToEnd("ip", "-n", name, "link", "set", "lo", "up");
      }
      for (const [index, { ends: [a, b], mtu }] of links.entries()) {
        const [one, other] = [namespaceOf(this.place, a), namespaceOf(this.place, b)];
        const device = linkIpcp(index);
        const peer = ["peer", "name", device, "netns", other];
        await runToEnd(
          "ip",
          "-n",
          one,
          "link",
          "add",
          device,
          "mtu",
          String(mtu + ROOM),
          "type",
          "veth",
          ...peer,
        );
        for (const end of [one, other]) {
          await runToEnd("ip", "-n", end, "link", "set", device, "mtu", String(mtu + ROOM), "up");
        }
      }
    }
    for (const host of hosts.keys()) {
      await makeFolder(this.folder(host));
      await writeText(
        `${this.folder(host)}.conf`,
        hostConfig(this.scenario, host, this.#ends(), this.plugins),
      );
      this.startHost(host);
    }
  }

  /** Starts the IRMd of a host. */
  startHost(host: number): void {
    const within = this.namespaces ? ["ip", "netns", "exec", namespaceOf(this.place, host)] : [];
    const words = ["irmd", "--stdout", "--forget", "--config", `${this.folder(host)}.conf`];
    startSelf(within, words, this.variables(host), `${this.folder(host)}.log`);
  }

  /** Ends all processes of a host without a word. */
  killHost(host: number): void {
    signalAll(processesWith({ [LAB_VARIABLE]: this.place.id, [HOST_VARIABLE]: String(host) }), "SIGKILL");
  }

  /** Lets links be as the scenario has them. */
  async impair(): Promise<void> {
    for (const link of this.scenario.links.keys()) await this.#impairLink(link, {});
  }

  /** A link goes down, or comes up. @param silent nobody is told */
  async setLink(link: number, up: boolean, silent: boolean): Promise<void> {
    if (!this.namespaces || silent) return await this.#impairLink(link, up ? {} : { loss: 1 });
    const [host] = this.scenario.links[link].ends;
    await runToEnd(
      "ip",
      "-n",
      namespaceOf(this.place, host),
      "link",
      "set",
      linkIpcp(link),
      up ? "up" : "down",
    );
    if (up) await this.#impairLink(link, {});
  }

  /** Waits until every member has a way to all others of its layer. False: that takes longer than `limit` milliseconds, or `stop` was raised. */
  async up(limit: number, now: () => number, stop: AbortSignal): Promise<boolean> {
    const end = now() + limit;
    for (const layer of this.scenario.layers) {
      for (const host of layer.members) {
        while (
          !await this.#reaches(
            host,
            memberName(this.scenario, layer, host),
            layer.routes ? layer.members.length - 1 : 0,
          )
        ) {
          if (now() > end || stop.aborted) return false;
          await new Promise<void>((done) => systemTimers.after(LOOK, done));
        }
      }
    }
    return true;
  }

  /** Returns what third parties' plugins did wrong, in lines. A host that was killed tells nothing. */
  async faults(): Promise<string[]> {
    const lines: string[] = [];
    for (const [host, name] of this.scenario.hosts.entries()) {
      const listed = await this.ask(host, "plugins.list", {}).catch((thrown) => {
        if (thrown instanceof OuroError) return [];
        throw thrown;
      });
      for (const { declaration, origin, faults } of readPlugins(listed)) {
        if (faults === undefined) continue;
        lines.push(`${name}: ${declaration.kind} "${declaration.name}" (${origin}): ${faults}`);
      }
    }
    return lines;
  }

  /** Asks the IRMd of a host. @throws OuroError */
  async ask(host: number, method: string, params: unknown): Promise<unknown> {
    const client = new IrmdClient(() => [`${this.folder(host)}/admin.sock`]);
    try {
      return await client.call(method, params);
    } finally {
      await client.close();
    }
  }

  async #reaches(host: number, name: string, others: number): Promise<boolean> {
    try {
      if (others === 0) {
        const rows = await this.ask(host, "ipcp.list", { name });
        return Array.isArray(rows) && rows.some((row) => fieldsOf(row, "a row").layer !== null);
      }
      const table = await this.ask(host, "ipcp.stats", { name, path: "forwarding" });
      return Array.isArray(table) && table.length >= others;
    } catch (thrown) {
      if (thrown instanceof OuroError) return false;
      throw thrown;
    }
  }

  async #impairLink(link: number, more: { readonly loss?: number }): Promise<void> {
    const { ends, delay, jitter, loss, rate, queue } = this.scenario.links[link];
    const settings = {
      ...delay > 0 ? { delay } : {},
      ...jitter > 0 ? { jitter } : {},
      ...loss > 0 ? { loss } : {},
      ...rate < Infinity ? { rate, queue: Math.min(queue, 10_000) } : {},
      ...more,
    };
    const impairment = Object.keys(settings).length === 0 ? "off" : settings;
    for (const host of ends) {
      await this.ask(host, "ipcp.impair", { name: linkIpcp(link), direction: "out", impairment });
    }
  }

  #ends(): LinkEnds {
    if (this.namespaces) return { type: "eth-dix", options: (link) => ({ dev: linkIpcp(link) }) };
    // Labs side by side have other addresses, by the first byte of their numbers.
    const address = (number: number) =>
      `127.${1 + parseInt(this.place.id.slice(0, 2), 16) % 254}.${number >> 7}.${1 + (number & 0x7f)}`;
    return {
      type: "udp",
      options: (link, end) => ({ ip: address(2 * link + end), peer: [address(2 * link + 1 - end)] }),
    };
  }
}

/** What the header of a layer over Ethernet takes of a frame, in bytes. */
const ROOM = 4;
