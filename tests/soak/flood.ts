/**
 * A sender that sends whatever it may: `FOLDER NAME SIZE`. It ends with its flow, or is killed.
 *
 * @module
 */
import { FlowDownError, Ouroboros } from "../../mod.ts";

const [runtimeFolder, name, size] = Deno.args;
const ouro = await Ouroboros.connect({ runtimeFolder, program: "flood" });
const flow = await ouro.allocate(name);
const packet = new Uint8Array(Number(size));
try {
  for (;;) await flow.write(packet);
} catch (thrown) {
  if (!(thrown instanceof FlowDownError)) throw thrown;
}
await ouro.close();
