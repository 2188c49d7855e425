/** @module */
import assert from "node:assert/strict";
import { worldWithLayer } from "../../testing/irmd/layer.ts";
import { hashOf } from "../../testing/irmd/plugins.ts";

const QOS = {
  delay: 0,
  bandwidth: "0",
  availability: 0,
  loss: 1,
  ber: 1,
  inOrder: 0,
  maxGap: 0,
  timeout: 0,
};

Deno.test("a flood of requests does not fill the log, which says how many lines are missing", () => {
  const world = worldWithLayer();
  world.command("name.register", { name: "x", layers: ["local_layer"] });
  const flood = (name: string, count: number) => {
    for (let index = 0; index < count; index++) {
      world.ipcps[0].ask("upper.request", { hash: hashOf(name), qos: QOS, data: "AA==" });
    }
  };
  world.log();
  // A request for a name is three lines: it has arrived, for which name, and why it is refused. One for no name is two.
  flood("x", 3000);
  flood("nobody", 500);
  assert.equal(world.log().length, 1000);
  world.time.advance(100);
  flood("x", 10);
  assert.deepEqual(world.log().map((line) => line.replace(/IPCP .*/, "IPCP …")), [
    "irmd(WW): 9000 lines on requests for flows are left out: there are too many.",
    "irmd(DB): Flow req arrived from IPCP …",
    "irmd(II): Flow request arrived for x.",
  ]);
  world.time.advance(60_000);
  world.log();
  flood("x", 1);
  assert.equal(world.log().length, 4);
});
