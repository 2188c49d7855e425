/** A third party proves its plugins, and they load from their files. @module */
import assert from "node:assert/strict";
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
