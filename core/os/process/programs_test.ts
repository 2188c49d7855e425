import assert from "node:assert/strict";
import { NotFoundError, PermissionError } from "../../contract/errors.ts";
import { openLibc } from "../c/libc.ts";
import { findProgram, type SearchPlaces } from "./programs.ts";

openLibc();

/** A folder with `bin/tool`, `bin/oping` → `tool`, `bin/data` (not executable), `work/` and `link` → `bin`. */
function withTree(use: (folder: string, places: SearchPlaces) => void): void {
  const folder = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    Deno.mkdirSync(`${folder}/bin`);
    Deno.mkdirSync(`${folder}/work`);
    Deno.writeTextFileSync(`${folder}/bin/tool`, "#!/bin/sh\n", { mode: 0o755 });
    Deno.writeTextFileSync(`${folder}/bin/data`, "", { mode: 0o644 });
    Deno.symlinkSync("tool", `${folder}/bin/oping`);
    Deno.symlinkSync("bin", `${folder}/link`);
    use(folder, { folder: `${folder}/work`, path: `/does/not/exist:${folder}/link` });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const missing = (word: string) => (error: unknown) =>
  error instanceof NotFoundError && error.message === `${word} does not exist.`;
const refused = (word: string) => (error: unknown) =>
  error instanceof PermissionError && error.message === `Cannot execute ${word}, please check permissions.`;

Deno.test("relative paths, absolute paths and PATH; a link keeps its own name", () =>
  withTree((folder, places) => {
    assert.equal(findProgram("tool", places), `${folder}/bin/tool`);
    assert.equal(findProgram("oping", places), `${folder}/bin/oping`);
    assert.equal(findProgram("../bin/tool", places), `${folder}/bin/tool`);
    assert.equal(findProgram(`${folder}/link/oping`, places), `${folder}/bin/oping`);
    assert.equal(findProgram("tool", { folder: `${folder}/bin`, path: "" }), `${folder}/bin/tool`);
    assert.equal(findProgram("tool", { folder: `${folder}/bin`, path: ":/bin" }), `${folder}/bin/tool`);
  }));

Deno.test("a file in the current folder goes before PATH, unless it cannot be executed", () =>
  withTree((folder, places) => {
    Deno.mkdirSync(`${folder}/work/tool`);
    Deno.writeTextFileSync(`${folder}/work/oping`, "", { mode: 0o644 });
    assert.equal(findProgram("tool", places), `${folder}/bin/tool`);
    assert.equal(findProgram("oping", places), `${folder}/bin/oping`);
    Deno.chmodSync(`${folder}/work/oping`, 0o755);
    assert.equal(findProgram("oping", places), `${folder}/work/oping`);
  }));

Deno.test("what is not there, is a folder or may not be executed is refused with the reference's words", () =>
  withTree((folder, places) => {
    assert.throws(() => findProgram("nothing", places), missing("nothing"));
    assert.throws(() => findProgram("", places), missing(""));
    assert.throws(() => findProgram("bin/tool", places), missing("bin/tool"));
    assert.throws(() => findProgram("data", places), refused("data"));
    for (const word of [".", "..", "/", `${folder}/bin/`]) {
      assert.throws(() => findProgram(word, places), refused(word));
    }
    Deno.symlinkSync("gone", `${folder}/work/broken`);
    assert.throws(() => findProgram("./broken", places), missing("./broken"));
  }));
