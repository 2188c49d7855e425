/** Flows between two hosts when the IPCP at the edge of one of them dies, and is made anew. @module */
import assert from "node:assert/strict";
import { Ouroboros } from "../../mod.ts";
import { testWithHosts } from "../support/namespaces.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";

for (const type of ["udp4", "eth-dix"] as const) {
  testWithHosts(
    `kill -9 of an IPCP over ${type} ends the flow at the other host, with a reason, at its next packet`,
    async () => {
      await using hosts = await NetworkedHosts.start("ab", ["ab"]);
      const layer = await hosts.layerOver("ab", type);
      const [a, b] = [hosts.on("a"), hosts.on("b")];
      await using server = await Ouroboros.connect({ runtimeFolder: b.folder, program: "server" });
      await using client = await Ouroboros.connect({ runtimeFolder: a.folder, program: "client" });
      await b.ok(`irm bind process ${Deno.pid} name svc`);
      await b.ok(`irm name register svc layer ${layer}`);
      const [there, here] = await Promise.all([server.accept(), client.allocate("svc")]);
      const [, pid] = /\| +(\d+) \|/.exec(await b.ok("irm ipcp list")) ?? [];
      Deno.kill(Number(pid), "SIGKILL");
      await assert.rejects(there.read(), { name: "FlowDownError" });
      await b.irmd.waitFor(/is bootstrapped in layer .* again/);
      await here.write(Uint8Array.of(1));
      await assert.rejects(here.read(), /the other end does not know the flow any more/);
      await Promise.all([here.deallocate(), there.deallocate()]);
    },
  );
}

testWithHosts(
  "kill -9 of an IPCP at the edge: the unicast layer over it heals at both hosts, without a command",
  async () => {
    await using hosts = await NetworkedHosts.start("ab", ["ab"]);
    const layer = await hosts.layerOver("ab", "udp4");
    await hosts.first("a", [layer]);
    await hosts.join("b", "a", [layer]);
    await hosts.serve("a", "net");
    await hosts.pinged("b");
    const a = hosts.on("a");
    const [, pid] = /\| +(\d+) \| +udp4/.exec(await a.ok("irm ipcp list")) ?? [];
    Deno.kill(Number(pid), "SIGKILL");
    await a.irmd.waitFor(/is bootstrapped in layer .* again/);
    await hosts.pinged("b");
  },
);
