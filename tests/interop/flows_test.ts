/** Flows between a host of ours and one of the reference, over every type that both have. @module */
import assert from "node:assert/strict";
import { EDGE_TYPES } from "../support/networked_hosts.ts";
import { interop } from "./interop.ts";
import type { MixedHosts } from "./mixed_hosts.ts";

const scene = { ours: "a", theirs: "b", cables: ["ab"] };

for (const type of EDGE_TYPES) {
  interop(`flows over ${type}`, scene, async (hosts) => {
    const layer = await hosts.layerOver("ab", type);
    await hosts.serve("a", "ours", layer);
    await hosts.serve("b", "theirs", layer);
    await hosts.pinged("a", "theirs");
    await hosts.pinged("b", "ours");
    assert.match(await hosts.pinged("a", "theirs", "-c 3 -i 10ms -s 1400"), /1400 bytes from theirs/);
    assert.match(await hosts.pinged("b", "ours", "-c 3 -i 10ms -s 1400"), /1400 bytes from ours/);
    // Several at once, and all of them end on our side while others go on.
    const both = [["a", "theirs"], ["b", "ours"]].flatMap((pair) => [pair, pair, pair]);
    await Promise.all(both.map(([from, to]) => hosts.pinged(from, to, "-c 20 -i 20ms")));
    await hosts.pinged("a", "theirs");
    await hosts.pinged("b", "ours");
    assertIgnored(hosts, type.startsWith("eth") ? [4] : [3, 4]);
  });
}

interop("our server goes while their client uses it", scene, async (hosts) => {
  const layer = await hosts.layerOver("ab", "eth-dix");
  const server = await hosts.serve("a", "ours", layer);
  await hosts.pinged("b", "ours");
  const client = hosts.on("b").spawn("oping -n ours -c 1000 -i 10ms".split(" "));
  await server.waitFor(/New flow/, 2);
  server.kill();
  // The reference is not told, and waits for answers.
  assert.match((await client.ended).stdout, /Server timed out/);
  await hosts.serve("a", "ours", layer);
  await hosts.pinged("b", "ours");
  assertIgnored(hosts, [4]);
});

/** The host of the reference has met messages that only we send, and has gone on. */
function assertIgnored(hosts: MixedHosts, codes: readonly number[]): void {
  const { log } = hosts.on("b");
  for (const code of codes) {
    assert(
      log.some((line) => line.includes(`Unknown message received ${code}.`)),
      `no message of code ${code}`,
    );
  }
}
