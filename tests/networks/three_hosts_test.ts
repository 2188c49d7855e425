/** Three hosts with a unicast layer over Ethernet and UDP: in a line, at a switch, and in a ring with a cut cable. @module */
import assert from "node:assert/strict";
import { testWithHosts } from "../support/namespaces.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";

testWithHosts("three hosts in a line: the one in the middle forwards, from Ethernet to UDP", async () => {
  await using hosts = await NetworkedHosts.start("abc", ["ab", "bc"]);
  const [left, right] = [await hosts.layerOver("ab", "eth-dix"), await hosts.layerOver("bc", "udp4", 2)];
  await hosts.first("a", [left]);
  await hosts.join("b", "a", [left, right]);
  await hosts.join("c", "b", [right]);
  await hosts.serve("c", "net");
  await hosts.pinged("a");
});

testWithHosts("a ring goes on when a cable is cut, by the other way, at once", async () => {
  await using hosts = await NetworkedHosts.start("abc", ["ab", "bc", "ca"]);
  const layers = {
    ab: await hosts.layerOver("ab", "eth-dix", 1),
    bc: await hosts.layerOver("bc", "eth-dix", 2),
    ca: await hosts.layerOver("ca", "eth-llc", 3),
  };
  await hosts.first("a", [layers.ab, layers.ca]);
  await hosts.join("b", "a", [layers.ab, layers.bc]);
  await hosts.join("c", "b", [layers.bc, layers.ca]);
  await hosts.connect("c", "a");
  await hosts.serve("b", "net");
  await hosts.pinged("a");
  const ping = hosts.on("a").spawn("oping -n svc -c 400 -i 10ms".split(" "));
  await ping.waitFor(/seq=20/);
  await hosts.net.ip("a", "link set to-b down");
  const { code, stdout } = await ping.ended;
  assert.equal(code, 0);
  const [, received] = /400 packets transmitted, (\d+) received/.exec(stdout) ?? [];
  // Those on the cable when it was cut are lost, and those until both sides have new routes.
  assert(Number(received) >= 350, stdout.split("\n").slice(-5).join("\n"));
});
