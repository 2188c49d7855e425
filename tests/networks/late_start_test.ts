/** An IRMd that is started before its network: what is not there yet is waited for. @module */
import assert from "node:assert/strict";
import { writePrograms } from "../support/bin.ts";
import { Host } from "../support/host.ts";
import { Namespaces, testWithHosts } from "../support/namespaces.ts";

testWithHosts(
  "a device and an address that come late are taken, and the rest of the file works meanwhile",
  async () => {
    await using net = new Namespaces();
    await net.add("a");
    const folder = await Deno.makeTempDir({ prefix: "ouro-" });
    const file = `${folder}/irmd.conf`;
    await Deno.writeTextFile(
      file,
      `[eth-dix.e]
bootstrap = "cable"
dev = "v9"
reg = ["svc"]
[udp4.u]
bootstrap = "net"
ip = "192.0.2.77"
[local.l]
bootstrap = "ll"
`,
    );
    try {
      await using host = await Host.start({ within: net.on("a"), args: ["--config", file] });
      await host.irmd.waitFor(/IPCP e cannot be bootstrapped in layer cable yet: .*v9/);
      await host.irmd.waitFor(/IPCP u cannot be bootstrapped in layer net yet: .*192\.0\.2\.77/);
      await host.irmd.waitFor(/Bootstrapped IPCP \d+ in layer ll/);
      const list = await host.ok("irm ipcp list");
      assert.match(
        list,
        /Wanted and not there:\n {2}e: bootstrapped in layer cable, for \d+ s: .*; next try in \d s/,
      );
      await net.ip("a", "link add v9 type veth peer name v8");
      await net.ip("a", "link set v8 up");
      await net.ip("a", "link set v9 up");
      await net.ip("a", "addr add 192.0.2.77/24 dev v9");
      await host.irmd.waitFor(/IPCP e is bootstrapped in layer cable, after/);
      await host.irmd.waitFor(/IPCP u is bootstrapped in layer net, after/);
      await host.irmd.waitFor(/Registered svc in cable/);
      assert.doesNotMatch(await host.ok("irm ipcp list"), /Wanted/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

testWithHosts("a peer that is started later is enrolled with, connected to, and reached", async () => {
  await using net = new Namespaces();
  await net.add("a", "b");
  await net.cable("a", "b");
  const folder = await Deno.makeTempDir({ prefix: "ouro-" });
  await writePrograms(folder, ["oping"]);
  const own = `[eth-dix.e]\nbootstrap = "cable"\ndev = "to-b"\n`;
  const other = `[name.svc]\nprog = ["${folder}/oping"]\nargs = ["--listen"]\n` +
    `[eth-dix.e]\nbootstrap = "cable"\ndev = "to-a"\nreg = ["member-b"]\n`;
  await Deno.writeTextFile(
    `${folder}/a.conf`,
    `${own}[unicast.member-a]\nenrol = "member-b"\nautobind = true\nconn = ["member-b"]\n`,
  );
  await Deno.writeTextFile(
    `${folder}/b.conf`,
    `${other}[unicast.member-b]\nbootstrap = "net"\nautobind = true\nreg = ["svc"]\n`,
  );
  try {
    await using a = await Host.start({ within: net.on("a"), args: ["--config", `${folder}/a.conf`] });
    await a.irmd.waitFor(/IPCP member-a cannot be enrolled with member-b yet: /);
    await using b = await Host.start({ within: net.on("b"), args: ["--config", `${folder}/b.conf`] });
    await b.irmd.waitFor(/Registered svc in net/);
    await a.irmd.waitFor(/IPCP member-a is enrolled with member-b, after/);
    await a.irmd.waitFor(/Established Data Transfer connection between IPCP \d+ and member-b/);
    await a.ok("oping -n svc -c 3 -i 10ms");
    assert.doesNotMatch(await a.ok("irm ipcp list"), /Wanted/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
