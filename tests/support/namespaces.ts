/**
 * Hosts of their own network on this machine: network namespaces joined by cables (veth pairs) or by a switch (a bridge in a
 * namespace of its own). Needs root and iproute2. Everything is removed at the end.
 *
 * @module
 */

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
  // Random: test files that run side by side share the process id.
  readonly #prefix = `ouro-${crypto.randomUUID().slice(0, 8)}-`;
  readonly #names = new Set<string>();
  #subnets = 0;

  /** Name of a host's namespace, as `ip netns` takes it. */
  of(host: string): string {
    return this.#prefix + host;
  }

  /** Words in front of a command that make it run on a host. */
  on(host: string): readonly string[] {
    return ["ip", "netns", "exec", this.of(host)];
  }

  /** Runs `ip WORDS` on a host. */
  ip(host: string, words: string): Promise<string> {
    return command("ip", "-n", this.of(host), ...words.split(" "));
  }

  /** Makes hosts. */
  async add(...hosts: readonly string[]): Promise<void> {
    for (const host of hosts) {
      await command("ip", "netns", "add", this.of(host));
      this.#names.add(host);
      await this.ip(host, "link set lo up");
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
    for (const host of this.#names) await command("ip", "netns", "del", this.of(host));
    this.#names.clear();
  }

  async #veth(one: Plug, other: Plug): Promise<void> {
    await command(
      ..."ip link add".split(" "),
      one.device,
      "netns",
      this.of(one.host),
      ..."type veth peer name".split(" "),
      other.device,
      "netns",
      this.of(other.host),
    );
  }

  async #configure({ host, device }: Plug, subnet: number, mtu: number): Promise<void> {
    // Duplicate address detection would keep IPv6 addresses from being used for seconds.
    await this.ip(host, `addr add ${Namespaces.ip4(host, subnet)}/24 dev ${device}`);
    await this.ip(host, `addr add ${Namespaces.ip6(host, subnet)}/64 dev ${device} nodad`);
    await this.ip(host, `link set ${device} mtu ${mtu} up`);
  }
}

const numberOf = (host: string): number => host.charCodeAt(0) - "a".charCodeAt(0) + 1;
