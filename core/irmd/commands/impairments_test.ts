/** @module */
import assert from "node:assert/strict";
import { InvalidError, NotFoundError, NotSupportedError } from "../../contract/errors.ts";
import { failure, success } from "../../contract/outcome.ts";
import { emptyWorld } from "../../testing/irmd/layer.ts";

Deno.test("an IPCP is asked to impair, and its answer goes back", () => {
  const { world } = emptyWorld({});
  world.command("ipcp.create", { name: "x", type: "local" });
  const [ipcp] = world.ipcps;
  ipcp.answers.set("layer.impair", (_params, reply) => reply(success({ out: { settings: {} } })));
  const impairment = { loss: 0.5, seed: 1 };
  assert.deepEqual(world.command("ipcp.impair", { name: "x", direction: "out", impairment }).result, {
    out: { settings: {} },
  });
  assert.deepEqual(ipcp.requests.at(-1), {
    method: "layer.impair",
    params: { direction: "out", impairment },
  });
  ipcp.answers.set("layer.impair", (_params, reply) => reply(failure(new NotSupportedError("no"))));
  assert(world.command("ipcp.impair", { name: "x" }).error instanceof NotSupportedError);
  assert.deepEqual(ipcp.requests.at(-1)?.params, { direction: "both" });
});

Deno.test("what is wrong does not reach the IPCP", () => {
  const { world } = emptyWorld({});
  assert(world.command("ipcp.impair", { name: "x" }).error instanceof NotFoundError);
  world.command("ipcp.create", { name: "x", type: "local" });
  const before = world.ipcps[0].requests.length;
  for (
    const params of [
      {},
      { name: "x", direction: "up" },
      { name: "x", impairment: { loss: 2 } },
      { name: "x", impairment: "on" },
    ]
  ) assert(world.command("ipcp.impair", params).error instanceof InvalidError);
  assert.equal(world.ipcps[0].requests.length, before);
});
