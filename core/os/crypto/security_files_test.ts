/** @module */
import assert from "node:assert/strict";
import { InternalError, OuroError } from "../../contract/errors.ts";
import { openLibc } from "../c/libc.ts";
import { systemSecurityFiles } from "./security_files.ts";

openLibc();
const encoder = new TextEncoder();

Deno.test("files are read once until they change; what is not there is not there", () => {
  const root = Deno.makeTempDirSync();
  try {
    const files = systemSecurityFiles(root);
    Deno.mkdirSync(`${root}/cacert/folder`, { recursive: true });
    assert.deepEqual([files.list("cacert"), files.list("untrusted")], [[], []]);
    for (const name of ["b", "a"]) Deno.writeFileSync(`${root}/cacert/${name}`, encoder.encode(name));
    assert.deepEqual(files.list("cacert"), ["a", "b"]);
    const first = files.read("cacert/a");
    assert.equal(new TextDecoder().decode(first), "a");
    assert.equal(files.read(`${root}/cacert/a`), first);
    Deno.writeFileSync(`${root}/cacert/a`, encoder.encode("other"));
    assert.equal(new TextDecoder().decode(files.read("cacert/a")), "other");
    Deno.removeSync(`${root}/cacert/a`);
    assert.deepEqual([files.read("cacert/a"), files.read("cacert/b/c")], [undefined, undefined]);
    assert.throws(
      () => files.read("cacert/folder"),
      (thrown) => thrown instanceof OuroError && !(thrown instanceof InternalError),
    );
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});
