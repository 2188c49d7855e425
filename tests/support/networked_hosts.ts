/**
 * Several hosts with an IRMd each, in network namespaces of their own.
 *
 * @module
 */
import { writePrograms } from "./bin.ts";
import { Host } from "./host.ts";
import { Namespaces } from "./namespaces.ts";
import { pingedHere } from "./oping_here.ts";

/** The types of IPCPs that reach other hosts. */
export const EDGE_TYPES = ["eth-dix", "eth-llc", "udp4", "udp6"] as const;
/** One of them. */
export type EdgeType = typeof EDGE_TYPES[number];

/** The hosts and what joins them. */
export class NetworkedHosts implements AsyncDisposable {
  /** The network below. */
  readonly net = new Namespaces();
  readonly #hosts = new Map<string, Host>();

  private constructor() {}

  /** Makes hosts (letters) joined by cables (pairs of letters), with nothing but an IRMd on each. */
  static async start(hosts: string, cables: readonly string[], mtu?: number): Promise<NetworkedHosts> {
    const made = new NetworkedHosts();
    try {
      await made.net.add(...hosts);
      for (const [one, other] of cables) await made.net.cable(one, other, mtu);
      await Promise.all([...hosts].map((letter) => made.#start(letter)));
    } catch (thrown) {
      await made[Symbol.asyncDispose]();
      throw thrown;
    }
    return made;
  }

  /** The host of a letter. */
  on(letter: string): Host {
    const host = this.#hosts.get(letter);
    if (!host) throw new Error(`there is no host ${letter}`);
    return host;
  }

  /**
   * Puts a layer over a cable: an IPCP `TYPE-AB` on both of its hosts, in the layer of the same name.
   *
   * @param subnet number of the cable, from 1, in the order in which they were made
   */
  async layerOver([one, other]: string, type: EdgeType, subnet = 1): Promise<string> {
    const name = `${type}-${one}${other}`;
    const ends = [[one, other], [other, one]];
    await Promise.all(ends.map(([own, peer]) => {
      const options = bootstrapOptions(type, own, peer, subnet);
      return this.on(own).ok(`irm ipcp bootstrap type ${type} name ${name} layer ${name} ${options}`);
    }));
    return name;
  }

  /** Starts an `oping` server on a host, for `svc`. */
  async listen(letter: string): Promise<void> {
    const host = this.on(letter);
    await host.ok(`irm bind program ${host.folder}/bin/oping name svc`);
    host.spawn(["oping", "--listen"]);
    await host.irmd.waitFor(/^.*New instance \(\d+\) of oping added\./);
  }

  /** Starts an `oping` server on a host, reachable as `svc` in a layer. */
  async serve(letter: string, layer: string): Promise<void> {
    await this.listen(letter);
    await this.on(letter).ok(`irm name register svc layer ${layer}`);
  }

  /** Pings `svc` from a host until all packets are answered; fails after a long time. */
  async pinged(letter: string, count = 3): Promise<void> {
    await pingedHere(this.on(letter).folder, count);
  }

  /** Makes the first member of the unicast layer `net` on a host, reachable in `layers`. @param options of the layer */
  async first(letter: string, layers: readonly string[], options = ""): Promise<void> {
    const words = `irm ipcp bootstrap type unicast name member-${letter} layer net autobind ${options}`;
    await this.on(letter).ok(words.trim());
    await this.#reachable(letter, layers);
  }

  /** Makes a host's IPCP a member of `net` through the member on another host, reachable in `layers`. */
  async join(letter: string, other: string, layers: readonly string[]): Promise<void> {
    const words = `irm ipcp enroll name member-${letter} layer net dst member-${other} autobind`;
    await this.on(letter).ok(words);
    await this.#reachable(letter, layers);
    await this.connect(letter, other);
  }

  /** Connects the members on two hosts. */
  async connect(letter: string, other: string): Promise<void> {
    await this.on(letter).ok(`irm ipcp connect name member-${letter} dst member-${other}`);
  }

  /** What a host's IPCP counts. */
  async stats(letter: string, ipcp: string): Promise<Record<string, Record<string, unknown>>> {
    return JSON.parse(await this.on(letter).ok(`irm ipcp stats name ${ipcp} as JSON`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#hosts.values().map((host) => host[Symbol.asyncDispose]()));
    await this.net[Symbol.asyncDispose]();
  }

  async #start(letter: string): Promise<void> {
    const host = await Host.start({ within: this.net.on(letter) });
    this.#hosts.set(letter, host);
    await Deno.mkdir(`${host.folder}/bin`);
    await writePrograms(`${host.folder}/bin`, ["ouro", "irm", "oping", "ovpn"]);
  }

  async #reachable(letter: string, layers: readonly string[]): Promise<void> {
    for (const layer of layers) {
      await this.on(letter).ok(`irm name register member-${letter} layer ${layer}`);
    }
  }
}

function bootstrapOptions(type: EdgeType, own: string, peer: string, subnet: number): string {
  if (type === "udp4") return `ip ${Namespaces.ip4(own, subnet)} peer ${Namespaces.ip4(peer, subnet)}`;
  if (type === "udp6") return `ip ${Namespaces.ip6(own, subnet)} peer ${Namespaces.ip6(peer, subnet)}`;
  return `dev to-${peer}`;
}
