/** @module */
import assert from "node:assert/strict";
import { NotFoundError } from "../../contract/errors.ts";
import { worldWithLayer } from "../../testing/irmd/layer.ts";
import { hashOf, type World } from "../../testing/irmd/world.ts";

const TOKEN = "00112233445566778899aabbccddeeff";

function startable(program = "/bin/server"): World {
  const world = worldWithLayer();
  world.command("bind.program", { name: "x", program, auto: true, arguments: ["-l", "two words"] });
  world.command("name.register", { name: "x", layers: ["local_layer"] });
  world.log();
  return world;
}

Deno.test("a program is started at once when no instance runs, with the rights of who bound it", () => {
  const world = startable();
  world.startProgram = (_start, of) => {
    world.time.after(
      400,
      () => world.connect("server", "application", of).ask("flow.accept", { token: TOKEN }),
    );
  };
  const asked = Array.from({ length: 3 }, () => world.connect("client").ask("flow.allocate", { name: "x" }));
  world.time.advance(500);
  const { start, pid } = world.programs[0];
  assert.deepEqual(start, { path: "/bin/server", arguments: ["-l", "two words"], uid: 1000, gid: 100 });
  assert(world.log().includes(`irmd(II): Instantiated /bin/server as process ${pid}.`));
  assert.equal(world.programs.length, 1);
  assert.equal(asked.filter((one) => one.answers.length === 1 && !one.error).length, 1);
});

Deno.test("another instance is started when those that run are busy for 1000 ms", () => {
  const world = startable();
  world.startProgram = (_start, of) => {
    world.connect("server", "application", of).ask("flow.accept", { token: TOKEN });
  };
  const client = world.connect("client");
  client.ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  const second = client.ask("flow.allocate", { name: "x" });
  world.time.advance(900);
  assert.equal(world.programs.length, 1);
  world.time.advance(200);
  assert.equal(world.programs.length, 2);
  assert.equal(second.error, undefined);
  assert.equal(second.answers.length, 1);
});

Deno.test("a request waits 2000 ms in all, and a program that hangs is not started again", () => {
  const world = startable();
  const client = world.connect("client");
  const first = client.ask("flow.allocate", { name: "x" });
  world.time.advance(1990);
  assert.equal(first.answers.length, 0);
  world.time.advance(20);
  assert(first.error instanceof NotFoundError);
  client.ask("flow.allocate", { name: "x" });
  world.time.advance(2100);
  assert.equal(world.programs.length, 1);
  world.irmd.childExited(world.programs[0].pid, 1);
  client.ask("flow.allocate", { name: "x" });
  world.time.advance(10);
  assert.equal(world.programs.length, 2);
});

Deno.test("a program that cannot be started is said at once", () => {
  const world = startable("/missing/server");
  const asked = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  assert.match(asked.error?.message ?? "", /no process accepts flows for "x"; its program cannot be started/);
  const lines = world.log();
  assert(lines.includes("irmd(WW): Program /missing/server does not exist."));
  assert(lines.includes("irmd(EE): Could not start program for reg_entry x."));
  assert(lines.includes(`irmd(EE): No processes for ${hashOf("x")}.`));
});

Deno.test("the shutdown ends programs that were started", () => {
  const world = startable();
  world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(10);
  let closed = false;
  world.irmd.shutdown(() => closed = true);
  world.time.advance(20);
  assert(closed);
});
