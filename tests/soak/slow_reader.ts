/**
 * A reader that does not keep up: `FOLDER PACKETS_A_SECOND`. It prints its pid, accepts one flow and reads no quicker than that.
 *
 * @module
 */
import { FlowDownError, Ouroboros } from "../../mod.ts";

const TICK = 10;

const [runtimeFolder, rate] = Deno.args;
const ouro = await Ouroboros.connect({ runtimeFolder, program: "slow_reader" });
console.log(JSON.stringify({ pid: Deno.pid }));
const flow = await ouro.accept();
const start = performance.now();
let packets = 0;
try {
  for (;;) {
    const due = (performance.now() - start) * Number(rate) / 1000;
    for (; packets < due; packets++) await flow.read();
    await new Promise((resolve) => setTimeout(resolve, TICK));
  }
} catch (thrown) {
  if (!(thrown instanceof FlowDownError)) throw thrown;
}
await ouro.close();
