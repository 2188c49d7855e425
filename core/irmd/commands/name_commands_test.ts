/** @module */
import assert from "node:assert/strict";
import {
  ExistsError,
  InvalidError,
  IpcpError,
  IpcpStateError,
  NameError,
  NotFoundError,
  PermissionError,
  PluginError,
} from "../../contract/errors.ts";
import { failure } from "../../contract/outcome.ts";
import { emptyWorld } from "../../testing/irmd/layer.ts";
import { hashOf } from "../../testing/irmd/plugins.ts";
import { World } from "../../testing/irmd/world.ts";

/** IPCPs a and b in layer one, c in layer two, d in none. */
function layers(): World {
  const { world } = emptyWorld({});
  for (const [name, layer] of [["a", "one"], ["b", "one"], ["c", "two"]]) {
    world.command("ipcp.bootstrap", { name, type: "local", layer });
  }
  world.command("ipcp.create", { name: "d", type: "local" });
  world.log();
  return world;
}

Deno.test("names are created once, listed by prefix, and destroyed", () => {
  const world = new World();
  const paths = { scrtpath: "/etc/crt.pem" };
  assert.equal(world.command("name.create", { name: "b1", paths }).error, undefined);
  world.command("name.create", { name: "a", balancing: "spillover" });
  assert.deepEqual(world.log(), ["irmd(II): Created new name: b1.", "irmd(II): Created new name: a."]);
  assert.deepEqual(world.command("name.list").result, [
    { name: "a", balancing: "spillover" },
    { name: "b1", balancing: "round-robin" },
  ]);
  assert.deepEqual(world.command("name.list", { prefix: "b" }).result, [{
    name: "b1",
    balancing: "round-robin",
  }]);
  assert.equal(world.command("name.create", { name: "a" }).error, undefined);
  assert.equal(world.command("name.create", { name: "a", balancing: "spillover" }).error, undefined);
  assert(world.command("name.create", { name: "a", balancing: "round-robin" }).error instanceof ExistsError);
  assert(world.command("name.create", { name: "a", paths }).error instanceof ExistsError);
  assert(world.command("name.create", { name: "c", balancing: "x" }).error instanceof PluginError);
  assert(world.command("name.create", { name: "c", paths: { what: "/x" } }).error instanceof InvalidError);
  assert(world.command("name.create", { name: "c", paths: { scrtpath: "x" } }).error instanceof InvalidError);
  world.log();
  assert.equal(world.command("name.destroy", { name: "a" }).error, undefined);
  assert.deepEqual(world.log(), ["irmd(II): Destroyed name: a."]);
  assert(world.command("name.destroy", { name: "a" }).error instanceof NameError);
});

Deno.test("a name is registered once with every IPCP that a pattern matches, in order", () => {
  const world = layers();
  const { result } = world.command("name.register", { name: "x", layers: ["o*", "two"], ipcps: ["b", "c"] });
  assert.deepEqual(result, ["a", "b", "c"]);
  const hash = hashOf("x");
  assert.deepEqual(world.log(), [
    `irmd(II): Registered x in one as ${hash}.`,
    `irmd(II): Registered x in one as ${hash}.`,
    `irmd(II): Registered x in two as ${hash}.`,
  ]);
  assert.deepEqual(world.command("name.list").result, [{ name: "x", balancing: "spillover" }]);
});

Deno.test("a pattern that matches nothing is an error, and nothing is done", () => {
  const world = layers();
  const register = (rest: Record<string, unknown>) =>
    world.command("name.register", { name: "x", ...rest }).error;
  assert.match(
    register({ layers: ["one", "three"] })?.message ?? "",
    /no IPCP is in layer "three"; there are: one, two/,
  );
  assert.match(register({ ipcps: ["z*"] })?.message ?? "", /no IPCP "z\*"; there are: a, b, c, d/);
  assert(register({ ipcps: ["*"] }) instanceof IpcpStateError);
  assert(register({}) instanceof InvalidError);
  assert(register({ layers: new Array(129).fill("one") }) instanceof InvalidError);
  assert.deepEqual(world.command("name.list").result, []);
  assert(world.ipcps.every(({ requests }) => !requests.some(({ method }) => method === "layer.register")));
});

Deno.test("a registration that an IPCP refuses fails the command", () => {
  const world = layers();
  world.ipcps[1].answers.set("layer.register", (_params, reply) => reply(failure(new PermissionError("no"))));
  const { error } = world.command("name.register", { name: "x", layers: ["*"] });
  assert(error instanceof IpcpError);
  assert.match(error.message, /could not register "x" with the IPCP "b": no/);
  assert(
    world.log().includes(`irmd(EE): Could not register ${hashOf("x")} with IPCP ${world.ipcps[1].pid}.`),
  );
});

Deno.test("a name is unregistered where it is registered, also when it was destroyed", () => {
  const world = layers();
  world.command("name.register", { name: "x", ipcps: ["a", "c"] });
  world.command("name.destroy", { name: "x" });
  world.log();
  assert.deepEqual(world.command("name.unregister", { name: "x", layers: ["*"] }).result, ["a", "c"]);
  assert.deepEqual(world.log(), ["irmd(II): Unregistered x from one.", "irmd(II): Unregistered x from two."]);
  const again = world.command("name.unregister", { name: "x", layers: ["one"] }).error;
  assert(again instanceof NotFoundError);
  assert.match(again.message, /"x" is not registered with the IPCP "a", "b"/);
});

Deno.test("registrations go with the IPCP", () => {
  const world = layers();
  world.command("name.register", { name: "x", ipcps: ["c"] });
  world.command("ipcp.destroy", { name: "c" });
  world.command("ipcp.bootstrap", { name: "c", type: "local", layer: "two" });
  assert(world.command("name.unregister", { name: "x", ipcps: ["c"] }).error instanceof NotFoundError);
});
