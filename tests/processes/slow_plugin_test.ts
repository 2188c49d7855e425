/** A plugin that takes long for each packet: whoever asks its IPCP for something gets an answer. @module */
import assert from "node:assert/strict";
import { UnicastHost } from "../support/unicast_layer.ts";

/** Takes a millisecond for each packet. */
const SLOW = `
const wait = () => { for (const end = performance.now() + 1; performance.now() < end;); };
const flow = () => ({ sent: () => (wait(), 0), received: wait, update() {}, stats: () => ({}) });
export default {
  apiVersion: 1, kind: "congestion", name: "slow", description: "d", options: [],
  create: () => ({ mark: () => (wait(), 0), flow }),
};`;

Deno.test("the statistics of an IPCP are told while a policy takes a millisecond for each packet of a flood", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, SLOW);
    await using layer = await UnicastHost.start({ args: ["--plugin", file] });
    const { host } = layer;
    await host.ok("irm ipcp bootstrap type unicast name a layer net congestion slow autobind");
    await host.ok("irm name register a layer ll");
    await layer.join("b", "a");
    await host.ok("irm name create flood");
    await host.ok("irm name register flood ipcp b");
    const server = host.spawn(["ocbr", "--listen"]);
    await host.irmd.waitFor(/New instance \(\d+\) of ocbr added/);
    await host.ok(`irm bind process ${server.pid} name flood`);
    host.spawn("ocbr -n flood -f -s 64 -d 60".split(" "));
    // It is told of after two seconds; the IRMd waits as long for statistics.
    const slow = () => host.log.some((line) => /Plugin congestion "slow" \(\S+\) is slow/.test(line));
    while (!slow()) assert.match(await host.ok("irm ipcp stats name a as JSON"), /"congestion"/);
    for (let count = 0; count < 5; count++) await host.ok("irm ipcp stats name a as JSON");
  } finally {
    await Deno.remove(file);
  }
});
