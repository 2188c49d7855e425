/** @module */
import assert from "node:assert/strict";
import { ExistsError, InvalidError, NotFoundError } from "../../contract/errors.ts";
import { emptyWorld } from "../../testing/irmd/layer.ts";
import { type FakeProcess, World } from "../../testing/irmd/world.ts";

const program = (world: World, rest: Record<string, unknown> = {}) =>
  world.command("bind.program", { name: "x", program: "/bin/server", auto: false, arguments: [], ...rest });

/** The names that a process accepts flows for, newest binding first. */
function namesOf(world: World, process: FakeProcess): string[] {
  world.log();
  process.ask("flow.accept", { token: "0".repeat(32), timeout: 0 });
  return world.log().slice(2).map((line) => line.replace("irmd(DB):         ", ""));
}

Deno.test("all instances of a program inherit its names, those that run and those that come", () => {
  const world = new World();
  const before = world.connect("server");
  program(world);
  program(world, { name: "y" });
  const after = world.connect("server");
  const other = world.connect("client");
  assert.deepEqual(world.log(), [
    "irmd(II): Bound program /bin/server to name x.",
    `irmd(DB): Process ${before.pid} inherits name x from program server.`,
    "irmd(II): Bound program /bin/server to name y.",
    `irmd(DB): Process ${before.pid} inherits name y from program server.`,
    `irmd(DB): Process ${after.pid} inherits name x from program server.`,
    `irmd(DB): Process ${after.pid} inherits name y from program server.`,
  ]);
  assert.deepEqual([before, after, other].map((one) => namesOf(world, one)), [["y", "x"], ["y", "x"], []]);
});

Deno.test("a program is bound once to a name, by its absolute path", () => {
  const world = new World();
  program(world);
  assert(program(world).error instanceof ExistsError);
  assert(program(world, { program: "/other/server" }).error instanceof ExistsError);
  assert(program(world, { program: "server" }).error instanceof InvalidError);
  assert(program(world, { program: "/bin/" }).error instanceof InvalidError);
  assert(program(world, { name: "y", arguments: ["a\0b"] }).error instanceof InvalidError);
});

Deno.test("unbinding a program takes from its instances what they inherited, and only that", () => {
  const world = new World();
  program(world);
  program(world, { name: "y" });
  const process = world.connect("server");
  world.command("bind.process", { name: "x", pid: process.pid });
  assert.equal(world.command("unbind.program", { program: "server", name: "x" }).error, undefined);
  assert(world.log().includes("irmd(II): All names matching x unbound for server."));
  assert.deepEqual(namesOf(world, process), ["y", "x"]);
  assert.equal(world.command("unbind.program", { program: "/bin/server" }).error, undefined);
  assert(world.lines.concat(world.log()).includes("irmd(II): All names matching * unbound for server."));
  assert.deepEqual(namesOf(world, process), ["x"]);
  assert(world.command("unbind.program", { program: "server" }).error instanceof NotFoundError);
});

Deno.test("a process is bound by its pid, which must exist", () => {
  const world = new World();
  const process = world.connect("server");
  const bind = (pid: unknown) => world.command("bind.process", { name: "x", pid }).error;
  assert.equal(bind(process.pid), undefined);
  assert(bind(process.pid) instanceof ExistsError);
  assert(bind(4000) instanceof NotFoundError);
  assert(world.log().includes("irmd(EE): Process 4000 does not exist."));
  for (const wrong of [0, -1, 1.5, "7", 2 ** 40]) assert(bind(wrong) instanceof InvalidError);
  assert.equal(world.command("unbind.process", { pid: process.pid }).error, undefined);
  assert(world.log().includes(`irmd(II): All names matching * unbound for ${process.pid}.`));
  assert(world.command("unbind.process", { name: "x", pid: process.pid }).error instanceof NotFoundError);
});

Deno.test("a process may be bound before it connects; when it dies before, the binding goes", () => {
  const world = new World();
  world.strangers.add(4000).add(4001);
  for (const pid of [4000, 4001]) {
    assert.equal(world.command("bind.process", { name: "x", pid }).error, undefined);
  }
  const process = world.connect("server", "application", 4000);
  assert.deepEqual(namesOf(world, process), ["x"]);
  world.time.advance(5000);
  assert.equal(world.status().processes, 2);
  world.strangers.clear();
  world.time.advance(1000);
  assert.equal(world.status().processes, 1);
  world.starts.clear();
  process.end();
  assert.equal(world.status().processes, 0);
  assert.equal(world.time.settle(100_000), true);
});

Deno.test("a binding to a process lives while the process lives, also when it connects again", () => {
  const world = new World();
  program(world, { name: "y" });
  const first = world.connect("server", "application", 4000);
  world.command("bind.process", { name: "x", pid: 4000 });
  assert.deepEqual(namesOf(world, first), ["x", "y"]);
  first.end();
  world.time.advance(60_000);
  const again = world.connect("server", "application", 4000);
  assert.deepEqual(namesOf(world, again), ["y", "x"]);
  again.end();
  world.starts.delete(4000);
  world.time.advance(1000);
  assert(world.log().includes("irmd(DB): Dead process removed: 4000."));
  assert.equal(world.status().processes, 0);
  assert.equal(world.time.settle(100_000), true);
});

