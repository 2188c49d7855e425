/**
 * A server that is started for one flow: says that it is about to accept, answers with one packet, and ends.
 *
 * @module
 */
import { accept } from "../../mod.ts";

console.log("ready");
const flow = await accept();
await flow.write(new Uint8Array(64));
for await (const _packet of flow);
await flow.deallocate();
Deno.exit(0);
