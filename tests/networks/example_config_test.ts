/** The example of a configuration file, as it is, on a host with nothing but the loopback device. @module */
import assert from "node:assert/strict";
import type { PluginKind } from "../../core/contract/plugin_kind.ts";
import { planOf } from "../../core/irmd/config/plan.ts";
import { parseConfig } from "../../core/irmd/config/schema.ts";
import { BUILTINS } from "../../plugins/builtins.ts";
import { writePrograms } from "../support/bin.ts";
import { Host } from "../support/host.ts";
import { Namespaces, testWithHosts } from "../support/namespaces.ts";

const EXAMPLE = new URL("../../docs/examples/irmd.conf", import.meta.url);
/** Of its IPCPs: type, name, layer. */
const IPCPS = [
  "local local1 local1",
  "eth-llc ethl ethl1",
  "eth-dix eth1 eth1",
  "udp4 udp1 udp",
  "udp6 udp2 udp2",
  "broadcast bc1 broadcast",
  "broadcast bc2 broadcast",
  "unicast lan1 LAN",
  "unicast lan2 LAN",
];

const declarations = BUILTINS.map(({ declaration }) => declaration);
const policies = (kind: PluginKind) => declarations.filter((declaration) => declaration.kind === kind);

/** What a file asks for. */
const requests = (config: string): string[] =>
  planOf(parseConfig(config, "irmd.conf"), policies("ipcp"), policies)
    .map(({ method, params }) => JSON.stringify([method, params]));

testWithHosts("the example file sets up all that it names: layers of every type, and programs", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ouro-example-" });
  await using net = new Namespaces();
  await net.add("a");
  await writePrograms(folder, ["oping"]);
  // Where the programs are depends on the host.
  const text = (await Deno.readTextFile(EXAMPLE)).replaceAll('"/usr/bin/', `"${folder}/`);
  await Deno.writeTextFile(`${folder}/irmd.conf`, text);
  await using host = await Host.start({ within: net.on("a"), args: ["--config", `${folder}/irmd.conf`] });
  await host.irmd.waitFor(/Enrolled IPCP \d+ in layer (LAN|broadcast)\./, 2);
  await host.irmd.waitFor(/Established .* connection between IPCP \d+ and lan1\./, 2);
  await host.irmd.waitFor(/Registered \w+ in \w+ as/, 4);
  const listed = await host.ok("irm ipcp list");
  const rows = [...listed.matchAll(/^\|\s+\d+ \|\s+(\S+) \|\s+(\S+) \|\s+(\S+) \|$/gm)];
  assert.deepEqual(rows.map(([, name, type, layer]) => `${type} ${name} ${layer}`).sort(), [...IPCPS].sort());
  assert.doesNotMatch(listed, /Wanted/);
  assert.match(await host.ok("irm name list"), /\| +oping\.secure \| +round-robin \|/);
  const exported = requests(await host.ok("irm config export"));
  assert.deepEqual(requests(text).filter((request) => !exported.includes(request)), []);
  // Names that are registered and that no table makes.
  assert.deepEqual(
    exported.filter((request) => !requests(text).includes(request)).map((request) => request.split('"')[1]),
    ["name.create", "name.create", "name.create"],
  );
  // Its program is started for that.
  const { code, stdout, stderr } = await host.run("oping -n oping -c 1 -i 1ms");
  assert.equal(code, 0, stdout + stderr);
  await Deno.remove(folder, { recursive: true });
});
