import assert from "node:assert/strict";
import { unless, whyNoRoot } from "../../testing/left_out.ts";
import { InvalidError, NotFoundError, PermissionError } from "../../contract/errors.ts";
import { openLibc } from "../c/libc.ts";
import { programEnvironment } from "./program_environment.ts";
import { selfCommand, selfEnvironment } from "./self_command.ts";
import { type ProgramOptions, startProgram } from "./spawn.ts";

openLibc();

const MODULE = new URL("./spawn.ts", import.meta.url).href;
const ME: ProgramOptions = { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0, runtimeFolder: "/r" };
/** An entry point that starts itself as `child`, and as `child` says what it sees, and waits. */
const ENTRY = `
import { spawnSelf } from "${MODULE}";
const session = Deno.readTextFileSync("/proc/self/stat").split(") ")[1].split(" ")[3];
if (Deno.args[0] === "child") {
  console.log(JSON.stringify({
    args: Deno.args, session: Number(session), pid: Deno.pid, stdin: await Deno.stdin.read(new Uint8Array(1)),
    called: Deno.env.get("OURO_CALLED_AS") ?? null, own: Deno.env.get("OWN"), more: Deno.env.get("MORE"),
  }));
  if (Deno.args[1] === "leave") setInterval(() => {}, 1000);
} else {
  const child = spawnSelf("child", Deno.args, { stdout: "inherit", stderr: "inherit", env: { MORE: "more" } });
  if (Deno.args[0] === "leave") child.unref();
  else console.log(JSON.stringify({ parent: child.pid, ...await child.exited }), child.kill("SIGTERM"));
}`;

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the program starts itself however it was started", () => {
  const executable = "/x/deno";
  const words = (standalone: boolean, entry: string) => selfCommand({ standalone, executable, entry }).words;
  assert.deepEqual(words(true, "file:///x/main.ts"), []);
  assert.deepEqual(words(false, "file:///x/main.ts"), ["run", "-A", "-q", "file:///x/main.ts"]);
  assert.deepEqual(words(false, "file:///x/main.js"), [
    "run",
    "-A",
    "-q",
    "--no-config",
    "--no-npm",
    "file:///x/main.js",
  ]);
  assert.deepEqual(selfEnvironment({ OURO_CALLED_AS: "irmd", A: "1", B: "2" }, { B: "3" }), {
    A: "1",
    B: "3",
  });
});

Deno.test("a program whose executable was removed or replaced starts itself as it is, and says when its files are gone", () =>
  inFolder(async (folder) => {
    const [executable, main] = [`${folder}/runtime`, `${folder}/main.ts`];
    await Deno.copyFile(Deno.execPath(), executable);
    await Deno.chmod(executable, 0o755);
    await Deno.writeTextFile(
      main,
      `import { spawnSelf } from "${MODULE}";
      if (Deno.args[0] === "child") console.log("child", Deno.execPath());
      else {
        await Deno.rename("${executable}", "${executable}.old");
        await Deno.writeTextFile("${executable}", "#!/bin/sh\\necho another\\n", { mode: 0o755 });
        await Deno.remove("${executable}.old");
        await spawnSelf("child", [], { stdout: "inherit", stderr: "inherit" }).exited;
        await Deno.remove("${main}");
        try {
          spawnSelf("child", []);
        } catch (thrown) {
          console.log(thrown.code, thrown.message);
        }
      }`,
    );
    const { stdout } = await new Deno.Command(executable, {
      args: ["run", "-A", "-q", main],
      stderr: "inherit",
    }).output();
    const [child, failure] = new TextDecoder().decode(stdout).trim().split("\n");
    assert.match(child, /^child .*\(deleted\)$/);
    assert.match(failure, /^OURO_IRMD cannot start child: .*main\.ts is gone, .*; restart the IRMd$/);
  }));

