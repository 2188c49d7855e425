/** @module */
import assert from "node:assert/strict";
import {
  InvalidError,
  IpcpStateError,
  IpcpTypeError,
  NotFoundError,
  PluginError,
} from "../../contract/errors.ts";
import { failure } from "../../contract/outcome.ts";
import { emptyWorld, type LayerManners } from "../../testing/irmd/layer.ts";
import type { World } from "../../testing/irmd/world.ts";

const bootstrap = (world: World, rest: Record<string, unknown>) =>
  world.command("ipcp.bootstrap", { name: "n1", layer: "net", options: {}, autobind: false, ...rest });

const listed = (world: World) => world.command("ipcp.list").result;

Deno.test("bootstrapping creates, binds and bootstraps; the log names the program as its type declares it", () => {
  const { world } = emptyWorld({});
  const { result } = bootstrap(world, { type: "unicast", autobind: true, options: { ttl: "7" } });
  const [ipcp] = world.ipcps;
  assert.deepEqual(result, { pid: ipcp.pid, created: true, bound: true });
  assert.deepEqual(world.log(), [
    `irmd(II): Created IPCP ${ipcp.pid}.`,
    `irmd(II): Bound process ${ipcp.pid} to name n1.`,
    `irmd(II): Bound process ${ipcp.pid} to name net.`,
    `irmd(II): Bootstrapped IPCP ${ipcp.pid} in layer net.`,
  ]);
  assert.deepEqual(ipcp.requests[0].params, { layer: "net", options: { ttl: "7" } });
  ipcp.ask("flow.accept", { token: "0".repeat(32) });
  assert.deepEqual(world.log(), [
    `irmd(DB): New instance (${ipcp.pid}) of ipcpd-normal added.`,
    "irmd(DB): This process accepts flows for:",
    "irmd(DB):         net",
    "irmd(DB):         n1",
  ]);
  assert.deepEqual(listed(world), [{ pid: ipcp.pid, name: "n1", type: "unicast", layer: "net" }]);
});

Deno.test("bootstrapping takes an IPCP that exists, of the same type, and only once", () => {
  const { world } = emptyWorld({});
  world.command("ipcp.create", { name: "n1", type: "unicast" });
  assert(bootstrap(world, { type: "local" }).error instanceof IpcpTypeError);
  assert.equal(bootstrap(world, { type: "normal" }).result.pid, world.ipcps[0].pid);
  const again = bootstrap(world, {});
  assert(again.error instanceof IpcpStateError);
  assert.match(again.error.message, /is in layer "net" already/);
  assert(bootstrap(world, { name: "n2" }).error instanceof NotFoundError);
  assert(bootstrap(world, { name: "n2", type: "what" }).error instanceof PluginError);
});

Deno.test("types that cannot be bound are bootstrapped without, and the answer says so", () => {
  const { world } = emptyWorld({});
  const { result } = bootstrap(world, { type: "local", autobind: true });
  assert.deepEqual(result, { pid: world.ipcps[0].pid, created: true, bound: false });
});

Deno.test("what failed is undone: bindings, and the IPCP when it was created for this", () => {
  for (const before of [false, true]) {
    const { world } = emptyWorld({});
    if (before) world.command("ipcp.create", { name: "n1", type: "unicast" });
    const animate = world.animate;
    const refuse = (ipcp: World["ipcps"][0]) =>
      ipcp.answers.set(
        "layer.bootstrap",
        (_params, reply) => reply(failure(new InvalidError("no such device"))),
      );
    world.animate = (ipcp) => {
      animate(ipcp);
      refuse(ipcp);
    };
    if (before) refuse(world.ipcps[0]);
    const failed = bootstrap(world, { type: "unicast", autobind: true });
    assert.match(failed.error?.message ?? "", /no such device/);
    const log = world.log();
    assert(log.includes("irmd(EE): Could not bootstrap IPCP."));
    assert.match(log.join("\n"), /The IPCP "n1" could not become a member: .*no such device/);
    const { pid } = world.ipcps[0];
    assert.deepEqual(listed(world), before ? [{ pid, name: "n1", type: "unicast", layer: null }] : []);
    assert(world.command("unbind.process", { pid }).error instanceof NotFoundError);
  }
});

Deno.test("enrollment binds to the own name before, and to the layer after", () => {
  const { world } = emptyWorld({ enrolls: "net" });
  const { result } = world.command("ipcp.enrol", { name: "n2", layer: "net", autobind: true });
  const { pid } = world.ipcps[0];
  assert.deepEqual(result, { layer: "net" });
  assert.deepEqual(world.log(), [
    `irmd(II): Created IPCP ${pid}.`,
    `irmd(II): Bound process ${pid} to name n2.`,
    `irmd(II): Enrolled IPCP ${pid} in layer net.`,
    `irmd(II): Bound process ${pid} to name net.`,
  ]);
  assert.deepEqual(world.ipcps[0].requests[0].params, { destination: "net" });
});

Deno.test("enrollment that fails, or leads into another layer, is undone", () => {
  const cases: [LayerManners, Record<string, unknown>, RegExp][] = [
    [{}, { destination: "nobody" }, /nobody is not known/],
    [
      { enrolls: "other" },
      { layer: "net" },
      /Enrollment destination does not match requested layer: "net" is in/,
    ],
    [{ silent: ["layer.enrol"] }, { layer: "net" }, /not answered within 20000 ms/],
  ];
  for (const [manners, params, message] of cases) {
    const { world } = emptyWorld(manners);
    assert.match(world.command("ipcp.enrol", { name: "n2", ...params }).error?.message ?? "", message);
    const { pid } = world.ipcps[0];
    assert(world.log().includes(`irmd(EE): Could not enroll IPCP ${pid}.`));
    assert.deepEqual(listed(world), []);
  }
});

Deno.test("an IPCP that was there stays in the layer that it got into", () => {
  const { world } = emptyWorld({ enrolls: "other" });
  world.command("ipcp.create", { name: "n2", type: "unicast" });
  const { error } = world.command("ipcp.enrol", { name: "n2", layer: "net" });
  assert(error instanceof IpcpStateError);
  assert.match(
    error.message,
    /not in "net"; the IPCP "n2" is in "other" now, destroy it to enroll it elsewhere$/,
  );
  const { pid } = world.ipcps[0];
  assert.deepEqual(listed(world), [{ pid, name: "n2", type: "unicast", layer: "other" }]);
});

Deno.test("enrollment needs a destination and a type that can", () => {
  const { world } = emptyWorld({});
  assert(world.command("ipcp.enrol", { name: "n2" }).error instanceof InvalidError);
  assert(
    world.command("ipcp.enrol", { name: "n2", type: "local", layer: "x" }).error instanceof IpcpTypeError,
  );
  assert.deepEqual(world.ipcps, []);
});

Deno.test("an IPCP that dies or is destroyed on its way into a layer fails the command", () => {
  for (const destroy of [false, true]) {
    const { world } = emptyWorld({ silent: ["layer.bootstrap"] });
    const asked = world.tool.ask("ipcp.bootstrap", { name: "n1", type: "local", layer: "net" });
    world.time.advance(10);
    if (destroy) world.command("ipcp.destroy", { name: "n1" });
    else world.ipcps[0].end();
    world.time.advance(10);
    assert.equal(asked.answers.length, 1);
    assert(asked.error);
    assert.deepEqual(listed(world), []);
  }
});
