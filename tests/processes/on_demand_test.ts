/** Programs that the IRMd starts when they are needed: however they call themselves and whatever they start. @module */
import assert from "node:assert/strict";
import { pid } from "../../core/contract/ids.ts";
import { processTree } from "../../core/os/process/processes.ts";
import { type LocalHost, localHost, waitUntil } from "../support/local_layer.ts";

const MOD = new URL("../../mod.ts", import.meta.url).href;

const SERVER = `#!/usr/bin/env -S ${Deno.execPath()} run -A -q
import { accept } from "${MOD}";
for (;;) {
  const flow = await accept();
  (async () => {
    for await (const packet of flow) {
      packet[3] = 1; // An answer of oping.
      await flow.write(packet);
    }
    await flow.deallocate();
  })().catch(console.error);
}
`;

async function bound(host: LocalHost, file: string, text: string): Promise<void> {
  const path = `${host.programs}/${file}`;
  await Deno.writeTextFile(path, text);
  await Deno.chmod(path, 0o755);
  await host.ok(`irm bind program ${path} name svc auto`);
}

/** The pid of the only program that was started. */
function started(host: LocalHost): number {
  const lines = host.log.flatMap((line) => /Instantiated .* as process (\d+)/.exec(line)?.[1] ?? []);
  assert.equal(lines.length, 1, lines.join());
  return Number(lines[0]);
}

const scripts = (oping: string) => ({
  "server.ts": SERVER,
  "exec.sh": `#!/bin/sh\nexec ${oping} --listen\n`,
  "child.sh": `#!/bin/sh\n${oping} --listen\n`,
  "background.sh": `#!/bin/sh\n${oping} --listen &\n`,
});

for (const file of ["server.ts", "exec.sh", "child.sh", "background.sh"] as const) {
  Deno.test(`one instance of ${file} serves all who ask for what it was started for, and ends with the IRMd`, async () => {
    await using host = await localHost("svc");
    await bound(host, file, scripts(`${host.programs}/oping`)[file]);
    // The first who asks may be told that it is on its way: a loaded machine takes longer than his patience.
    const first = await host.ping("-n svc -c 1");
    const said = first.stdout + first.stderr;
    assert(first.code === 0 || /was started .* has not accepted a flow yet/.test(said), said);
    await host.irmd.waitFor(/accepts flows for:\n.* {8}svc/);
    for (let count = 0; count < 3; count++) await host.ok("oping -n svc -c 1 -i 1ms");
    const tree = processTree(pid(started(host)));
    assert(tree.length > 0);
    host.irmd.kill("SIGTERM");
    await host.irmd.ended;
    assert.deepEqual(tree.filter((one) => processTree(one).includes(one)), []);
  });
}

Deno.test("who asks for a name whose program fails is told how, nothing of it stays, and it is not started each time", async () => {
  await using host = await localHost("svc");
  await bound(host, "broken.sh", "#!/bin/sh\nsleep 1000 &\nexit 3\n");
  const answers = [];
  for (let count = 0; count < 5; count++) answers.push((await host.ping("-n svc -c 1")).stderr);
  for (const answer of answers) {
    assert.match(answer, /broken\.sh has ended with exit status 3 before it accepted a flow/);
  }
  const ids = host.log.flatMap((line) => /Instantiated .* as process (\d+)/.exec(line)?.[1] ?? []);
  assert(ids.length > 0);
  await waitUntil(
    () => ids.every((id) => processTree(pid(Number(id))).length === 0),
    "the end of what was started",
  );
});
