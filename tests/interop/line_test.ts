/** Three hosts in a line, ours or the reference's in the middle. @module */
import { interop } from "./interop.ts";
import type { MixedHosts } from "./mixed_hosts.ts";

const cables = ["ab", "bc"];

/** A unicast layer over Ethernet and UDP, from one end to the other; names of both ends are found and reached from the other. */
async function line(hosts: MixedHosts): Promise<void> {
  const left = { [await hosts.layerOver("ab", "eth-dix")]: 1 };
  const right = { [await hosts.layerOver("bc", "udp4", 2)]: 2 };
  await hosts.first("a", left);
  await hosts.join("b", "a", { ...left, ...right });
  await hosts.join("c", "b", right);
  await hosts.serve("a", "left", "net");
  await hosts.serve("c", "right", "net");
  await hosts.pinged("a", "right");
  await hosts.pinged("c", "left");
}

interop("three hosts in a line, theirs in the middle", { ours: "ac", theirs: "b", cables }, line);
interop("three hosts in a line, ours in the middle", { ours: "b", theirs: "ac", cables }, line);
interop("three hosts in a line, theirs first", { ours: "bc", theirs: "a", cables }, line);
interop("three hosts in a line, theirs last", { ours: "ab", theirs: "c", cables }, line);

interop(
  "a member of ours that has left and come back under its name is found by theirs at its old address",
  { ours: "b", theirs: "ac", cables },
  async (hosts) => {
    const left = { [await hosts.layerOver("ab", "eth-dix")]: 1 };
    const right = { [await hosts.layerOver("bc", "eth-dix", 2)]: 2 };
    await hosts.first("a", left);
    await hosts.join("b", "a", { ...left, ...right });
    await hosts.join("c", "b", right);
    await hosts.serve("b", "middle", "net");
    for (const end of ["a", "c"]) await hosts.pinged(end, "middle");
    await hosts.ours("b").ok("irm ipcp destroy name member-b");
    await hosts.join("b", "a", { ...left, ...right });
    await hosts.connect("b", "c");
    await hosts.ours("b").ok("irm name register middle layer net");
    for (const end of ["a", "c"]) await hosts.pinged(end, "middle");
  },
);
