import assert from "node:assert/strict";
import { InvalidError, NotFoundError } from "../contract/errors.ts";
import { readTextUpTo } from "./files.ts";

const read = (path: string) => readTextUpTo(path, 1000);

Deno.test("a text is read whole, up to its limit", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/f`;
  await Deno.writeTextFile(file, "é".repeat(500));
  assert.equal(await read(file), "é".repeat(500));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what is no text of that length is refused: a folder, 100 MB, a device without end, bytes that are not UTF-8", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/f`;
  await Deno.writeTextFile(file, "");
  await Deno.truncate(file, 100_000_000);
  const refused = (path: string, message: RegExp) =>
    assert.rejects(
      read(path),
      (thrown) =>
        thrown instanceof InvalidError && message.test(thrown.message) && thrown.message.includes(path),
    );
  await refused(folder, /Is a directory/);
  await refused(file, /it has more than 1000 bytes/);
  await refused("/dev/zero", /it has more than 1000 bytes/);
  await Deno.writeFile(file, Uint8Array.of(0x61, 0x0a, 0xc3, 0xa9, 0x62, 0xff, 0x63));
  await refused(file, /line 2, column 3: this is not UTF-8/);
  await assert.rejects(read(`${folder}/none`), NotFoundError);
  await Deno.remove(folder, { recursive: true });
});
