/**
 * How quick flows between two hosts are: application, IPCP, cable, IPCP, application. The floor is two bare programs at both
 * ends of the same cable.
 *
 * @module
 */
import { Namespaces } from "../../support/namespaces.ts";
import { type EdgeType, NetworkedHosts } from "../../support/networked_hosts.ts";
import { middle, pairOf, pairs, rate, type Report } from "../children.ts";
import type { Row } from "../table.ts";

const SIZE = 1400, COUNT = 1_000_000, PINGS = 5000;
const PACED_PART = 0.8, PACED_SECONDS = 60, MAX_LOSS = 0.001, MAX_PAUSE = 250;

/** Everything of the table. */
export async function benchNetworks(): Promise<Row[]> {
  await using hosts = await NetworkedHosts.start("ab", ["ab"]);
  const bench = new NetworkBench(hosts);
  const dix = await bench.layer("eth-dix");
  const rows: Row[] = [];
  const { row, value } = await bench.oneWay("eth-dix flow", "eth", 0.5);
  rows.push(row, await bench.paced("eth-dix flow", value));
  rows.push(await bench.pingPong("eth-dix flow", 2.2));
  await bench.layer("udp4");
  rows.push((await bench.oneWay("udp4 flow", "udp", 0.5)).row);
  await hosts.first("a", [dix]);
  await hosts.join("b", "a", [dix]);
  await bench.register("net");
  await bench.settle();
  rows.push((await bench.oneWay("unicast over eth-dix", "eth", 0.25)).row);
  return rows;
}

class NetworkBench {
  /** The name that flows are allocated to: another one for each layer, since peers remember who had a name. */
  #name = "";

  constructor(readonly hosts: NetworkedHosts) {}

  /** Puts a layer over the cable, with a name registered on the second host. */
  async layer(type: EdgeType): Promise<string> {
    const layer = await this.hosts.layerOver("ab", type);
    await this.register(layer);
    return layer;
  }

  async register(layer: string): Promise<void> {
    this.#name = `bench-${layer}`;
    await this.hosts.on("b").ok(`irm name create ${this.#name}`);
    await this.hosts.on("b").ok(`irm name register ${this.#name} layer ${layer}`);
  }

  /** Waits until flows take the way through the layer: the first ones may come before its routes are complete. */
  async settle(): Promise<void> {
    for (let attempts = 0; attempts < 50; attempts++) {
      try {
        await this.#flow(["ping", "10"]);
        return;
      } catch (thrown) {
        if (attempts === 49) throw thrown;
      }
    }
  }

  async oneWay(what: string, family: string, required: number): Promise<{ row: Row; value: number }> {
    const { value, floor, ratio } = await pairs(
      () => this.#floor(family, "serve", ["send", `${SIZE}`, `${COUNT}`]).then(rate),
      () => this.#flow(["send", `${SIZE}`, `${COUNT}`]).then(rate),
    );
    const gigabits = (packets: number) =>
      `${packets.toFixed(2)} M packets/s, ${(packets * SIZE * 8 / 1000).toFixed(1)} Gb/s`;
    const row = {
      what: `${what}: one way, ${SIZE} B`,
      value: gigabits(value),
      floor: gigabits(floor),
      ratio,
      required: `≥ ${required.toFixed(2)} × floor`,
      reached: ratio >= required,
    };
    return { row, value };
  }

  /** Most of the rate that was reached, for a long time. */
  async paced(what: string, reached: number): Promise<Row> {
    const wanted = Math.floor(reached * 1e6 * PACED_PART);
    const { sent, packets, gap } = await this.#flow(["pace", `${SIZE}`, `${wanted}`, `${PACED_SECONDS}`]);
    const loss = 1 - packets / sent;
    return {
      what: `${what}: ${PACED_PART * 100} % of that rate for ${PACED_SECONDS} s`,
      value: `${(loss * 100).toFixed(3)} % lost, longest pause ${gap.toFixed(0)} ms`,
      required: `< ${MAX_LOSS * 100} % lost, no pause over ${MAX_PAUSE} ms`,
      reached: loss < MAX_LOSS && gap <= MAX_PAUSE,
    };
  }

  async pingPong(what: string, required: number): Promise<Row> {
    const { value, floor, ratio } = await pairs(
      () => this.#floor("eth", "echo", ["ping", `${PINGS}`]).then(middle),
      () => this.#flow(["ping", `${PINGS}`]).then(middle),
    );
    return {
      what: `${what}: ping-pong 64 B, median`,
      value: `${value.toFixed(1)} µs`,
      floor: `${floor.toFixed(1)} µs`,
      ratio,
      required: `≤ ${required.toFixed(2)} × floor`,
      reached: ratio <= required,
    };
  }

  #floor(family: string, server: string, [client, ...args]: readonly string[]): Promise<Report> {
    const udp = `${Namespaces.ip4("b")}:3499`;
    return pairOf(
      ["net/floor.ts", family, server, family === "udp" ? udp : "to-a"],
      () => ["net/floor.ts", family, client, family === "udp" ? udp : "to-b", ...args],
      { server: this.hosts.net.on("b"), client: this.hosts.net.on("a") },
    );
  }

  #flow(args: readonly string[]): Promise<Report> {
    return pairOf(["flow_server.ts", this.hosts.on("b").folder], async (pid) => {
      await this.hosts.on("b").ok(`irm bind process ${pid} name ${this.#name}`);
      return ["flow_client.ts", this.hosts.on("a").folder, this.#name, ...args];
    });
  }
}
