import assert from "node:assert/strict";
import { ExistsError, NotFoundError } from "../../contract/errors.ts";
import { LockFile } from "./lock_file.ts";

const MODULE = new URL("./lock_file.ts", import.meta.url).href;

/** A process that takes the lock, says so, and ends with the signal or in order when its stdin ends. */
const owner = (path: string) =>
  new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { LockFile } from "${MODULE}";
       const lock = LockFile.acquire(Deno.args[0]);
       console.log("crashed", lock.crashed);
       await Deno.stdin.read(new Uint8Array(1));
       lock.release();`,
      path,
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();

async function firstLine(child: Deno.ChildProcess): Promise<string> {
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value).trim();
}

async function inFolder(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(`${folder}/irmd.lock`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const content = (path: string) => Deno.readTextFileSync(path);

/** Takes the lock and gives it back. */
function crashedOwner(path: string): number | undefined {
  const lock = LockFile.acquire(path);
  assert.equal(content(path), `${Deno.pid}\n`);
  assert.throws(() => LockFile.acquire(path), ExistsError);
  lock.release();
  assert.equal(content(path), "");
  return lock.crashed;
}

Deno.test("the second one is told who has it; after an orderly stop nothing is left", () =>
  inFolder(async (path) => {
    const child = owner(path);
    assert.equal(await firstLine(child), "crashed undefined");
    assert.throws(
      () => LockFile.acquire(path),
      (error) =>
        error instanceof ExistsError &&
        error.message.startsWith(`IRMd already running (${child.pid}), exiting. Use that one or stop it;`),
    );
    assert.equal(content(path), `${child.pid}\n`);
    await child.stdin.close();
    assert.equal((await child.status).code, 0);
    assert.equal(crashedOwner(path), undefined);
  }));

Deno.test("a killed owner has no lock any more, and the next one is told", () =>
  inFolder(async (path) => {
    const child = owner(path);
    await firstLine(child);
    child.kill("SIGKILL");
    await child.status;
    await child.stdin.close();
    assert.equal(crashedOwner(path), child.pid);
    assert.equal(crashedOwner(path), undefined);
  }));

Deno.test("nobody else may open the lock, to hold it before the next IRMd does, whatever mode it had", () =>
  inFolder((path) => {
    const mode = () => (Deno.statSync(path).mode ?? 0) & 0o777;
    crashedOwner(path);
    assert.equal(mode(), 0o600);
    Deno.chmodSync(path, 0o644);
    crashedOwner(path);
    assert.equal(mode(), 0o600);
    return Promise.resolve();
  }));

Deno.test("a lock whose file was removed is put back, unless another process has made one", () =>
  inFolder(async (path) => {
    const lock = LockFile.acquire(path);
    assert(!lock.putBack());
    await Deno.remove(path);
    assert(lock.putBack());
    assert.throws(() => LockFile.acquire(path), ExistsError);
    await Deno.remove(path);
    const child = owner(path);
    await firstLine(child);
    assert.throws(() => lock.putBack(), /another IRMd has made .* meanwhile; stop one of the two/);
    await child.stdin.close();
    await child.status;
    await Deno.remove(path);
    assert(lock.putBack());
    assert.equal(content(path), `${Deno.pid}\n`);
    lock.release();
  }));

Deno.test("children do not inherit the lock", () =>
  inFolder(async (path) => {
    const lock = LockFile.acquire(path);
    const child = new Deno.Command("sleep", { args: ["1000"], stdin: "null", detached: true }).spawn();
    lock.release();
    assert.equal(crashedOwner(path), undefined);
    child.kill("SIGKILL");
    await child.status;
  }));

Deno.test("a folder that is not there is an error that names the file", () => {
  assert.throws(
    () => LockFile.acquire("/does/not/exist/irmd.lock"),
    (error) => error instanceof NotFoundError && /exist\/irmd.lock/.test(error.message),
  );
});
