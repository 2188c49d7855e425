import assert from "node:assert/strict";
import { InvalidError, NotFoundError, PermissionError } from "../../contract/errors.ts";
import { MAX_RUNTIME_FOLDER, RuntimeFolder } from "./runtime_folder.ts";

const find = (variables: Record<string, string>, uid: number) =>
  RuntimeFolder.find({ env: (name) => variables[name], uid }).path;

function inFolder(use: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const modeOf = (path: string): number => (Deno.lstatSync(path).mode ?? 0) & 0o7777;

Deno.test("the folder is found in the documented order", () => {
  const both = { OURO_RUNTIME_DIR: "/x/y/", XDG_RUNTIME_DIR: "/run/user/7" };
  assert.equal(find(both, 0), "/x/y");
  assert.equal(find(both, 7), "/x/y");
  assert.equal(find({ XDG_RUNTIME_DIR: "/run/user/7" }, 0), "/run/ouroboros");
  assert.equal(find({ XDG_RUNTIME_DIR: "/run/user/7", OURO_RUNTIME_DIR: "" }, 7), "/run/user/7/ouroboros");
  assert.throws(() => find({}, 7), /set OURO_RUNTIME_DIR to a folder that you own/);
});

Deno.test("clients look in the user's own folder, then in the system's, unless they are told where", () => {
  const search = (variables: Record<string, string>, uid: number) =>
    RuntimeFolder.search({ env: (name) => variables[name], uid }).map(({ path }) => path);
  const session = { XDG_RUNTIME_DIR: "/run/user/7" };
  assert.deepEqual(search(session, 7), ["/run/user/7/ouroboros", "/run/ouroboros"]);
  assert.deepEqual(search({}, 7), ["/run/ouroboros"]);
  assert.deepEqual(search(session, 0), ["/run/ouroboros"]);
  assert.deepEqual(search({ ...session, OURO_RUNTIME_DIR: "/x" }, 7), ["/x"]);
});

Deno.test("its files have the documented names", () => {
  const folder = new RuntimeFolder("/r");
  assert.deepEqual(
    [folder.lock, folder.irmdSocket, folder.adminSocket, folder.flows],
    ["/r/irmd.lock", "/r/irmd.sock", "/r/admin.sock", "/r/flows"],
  );
});

Deno.test("a relative path and one too long for sockets are refused in words", () => {
  assert.throws(() => new RuntimeFolder("x"), InvalidError);
  const longest = "/" + "é".repeat((MAX_RUNTIME_FOLDER - 2) / 2) + "x";
  assert.equal(new RuntimeFolder(longest).path, longest);
  assert.throws(
    () => new RuntimeFolder(longest + "x"),
    (error) => error instanceof InvalidError && /at most 84 bytes; this one has 85/.test(error.message),
  );
});

Deno.test("what is missing is made, with its mode whatever the umask", () =>
  inFolder((above) => {
    const folder = new RuntimeFolder(`${above}/r`);
    const before = Deno.umask(0o077);
    try {
      folder.create();
    } finally {
      Deno.umask(before);
    }
    assert.deepEqual([modeOf(folder.path), modeOf(folder.flows)], [0o755, 0o1733]);
    Deno.chmodSync(folder.path, 0o700);
    Deno.chmodSync(folder.flows, 0o1777);
    folder.create();
    assert.deepEqual([modeOf(folder.path), modeOf(folder.flows)], [0o700, 0o1733]);
    assert.deepEqual([...Deno.readDirSync(folder.path)].map((entry) => entry.name), ["flows"]);
  }));

Deno.test("a folder in which everybody may write is refused, as anybody could take the place of the IRMd there", () =>
  inFolder((above) => {
    const folder = new RuntimeFolder(`${above}/r`);
    folder.create();
    Deno.chmodSync(folder.path, 0o1777);
    assert.throws(
      () => folder.create(),
      (error) => error instanceof PermissionError && /chmod o-w/.test(error.message),
    );
    assert.equal(modeOf(folder.path), 0o1777, "what may be the folder of others keeps its mode");
  }));

Deno.test("what is in the way is named", () =>
  inFolder((above) => {
    Deno.writeTextFileSync(`${above}/file`, "");
    assert.throws(() => new RuntimeFolder(`${above}/file`).create(), /file is in the way and is no folder/);
    assert.throws(() => new RuntimeFolder(`${above}/file/r`).create(), InvalidError);
    assert.throws(() => new RuntimeFolder(`${above}/no/r`).create(), NotFoundError);
    Deno.mkdirSync(`${above}/linked`);
    Deno.symlinkSync("/etc", `${above}/linked/flows`);
    assert.throws(() => new RuntimeFolder(`${above}/linked`).create(), /flows is in the way/);
    Deno.mkdirSync(`${above}/foreign/flows`, { recursive: true });
    if (Deno.uid() !== 0) return;
    Deno.chownSync(`${above}/foreign/flows`, 65534, 65534);
    assert.throws(
      () => new RuntimeFolder(`${above}/foreign`).create(),
      // Whoever followed an advice to remove it would take the sockets of a running IRMd away.
      /foreign is used by user 65534; set OURO_RUNTIME_DIR to a folder of your own$/,
    );
  }));

Deno.test({
  name: "a folder that may not be written to is refused in words",
  // The kernel lets root write everywhere but in its own file systems.
  fn: () => {
    assert.throws(
      () => new RuntimeFolder("/proc/self/ouroboros").create(),
      (error) => error instanceof PermissionError || error instanceof NotFoundError,
    );
  },
});

Deno.test("sockets of the dead are removed, other files stay", () =>
  inFolder((above) => {
    const folder = new RuntimeFolder(`${above}/r`);
    folder.create();
    const paths = [folder.irmdSocket, `${folder.path}/.1234567`, `${folder.flows}/0123456789abcdef`];
    for (const path of paths) {
      const listener = Deno.listen({ transport: "unix", path: `${folder.path}/bound` });
      Deno.renameSync(`${folder.path}/bound`, path);
      listener.close();
    }
    Deno.writeTextFileSync(`${folder.flows}/note`, "");
    assert.equal(folder.removeStale(), 3);
    assert.equal(folder.removeStale(), 0);
    assert(Deno.lstatSync(`${folder.flows}/note`).isFile);
  }));
