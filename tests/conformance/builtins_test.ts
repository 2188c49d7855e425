/** The built-in plugins prove themselves, as a third party's do. @module */
import assert from "node:assert/strict";
import { PLUGIN_KINDS } from "../../core/contract/plugin_kind.ts";
import { EthernetSegment } from "../../core/sim/network/ethernet_segment.ts";
import { UdpNetwork } from "../../core/sim/network/udp_network.ts";
import { checkPlugin } from "../../core/registry/check_plugin.ts";
import { flat } from "../../plugins/address/flat.ts";
import { roundRobin } from "../../plugins/balancing/round_robin.ts";
import { spillover } from "../../plugins/balancing/spillover.ts";
import { broadcast } from "../../plugins/broadcast/broadcast.ts";
import { BUILTINS } from "../../plugins/builtins.ts";
import { mbEcn } from "../../plugins/congestion/mb_ecn.ts";
import { none } from "../../plugins/congestion/none.ts";
import { dht } from "../../plugins/directory/dht/dht.ts";
import { ethDix, ethLlc } from "../../plugins/eth/eth.ts";
import { ws } from "../../plugins/eth/ws/ws.ts";
import { alternate } from "../../plugins/forwarding/alternate.ts";
import { multipath } from "../../plugins/forwarding/multipath.ts";
import { simple } from "../../plugins/forwarding/simple.ts";
import { md5 } from "../../plugins/hash/runtime_hash.ts";
import { sha3With224, sha3With256, sha3With384, sha3With512 } from "../../plugins/hash/runtime_hash.ts";
import { local } from "../../plugins/local/local.ts";
import { raptor } from "../../plugins/raptor/raptor.ts";
import { ecmp, lfa, linkState } from "../../plugins/routing/policies.ts";
import { fifo } from "../../plugins/scheduling/fifo.ts";
import { priority } from "../../plugins/scheduling/priority.ts";
import { udp4, udp6 } from "../../plugins/udp/udp.ts";
import { cable } from "../../plugins/testing/raptor.ts";
import { unicast } from "../../plugins/unicast/unicast.ts";
import {
  conformAddress,
  conformBalancing,
  conformCongestion,
  conformDirectory,
  conformForwarding,
  conformHash,
  conformIpcp,
  conformRouting,
  conformScheduling,
} from "../../core/conformance/mod.ts";
import { simulatedHost } from "../../core/conformance/ipcp/surroundings.ts";
import { Registry } from "../../core/registry/registry.ts";
import { SILENT } from "../../core/contract/ports.ts";

const PROVED = [
  sha3With224,
  sha3With256,
  sha3With384,
  sha3With512,
  md5,
  roundRobin,
  spillover,
  local,
  flat,
  dht,
  linkState,
  lfa,
  ecmp,
  simple,
  alternate,
  multipath,
  none,
  mbEcn,
  fifo,
  priority,
  unicast,
  broadcast,
  udp4,
  udp6,
  ethDix,
  ethLlc,
  ws,
  raptor,
];

for (const plugin of [sha3With224, sha3With256, sha3With384, sha3With512, md5]) conformHash(plugin);
for (const plugin of [roundRobin, spillover]) conformBalancing(plugin);
conformIpcp(local);
conformIpcp(unicast, { uses: [linkState, dht, flat, simple, mbEcn, priority, sha3With256] });
conformIpcp(broadcast);
for (const [plugin, ip] of [[udp4, "10.0.0.1"], [udp6, "fd00::1"]] as const) {
  conformIpcp(plugin, {
    options: { ip },
    networks: (time) => new UdpNetwork(time).host([ip]),
    hashBytes: 16,
  });
}
for (const plugin of [ethDix, ethLlc]) {
  conformIpcp(plugin, {
    options: { device: "eth0" },
    uses: [sha3With256],
    networks: (time) => new EthernetSegment(time).device("eth0").networks,
  });
}
conformIpcp(ws, {
  options: { listen: "10.0.0.1:80" },
  uses: [sha3With256],
  networks: simulatedHost,
});
conformIpcp(raptor, { uses: [sha3With256], networks: (time) => cable(time)[0].networks });
for (const plugin of [linkState, lfa, ecmp]) conformRouting(plugin);
for (const plugin of [simple, alternate, multipath]) conformForwarding(plugin);
conformAddress(flat);
conformDirectory(dht);
for (const plugin of [none, mbEcn]) conformCongestion(plugin);
for (const plugin of [fifo, priority]) conformScheduling(plugin);

Deno.test("every built-in plugin is proved", async () => {
  const plugins = await Promise.all(BUILTINS.map(async ({ load }) => checkPlugin(await load(), "built in")));
  assert.deepEqual(
    plugins.map(({ name }) => name).sort(),
    PROVED.map(({ name }) => name).sort(),
  );
});

Deno.test("the built-in plugins fit into one registry", () => {
  const registry = new Registry(SILENT);
  for (const builtin of BUILTINS) {
    registry.addBuiltin(builtin);
    checkPlugin({ ...builtin.declaration, create: () => ({}) }, "built in");
  }
  const names = (kind: typeof PLUGIN_KINDS[number]) =>
    registry.declarations(kind).map(({ declaration }) => declaration.name).join(" ");
  assert.equal(names("ipcp"), "unicast broadcast udp4 udp6 eth-dix eth-llc local raptor ws");
  assert.equal(names("routing"), "link_state lfa ecmp");
  assert.equal(names("forwarding"), "simple alternate multipath");
  assert.equal(names("hash"), "SHA3_224 SHA3_256 SHA3_384 SHA3_512");
  assert.equal(names("congestion"), "none mb-ecn");
  assert.equal(names("scheduling"), "fifo priority");
  assert.equal(names("address"), "flat");
  assert.equal(names("balancing"), "round-robin spillover");
  for (const [word, name] of [["normal", "unicast"], ["udp", "udp4"]]) {
    assert.equal(registry.find("ipcp", word).declaration.name, name);
  }
});
