/**
 * Server of the allocation benchmark: accepts every flow and deallocates it when the other end is done.
 *
 * @module
 */
import { accept, type Flow, FlowDownError } from "../../mod.ts";

async function serve(flow: Flow): Promise<void> {
  try {
    for (;;) await flow.read();
  } catch (thrown) {
    if (!(thrown instanceof FlowDownError)) throw thrown;
    await flow.deallocate();
  }
}

console.log("ready");
for (;;) serve(await accept());
