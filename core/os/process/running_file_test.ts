/** @module */
import assert from "node:assert/strict";
import { pid } from "../../contract/ids.ts";
import { runsFile } from "./running_file.ts";

/** Runs a program until its standard input ends. */
async function running(command: string[], look: (of: ReturnType<typeof pid>) => void): Promise<void> {
  const [program, ...args] = command;
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("ready\n"));
  await reader.read();
  try {
    look(pid(child.pid));
  } finally {
    await writer.close();
    await reader.cancel();
    await child.status;
  }
}

Deno.test("a process runs its executable, and no other; of a link with another name it says which one it is", async () => {
  const folder = await Deno.makeTempDir();
  const cat = await Deno.realPath("/bin/cat");
  await Deno.copyFile(cat, `${folder}/server`);
  await Deno.chmod(`${folder}/server`, 0o755);
  await Deno.symlink(`${folder}/server`, `${folder}/alias`);
  await running([`${folder}/server`], (of) => {
    assert.equal(runsFile(of, `${folder}/server`), true);
    assert.equal(runsFile(of, `${folder}/alias`), undefined);
    assert.equal(runsFile(of, `${folder}/none`), undefined);
    Deno.mkdirSync(`${folder}/other`);
    Deno.copyFileSync(`${folder}/server`, `${folder}/other/server`);
    assert.equal(runsFile(of, `${folder}/other/server`), false);
    Deno.removeSync(`${folder}/server`);
    Deno.copyFileSync(cat, `${folder}/server`);
    assert.equal(runsFile(of, `${folder}/server`), true, "it was replaced since");
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a process runs the script of its interpreter; of one that hands over with exec nothing is known", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/server`, "#!/bin/sh\nread word && echo $word && read word\n");
  await Deno.writeTextFile(`${folder}/wrapper`, "#!/bin/sh\nexec cat\n");
  for (const name of ["server", "wrapper"]) await Deno.chmod(`${folder}/${name}`, 0o755);
  await running([`${folder}/server`], (of) => {
    assert.equal(runsFile(of, `${folder}/server`), true);
    assert.equal(runsFile(of, `${folder}/wrapper`), undefined);
  });
  await running([`${folder}/wrapper`], (of) => assert.equal(runsFile(of, `${folder}/wrapper`), undefined));
  await Deno.remove(folder, { recursive: true });
});
