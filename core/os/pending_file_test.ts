/** Tests of files that appear when they are whole. @module */
import assert from "node:assert/strict";
import { OuroError } from "../contract/errors.ts";
import { PendingFile } from "./pending_file.ts";

const inFolder = async (test: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await Deno.makeTempDir({ prefix: "ouro-pending-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
};
const names = (folder: string) => Array.fromAsync(Deno.readDir(folder), ({ name }) => name);

Deno.test("a file has its name when it is whole, and not before; what was there stays until then", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/x`;
    const given = await PendingFile.create(path);
    await given.writeText("half");
    await given.discard();
    assert.deepEqual(await names(folder), []);
    const first = await PendingFile.create(path);
    await first.writeText("one");
    assert.deepEqual((await names(folder)).includes("x"), false);
    await first.keep();
    await Deno.chmod(path, 0o640);
    await Deno.symlink(path, `${folder}/link`);
    const second = await PendingFile.create(`${folder}/link`);
    await second.writeText("two");
    assert.equal(await Deno.readTextFile(path), "one");
    await second.keep();
    await second.discard();
    assert.equal(await Deno.readTextFile(path), "two");
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o640);
    assert((await Deno.lstat(`${folder}/link`)).isSymlink);
    assert.deepEqual((await names(folder)).sort(), ["link", "x"]);
  });
});

Deno.test("what cannot be written is told at once, and a device is written in its place", async () => {
  await inFolder(async (folder) => {
    for (const path of [`${folder}/none/x`, folder]) {
      await assert.rejects(PendingFile.create(path), (thrown) => {
        assert(thrown instanceof OuroError);
        assert.match(thrown.message, new RegExp(`^cannot write ${path}`));
        assert.doesNotMatch(thrown.message, /\.part/);
        return true;
      });
    }
    const device = await PendingFile.create("/dev/null");
    await device.writeText("x");
    await device.keep();
    assert((await Deno.stat("/dev/null")).isCharDevice);
    const full = await PendingFile.create("/dev/full");
    await assert.rejects(full.writeText("x"), /cannot write \/dev\/full/);
    await full.discard();
  });
});
