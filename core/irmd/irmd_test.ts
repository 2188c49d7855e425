/** @module */
import assert from "node:assert/strict";
import { IrmdError, PermissionError, ProtocolError } from "../contract/errors.ts";
import { pid } from "../contract/ids.ts";
import { emptyWorld, worldWithLayer } from "../testing/irmd/layer.ts";
import { hashOf } from "../testing/irmd/plugins.ts";
import { FakeProcess } from "../testing/irmd/world.ts";

const TOKEN = "00112233445566778899aabbccddeeff";

Deno.test("the log of the first tutorial", () => {
  const { world } = emptyWorld({ splices: true });
  const hash = hashOf("oping_server");
  const bootstrap = { name: "local_1", type: "local", layer: "local_layer", options: {}, autobind: false };
  const ipcp = world.command("ipcp.bootstrap", bootstrap).result.pid;
  assert.deepEqual(world.log(), [
    `irmd(II): Created IPCP ${ipcp}.`,
    `irmd(II): Bootstrapped IPCP ${ipcp} in layer local_layer.`,
  ]);
  world.command("bind.program", {
    name: "oping_server",
    program: "/usr/bin/oping",
    auto: false,
    arguments: [],
  });
  assert.deepEqual(world.log(), ["irmd(II): Bound program /usr/bin/oping to name oping_server."]);
  const registered = world.command("name.register", {
    name: "oping_server",
    layers: ["local_layer"],
    ipcps: [],
  });
  assert.deepEqual(registered.result, ["local_1"]);
  assert.deepEqual(world.log(), [
    "registry(DB): Program oping cannot be auto-instantiated.",
    `irmd(II): Registered oping_server in local_layer as ${hash}.`,
  ]);
  const server = world.connect("oping");
  const accepted = server.ask("flow.accept", { token: TOKEN });
  const accepting = [
    `irmd(DB): New instance (${server.pid}) of oping added.`,
    "irmd(DB): This process accepts flows for:",
    "irmd(DB):         oping_server",
  ];
  assert.deepEqual(world.log(), [
    `irmd(DB): Process ${server.pid} inherits name oping_server from program oping.`,
    ...accepting,
  ]);
  const client = world.connect("oping");
  const allocated = client.ask("flow.allocate", { name: "oping_server" });
  assert.deepEqual(world.log(), [
    `irmd(DB): Process ${client.pid} inherits name oping_server from program oping.`,
    `irmd(DB): Flow req arrived from IPCP ${ipcp} for ${hash}.`,
    "irmd(II): Flow request arrived for oping_server.",
    "irmd(II): Flow on port_id 0 allocated.",
    "irmd(II): Flow on port_id 1 allocated.",
  ]);
  assert.deepEqual([allocated.result.flow, accepted.result.flow], [0, 1]);
  server.ask("flow.accept", { token: TOKEN });
  client.ask("flow.deallocate", { flow: 0 });
  world.time.advance(5);
  client.end();
  assert.deepEqual(world.log(), [
    ...accepting,
    `irmd(DB): Partial deallocation of port_id 0 by process ${client.pid}.`,
    `irmd(II): Completed deallocation of port_id 0 by process ${ipcp}.`,
    `irmd(DB): Dead process removed: ${client.pid}.`,
  ]);
  server.ask("flow.deallocate", { flow: 1 });
  assert.deepEqual(world.log(), [
    `irmd(DB): Partial deallocation of port_id 1 by process ${server.pid}.`,
    `irmd(II): Completed deallocation of port_id 1 by process ${ipcp}.`,
  ]);
});

Deno.test("only tools on the admin socket command", () => {
  const world = worldWithLayer();
  const application = world.connect("oping");
  assert(application.ask("ipcp.list").error instanceof PermissionError);
  const tool = new FakeProcess(world, pid(77), "irm", "tool", "public", 1000, 1);
  world.irmd.connected(tool);
  assert(tool.ask("name.create", { name: "x" }).error instanceof PermissionError);
  assert(tool.ask("flow.accept", { token: TOKEN }).error instanceof PermissionError);
  assert(application.ask("upper.request", { hash: "00" }).error instanceof PermissionError);
  assert(application.ask("no.such").error instanceof ProtocolError);
});

Deno.test("only a process that was started as an IPCP may be one, and once", () => {
  const world = worldWithLayer();
  assert.throws(() => world.connect("ipcpd-local", "ipcp"), PermissionError);
  const [ipcp] = world.ipcps;
  assert.throws(() => world.connect("ipcpd-local", "ipcp", ipcp.pid), PermissionError);
});

