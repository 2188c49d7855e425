/** Flows over UDP through address translation that gives another port in their middle. @module */
import assert from "node:assert/strict";
import { whyNoNamespaces } from "../../core/testing/namespace.ts";
import { unless, whyNoProgram } from "../../core/testing/left_out.ts";
import { type Flow, Ouroboros, QOS } from "../../mod.ts";
import { command, Namespaces } from "../support/namespaces.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";

/** Writes until the flow is down; gives why. */
async function downWhileWriting(flow: Flow): Promise<string> {
  for (;;) {
    try {
      await flow.write(Uint8Array.of(1));
    } catch (thrown) {
      assert(thrown instanceof Error);
      return thrown.message;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Rules for a host that shows others its own address, with one of these ports. */
const translation = (ports: string) =>
  `flush ruleset
table ip translation {
  chain out {
    type nat hook postrouting priority 100
    oifname "to-b" meta l4proto udp masquerade to :${ports}
  }
}`;

for (const [kind, qos] of [["raw", QOS.raw], ["reliable", QOS.data]] as const) {
  unless(whyNoNamespaces ?? whyNoProgram("nft"))(
    `a ${kind} flow whose address translation gives another port ends at both hosts, each with a reason`,
    async () => {
      await using hosts = await NetworkedHosts.start("anb", ["an", "nb"]);
      const { net } = hosts;
      const on = (host: string, ...words: string[]) => command(...net.on(host), ...words);
      const [own, peer] = [Namespaces.ip4("a", 1), Namespaces.ip4("b", 2)];
      const translate = (ports: string) => on("n", "nft", translation(ports));
      await on("n", "sysctl", "-qw", "net.ipv4.ip_forward=1");
      await net.ip("a", `route add ${peer} via ${Namespaces.ip4("n", 1)}`);
      await translate("40000-40100");
      const [a, b] = [hosts.on("a"), hosts.on("b")];
      await b.ok(`irm ipcp bootstrap type udp4 name u layer u ip ${peer}`);
      await a.ok(`irm ipcp bootstrap type udp4 name u layer u ip ${own} peer ${peer}`);
      await using server = await Ouroboros.connect({ runtimeFolder: b.folder, program: "server" });
      await using client = await Ouroboros.connect({ runtimeFolder: a.folder, program: "client" });
      await b.ok(`irm bind process ${Deno.pid} name svc`);
      await b.ok("irm name register svc layer u");
      const [there, here] = await Promise.all([server.accept(), client.allocate("svc", { qos })]);
      await here.write(Uint8Array.of(1));
      assert.deepEqual(await there.read(), Uint8Array.of(1));
      await translate("50000-50100");
      // The translation forgets what it knew.
      for (const state of ["down", "up"]) await net.ip("n", `link set to-b ${state}`);
      const reasons = await Promise.all([here, there].map(downWhileWriting));
      assert.match(reasons[0], /does not know the flow any more: .* or sees this host under another address/);
      assert.match(reasons[1], /the other end (sends from another address now|of the flow is gone)/);
      await Promise.allSettled([here.deallocate(), there.deallocate()]);
    },
  );
}
