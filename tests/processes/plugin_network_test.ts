/** Plugin files that put together what they import while they run get nothing from the network, in a checkout and from a bundle. @module */
import assert from "node:assert/strict";
import { unless, whyNoRoot } from "../../core/testing/left_out.ts";
import { Host, OURO } from "../support/host.ts";
import { install } from "../support/install.ts";

const PLUGIN = `{ kind: "hash", name: "tiny", apiVersion: 1, description: "d", options: [],
  create: () => ({ length: 1, digest: (bytes) => Uint8Array.of(bytes.length) }) }`;

/** Calls with a server of packages and files, which must not be asked. */
async function unasked(use: (address: string) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    asked.push(url);
    return new Response("export default 1;", { headers: { "content-type": "text/javascript" } });
  });
  try {
    await use(`127.0.0.1:${server.addr.port}`);
    assert.deepEqual(asked, []);
  } finally {
    await server.shutdown();
  }
}

/** Starts an IRMd with a plugin that imports something, which is written as an expression. */
async function refused(ouro: readonly string[], address: string, what: string, why: RegExp): Promise<void> {
  await using host = await Host.start({ idle: true });
  const file = `${host.folder}/plugin.ts`;
  await Deno.writeTextFile(file, `await import(${what}); export default ${PLUGIN};`);
  // A checkout has packages of its own, of the usual registry.
  const registry: Record<string, string> = ouro === OURO
    ? {}
    : { NPM_CONFIG_REGISTRY: `http://${address}/npm/` };
  const env = { JSR_URL: `http://${address}/jsr/`, ...registry };
  const { code, stdout, stderr } = await host.program([...ouro, "irmd", "--stdout", "--plugin", file], {
    env,
  })
    .ended;
  assert.match(stdout, why, stderr);
  assert.equal(code, 1);
}

Deno.test("an IRMd of a checkout", () =>
  unasked(async (address) => {
    const why = new RegExp(`plugin file \\S+ cannot be loaded: it imports from ${address} while it is`);
    await refused(OURO, address, `"http" + "://${address}/x.js"`, why);
    await refused(OURO, address, '"jsr" + ":@nobody/nothing"', /cannot be loaded: it imports from 127/);
  }));

// What makes bundles comes over the network, once: not everybody has it.
unless(whyNoRoot)("an IRMd of a bundle, from which packages cannot be had either", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ouro-" });
  try {
    const ouro = await install(folder);
    await unasked(async (address) => {
      const why = new RegExp(
        `plugin file \\S+ cannot be loaded: it imports from ${address} while it is`,
      );
      await refused(ouro, address, `"http" + "://${address}/x.js"`, why);
      await refused(
        ouro,
        address,
        '"npm" + ":nothing-at-all"',
        /cannot be loaded: it imports from npm while/,
      );
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
