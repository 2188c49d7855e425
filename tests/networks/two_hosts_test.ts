/** Two hosts over every type that reaches other hosts: flows of applications, and a unicast layer on top. @module */
import { testWithHosts } from "../support/namespaces.ts";
import { EDGE_TYPES, NetworkedHosts } from "../support/networked_hosts.ts";

for (const type of EDGE_TYPES) {
  testWithHosts(`a name registered on one host is found from another over ${type}`, async () => {
    await using hosts = await NetworkedHosts.start("ab", ["ab"]);
    const layer = await hosts.layerOver("ab", type);
    await hosts.serve("b", layer);
    await hosts.pinged("a");
  });

  testWithHosts(`a unicast layer of two hosts over ${type}`, async () => {
    await using hosts = await NetworkedHosts.start("ab", ["ab"]);
    const layer = await hosts.layerOver("ab", type);
    await hosts.first("a", [layer]);
    await hosts.join("b", "a", [layer]);
    await hosts.serve("b", "net");
    await hosts.pinged("a");
  });
}
