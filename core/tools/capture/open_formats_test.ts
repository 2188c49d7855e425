/** Tests of what captures learn from plugins. @module */
import assert from "node:assert/strict";
import { IrmdError } from "../../contract/errors.ts";
import { PluginGuard } from "../../registry/guard/plugin_guard.ts";
import type { PacketFormats } from "../../contract/formats.ts";
import { SILENT } from "../../contract/ports.ts";
import { openFormats } from "./open_formats.ts";

const PLUGIN = `export default {
  kind: "hash", name: "tiny", apiVersion: 1, description: "d", options: [],
  create: () => ({ length: 1, digest: () => new Uint8Array(1) }),
  formats: () => ({ describe: (place) => place === "udp" ? "a tiny packet" : undefined }),
};`;

const guard = () => Promise.resolve(new PluginGuard(SILENT));

/** Those who know the files of an IRMd, and what was complained about. */
async function opened(...contents: readonly string[]) {
  const folder = await Deno.makeTempDir();
  try {
    const rows = contents.map((content, index) => {
      const origin = `${folder}/${index}.ts`;
      Deno.writeTextFileSync(origin, content);
      return { origin };
    });
    const call = () => Promise.resolve([{ origin: "built in" }, ...rows, ...rows]);
    const complaints: string[] = [];
    const formats = await openFormats(
      () => Promise.resolve([]),
      { call },
      (text) => complaints.push(text),
      guard,
    );
    return { formats, complaints };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const words = (formats: readonly PacketFormats[]) =>
  formats.map(({ describe }) => describe("udp", new Uint8Array(0), { flow: () => "", directory: () => "" }));

Deno.test("the files of the running IRMd are asked for what they tell of packets", async () => {
  const { formats, complaints } = await opened(PLUGIN);
  assert.deepEqual([words(formats), complaints], [["a tiny packet"], []]);
});

Deno.test("a file that cannot be loaded is complained about, and the capture goes on", async () => {
  const { formats, complaints } = await opened(PLUGIN, "export default {};");
  assert.deepEqual(words(formats), []);
  assert.match(complaints.join(), /1\.ts/);
});

Deno.test("without an IRMd there are the built-in plugins", async () => {
  const call = () => Promise.reject(new IrmdError("there is none"));
  const complain = (text: string) => assert.fail(text);
  assert.deepEqual(await openFormats(() => Promise.resolve([]), { call }, complain, guard), []);
});
