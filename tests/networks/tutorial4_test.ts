/** The fourth tutorial: two machines over Ethernet, in the words of 2018 and as our page tells it. @module */
import assert from "node:assert/strict";
import { writePrograms } from "../support/bin.ts";
import { testWithHosts } from "../support/namespaces.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";
import { Pages } from "../support/page_commands.ts";

const PAGE = new URL("../../docs/tutorial4.md", import.meta.url);

/** Two hosts on a cable, whose device is called `ens3` on both, as the tutorial has it. */
async function twoMachines(): Promise<NetworkedHosts> {
  const hosts = await NetworkedHosts.start("ab", ["ab"]);
  for (const [letter, device] of [["a", "to-b"], ["b", "to-a"]]) {
    await hosts.net.ip(letter, `link set ${device} down`);
    await hosts.net.ip(letter, `link set ${device} name ens3`);
    await hosts.net.ip(letter, "link set ens3 up");
  }
  return hosts;
}

/** Commands of the document, in its order, each with its machine, and what the log of that machine says then. */
const STEPS: readonly (readonly [machine: string, commands: string, lines: readonly RegExp[]])[] = [
  ["a", "irm ipcp bootstrap type eth-llc name llc layer eth dev ens3", [
    /irmd\(II\): Created IPCP \d+\.$/,
    /ipcpd\/eth-llc\(II\): Using raw socket device\.$/,
    /ipcpd\/eth-llc\(DB\): Bootstrapped IPCP over Ethernet with LLC with pid \d+\.$/,
    /irmd\(II\): Bootstrapped IPCP \d+ in layer eth\.$/,
  ]],
  ["b", "irm i b t eth-llc n llc l eth if ens3", [
    /ipcpd\/eth-llc\(DB\): Bootstrapped IPCP over Ethernet with LLC with pid \d+\.$/,
    /irmd\(II\): Bootstrapped IPCP \d+ in layer eth\.$/,
  ]],
  [
    "a",
    `irm ipcp bootstrap type normal name normal_0 layer normal_layer
irm bind ipcp normal_0 name normal_0
irm b i normal_0 n normal_layer
irm register name normal_layer layer eth
irm r n normal_0 l eth`,
    [/irmd\(II\): Registered normal_0 in eth as [0-9a-f]{8}\.$/],
  ],
  [
    "b",
    `irm ipcp enroll name normal_1 layer normal_layer autobind
irm r n normal_layer l eth
irm r n normal_1 l eth`,
    [
      /enrollment\(DB\): Getting boot information\.$/,
      /enrollment\(DB\): Received enrollment info \(\d+ bytes\)\.$/,
    ],
  ],
  ["a", "", [
    /enrollment\(DB\): Enrolling a new neighbor\.$/,
    /enrollment\(DB\): Sending enrollment info \(\d+ bytes\)\.$/,
    /enrollment\(DB\): Neighbor enrollment successful\.$/,
  ]],
  // "You can now continue to set up a management flow and data transfer flow, like in tutorial 2."
  [
    "b",
    `irm ipcp connect name normal_1 dst normal_0 comp mgmt
irm ipcp connect name normal_1 dst normal_0 comp dt`,
    [/irmd\(II\): Established Data Transfer connection between IPCP \d+ and normal_0\.$/],
  ],
];

testWithHosts("tutorial 4 in the words of 2018: two machines over Ethernet", async () => {
  await using hosts = await twoMachines();
  for (const [machine, commands, lines] of STEPS) {
    const host = hosts.on(machine);
    for (const command of commands.split("\n").filter((words) => words !== "")) {
      assert.equal(await host.ok(command), "", command);
    }
    for (const line of lines) await host.irmd.waitFor(line);
  }
  await hosts.serve("a", "normal_layer");
  await hosts.on("b").ok("irm name create svc");
  await hosts.pinged("b");
});

testWithHosts("the page of tutorial 4, as it stands there", async () => {
  await using hosts = await twoMachines();
  const players = Object.fromEntries([..."ab"].map((letter) => {
    const host = hosts.on(letter);
    return [letter, { host, programs: `${host.folder}/bin`, within: hosts.net.on(letter) }];
  }));
  for (const { programs } of Object.values(players)) await writePrograms(programs, ["irm", "irmd", "oping"]);
  const page = await Deno.readTextFile(PAGE);
  // The daemons run already.
  await new Pages(players).play(page.replace(/^ {4}[ab]# irmd --stdout\n/gm, ""));
});
