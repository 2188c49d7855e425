/**
 * The serving side of the flow benchmark: `FOLDER [KIND]`. Accepts one flow; a first packet of one byte asks for echoes, else it counts
 * what arrives and prints one line of JSON.
 *
 * @module
 */
import { FlowDownError, Ouroboros } from "../../mod.ts";
import { kindOptions } from "./flow_kinds.ts";

kindOptions(Deno.args[1]);
const ouro = await Ouroboros.connect({ runtimeFolder: Deno.args[0], program: "flow_server" });
console.log(JSON.stringify({ pid: Deno.pid }));
const flow = await ouro.accept();
const copy = new Uint8Array(64 * 1024);
let packets = 0, start = 0, end = 0, gap = 0, echo = false;
try {
  const first = await flow.read();
  start = performance.now();
  echo = first.length === 1;
  packets = 1;
  if (echo) await flow.write(first);
  while (echo) await flow.write(await flow.read());
  for (;;) {
    copy.set(await flow.read());
    packets++;
    if ((packets & 255) === 0) {
      const now = performance.now();
      if (end > 0) gap = Math.max(gap, now - end);
      end = now;
    }
  }
} catch (thrown) {
  if (!(thrown instanceof FlowDownError)) throw thrown;
}
if (!echo) console.log(JSON.stringify({ packets, ms: end - start, gap }));
await ouro.close();
