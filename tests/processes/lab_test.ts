/** `ouro lab` with real processes. @module */
import assert from "node:assert/strict";
import { OURO } from "../support/host.ts";
import { Process } from "../support/process.ts";

const SCENARIO = `title = "Two hosts"
duration = "2s"
[topology]
links = [["a", "b"]]
[link]
rate = "4Mb"
[layer.net]
[layer.top]
[[flow]]
name = "f"
from = "a"
to = "b"
kind = "ping"
stop = "1s"
[[flow]]
name = "g"
from = "b"
to = "a"
kind = "greedy"
start = "1s"
`;

const namesIn = (folder: string): string[] => [...Deno.readDirSync(folder)].map(({ name }) => name);

/** The processes of a lab. */
function processesOf(lab: string): string[] {
  return namesIn("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) &&
        Deno.readTextFileSync(`/proc/${name}/environ`).includes(`OURO_LAB=${lab}\0`);
    } catch {
      return false;
    }
  });
}

Deno.test("a scenario is played by processes that UDP joins, what is under way at its end arrives, and nothing is left, also after the end of whoever made it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lab-" });
  const labs = `${folder}/ouro-lab-${Deno.uid()}`;
  const env = { TMPDIR: folder };
  try {
    await Deno.writeTextFile(`${folder}/f.toml`, SCENARIO);
    const words = [...OURO, "lab", `${folder}/f.toml`, "--loopback", "--json"];
    await using one = new Process(words, { env });
    const { code, stdout, stderr } = await one.ended;
    assert.equal(code, 0, stderr);
    const { simulated: { flows: [simulated] }, real: { flows: [real, greedy] } } = JSON.parse(stdout);
    assert.deepEqual([simulated.sent, simulated.lost, real.name], [10, 0, "f"], stdout);
    assert(real.sent - real.lost > 5 && real.delay.mean > 2, stdout);
    // Its socket holds several seconds of packets when it stops.
    assert(greedy.sent > 100 && greedy.lost < greedy.sent / 20, stdout);
    assert.deepEqual(namesIn(labs), []);

    await using other = new Process(words, { env });
    const end = Date.now() + 30_000;
    let lab = "";
    while (lab === "" || processesOf(lab).length < 4) {
      assert(Date.now() < end, "the second lab does not start");
      lab = namesIn(labs)[0] ?? "";
      await new Promise((done) => setTimeout(done, 20));
    }
    other.kill("SIGKILL");
    await other.ended;
    await using clean = new Process([...OURO, "lab", "clean"], { env });
    assert.equal((await clean.ended).stdout, "1 lab was removed.\n");
    assert.deepEqual([namesIn(labs), processesOf(lab)], [[], []]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
