/** Paths on which a link in the middle carries less than both ends, and nobody hears of it. @module */
import assert from "node:assert/strict";
import { whyNoNamespaces } from "../../core/testing/namespace.ts";
import { unless, whyNoProgram } from "../../core/testing/left_out.ts";
import { Ouroboros, QOS } from "../../mod.ts";
import { command, Namespaces, testWithHosts } from "../support/namespaces.ts";
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
        const { stdout } = await hosts.on("a").ping(`-n svc -c 3 -i 10ms -s ${size}`);
        assert(stdout.includes("3 packets transmitted, 3 received"), `${size} bytes: ${stdout}`);
      }
    },
  );
}

testWithHosts(
  "a reliable flow over a unicast layer that writes its largest packets at once does not stall on a link in the middle that carries less",
  async () => {
    await using hosts = await NetworkedHosts.start("abc", ["ab", "bc"], 9000);
    for (const [one, other] of [["b", "c"], ["c", "b"]]) {
      await hosts.net.ip(one, `link set to-${other} mtu 1500`);
    }
    const [left, right] = [
      await hosts.layerOver("ab", "eth-dix", 1),
      await hosts.layerOver("bc", "eth-dix", 2),
    ];
    await hosts.first("a", [left]);
    await hosts.join("b", "a", [left, right]);
    await hosts.join("c", "b", [right]);
    const [a, c] = [hosts.on("a"), hosts.on("c")];
    await using server = await Ouroboros.connect({ runtimeFolder: c.folder, program: "server" });
    await using client = await Ouroboros.connect({ runtimeFolder: a.folder, program: "client" });
    await c.ok(`irm bind process ${Deno.pid} name svc`);
    await c.ok("irm name register svc layer net");
    const [there, here] = await Promise.all([server.accept(), client.allocate("svc", { qos: QOS.data })]);
    const packet = Uint8Array.from({ length: here.maxPacket }, (_, at) => at * 7);
    assert(packet.length > 8000, `${packet.length}`);
    const written = (async () => {
      // Those that came in time to be written whole; then the path is known.
      for (let count = 0; count < 20 && here.maxPacket >= packet.length; count++) await here.write(packet);
      await here.write(Uint8Array.of(1));
    })();
    for (;;) {
      const got = await there.read();
      if (got.length === 1) break;
      assert.deepEqual(got, packet);
    }
    await written;
    assert(here.maxPacket < 1500, `${here.maxPacket}`);
    await Promise.all([here.deallocate(), there.deallocate()]);
  },
);
