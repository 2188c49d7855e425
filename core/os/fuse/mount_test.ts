/** What stands in the way of a mount is told in words; what is mounted is read from the table of the kernel. @module */
import assert from "node:assert/strict";
import { InvalidError, NotFoundError } from "../../contract/errors.ts";
import { TestingTimers } from "../../testing/timers.ts";
import { openLibc } from "../c/libc.ts";
import { fuseCalls, mountFuse } from "./fuse_calls.ts";
import { prepareMountFolder } from "./mount_folder.ts";
import { mountsIn } from "./mount_table.ts";

openLibc();
fuseCalls();

Deno.test("where the kernel has no file systems of processes, the error says so", async () => {
  const settings = { folder: "/tmp", name: "ouroboros", uid: 0, gid: 0 };
  await assert.rejects(mountFuse(settings, "/does/not/exist"), (error) => {
    assert(error instanceof NotFoundError);
    assert.match(error.message, /^this system has no \/does\/not\/exist: load the module fuse/);
    return true;
  });
});

Deno.test("a folder is made and removed, one with something in it is refused", async () => {
  const above = await Deno.realPath(await Deno.makeTempDir());
  const prepare = (folder: string) => prepareMountFolder(folder, "ouroboros", new TestingTimers());
  try {
    const made = await prepare(`${above}/rib/`);
    assert.deepEqual([made.path, made.wasStale], [`${above}/rib`, false]);
    await made.remove();
    assert.deepEqual(await Array.fromAsync(Deno.readDir(above)), []);

    await Deno.mkdir(`${above}/mine`);
    await (await prepare(`${above}/mine`)).remove();
    assert.deepEqual(await Array.fromAsync(Deno.readDir(above), ({ name }) => name), ["mine"]);

    await Deno.writeTextFile(`${above}/mine/file`, "");
    await Deno.symlink(`${above}/mine`, `${above}/link`);
    await assert.rejects(
      prepare(`${above}/mine`),
      /mine is not empty \(it has file\): mount at another folder$/,
    );
    await assert.rejects(prepare(`${above}/mine/file`), InvalidError);
    await assert.rejects(prepare(`${above}/nono/rib`), NotFoundError);
    await assert.rejects(prepare("rib"), /rib is no folder to mount at/);
  } finally {
    await Deno.remove(above, { recursive: true });
  }
});

Deno.test("the table of mounts is read, with blanks in names", () => {
  const table = `22 1 0:21 / / rw,noatime shared:1 - ext4 /dev/sda1 rw
40 22 0:38 / /tmp/a\\040b ro,nosuid - fuse.ouroboros ouroboros ro,user_id=0
`;
  assert.deepEqual(mountsIn(table), [
    { folder: "/", type: "ext4" },
    { folder: "/tmp/a b", type: "fuse.ouroboros" },
  ]);
});
