/** Flows that the other side refuses. @module */
import assert from "node:assert/strict";
import { interop } from "./interop.ts";

interop(
  "theirs is told at once that nobody accepts at ours",
  { ours: "a", theirs: "b", cables: ["ab"] },
  async (hosts) => {
    const layer = await hosts.layerOver("ab", "eth-dix");
    await hosts.on("a").ok("irm name create ours");
    await hosts.register("a", "ours", layer);
    await hosts.on("b").ok("irm name create ours");
    const { code, stdout, stderr } = await hosts.on("b").run("oping -n ours -c 1");
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /Failed to allocate flow: -2\./);
  },
);

interop(
  "ours is told at once that theirs demands encryption",
  {
    ours: "a",
    theirs: "b",
    cables: ["ab"],
    security: { "server/theirs/enc.conf": "kex=X25519\n" },
    refuses: true,
  },
  async (hosts) => {
    const layer = await hosts.layerOver("ab", "eth-dix");
    await hosts.serve("b", "theirs", layer);
    const { code, stdout, stderr } = await hosts.pings("a", "theirs", "-c 1");
    assert.notEqual(code, 0);
    // Quirk 4 of shims: a refusal may be silence, and nothing can be asked of the IPCP any more.
    if (stderr.includes("cancelled")) return console.info("the refusal of the reference was silence");
    assert.match(stdout + stderr, /could not be agreed|authenticated/);
  },
);
