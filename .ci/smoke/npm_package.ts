/**
 * The package for npm in an empty folder: an application under Node and under Deno, and a plugin's author.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Host } from "../../tests/support/host.ts";
import { Process } from "../../tests/support/process.ts";
import { run } from "../programs.ts";

const FILES = {
  "server.ts": `import { accept, isReliable } from "@ouro/ouro";
    console.log("serves");
    for (;;) {
      const flow = await accept();
      for await (const packet of flow) await flow.write(packet);
      console.log(isReliable(flow.qos) ? "reliable" : "unreliable");
      await flow.deallocate();
    }`,
  "client.ts": `import { allocate, NameError, QOS } from "@ouro/ouro";
    const sent = new Uint8Array(100_000).map((_, index) => index);
    for (const { qos, length } of [{ qos: QOS.raw, length: 100 }, { qos: QOS.data, length: sent.length }]) {
      const flow = await allocate("echo", { qos });
      await flow.write(sent.subarray(0, length));
      const back = await flow.read();
      console.log(back.length, back.every((byte, index) => byte === sent[index]));
      await flow.deallocate();
    }
    await allocate("nobody").catch((error) => console.log(error instanceof NameError, error.name, error.code));`,
  "hash.ts": `import type { Plugin } from "@ouro/ouro";
    import { conformHash } from "@ouro/ouro/conformance";
    const plugin: Plugin<"hash"> = {
      kind: "hash", name: "SUM", apiVersion: 1, description: "the sum of all bytes, 16 times", options: [],
      create: () => ({
        length: 16,
        digest: (bytes) => new Uint8Array(16).fill(bytes.reduce((sum, byte) => (sum * 31 + byte) & 255, 7)),
      }),
    };
    // @ts-expect-error There is no such kind.
    const wrong: Plugin<"nonsense"> | undefined = undefined;
    conformHash(plugin);
    export default wrong ?? plugin;`,
};
const SAID = "100 true\n100000 true\ntrue NameError OURO_NAME\n";

/** Installs the package in an empty folder and tries what it is for. */
export async function tryPackage(path: string, folder: string): Promise<void> {
  await Deno.mkdir(folder);
  for (const [name, text] of Object.entries(FILES)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    // What has no types is the same in JavaScript.
    if (!name.startsWith("hash")) await Deno.writeTextFile(`${folder}/${name.replace(".ts", ".mjs")}`, text);
  }
  await Deno.writeTextFile(`${folder}/package.json`, '{ "private": true }');
  await run(["npm", "install", "--silent", "--offline", "--no-audit", "--no-fund", path], { cwd: folder });
  const deno = [Deno.execPath(), "run", "-A", "-q", "--node-modules-dir=manual"];
  await run([Deno.execPath(), "check", "-q", "--node-modules-dir=manual", ...Object.keys(FILES)], {
    cwd: folder,
  });

  await using host = await Host.start();
  await host.ok("irm ipcp bootstrap type local name one layer one");
  await host.ok("irm name register echo layer one");
  const start = (words: readonly string[]) => new Process(words, { cwd: folder, env: host.env });
  for (const [server, client] of [[["node"], ["node"]], [["node"], deno], [deno, ["node"]]]) {
    const file = (runtime: readonly string[]) => runtime[0] === "node" ? "mjs" : "ts";
    await using serving = start([...server, `server.${file(server)}`]);
    await serving.waitFor(/^serves$/);
    await host.ok(`irm bind process ${serving.pid} name echo`);
    const { code, stdout, stderr } = await start([...client, `client.${file(client)}`]).ended;
    assert.deepEqual([code, stdout], [0, SAID], `${server[0]} and ${client[0]}: ${stderr}`);
    await serving.waitFor(/^reliable$/);
  }
}
