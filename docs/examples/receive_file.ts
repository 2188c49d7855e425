/**
 * Receives one file over a flow, and answers with its SHA-256:
 *
 *     deno run -A receive_file.ts FILE &
 *     irm bind process $! name NAME
 *     irm name register NAME layer LAYER
 *
 * @module
 */
import { createHash } from "node:crypto";
import { accept } from "../../mod.ts";

const [path] = Deno.args;
if (path === undefined) {
  console.error("usage: receive_file.ts FILE");
  Deno.exit(1);
}

await using flow = await accept();

const sha256 = createHash("sha256");
using file = await Deno.open(path, { write: true, create: true, truncate: true });
for await (const bytes of flow.stream().readable) {
  sha256.update(bytes);
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
const digest = sha256.digest("hex");
await flow.write(new TextEncoder().encode(digest));
console.log(`received ${path}, SHA-256 ${digest}`);
