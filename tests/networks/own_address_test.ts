/** Layers over UDP whose own address is taken from the host, and given back. @module */
import assert from "node:assert/strict";
import { Namespaces, testWithHosts } from "../support/namespaces.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";

testWithHosts(
  "the log and the statistics say that the own address is gone, new flows are refused, and all is well when it is back",
  async () => {
    await using hosts = await NetworkedHosts.start("ab", ["ab"]);
    const layer = await hosts.layerOver("ab", "udp4");
    await hosts.serve("b", layer);
    await hosts.pinged("a");
    const a = hosts.on("a"), own = Namespaces.ip4("a");
    const set = (word: string) => hosts.net.ip("a", `addr ${word} ${own}/24 dev to-b`);
    const ping = a.spawn("oping -n svc -c 100000 -i 20ms".split(" "));
    await ping.waitFor(/seq=2/);
    await set("del");
    await a.irmd.waitFor(new RegExp(`does not have the address ${own} any more`));
    assert.match(await a.ok(`irm ipcp stats name ${layer} as JSON`), /"present": ?false/);
    const { code, stdout, stderr } = await a.ping("-n svc -c 1");
    assert.notEqual(code, 0, stdout);
    assert.match(stderr + stdout, new RegExp(`does not have the address ${own} at the moment`));
    await set("add");
    await a.irmd.waitFor(new RegExp(`Address ${own} is there again`));
    await hosts.pinged("a");
    // The flow goes on, however long the address was gone.
    const before = ping.stdout.length;
    await ping.until(() => /seq=\d+ .*time=/.test(ping.stdout.slice(before)), "answer");
    ping.kill("SIGTERM");
    assert.equal((await ping.ended).code, 0);
  },
);
