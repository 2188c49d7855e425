/** Unicast layers of a host of ours and one of the reference: who is first, who enrolls, who connects. @module */
import { interop } from "./interop.ts";
import type { MixedHosts } from "./mixed_hosts.ts";

async function bothWays(hosts: MixedHosts): Promise<void> {
  await hosts.serve("a", "ours", "net");
  await hosts.serve("b", "theirs", "net");
  await hosts.pinged("a", "theirs");
  await hosts.pinged("b", "ours");
  // Probes of paths, and that a flow has ended: theirs skips both.
  await hosts.on("b").irmd.waitFor(/unknown flow allocation message/, 2);
  await hosts.pinged("a", "theirs");
}

const scene = { ours: "a", theirs: "b", cables: ["ab"] };

for (const type of ["eth-dix", "udp4"] as const) {
  interop(`ours joins a layer of theirs over ${type}`, scene, async (hosts) => {
    const layer = await hosts.layerOver("ab", type);
    await hosts.first("b", { [layer]: 1 });
    await hosts.join("a", "b", { [layer]: 1 });
    await bothWays(hosts);
  });

  interop(`theirs joins a layer of ours over ${type}`, scene, async (hosts) => {
    const layer = await hosts.layerOver("ab", type);
    await hosts.first("a", { [layer]: 1 });
    await hosts.join("b", "a", { [layer]: 1 });
    await bothWays(hosts);
  });
}

interop("ours joins a layer of theirs, theirs connects", scene, async (hosts) => {
  const layer = await hosts.layerOver("ab", "eth-llc");
  await hosts.first("b", { [layer]: 1 });
  await hosts.enroll("a", "b", { [layer]: 1 });
  await hosts.connect("b", "a");
  await bothWays(hosts);
});

interop("theirs joins a layer of ours, ours connects", scene, async (hosts) => {
  const layer = await hosts.layerOver("ab", "eth-dix");
  await hosts.first("a", { [layer]: 1 });
  await hosts.enroll("b", "a", { [layer]: 1 });
  await hosts.connect("a", "b");
  await bothWays(hosts);
});

interop("theirs joins a layer of ours that has options of its own", scene, async (hosts) => {
  const layer = await hosts.layerOver("ab", "eth-dix");
  await hosts.first("a", { [layer]: 1 }, "scheduling fifo pff alternate ls_t_update 3 dht_k 4 hash SHA3_512");
  await hosts.join("b", "a", { [layer]: 1 });
  await bothWays(hosts);
});
