/** @module */
import assert from "node:assert/strict";
import { pid } from "../../contract/ids.ts";
import { NotFoundError } from "../../contract/errors.ts";
import { worldWithLayer } from "../../testing/irmd/layer.ts";
import { hashOf } from "../../testing/irmd/plugins.ts";
import type { World } from "../../testing/irmd/world.ts";

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
  assert.match(
    asked.error?.message ?? "",
    /no process accepts flows for "x"; its program \/missing\/server cannot be started/,
  );
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

/** Asks for a flow and returns why there is none, once that is said. */
function refusalOf(world: World): string {
  const asked = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(50);
  return asked.error?.message ?? "";
}

Deno.test("a program that ends at once is started with growing pauses, and who asks is told so each time", () => {
  const world = startable("/bin/false");
  const starts: number[] = [];
  world.startProgram = (_start, of) => {
    starts.push(world.time.now());
    world.exit(of, 1);
  };
  assert.match(
    refusalOf(world),
    /its program \/bin\/false has ended with exit status 1 before it accepted a flow$|at the earliest$/,
  );
  assert.match(refusalOf(world), /with exit status 1 .*; it is started again in 0\.\d s at the earliest/);
  for (let count = 0; count < 2000; count++) {
    assert.match(refusalOf(world), /\/bin\/false has ended with exit status 1/);
  }
  const pauses = starts.slice(1).map((start, index) => start - starts[index]);
  assert(starts.length < 12, `${starts.length} starts in 100 s`);
  assert(pauses.every((pause, index) => index === 0 || pause > pauses[index - 1] * 1.5 || pause >= 30_000));
  const lines = world.log().filter((line) => line.includes("before it accepted a flow"));
  assert.equal(lines.length, starts.length);
  world.startProgram = (_start, of) => {
    world.connect("false", "application", of).ask("flow.accept", { token: TOKEN });
  };
  world.time.advance(30_000);
  assert.equal(refusalOf(world), "");
});

Deno.test("a program that was bound anew is started at once, whatever the one before has done", () => {
  const world = startable("/bin/false");
  world.startProgram = (_start, of) => world.exit(of, "SIGSEGV");
  for (let count = 0; count < 100; count++) assert.match(refusalOf(world), /was ended by SIGSEGV/);
  world.startProgram = (_start, of) => {
    world.connect("true", "application", of).ask("flow.accept", { token: TOKEN });
  };
  world.command("unbind.program", { name: "x", program: "/bin/false" });
  world.command("bind.program", { name: "x", program: "/bin/true", auto: true });
  assert.equal(refusalOf(world), "");
});

Deno.test("requests wait on for a process that is busy when another instance ends at once", () => {
  const world = startable();
  const busy = world.connect("server");
  busy.ask("flow.accept", { token: TOKEN });
  world.time.advance(5);
  assert.equal(refusalOf(world), "");
  world.startProgram = (_start, of) => world.exit(of, 1);
  const asked = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(1500);
  assert.equal(asked.answers.length, 0);
  busy.ask("flow.accept", { token: TOKEN });
  world.time.advance(50);
  assert.equal(asked.answers.length, 1);
  assert.equal(asked.error, undefined);
});

Deno.test("what the IRMd has started for a name serves it, whatever it calls itself, and so does what that starts", () => {
  for (const below of [false, true]) {
    const world = startable("/bin/server.ts");
    world.startProgram = (_start, of) => {
      const child = pid(of + 100);
      if (below) world.parents.set(child, of);
      world.connect("other", "application", below ? child : of).ask("flow.accept", { token: TOKEN });
      // A stranger that calls itself the same is none of it.
      world.connect("other").ask("flow.accept", { token: TOKEN });
    };
    assert.equal(refusalOf(world), "");
    assert.equal(world.programs.length, 1);
    world.command("unbind.program", { name: "x", program: "/bin/server.ts" });
    assert.match(refusalOf(world.connect("other") && world), /start one that is bound to it|^$/);
  }
});

Deno.test("a program that has not accepted yet is said to be on its way, and one instance is enough for all who ask", () => {
  const world = startable();
  const asked = Array.from({ length: 50 }, () => world.connect("client").ask("flow.allocate", { name: "x" }));
  world.time.advance(2100);
  for (const { error } of asked) {
    assert.match(
      error?.message ?? "",
      /its program \/bin\/server was started 2\.0 s ago and has not accepted a flow yet/,
    );
  }
  assert.equal(world.programs.length, 1);
});

for (
  const [kind, program, wordsFor] of [
    ["script", "/bin/deno", (name: string) => ["run", `/srv/${name}.ts`]],
    ["text", "/bin/sh", (name: string) => ["-c", `serve ${name}`]],
  ] as const
) {
  Deno.test(`what a runtime was started with for one name, a ${kind}, is no instance of what it runs for another`, () => {
    const world = worldWithLayer();
    for (const name of ["x", "y"]) {
      world.command("bind.program", { name, program, auto: true, arguments: wordsFor(name) });
      world.command("name.register", { name, layers: ["local_layer"] });
    }
    world.startProgram = ({ arguments: words }, of) => {
      world.executables.set(of, kind === "script" ? words[1] : "/bin/serve");
      world.connect("server", "application", of).ask("flow.accept", { token: TOKEN });
    };
    const client = world.connect("client");
    for (const name of ["x", "y"]) {
      const asked = client.ask("flow.allocate", { name });
      world.time.advance(20);
      assert.equal(asked.error, undefined);
    }
    assert.deepEqual(world.programs.map(({ start }) => start.arguments), ["x", "y"].map(wordsFor));
  });
}
