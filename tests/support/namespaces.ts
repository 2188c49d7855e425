/**
 * Hosts of their own network on this machine: network namespaces joined by cables (veth pairs) or by a switch (a bridge in a
 * namespace of its own). Each lives as long as a process that holds it: nothing is left behind, however a test ends. Root makes
 * them as they are, another user within a user namespace. Needs iproute2 and util-linux.
 *
 * @module
 */

import {
  ENTER_USER_NAMESPACE,
  namespaces,
  USER_NAMESPACE,
  whyNoNamespaces,
} from "../../core/testing/namespace.ts";
import { type Register, unless } from "../../core/testing/left_out.ts";
import { Process } from "./process.ts";

/** Registers a test that uses {@link Namespaces}. */
export const testWithHosts: Register = unless(whyNoNamespaces);

/** Holds a namespace until its input ends. */
const HOLD = ["sh", "-c", "ip link set lo up && echo ready && exec cat"];

/** Runs a program to its end; gives its standard output. */
export async function command(...words: readonly string[]): Promise<string> {
  const [program, ...args] = words;
  const { success, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${words.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/** One end of a cable. */
export interface Plug {
  /** Letter of the host. */
  readonly host: string;
  /** Name of the device on that host: `to-` and the letter of the other host, or `eth0` at a switch. */
  readonly device: string;
}

/** Namespaces and their cables. Hosts are letters: `a` has the addresses 10.0.N.1 and fd00:N::1, `b` ends in 2, and so on. */
export class Namespaces implements AsyncDisposable {
  readonly #holders = new Map<string, Process>();
  /** Holds the user namespace, where one is needed. */
  #user: Process | undefined;
  #subnets = 0;

  /** Words in front of a command that make it run on a host. The process id is then that of the command. */
  on(host: string): readonly string[] {
    return [...this.#enter(this.#holder(host)), "-n"];
  }

  /** Runs `ip WORDS` on a host. */
  ip(host: string, words: string): Promise<string> {
    return command(...this.on(host), "ip", ...words.split(" "));
  }

  /** Makes hosts. */
  async add(...hosts: readonly string[]): Promise<void> {
    const within = await this.#userNamespace();
    for (const host of hosts) {
      const holder = new Process([...within, "unshare", "--net", ...HOLD], { keepInput: true });
      this.#holders.set(host, holder);
      await holder.waitFor(/^ready$/);
    }
  }

  /** Joins two hosts by a cable and gives both ends addresses in a subnet of their own: N counts from 1. */
  async cable(one: string, other: string, mtu = 1500): Promise<void> {
    const [plug, socket] = [{ host: one, device: `to-${other}` }, { host: other, device: `to-${one}` }];
    await this.#veth(plug, socket);
    const subnet = ++this.#subnets;
    for (const end of [plug, socket]) await this.#configure(end, subnet, mtu);
  }

  /** Joins hosts by a switch: each gets `eth0`. */
  async switched(hosts: readonly string[], mtu = 1500): Promise<void> {
    const name = "switch";
    await this.add(name);
    await this.ip(name, "link add bridge type bridge");
    await this.ip(name, "link set bridge up");
    const subnet = ++this.#subnets;
    for (const host of hosts) {
      const port = { host: name, device: `port-${host}` };
      await this.#veth({ host, device: "eth0" }, port);
      await this.ip(name, `link set ${port.device} mtu ${mtu} master bridge up`);
      await this.#configure({ host, device: "eth0" }, subnet, mtu);
    }
  }

  /** IPv4 address of a host in the subnet. */
  static ip4(host: string, subnet = 1): string {
    return `10.0.${subnet}.${numberOf(host)}`;
  }

  /** IPv6 address of a host in the subnet. */
  static ip6(host: string, subnet = 1): string {
    return `fd00:${subnet}::${numberOf(host)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#holders.values().map((holder) => holder[Symbol.asyncDispose]()));
    this.#holders.clear();
    await this.#user?.[Symbol.asyncDispose]();
    this.#user = undefined;
  }

  /** Words that enter the namespaces of a process. */
  #enter({ pid }: Process): string[] {
    return ["nsenter", "-t", `${pid}`, ...ENTER_USER_NAMESPACE];
  }

  #holder(host: string): Process {
    const holder = this.#holders.get(host);
    if (!holder) throw new Error(`there is no host ${host}`);
    return holder;
  }

  /** Makes the user namespace if one is needed; gives the words that enter it. */
  async #userNamespace(): Promise<readonly string[]> {
    if (namespaces === "own") return [];
    this.#user ??= new Process([...USER_NAMESPACE, "--net", ...HOLD], { keepInput: true });
    await this.#user.waitFor(/^ready$/);
    return this.#enter(this.#user);
  }

  async #veth(one: Plug, other: Plug): Promise<void> {
    const netns = `netns ${this.#holder(other.host).pid}`;
    await this.ip(one.host, `link add ${one.device} type veth peer name ${other.device} ${netns}`);
  }

  async #configure({ host, device }: Plug, subnet: number, mtu: number): Promise<void> {
    // Duplicate address detection would keep IPv6 addresses from being used for seconds.
    await this.ip(host, `addr add ${Namespaces.ip4(host, subnet)}/24 dev ${device}`);
    await this.ip(host, `addr add ${Namespaces.ip6(host, subnet)}/64 dev ${device} nodad`);
    await this.ip(host, `link set ${device} mtu ${mtu} up`);
  }
}

const numberOf = (host: string): number => host.charCodeAt(0) - "a".charCodeAt(0) + 1;