Deno.test("it runs in a session of its own, without input, under no other name", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/main.ts`, ENTRY);
    const output = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "-q", `${folder}/main.ts`, "one", "two words"],
      env: { OURO_CALLED_AS: "irmd", OWN: "own" },
      stderr: "inherit",
    }).output();
    const [seen, ended] = new TextDecoder().decode(output.stdout).trim().split("\n");
    const { pid, session, ...rest } = JSON.parse(seen);
    assert.equal(session, pid);
    assert.deepEqual(rest, {
      args: ["child", "one", "two words"],
      stdin: null,
      called: null,
      own: "own",
      more: "more",
    });
    assert.equal(ended, `${JSON.stringify({ parent: pid, code: 0, signal: null })} false`);
  }));

Deno.test("a child that is left alone outlives its parent", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/main.ts`, ENTRY);
    const parent = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "-q", `${folder}/main.ts`, "leave"],
      stdout: "piped",
    }).spawn();
    assert.equal((await parent.status).code, 0);
    const reader = parent.stdout.getReader();
    const { pid } = JSON.parse(new TextDecoder().decode((await reader.read()).value));
    Deno.kill(pid, "SIGKILL");
    assert.equal((await reader.read()).done, true, "the output is closed when the child is gone");
  }));

Deno.test("a program ends by itself or by a signal", async () => {
  const child = startProgram("/bin/sh", ["-c", "exit 7"], ME);
  assert.deepEqual(await child.exited, { code: 7, signal: null });
  assert.equal(child.kill("SIGTERM"), false);
  const sleeper = startProgram("/bin/sleep", ["1000"], ME);
  assert.equal(sleeper.kill("SIGTERM"), true);
  assert.deepEqual(await sleeper.exited, { code: 143, signal: "SIGTERM" });
});

Deno.test("a program that cannot be started is an error that says why", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/data`, "no program", { mode: 0o644 });
    assert.throws(() => startProgram("sleep", [], ME), InvalidError);
    assert.throws(
      () => startProgram(`${folder}/none`, [], ME),
      (error) => error instanceof NotFoundError && error.message === `Program ${folder}/none does not exist.`,
    );
    assert.throws(
      () => startProgram(`${folder}/data`, [], ME),
      (error) =>
        error instanceof PermissionError && error.message === `Program ${folder}/data is not executable.`,
    );
    if (Deno.uid() === 0) return;
    assert.throws(() => startProgram("/bin/true", [], { ...ME, uid: 0 }), /runs as user/);
  }));

unless(whyNoRoot)(
  "a program gets the binder's rights, no other groups and nothing of the daemon's",
  () =>
    inFolder(async (folder) => {
      await Deno.chmod(folder, 0o777);
      const script = `{ cat /proc/self/status; pwd; env; } > ${folder}/seen`;
      // The daemon of this test has groups and a secret.
      const daemon = `
        import { startProgram } from "${MODULE}";
        const child = startProgram("/bin/sh", ["-c", Deno.args[0]], { uid: 65534, gid: 65533, runtimeFolder: "/r" });
        Deno.exitCode = (await child.exited).code;`;
      const { code } = await new Deno.Command("setpriv", {
        args: ["--groups", "5,6", Deno.execPath(), "eval", daemon, script],
        env: { SECRET: "secret", OURO_CALLED_AS: "irmd", LANG: "C" },
        stderr: "inherit",
      }).output();
      assert.equal(code, 0);
      const seen = await Deno.readTextFile(`${folder}/seen`);
      assert.match(seen, /^Uid:\s+65534\s+65534\s+65534\s+65534$/m);
      assert.match(seen, /^Gid:\s+65533\s+65533\s+65533\s+65533$/m);
      assert.match(seen, /^Groups:\s*$/m);
      assert.match(seen, /^CapEff:\s+0+$/m);
      assert.match(seen, /^\/\n/m);
      assert.match(seen, /^OURO_RUNTIME_DIR=\/r$/m);
      assert.match(seen, /^USER=nobody$/m);
      assert.doesNotMatch(seen, /secret|OURO_CALLED_AS/);
    }),
);

Deno.test("a program of the daemon's own user sees what the daemon sees, but for internals", () => {
  const daemon = {
    PATH: "/bin",
    HOME: "/root",
    TOKEN: "t",
    OURO_CALLED_AS: "irmd",
    OURO_RUNTIME_DIR: "/old",
  };
  assert.deepEqual(programEnvironment(daemon, "/r", { same: true }), {
    PATH: "/bin",
    HOME: "/root",
    TOKEN: "t",
    OURO_RUNTIME_DIR: "/r",
  });
  assert.deepEqual(programEnvironment(daemon, "/r", { same: false }), {
    PATH: "/bin",
    OURO_RUNTIME_DIR: "/r",
  });
});
