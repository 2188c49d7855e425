/** Devices and addresses that come late, change, or are taken already. @module */
import assert from "node:assert/strict";
import { leaveOut } from "../../core/testing/left_out.ts";
import { testWithHosts } from "../support/namespaces.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";

const MACVLAN = "link add mv0 link to-b type macvlan mode bridge";

/** Makes the device `mv0` with an address of its own on the cable of host `a`; false where the kernel has none. */
async function macvlan(hosts: NetworkedHosts): Promise<boolean> {
  const made = await hosts.net.ip("a", MACVLAN).then(() => undefined, () => "no devices of type macvlan");
  if (leaveOut(made)) return false;
  await hosts.net.ip("a", "link set mv0 up");
  return true;
}

/** Puts a layer over a device on `a` and the cable on `b`, where `svc` is. */
async function serveOver(hosts: NetworkedHosts, type: "eth-dix" | "eth-llc", device = "mv0"): Promise<void> {
  await hosts.on("a").ok(`irm ipcp bootstrap type ${type} name edge layer edge dev ${device}`);
  await hosts.on("b").ok(`irm ipcp bootstrap type ${type} name edge layer edge dev to-a`);
  await hosts.on("b").ok("irm name register svc layer edge");
  await hosts.pinged("a");
}

/** Takes away what {@link serveOver} has made. */
async function over(hosts: NetworkedHosts): Promise<void> {
  for (const letter of "ab") await hosts.on(letter).ok("irm ipcp destroy name edge");
}

/** Pings go on, and new ones are answered at once, while `change` gives the device of the layer another address. */
async function goesOn(hosts: NetworkedHosts, change: () => Promise<unknown>): Promise<void> {
  const ping = hosts.on("a").spawn("oping -n svc -c 200 -i 10ms".split(" "));
  await ping.waitFor(/seq=20/);
  await change();
  const { code, stdout } = await hosts.on("a").ping("-n svc -c 3 -i 10ms");
  assert.equal(code, 0, stdout);
  const running = await ping.ended;
  assert.equal(running.code, 0, running.stdout);
  const [, received] = /200 packets transmitted, (\d+) received/.exec(running.stdout) ?? [];
  assert(Number(received) >= 190, running.stdout.split("\n").slice(-5).join("\n"));
}

testWithHosts("changes of a device", async (test) => {
  await using hosts = await NetworkedHosts.start("ab", ["ab"]);
  await hosts.listen("b");
  const host = hosts.on("a");
  for (const type of ["eth-dix", "eth-llc"] as const) {
    await test.step(`a device gets a new address: flows of ${type} go on, new ones work at once`, async () => {
      if (!await macvlan(hosts)) return;
      await serveOver(hosts, type);
      await goesOn(hosts, () => hosts.net.ip("a", "link set mv0 address 02:00:00:00:00:99"));
      assert.equal((await hosts.stats("a", "edge"))[type].address, "02:00:00:00:00:99");
      await over(hosts);
      await hosts.net.ip("a", "link del mv0");
    });
  }
  await test.step(
    "a device is called otherwise, removed, and made anew: its layer tells, waits and goes on",
    async () => {
      if (!await macvlan(hosts)) return;
      await serveOver(hosts, "eth-dix");
      await hosts.net.ip("a", "link set mv0 down");
      await hosts.net.ip("a", "link set mv0 name lan0");
      await hosts.net.ip("a", "link set lan0 up");
      await hosts.pinged("a");
      assert.equal((await hosts.stats("a", "edge"))["eth-dix"].device, "lan0");
      await hosts.net.ip("a", "link del lan0");
      const { code, stderr } = await host.ping("-n svc -c 1");
      assert.equal(code, 1, stderr);
      await hosts.net.ip("a", MACVLAN);
      await hosts.net.ip("a", "link set mv0 up");
      await hosts.pinged("a");
      const { device, present } = (await hosts.stats("a", "edge"))["eth-dix"];
      assert.deepEqual([device, present], ["mv0", true]);
      await over(hosts);
      await hosts.net.ip("a", "link del mv0");
    },
  );
  for (
    const [type, proposal] of [["eth-dix", /say "ethertype 0xa001"/], [
      "eth-llc",
      /of type eth-dix instead/,
    ]] as const
  ) {
    await test.step(`a second layer of ${type} on one device is refused with a proposal`, async () => {
      await host.ok(`irm ipcp bootstrap type ${type} name one layer one dev to-b`);
      const { code, stderr } = await host.irm(`ipcp bootstrap type ${type} name two layer two dev to-b`);
      assert.equal(code, 1);
      assert.match(stderr, proposal);
      await host.ok("irm ipcp bootstrap type eth-dix name two layer two dev to-b ethertype 0xa001");
      await host.ok("irm ipcp destroy name one");
      await host.ok(`irm ipcp bootstrap type ${type} name one layer one dev to-b`);
      for (const name of ["one", "two"]) await host.ok(`irm ipcp destroy name ${name}`);
    });
  }
  await test.step("an IPv6 address that was just added is waited for", async () => {
    await hosts.net.ip("a", "link add x type veth peer name y");
    await hosts.net.ip("a", "link set x up");
    await hosts.net.ip("a", "link set y up");
    await hosts.net.ip("a", "addr add fd77::2/64 dev x");
    await host.ok("irm ipcp bootstrap type udp6 name u layer l ip fd77::2");
    assert.doesNotMatch(await hosts.net.ip("a", "-6 addr show dev x"), /fd77::2.*tentative/);
    await host.ok("irm ipcp destroy name u");
    await hosts.net.ip("a", "link del x");
  });
  await test.step(
    "a bridge gets a port with a lower address, which becomes its own: flows go on",
    async () => {
      const ip = (words: string) => hosts.net.ip("a", words);
      for (const words of ["link add br0 type bridge", "link set to-b master br0", "link set br0 up"]) {
        await ip(words);
      }
      await ip("link add x address 00:00:00:00:00:09 type veth peer name y");
      await ip("link set x up");
      await serveOver(hosts, "eth-dix", "br0");
      await goesOn(hosts, () => ip("link set x master br0"));
      assert.equal((await hosts.stats("a", "edge"))["eth-dix"].address, "00:00:00:00:00:09");
    },
  );
});
