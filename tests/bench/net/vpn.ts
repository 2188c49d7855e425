/**
 * What `ovpn` carries between two network namespaces (iperf3, TCP) and how long a ping takes: encrypted over a UDP layer, and not encrypted
 * over a local layer. `deno run -A tests/bench/net/vpn.ts [SECONDS]`, as root; needs iperf3 and ping.
 *
 * @module
 */
import { NetworkedHosts } from "../../support/networked_hosts.ts";
import type { Process } from "../../support/process.ts";

const [SECONDS = "4"] = Deno.args;
const PORT = "5201", PINGS = "1000", APART = "0.002";

/** A namespace and the host whose IRMd is used in it. */
type Place = readonly [letter: string, host: string];

class Tunnels {
  #number = 0;

  constructor(readonly hosts: NetworkedHosts) {}

  /** Joins two namespaces by ovpn over a layer, and measures. */
  async measure(
    what: string,
    [near, far]: readonly [Place, Place],
    layer: string,
    ...words: readonly string[]
  ) {
    const number = ++this.#number;
    const name = `vpn${number}`;
    const serving = this.hosts.on(far[1]);
    await serving.ok(`irm name create ${name}`);
    await serving.ok(`irm name register ${name} layer ${layer}`);
    const server = this.#start(far, [`10.9.${number}.2`]);
    await server.waitFor(/^Waiting for a new flow\.\.\.$/);
    await serving.ok(`irm bind process ${server.pid} name ${name}`);
    const client = this.#start(near, [`10.9.${number}.1`, "-n", name, ...words]);
    for (const end of [server, client]) await end.waitFor(/^Starting read\/write threads\.$/);
    const mtu = await this.hosts.net.ip(near[0], "-o link show tun0");
    const gigabits = await this.#throughput(near, far, `10.9.${number}.2`);
    const ping = await this.#ping(near, `10.9.${number}.2`);
    console.log(
      `${what}: TCP ${gigabits.toFixed(2)} Gb/s, ping min/avg/max/mdev ${ping}, MTU ${
        /mtu (\d+)/.exec(mtu)?.[1]
      }`,
    );
    for (const end of [server, client]) await end[Symbol.asyncDispose]();
  }

  #start([letter, host]: Place, [address, ...words]: readonly string[]): Process {
    const { folder } = this.hosts.on(host);
    const line = [`${folder}/bin/ovpn`, "-i", address, "-m", "255.255.255.0", ...words];
    return this.hosts.on(host).program([...this.hosts.net.on(letter), ...line]);
  }

  async #throughput([near, host]: Place, [far, other]: Place, address: string): Promise<number> {
    const { net } = this.hosts;
    const server = this.hosts.on(other).program([...net.on(far), "iperf3", "-s", "-1", "--forceflush"]);
    await server.waitFor(/Server listening/);
    const line = ["iperf3", "-c", address, "-p", PORT, "-t", SECONDS, "-J"];
    const { stdout } = await this.hosts.on(host).program([...net.on(near), ...line]).ended;
    return JSON.parse(stdout).end.sum_received.bits_per_second / 1e9;
  }

  async #ping([near, host]: Place, address: string): Promise<string> {
    const line = ["ping", "-q", "-i", APART, "-c", PINGS, address];
    const { stdout } = await this.hosts.on(host).program([...this.hosts.net.on(near), ...line]).ended;
    return /= (.*)$/m.exec(stdout)?.[1] ?? stdout;
  }
}

await using hosts = await NetworkedHosts.start("ab", ["ab"]);
const udp = await hosts.layerOver("ab", "udp4");
await hosts.on("a").ok("irm ipcp bootstrap type local name l layer ll");
const tunnels = new Tunnels(hosts);
await tunnels.measure("over udp4, encrypted", [["a", "a"], ["b", "b"]], udp, "--encrypt");
await tunnels.measure("over udp4", [["a", "a"], ["b", "b"]], udp);
await tunnels.measure("over a local layer", [["a", "a"], ["b", "a"]], "ll");