Deno.test("a notification that is wrong is logged, and nothing else", () => {
  const world = worldWithLayer();
  const application = world.connect("oping");
  application.tell("upper.down", { flow: 0, reason: "" });
  world.ipcps[0].tell("upper.allocated", { flow: "none" });
  world.ipcps[0].tell("upper.what", {});
  const lines = world.log();
  assert.equal(lines.length, 3);
  assert.match(lines[0], /upper.down of process \d+ ignored: only an IPCP may say that/);
  assert.match(lines[1], /flow must be a whole number/);
  assert.match(lines[2], /no notification upper.what/);
});

Deno.test("shutdown ends all children, tells applications, and refuses what is new", () => {
  const world = worldWithLayer();
  world.command("name.register", { name: "x", layers: ["local_layer"] });
  const server = world.connect("server");
  world.command("bind.process", { name: "x", pid: server.pid });
  server.ask("flow.accept", { token: TOKEN });
  const client = world.connect("client");
  client.ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  let closed = 0;
  world.irmd.shutdown((outcome) => {
    assert(outcome.ok);
    closed++;
  });
  assert.throws(() => world.connect("late"), IrmdError);
  assert(client.ask("flow.allocate", { name: "x" }).error instanceof IrmdError);
  world.time.advance(20);
  assert.equal(closed, 1);
  for (const end of [client, server]) assert.equal(end.notified.length, 1);
  assert(!world.log().some((line) => line.includes("Destroyed")));
  assert.deepEqual(world.killed, []);
});

Deno.test("shutdown ends IPCPs from the top: those below after those that have flows over them", () => {
  const { world } = emptyWorld({ splices: true });
  const bootstrap = (name: string, type: string) =>
    world.command("ipcp.bootstrap", { name, type, layer: `layer of ${name}`, options: {}, autobind: false });
  for (const [name, type] of [["low", "local"], ["middle", "unicast"], ["high", "unicast"]]) {
    void bootstrap(name, type).result;
  }
  const [low, middle, high] = world.ipcps;
  for (const [above, below] of [[middle, low], [high, middle]]) {
    const name = `over ${below.pid}`;
    world.command("name.register", { name, layers: [], ipcps: below === low ? ["low"] : ["middle"] });
    const server = world.connect("server");
    world.command("bind.process", { name, pid: server.pid });
    server.ask("flow.accept", { token: TOKEN });
    above.ask("flow.allocate", { name });
    world.time.advance(20);
  }
  world.log();
  let closed = 0;
  world.irmd.shutdown((outcome) => closed += Number(outcome.ok));
  world.time.advance(50);
  assert.equal(closed, 1);
  assert.deepEqual(world.log().filter((line) => /gone, deallocating/.test(line)), [
    `irmd(DB): Process ${high.pid} gone, deallocating flow 2.`,
    `irmd(DB): Process ${middle.pid} gone, deallocating flow 0.`,
  ]);
});

Deno.test("shutdown kills a child that does not end, and gives up on one that cannot be killed", () => {
  const { world, manners } = emptyWorld({ silent: ["layer.shutdown"] });
  world.command("ipcp.create", { name: "a", type: "local" });
  manners.silent = [];
  world.command("ipcp.create", { name: "b", type: "local" });
  const done: boolean[] = [];
  world.exit = () => {};
  world.irmd.shutdown((outcome) => done.push(outcome.ok));
  world.time.advance(5999);
  assert.deepEqual([world.killed.includes(world.ipcps[0].pid), done], [true, []]);
  world.time.advance(1);
  assert.deepEqual(done, [false]);
});

Deno.test("an IPCP's end is told once, whether its exit or the end of its connection comes first", () => {
  for (const exitFirst of [true, false]) {
    const { world } = emptyWorld({});
    world.command("ipcp.create", { name: "l", type: "local" });
    world.log();
    const [ipcp] = world.ipcps;
    if (exitFirst) world.irmd.childExited(ipcp.pid, "SIGKILL");
    ipcp.end();
    if (!exitFirst) world.irmd.childExited(ipcp.pid, "SIGKILL");
    const told = world.log().filter((line) => line.includes("removed"));
    assert.deepEqual(told, [`irmd(DB): Dead IPCP removed: ${ipcp.pid}.`]);
  }
});
