/** Layers over UDP where a router in the middle carries less than both ends, and nobody hears of it. @module */
import assert from "node:assert/strict";
import { whyNoNamespaces } from "../../core/testing/namespace.ts";
import { unless, whyNoProgram } from "../../core/testing/left_out.ts";
import { command, Namespaces } from "../support/namespaces.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";

/** What the cable behind the router carries. */
const NARROW = 1300;
/** Below, around and above what passes in one piece; the largest is the layer's. */
const SIZES = [64, 1200, 1250, 1272, 1400, 1464, 1500, 3000, 8000];

/** Drops what a router says about packets that are too large. */
const SILENCE = `table inet silent {
  chain input {
    type filter hook input priority 0;
    meta l4proto icmp drop
    icmpv6 type packet-too-big drop
  }
}`;

/** Joins `a` and `b` by a router `r`, whose cable to `b` is narrow. */
async function routed(hosts: NetworkedHosts): Promise<void> {
  const { net } = hosts;
  const on = (host: string, ...words: string[]) => command(...net.on(host), ...words);
  await on("r", "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
  for (const [one, other] of [["r", "b"], ["b", "r"]]) {
    await net.ip(one, `link set to-${other} mtu ${NARROW}`);
  }
  for (const [host, own, far] of [["a", 1, 2], ["b", 2, 1]] as const) {
    await net.ip(host, `route add 10.0.${far}.0/24 via ${Namespaces.ip4("r", own)}`);
    await net.ip(host, `-6 route add fd00:${far}::/64 via ${Namespaces.ip6("r", own)}`);
    await on(host, "nft", SILENCE);
  }
}

for (const type of ["udp4"] as const) {
  unless(whyNoNamespaces ?? whyNoProgram("nft"))(
    `packets of all sizes arrive over ${type} though a router in the middle carries less and its messages are filtered`,
    async () => {
      await using hosts = await NetworkedHosts.start("arb", ["ar", "rb"]);
      await routed(hosts);
      const address = type === "udp4" ? Namespaces.ip4 : Namespaces.ip6;
      for (const [host, ip, peer] of [["a", address("a", 1), address("b", 2)], ["b", address("b", 2), ""]]) {
        const words = `irm ipcp bootstrap type ${type} name u layer u ip ${ip}`;
        await hosts.on(host).ok(peer ? `${words} peer ${peer}` : words);
      }
      await hosts.serve("b", "u");
      await hosts.pinged("a");
      for (const size of SIZES) {
        const { stdout } = await hosts.on("a").run(`oping -n svc -c 3 -i 10ms -s ${size}`);
        assert(stdout.includes("3 packets transmitted, 3 received"), `${size} bytes: ${stdout}`);
      }
    },
  );
}
