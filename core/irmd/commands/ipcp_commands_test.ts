/** @module */
import assert from "node:assert/strict";
import {
  ExistsError,
  InvalidError,
  IpcpError,
  IpcpStateError,
  IpcpTypeError,
  NotFoundError,
} from "../../contract/errors.ts";
import { emptyWorld } from "../../testing/irmd/layer.ts";
import { World } from "../../testing/irmd/world.ts";

Deno.test("an IPCP is created, listed and destroyed; its name is free again", () => {
  const { world } = emptyWorld({});
  const { pid } = world.command("ipcp.create", { name: "a", type: "local" }).result;
  assert.deepEqual(world.command("ipcp.list").result, [{ pid, name: "a", type: "local", layer: null }]);
  assert(world.command("ipcp.create", { name: "a", type: "local" }).error instanceof ExistsError);
  world.log();
  assert.equal(world.command("ipcp.destroy", { name: "a" }).error, undefined);
  assert.deepEqual(world.log(), [`irmd(II): Destroyed IPCP ${pid}.`]);
  assert.match(
    world.command("ipcp.destroy", { name: "a" }).error?.message ?? "",
    /no IPCP "a"; there is none/,
  );
  assert(world.command("ipcp.create", { name: "a", type: "local" }).result.pid > pid);
});

Deno.test("an IPCP that ends, or never connects, is not created", () => {
  const { world } = emptyWorld({});
  const ends = world.tool.ask("ipcp.create", { name: "a", type: "local" });
  world.ipcps[0].ended = true;
  world.irmd.childExited(world.ipcps[0].pid, 3);
  assert.match(ends.error?.message ?? "", /has ended \(exit status 3\)/);
  const hangs = world.tool.ask("ipcp.create", { name: "a", type: "local" });
  const [, hanging] = world.ipcps;
  hanging.ended = true;
  world.time.advance(20_000);
  assert(hangs.error instanceof IpcpError);
  assert(world.log().includes(`irmd(EE): IPCP ${hanging.pid} failed to respond.`));
  assert.deepEqual(world.killed, [hanging.pid]);
  assert.equal(world.command("ipcp.create", { name: "a", type: "local" }).error, undefined);
});

Deno.test("an IPCP that does not shut down is killed after 3 s", () => {
  const { world } = emptyWorld({ silent: ["layer.shutdown"] });
  world.command("ipcp.create", { name: "a", type: "local" });
  const destroyed = world.tool.ask("ipcp.destroy", { name: "a" });
  assert(world.command("ipcp.destroy", { name: "a" }).error instanceof InvalidError);
  world.time.advance(2990);
  assert.equal(destroyed.answers.length, 0);
  world.time.advance(50);
  assert.equal(destroyed.error, undefined);
  assert(world.killed.includes(world.ipcps[0].pid));
});

Deno.test("an IPCP whose connection ended is killed when it goes on running", () => {
  const { world } = emptyWorld({});
  world.command("ipcp.create", { name: "a", type: "local" });
  world.ipcps[0].end();
  world.time.advance(3010);
  assert.deepEqual(world.killed, [world.ipcps[0].pid]);
});

Deno.test("the list has the order of the types, then of age, and filters", () => {
  const { world } = emptyWorld({});
  for (const [name, type] of [["u1", "unicast"], ["l1", "local"], ["u2", "normal"], ["l2", "local"]]) {
    world.command("ipcp.bootstrap", { name, type, layer: `layer_${name}` });
  }
  const names = (filter: Record<string, string>) => {
    const { result } = world.command("ipcp.list", filter);
    return Array.isArray(result) ? result.map(({ name }: { name: string }) => name) : [];
  };
  assert.deepEqual(names({}), ["l1", "l2", "u1", "u2"]);
  assert.deepEqual(names({ type: "normal" }), ["u1", "u2"]);
  assert.deepEqual(names({ name: "l1" }), ["l1"]);
  assert.deepEqual(names({ layer: "layer_*2" }), ["l2", "u2"]);
  assert.deepEqual(names({ type: "local", layer: "none" }), []);
  assert.match(world.command("ipcp.list", { type: "what" }).error?.message ?? "", /no plugin ipcp "what"/);
});

