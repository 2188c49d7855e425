/** @module */
import assert from "node:assert/strict";
import { pid } from "../../contract/ids.ts";
import { ExistsError, TimedOutError } from "../../contract/errors.ts";
import { failure } from "../../contract/outcome.ts";
import { actAsLayer } from "../../testing/irmd/layer.ts";
import { World } from "../../testing/irmd/world.ts";

const TOKEN = "00112233445566778899aabbccddeeff";
const SERVER = pid(77);

/** An IRMd that was started after the one that has kept `commands`; the server runs on, or another process has its number. */
function restarted(commands?: string, { startTime = 1, forget = false } = {}): World {
  const world = new World(undefined, undefined, commands);
  world.animate = (ipcp) => actAsLayer(world, ipcp, { splices: true });
  world.strangers.add(SERVER);
  world.starts.set(SERVER, startTime);
  world.irmd.restore(forget);
  return world;
}

const bootstrap = (world: World) =>
  world.command("ipcp.bootstrap", { type: "local", name: "l", layer: "ll", options: {}, autobind: false })
    .result;

const COMMANDS = [
  ["name.create", { name: "x", balancing: "round-robin" }],
  ["bind.process", { name: "x", pid: SERVER }],
  ["bind.program", { name: "y", program: "/bin/server", auto: true, arguments: ["-l"] }],
  ["name.register", { name: "x", layers: ["ll"] }],
  ["name.register", { name: "y", layers: ["ll"] }],
] as const;

/** A host on which all that was bound and registered. */
function used(): World {
  const world = restarted();
  bootstrap(world);
  for (const [method, params] of COMMANDS) world.command(method, params).result;
  return world;
}

const allocate = (world: World, name: string) => {
  const asked = world.connect("client").ask("flow.allocate", { name });
  world.time.advance(3000);
  return asked;
};

Deno.test("what was bound and registered by command is there again after a restart, as soon as its layer is", () => {
  const world = restarted(used().commands);
  bootstrap(world);
  world.time.advance(600);
  world.connect("server", "application", SERVER).ask("flow.accept", { token: TOKEN });
  assert.equal(allocate(world, "x").error, undefined);
  world.startProgram = (_start, of) => {
    world.connect("server", "application", of).ask("flow.accept", { token: TOKEN });
  };
  assert.equal(allocate(world, "y").error, undefined);
  assert.deepEqual(world.programs.map(({ start }) => start), [
    { path: "/bin/server", arguments: ["-l"], uid: 1000, gid: 100 },
  ]);
  assert.deepEqual(world.command("name.list").result, [
    { name: "x", balancing: "round-robin" },
    { name: "y", balancing: "spillover" },
  ]);
});

Deno.test("a registration that fails after a restart is tried on, and told as missing until it is there", () => {
  const world = restarted(used().commands);
  let refuses = true;
  world.animate = (ipcp) => {
    actAsLayer(world, ipcp, { splices: true });
    const register = ipcp.answers.get("layer.register");
    ipcp.answers.set("layer.register", (params, reply) => {
      if (refuses) reply(failure(new TimedOutError("nobody answers")));
      else register?.(params, reply);
    });
  };
  bootstrap(world);
  world.time.advance(20_000);
  const missing = () => (world.status().missing ?? []).map(({ what }) => what);
  assert.deepEqual(missing(), ["registered for x", "registered for y"]);
  refuses = false;
  world.time.advance(3000);
  assert.deepEqual(missing(), []);
  assert.equal(world.log().filter((line) => line.includes("cannot be registered for x yet")).length, 1);
});

Deno.test("it is kept over a second restart, and what was taken back is not", () => {
  const first = restarted(used().commands);
  bootstrap(first);
  first.time.advance(600);
  first.command("unbind.program", { name: "y", program: "/bin/server" }).result;
  first.command("name.unregister", { name: "y", layers: ["ll"] }).result;
  const second = restarted(first.commands);
  bootstrap(second);
  second.time.advance(600);
  second.connect("server", "application", SERVER).ask("flow.accept", { token: TOKEN });
  assert.equal(allocate(second, "x").error, undefined);
  assert.match(allocate(second, "y").error?.message ?? "", /no layer knows the name/);
});

Deno.test("whoever gives the same commands by hand after a restart finds that they are done, once", () => {
  for (const wait of [0, 600]) {
    const world = restarted(used().commands);
    bootstrap(world);
    world.time.advance(wait);
    for (const [method, params] of COMMANDS) {
      assert.equal(world.command(method, params).error, undefined, method);
    }
    assert(world.command("bind.process", { name: "x", pid: SERVER }).error instanceof ExistsError);
  }
});

Deno.test("a binding to a process is not given to another process that has its number", () => {
  const world = restarted(used().commands, { startTime: 2 });
  bootstrap(world);
  world.time.advance(600);
  world.connect("stranger", "application", SERVER).ask("flow.accept", { token: TOKEN });
  assert.match(allocate(world, "x").error?.message ?? "", /no process accepts flows/);
});

Deno.test("what the configuration file asks for is not kept, and counts more than what was", () => {
  const before = used();
  const world = new World(undefined, undefined, before.commands);
  world.strangers.add(SERVER);
  const faults: unknown[] = [];
  const plan = [{ method: "name.create", params: { name: "x", balancing: "spillover", paths: {} } }];
  world.irmd.follow(world.tool, plan, (error) => faults.push(error));
  world.irmd.restore(false);
  world.time.advance(10);
  assert.deepEqual(faults, []);
  assert.deepEqual(world.command("name.list").result, [{ name: "x", balancing: "spillover" }]);
});

Deno.test("it can be forgotten, and a file that is damaged is told", () => {
  const world = restarted(used().commands, { forget: true });
  assert.deepEqual(world.command("name.list").result, []);
  assert.deepEqual(restarted(world.commands).command("name.list").result, []);
  for (const damaged of ["", "{", '{"commands": [{"method": "ipcp.destroy"}]}', '{"commands": 1}']) {
    assert.match(restarted(damaged).log().join("\n"), /What was bound and registered before cannot be read/);
  }
});
