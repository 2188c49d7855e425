/** Two hosts over every type that reaches other hosts: flows of applications, and a unicast layer on top. @module */
import assert from "node:assert/strict";
import { testWithHosts } from "../support/namespaces.ts";
import { EDGE_TYPES, NetworkedHosts } from "../support/networked_hosts.ts";

testWithHosts("layers of two hosts", async (test) => {
  await using hosts = await NetworkedHosts.start("ab", ["ab"]);
  await hosts.listen("b");
  for (const type of EDGE_TYPES) {
    const layer = await hosts.layerOver("ab", type);
    await test.step(`a name registered on one host is found from another over ${type}`, async () => {
      await hosts.on("b").ok(`irm name register svc layer ${layer}`);
      await hosts.pinged("a");
      await hosts.on("b").ok(`irm name unregister svc layer ${layer}`);
    });
    await test.step(`a unicast layer of two hosts over ${type}`, async () => {
      await hosts.first("a", [layer]);
      await hosts.join("b", "a", [layer]);
      await hosts.on("b").ok("irm name register svc layer net");
      await hosts.pinged("a");
    });
    for (const letter of "ab") {
      for (const ipcp of [`member-${letter}`, layer]) {
        await hosts.on(letter).ok(`irm ipcp destroy name ${ipcp}`);
      }
    }
  }
});

testWithHosts("a name is found by the next who asks, the moment its registration is done", async () => {
  await using hosts = await NetworkedHosts.start("ab", ["ab"]);
  const layer = await hosts.layerOver("ab", "udp4");
  await hosts.first("a", [layer]);
  await hosts.join("b", "a", [layer]);
  for (const [at, other] of ["ba", "ab", "ba", "ab"]) {
    // Who asks finds the name; that nobody serves it is another thing.
    await hosts.on(at).ok(`irm name create only-${at}`);
    await hosts.on(at).ok(`irm name register only-${at} layer net`);
    const { stdout, stderr } = await hosts.on(other).ping(`-n only-${at} -c 1`);
    assert.match(stdout + stderr, /no process accepts flows/);
    await hosts.on(at).ok(`irm name unregister only-${at} layer net`);
    await hosts.on(at).ok(`irm name destroy only-${at}`);
  }
});
