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
