/** A third party proves its plugins, and they load from their files. @module */
import assert from "node:assert/strict";
import { QOS } from "../../core/contract/qos.ts";
import { BringUp } from "../../core/sim/experiment/bring_up.ts";
import { ring } from "../../core/sim/experiment/topology.ts";
import { SimulatedLayer } from "../../core/sim/layer.ts";
import { Network } from "../../core/sim/network.ts";
import { openRegistry } from "../../core/registry/open_registry.ts";
import { BUILTINS } from "../../plugins/builtins.ts";
import { conformForwarding, conformHash, conformIpcp, conformRouting } from "./mod.ts";
import { silent } from "./suite.ts";
import distanceVector from "./third_party/distance_vector_routing.ts";
import fnv from "./third_party/fnv_hash.ts";
import last from "./third_party/last_forwarding.ts";
import loop from "./third_party/loop_ipcp.ts";

conformForwarding(last);
conformHash(fnv);
conformRouting(distanceVector, { options: { interval: "100" }, settle: 10_000 });
conformIpcp(loop, { options: { delay: "40" } });

Deno.test("plugins of a third party load from their files, beside the built-in ones", async () => {
  const files = ["fnv_hash.ts", "loop_ipcp.ts"].map((file) =>
    new URL(`third_party/${file}`, import.meta.url).pathname
  );
  const registry = await openRegistry(() => Promise.resolve(BUILTINS), files, silent);
  assert.equal(registry.find("ipcp", "loop").origin, files[1]);
  const hash = registry.make("hash", "FNV1A_64", {});
  assert.equal(hash.digest(new TextEncoder().encode("a")).toHex(), "af63dc4c8601ec8c");
});

Deno.test("a third party's type enrolls, with its options, and carries flows between its members", async () => {
  const file = new URL("third_party/pair_ipcp.ts", import.meta.url).pathname;
  const registry = await openRegistry(() => Promise.resolve(BUILTINS), [file], silent);
  const network = new Network({ topology: ring(2) });
  const layer = await SimulatedLayer.make({
    network,
    registry,
    seed: 1,
    type: "pair",
    options: { flows: "2" },
  });
  const bringUp = new BringUp(layer);
  bringUp.start();
  network.scheduler.advance(1000);
  assert.deepEqual([bringUp.complete, bringUp.failures], [true, []]);
  const [a, b] = layer.members.map(({ applications }) => applications);
  a.serve(layer.hash("echo"), (flow) => flow.onRead = (packet) => flow.write(packet), () => {});
  const echoed: number[] = [];
  const failed: string[] = [];
  for (let value = 1; value <= 3; value++) {
    b.allocate(layer.hash("echo"), QOS.raw, (outcome) => {
      if (!outcome.ok) return failed.push(outcome.error.message);
      outcome.value.onRead = ([byte]) => echoed.push(byte);
      outcome.value.write(Uint8Array.of(value));
    });
  }
  network.scheduler.advance(1000);
  assert.deepEqual(echoed, [1, 2]);
  assert.deepEqual(failed, ["there are 2 flows already"], "the new member has the option of the layer");
});
