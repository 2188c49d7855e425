/** Unicast layers of real processes: several hops, lost adjacencies, partitions, recursion, deaths. @module */
import assert from "node:assert/strict";
import { FlowDownError } from "../../core/contract/errors.ts";
import { connect } from "../../core/flow/client.ts";
import { UnicastHost } from "../support/unicast_layer.ts";

/** The IPCP that passed the last request for a flow up. */
function lastArrival({ host }: UnicastHost): number {
  const all = host.log.flatMap((line) => /Flow req arrived from IPCP (\d+)/.exec(line)?.[1] ?? []);
  return Number(all.at(-1));
}

Deno.test("three members in a line, over two local layers, carry flows over two hops", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await host.ok("irm ipcp bootstrap type local name m layer mm");
  await layer.first("a");
  await layer.join("b", "a", { over: "mm" });
  await layer.join("c", "b", { over: "none" });
  await host.ok("irm name register svc ipcp c");
  await layer.pinged();
  assert.equal(lastArrival(layer), await layer.pid("c"));
  const { unicast } = await layer.stats("b");
  assert.match(JSON.stringify(unicast), /"sent":\{"packets":[1-9]/);
});

Deno.test("a ring of members routes around a lost adjacency; a partition is told, and heals", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.line("a", "b", "c");
  await layer.connect("c", "a");
  await layer.pinged();
  await host.ok("irm ipcp disconnect name c dst a comp dt");
  await layer.untilReaches("a", ["b", "c"]);
  await layer.pinged();

  await host.ok("irm ipcp disconnect name c dst a");
  await host.ok("irm ipcp disconnect name c dst b");
  await layer.untilReaches("a", ["b"]);
  await layer.untilReaches("c", []);
  await layer.connect("c", "b");
  await layer.untilReaches("a", ["b", "c"]);
  await layer.pinged();
});

Deno.test("unicast on unicast on local: three layers deep, with the same commands", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.first("a");
  await layer.join("b", "a");
  await layer.first("x", { layer: "top", over: "net" });
  await layer.join("y", "x", { layer: "top", over: "net" });
  await layer.first("p", { layer: "peak", over: "top" });
  await layer.join("q", "p", { layer: "peak", over: "none" });
  await host.ok("irm name register svc ipcp q");
  await layer.pinged();
  assert.equal(lastArrival(layer), await layer.pid("q"));
  // What the top layer's member is connected over is a flow of the layer below.
  const { unicast } = await layer.stats("x");
  assert.match(JSON.stringify(unicast), /"flow allocator":\{"flows":\[\{/);
});

Deno.test("kill -9 of the member in the middle: it comes back, and the layer heals without a command", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.line("a", "b", "c");
  await layer.pinged();
  Deno.kill(await layer.pid("b"), "SIGKILL");
  await host.irmd.waitFor(/IPCP b is enrolled in layer net with a again/);
  await layer.untilReaches("a", ["b", "c"]);
  await layer.pinged();
  assert.equal(lastArrival(layer), await layer.pid("c"));
});

Deno.test("kill -9 of the member at the end of a flow: who makes it anew by hand finds it there, with its name", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.line("a", "b");
  const client = host.spawn(["oping", "-n", "svc", "-i", "20ms", "-c", "100000"]);
  await client.waitFor(/seq=3 /);
  Deno.kill(await layer.pid("b"), "SIGKILL");
  await host.irmd.waitFor(/Dead IPCP removed/);
  client.kill("SIGINT");
  await client.ended;
  await layer.join("b", "a");
  await host.ok("irm name register svc ipcp b");
  await layer.pinged();
});

Deno.test("a member that is destroyed while it is connected leaves; it can enroll again under its name", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.line("a", "b");
  await layer.pinged();
  await host.ok("irm ipcp destroy name b");
  await host.irmd.waitFor(/Management connection on fd \d+ is down/);
  await host.irmd.waitFor(/Data Transfer connection on fd \d+ is down/);
  const { unicast } = await layer.stats("a");
  assert.match(JSON.stringify(unicast), /"list":\[\]/);
  await layer.join("b", "a");
  await host.ok("irm name register svc ipcp b");
  await layer.pinged();
  const again = await host.run("irm ipcp enroll name b layer net dst a");
  assert.equal(again.code, 1);
  assert.match(again.stderr + again.stdout, /"b" is in layer "net" already/);
});

Deno.test("a member that is destroyed tells the other ends of all its flows", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.line("a", "b");
  await layer.pinged();
  await using client = await connect({ runtimeFolder: host.folder });
  const flows = await Promise.all(Array.from({ length: 8 }, () => client.allocate("svc")));
  await host.ok("irm ipcp destroy name b");
  for (const flow of flows) await assert.rejects(flow.read({ timeout: 10_000 }), FlowDownError);
});

Deno.test("statistics tell of every component, as a tree and as JSON", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.line("a", "b");
  await layer.pinged();
  const { ipcp, unicast } = await layer.stats("b");
  assert.deepEqual([ipcp.name, ipcp.type, ipcp.state, ipcp.layer, ipcp.hash], [
    "b",
    "unicast",
    "operational",
    "net",
    "SHA3_256",
  ]);
  assert.deepEqual(Object.keys(unicast), [
    "address",
    "policies",
    "routing",
    "forwarding",
    "data transfer",
    "flow allocator",
    "directory",
    "options",
    "connections",
    "enrollment",
  ]);
  const tree = await host.ok("irm ipcp stats name b");
  for (const word of ["forwarding", "destination", "Data Transfer", "neighbour"]) assert(tree.includes(word));
});

Deno.test("what cannot be is one clear error each, and the layer lives on", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.line("a", "b");
  const wrong: [string, RegExp][] = [
    ["irm ipcp bootstrap type unicast name w layer w ttl 256", /Invalid value for ttl: "256"/],
    ["irm ipcp bootstrap type unicast name w layer w addr 8", /Invalid value for addr: "8"/],
    ["irm ipcp bootstrap type unicast name w layer w routing rip", /Unknown parameter for routing: "rip"/],
    ["irm ipcp bootstrap type unicast name w layer w dht_k 21", /Invalid value for dht_k: "21"/],
    ["irm ipcp enroll name w layer nowhere", /no layer knows the name "nowhere"/],
    ["irm ipcp enroll name w layer other dst a", /is in layer "net", not in "other"/],
    ["irm ipcp connect name b dst nobody", /no layer knows the name "nobody"/],
    ["irm ipcp connect name b dst b comp dt", /"b" is this IPCP itself/],
    ["irm ipcp connect name b dst a comp dt", /Data Transfer is connected to "a" already/],
    ["irm ipcp connect name b dst a comp tea", /no component matches "tea"/],
    ["irm ipcp connect name l dst a", /is of type local, which has no connections/],
    ["irm ipcp connect name w dst a", /there is no IPCP "w"/],
    ["irm ipcp disconnect name b dst nobody", /b has no such connection to nobody/],
  ];
  for (const [command, error] of wrong) {
    const { code, stdout, stderr } = await host.run(command);
    assert.equal(code, 1, `${command} ended with ${code}\n${stdout}${stderr}`);
    assert.match(stdout + stderr, error, command);
  }
  await layer.pinged();
});
