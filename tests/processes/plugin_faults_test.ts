/** Third parties' plugins that fail in a daemon: the host and its other layers go on. One IRMd for all of them. @module */
import assert from "node:assert/strict";
import { Host } from "../support/host.ts";

const PLUGINS = `
const declared = { apiVersion: 1, description: "d", options: [] };
const boom = () => { throw new Error("boom"); };
const choose = (name, choose) => ({ ...declared, kind: "balancing", name, create: () => ({ choose }) });
const hash = (name, digest) => ({ ...declared, kind: "hash", name, create: () => ({ length: 4, digest }) });
const loop = () => { for (;;); };
export default [
  choose("throws", boom),
  choose("reads", () => Deno.readTextFileSync("/etc/passwd").length),
  choose("eats", () => { const all = []; for (;;) all.push(new Array(1e5).fill(1)); }),
  choose("loops", loop),
  choose("last", (waiting) => waiting.length - 1),
  hash("BOOM", boom),
  hash("SUM", (bytes) => Uint8Array.of(bytes.reduce((a, b) => a + b) & 0xff, bytes[0], bytes.at(-1), bytes.length)),
  { ...declared, kind: "congestion", name: "packets", create: () => ({ mark: boom, flow: () => ({ sent: boom }) }) },
];`;

async function withPlugins(text: string, test: (file: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/bad.ts`, text);
    await test(`${folder}/bad.ts`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const pings = async (host: Host, name: string, count = 1): Promise<void> => {
  assert.match(await host.ok(`oping -n ${name} -c ${count} -i 1ms`), new RegExp(`${count} received`));
};

Deno.test("plugins that throw, loop, spy or take all memory keep no flow from coming about, and are told of", async () => {
  await withPlugins(PLUGINS, async (file) => {
    await using host = await Host.start({ args: ["--plugin", file] });
    await host.ok("irm ipcp bootstrap type local name l layer ll hash SUM");
    // A layer whose hash function fails knows no names; it keeps nobody from the other layer.
    await host.ok("irm ipcp bootstrap type local name b layer bb hash BOOM");
    const failed = await host.irm("name register other layer bb");
    assert.match(
      failed.stderr,
      /could not register "other" .*hash "BOOM" \(\S+\): digest: it threw Error: boom/,
    );
    const server = host.spawn(["oping", "--listen"]);
    await host.irmd.waitFor(/New instance \(\d+\) of oping added/);
    const policies = ["throws", "reads", "last", "eats", "loops"];
    for (const policy of policies) {
      await host.ok(`irm name create ${policy} lb ${policy}`);
      await host.ok(`irm name register ${policy} layer ll`);
      await host.ok(`irm bind process ${server.pid} name ${policy}`);
    }
    for (const policy of policies.slice(0, -1)) await pings(host, policy);
    await host.irmd.waitFor(/Plugin balancing "eats" \(\S+\): choose has (not returned|ended its process)/);
    // It is not asked while its process starts.
    const looped =
      /Plugin balancing "loops" \(\S+\) failed in choose: it has not answered within 400 ms; the process that/;
    while (!host.log.some((line) => looped.test(line))) await pings(host, "loops");
    const faults = (policy: string, why: string) =>
      host.irmd.waitFor(
        new RegExp(`\\(EE\\): Plugin balancing "${policy}" \\(\\S+bad\\.ts\\) failed in choose: ${why}`),
      );
    await faults("throws", "it threw Error: boom \\(line 3:\\d+\\); the process that has waited longest");
    await faults("reads", "it threw NotCapable: Requires read access");
    const listed = JSON.parse(await host.ok("plugins as JSON"));
    const of = (name: string) => listed.find((plugin: { name: string }) => plugin.name === name);
    assert(of("throws").faults !== undefined && of("last").faults === undefined);
  });
});

Deno.test("why an IPCP was ended whose plugin does not return stays known when it is gone", async () => {
  const text = `export default {
    kind: "ipcp", name: "spin", apiVersion: 1, description: "d", options: [],
    create: () => ({ bootstrap() { for (;;); } }),
  };`;
  await withPlugins(text, async (file) => {
    await using host = await Host.start({ args: ["--plugin", file] });
    assert.notEqual((await host.irm("ipcp bootstrap type spin name s layer ss")).code, 0);
    const why = /1 fault, the last in a call: it has not returned for 4 s, and the IPCP "s" was ended for it/;
    assert.match((await host.ok("plugins")).replace(/\s+/g, " "), why);
    const { code, stdout } = await host.run(["doctor"]);
    assert.equal(code, 1);
    assert.match(stdout.replace(/\s+/g, " "), new RegExp(`plugin ipcp "spin": ${why.source}`));
  });
});

Deno.test("an IRMd with a plugin file that loops, waits for ever or throws ends, with the name of the file", async () => {
  const texts = {
    "for (;;);": /plugin file \S+bad\.ts cannot be loaded: it loops, or takes too much memory/,
    "await new Promise(() => {});": /plugin file \S+bad\.ts cannot be loaded: it waits for something/,
    "throw new Error('boom');": /plugin file \S+bad\.ts cannot be loaded: it throws Error: boom/,
  };
  await using host = await Host.start({ idle: true });
  await Promise.all(
    Object.entries(texts).map(([text, why]) =>
      withPlugins(text, async (file) => {
        const env = { OURO_RUNTIME_DIR: `${host.folder}/${text.length}` };
        const { code, stdout } = await host.run(["irmd", "--stdout", "--plugin", file], { env });
        assert.equal(code, 1);
        assert.match(stdout, why);
      })
    ),
  );
  // The lists of plugins, for a file that is tried before a daemon gets it.
  await withPlugins("for (;;);", async (file) => {
    const { code, stderr } = await host.run(["plugins", "--plugin", file]);
    assert.match(
      stderr,
      /^ouro plugins: Plugin file \S+bad\.ts, which is being loaded, has not returned for 4 s/,
    );
    assert.notEqual(code, 0);
  });
});
