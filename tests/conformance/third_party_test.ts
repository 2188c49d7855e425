/** A third party proves its plugins, and they load from their files. @module */
import assert from "node:assert/strict";
import { QOS } from "../../core/contract/qos.ts";
import { BringUp } from "../../core/sim/experiment/bring_up.ts";
import { ring } from "../../core/sim/experiment/topology.ts";
import { SimulatedLayer } from "../../core/sim/layer.ts";
import { Network } from "../../core/sim/network.ts";
import { openRegistry } from "../../core/registry/open_registry.ts";
import { SKELETONS } from "../../core/irm/plugin/skeletons.ts";
import { BUILTINS } from "../../plugins/builtins.ts";
import { SILENT } from "../../core/contract/ports.ts";

Deno.test("plugins of a third party load from their files, beside the built-in ones", async () => {
  const folder = await Deno.makeTempDir();
  const files = [`${folder}/hash.ts`, `${folder}/ipcp.ts`];
  await Deno.writeTextFile(files[0], SKELETONS.hash.plugin);
  await Deno.writeTextFile(files[1], SKELETONS.ipcp.plugin);
  const registry = await openRegistry(() => Promise.resolve(BUILTINS), files, SILENT);
  await Deno.remove(folder, { recursive: true });
  assert.equal(registry.find("ipcp", "loop").origin, files[1]);
  const hash = registry.make("hash", "FNV1A_64", {});
  assert.equal(hash.digest(new TextEncoder().encode("a")).toHex(), "af63dc4c8601ec8c");
});

Deno.test("a third party's type enrolls, with its options, and carries flows between its members", async () => {
  const file = new URL("third_party/pair_ipcp.ts", import.meta.url).pathname;
  const registry = await openRegistry(() => Promise.resolve(BUILTINS), [file], SILENT);
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
