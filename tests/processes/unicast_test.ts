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

Deno.test("a line of three members", async (test) => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.line("a", "b", "c");
  await layer.pinged();
  await test.step("kill -9 of the member in the middle: it comes back, and the layer heals without a command", async () => {
    Deno.kill(await layer.pid("b"), "SIGKILL");
    await host.irmd.waitFor(/IPCP b is enrolled in layer net with a again/);
    await layer.untilReaches("a", ["b", "c"]);
    await layer.pinged();
    assert.equal(lastArrival(layer), await layer.pid("c"));
  });
  await test.step("a ring of members routes around a lost adjacency; a partition is told, and heals", async () => {
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

Deno.test("a layer of two members", async (test) => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.line("a", "b");
  await layer.pinged();
  await test.step("statistics tell of every component, as a tree and as JSON", async () => {
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
    for (const word of ["forwarding", "destination", "Data Transfer", "neighbour"]) {
      assert(tree.includes(word));
    }
  });
  await test.step("what cannot be is one clear error each, and the layer lives on", async () => {
    const wrong: [string, RegExp][] = [
      ["ipcp bootstrap type unicast name w layer w ttl 256", /Invalid value for ttl: "256"/],
      ["ipcp bootstrap type unicast name w layer w addr 8", /Invalid value for addr: "8"/],
      ["ipcp bootstrap type unicast name w layer w routing rip", /Unknown parameter for routing: "rip"/],
      ["ipcp bootstrap type unicast name w layer w dht_k 21", /Invalid value for dht_k: "21"/],
      ["ipcp enroll name w layer nowhere", /no layer knows the name "nowhere"/],
      ["ipcp enroll name w layer other dst a", /is in layer "net", not in "other"/],
      ["ipcp connect name b dst nobody", /no layer knows the name "nobody"/],
      ["ipcp connect name b dst b comp dt", /"b" is this IPCP itself/],
      ["ipcp connect name b dst a comp dt", /Data Transfer is connected to "a" already/],
      ["ipcp connect name b dst a comp tea", /no component matches "tea"/],
      ["ipcp connect name l dst a", /is of type local, which has no connections/],
      ["ipcp connect name w dst a", /there is no IPCP "w"/],
      ["ipcp disconnect name b dst nobody", /b has no such connection to nobody/],
    ];
    for (const [command, error] of wrong) {
      const { code, stdout, stderr } = await host.irm(command);
      assert.equal(code, 1, `irm ${command} ended with ${code}\n${stdout}${stderr}`);
      assert.match(stdout + stderr, error, command);
    }
    await layer.pinged();
  });
  await test.step("a member that is destroyed while it is connected leaves; it can enroll again under its name", async () => {
    await host.ok("irm ipcp destroy name b");
    await host.irmd.waitFor(/Management connection on fd \d+ is down/);
    await host.irmd.waitFor(/Data Transfer connection on fd \d+ is down/);
    const { unicast } = await layer.stats("a");
    assert.match(JSON.stringify(unicast), /"list":\[\]/);
    await layer.join("b", "a");
    await host.ok("irm name register svc ipcp b");
    await layer.pinged();
    const again = await host.irm("ipcp enroll name b layer net dst a");
    assert.equal(again.code, 1);
    assert.match(again.stderr + again.stdout, /"b" is in layer "net" already/);
  });
  await test.step("kill -9 of the member at the end of a flow: who makes it anew by hand finds it there, with its name", async () => {
    const client = host.spawn(["oping", "-n", "svc", "-i", "20ms", "-c", "100000"]);
    await client.waitFor(/seq=3 /);
    const dead = host.log.filter((line) => line.includes("Dead IPCP removed")).length;
    Deno.kill(await layer.pid("b"), "SIGKILL");
    await host.irmd.waitFor(/Dead IPCP removed/, dead + 1);
    client.kill("SIGINT");
    await client.ended;
    await layer.join("b", "a");
    await host.ok("irm name register svc ipcp b");
    await layer.pinged();
  });
  await test.step("a member that is destroyed tells the other ends of all its flows", async () => {
    await using client = await connect({ runtimeFolder: host.folder });
    const flows = await Promise.all(Array.from({ length: 8 }, () => client.allocate("svc")));
    await host.ok("irm ipcp destroy name b");
    for (const flow of flows) await assert.rejects(flow.read({ timeout: 10_000 }), FlowDownError);
  });
});