Deno.test("what is bound to a process does not go to who still holds a connection of a dead one with the same number", () => {
  const world = new World();
  const stranger = world.connect("x", "application", 4000, { uid: 65534 });
  world.starts.set(4000, 2);
  const server = world.connect("server", "application", 4000, { uid: 0, started: 2 });
  assert.equal(world.command("bind.process", { name: "secret", pid: 4000 }).error, undefined);
  assert.deepEqual([stranger, server].map((one) => namesOf(world, one)), [[], ["secret"]]);
  server.end();
  stranger.end();
  assert.equal(world.status().processes, 1, "the one that is bound and lives");
});

Deno.test("a name that a process gives itself proves nothing: it runs the file, for who has bound it or as root", () => {
  const world = new World();
  program(world);
  const users = [1000, 0, 65534].map((uid) => world.connect("server", "application", undefined, { uid }));
  assert.deepEqual(users.map((one) => namesOf(world, one)), [["x"], ["x"], []]);
  world.executables.set(4000, "/bin/server").set(4001, "/tmp/server");
  const [right, wrong] = [4000, 4001].map((pid) => world.connect("other", "application", pid));
  assert.deepEqual([right, wrong].map((one) => namesOf(world, one)), [["x"], []]);
  world.command("unbind.program", { program: "server" });
  assert.deepEqual(namesOf(world, right), []);
});

Deno.test("who binds a program says whose instances count, beside his own and those of root", () => {
  const world = new World();
  world.users.set("alice", 1001);
  program(world, { users: ["alice", "1002"] });
  const users = [1000, 0, 1001, 1002, 1003].map((uid) =>
    world.connect("server", "application", undefined, { uid })
  );
  assert.deepEqual(users.map((one) => namesOf(world, one)), [["x"], ["x"], ["x"], ["x"], []]);
  const { error } = world.command("bind.program", { name: "x", program: "/bin/other", users: ["bob"] });
  assert(error instanceof NotFoundError);
  assert.match(error.message, /there is no user "bob"/);
});

Deno.test("connections of different users are never of one process", () => {
  const world = new World();
  const root = world.connect("server", "application", 4000, { uid: 0 });
  const stranger = world.connect("server", "application", 4000, { uid: 65534 });
  world.command("bind.process", { name: "x", pid: 4000 });
  assert.deepEqual([root, stranger].map((one) => namesOf(world, one)), [["x"], []]);
});

Deno.test("each connection of a process that cannot be seen from here is a process of its own", () => {
  const world = new World();
  program(world);
  program(world, { name: "y", program: "/bin/other" });
  const server = world.connect("server", "application", 0);
  const other = world.connect("other", "application", 0);
  assert.deepEqual([server, other].map((one) => namesOf(world, one)), [["x"], ["y"]]);
  assert.equal(world.status().processes, 2);
  server.end();
  assert.deepEqual(namesOf(world, other), ["y"]);
  assert.equal(world.status().processes, 1);
});

Deno.test("a process that has ended is bound no more when its last connection ends", () => {
  const world = new World();
  const one = world.connect("server", "application", 4000);
  const two = world.connect("server", "application", 4000);
  world.command("bind.process", { name: "x", pid: 4000 });
  one.end();
  assert.deepEqual(namesOf(world, two), ["x"]);
  world.starts.delete(4000);
  two.end();
  assert(world.log().includes("irmd(DB): Dead process removed: 4000."));
  assert.deepEqual(namesOf(world, world.connect("server", "application", 4000)), []);
});

Deno.test("an IPCP is bound by its name", () => {
  const { world } = emptyWorld({});
  world.command("ipcp.create", { name: "u", type: "unicast" });
  const [ipcp] = world.ipcps;
  assert.equal(world.command("bind.ipcp", { name: "n", ipcp: "u" }).error, undefined);
  assert.deepEqual(namesOf(world, ipcp), ["n"]);
  assert.equal(world.command("unbind.ipcp", { name: "n", ipcp: "u" }).error, undefined);
  assert(world.command("unbind.ipcp", { ipcp: "u" }).error instanceof NotFoundError);
  assert(world.command("bind.ipcp", { name: "n", ipcp: "v" }).error instanceof NotFoundError);
});

Deno.test("an IPCP is no instance of the file that it runs, which may be that of a runtime; its own program's it is", () => {
  const { world } = emptyWorld({});
  world.command("ipcp.create", { name: "u", type: "unicast" });
  const [ipcp] = world.ipcps;
  world.executables.set(ipcp.pid, "/bin/deno");
  program(world, { program: "/bin/deno" });
  assert.deepEqual(namesOf(world, ipcp), []);
  program(world, { program: "/bin/ipcpd-normal" });
  assert.deepEqual(namesOf(world, ipcp), ["x"]);
});

Deno.test("of a runtime, the program is the script that it is told to run", () => {
  const world = new World();
  program(world, {
    program: "/bin/deno",
    arguments: ["run", "-c", "/etc/deno.json", "/srv/web.ts", "/etc/web.conf"],
  });
  program(world, { name: "y", program: "/usr/bin/python3.11" });
  world.executables.set(4000, "/srv/web.ts").set(4001, "/bin/deno").set(4002, "/usr/bin/python3.11");
  const processes = [4000, 4001, 4002].map((pid) => world.connect("any", "application", pid));
  assert.deepEqual(processes.map((one) => namesOf(world, one)), [["x"], [], ["y"]]);
  assert.equal(world.command("unbind.program", { program: "deno", name: "x" }).error, undefined);
  assert.deepEqual(namesOf(world, processes[0]), []);
});