Deno.test("components are connected management first, disconnected last", () => {
  const { world } = emptyWorld({});
  world.command("ipcp.bootstrap", { name: "u", type: "unicast", layer: "l" });
  world.log();
  const [ipcp] = world.ipcps;
  const components = () => ipcp.requests.splice(0).map(({ method, params }) => [method, { ...params }]);
  components();
  const qos = {
    delay: 50,
    bandwidth: "9",
    availability: 0,
    loss: 1,
    ber: 1,
    inOrder: 0,
    maxGap: 1,
    timeout: 1,
  };
  world.command("ipcp.connect", { name: "u", destination: "v", component: "*", qos });
  const seen = ipcp.requests.map(({ params }) => ({ ...params }));
  assert.equal(seen[0].qos !== undefined && JSON.stringify(seen[0].qos).includes("4294967295"), true);
  assert.deepEqual(seen[1].qos, qos);
  assert.deepEqual(components().map(([method]) => method), ["layer.connect", "layer.connect"]);
  assert.deepEqual(world.log(), [
    "irmd(DB): Connecting Management to v.",
    `irmd(II): Established Management connection between IPCP ${ipcp.pid} and v.`,
    "irmd(DB): Connecting Data Transfer to v.",
    `irmd(II): Established Data Transfer connection between IPCP ${ipcp.pid} and v.`,
  ]);
  world.command("ipcp.disconnect", { name: "u", destination: "v", component: "*" });
  assert.deepEqual(world.log(), [
    `irmd(II): Data Transfer connection between IPCP ${ipcp.pid} and v torn down.`,
    `irmd(II): Management connection between IPCP ${ipcp.pid} and v torn down.`,
  ]);
});

Deno.test("connections are refused with a reason", () => {
  const { world } = emptyWorld({});
  world.command("ipcp.bootstrap", { name: "l", type: "local", layer: "l" });
  world.command("ipcp.create", { name: "u", type: "unicast" });
  const connect = (name: string, component: string) =>
    world.command("ipcp.connect", { name, destination: "v", component }).error;
  assert(connect("l", "dt") instanceof IpcpTypeError);
  assert(world.log().includes("irmd(EE): Cannot establish connections for this IPCP type."));
  assert(connect("u", "dt") instanceof IpcpStateError);
  assert(connect("u", "x*") instanceof InvalidError);
  assert(connect("none", "dt") instanceof NotFoundError);
});

Deno.test("statistics are those of the IPCP", () => {
  const { world } = emptyWorld({});
  world.command("ipcp.create", { name: "l", type: "local" });
  assert.deepEqual(world.command("ipcp.stats", { name: "l" }).result, { flows: 0 });
  world.command("ipcp.stats", { name: "l", path: "a/b" });
  assert.deepEqual(world.ipcps[0].requests.at(-1), { method: "layer.stats", params: { path: "a/b" } });
  world.ipcps[0].answers.set("layer.stats", () => {});
  assert.match(world.command("ipcp.stats", { name: "l" }).error?.message ?? "", /"l" gave no statistics/);
});

Deno.test("plugins are listed with their origin", () => {
  const { result } = new World().command("plugins.list");
  assert(Array.isArray(result));
  assert.deepEqual([result[0].name, result[0].origin, result.length], ["local", "built in", 4]);
});

Deno.test("faults of plugins that IPCPs tell of are added up, and listed with the plugin", () => {
  const { world } = emptyWorld({});
  world.command("ipcp.create", { name: "l", type: "local" });
  const fault = (faults: number, outOfUse: boolean) =>
    world.ipcps[0].tell("upper.fault", {
      kind: "ipcp",
      name: "local",
      file: "/etc/x.ts",
      faults,
      last: "mark: it threw Error: boom",
      outOfUse,
    });
  fault(1, false);
  fault(16, true);
  world.time.advance(5);
  const { result } = world.command("plugins.list");
  assert(Array.isArray(result));
  const { faults, lastFault, outOfUse } = result[0];
  assert.deepEqual({ faults, lastFault, outOfUse }, {
    faults: 17,
    lastFault: "mark: it threw Error: boom",
    outOfUse: true,
  });
  assert.equal(result[1].faults, undefined);
});
