/**
 * `ouro oecho`: the smallest client and the smallest server, in the words of the reference.
 *
 * @module
 */
import { sleepHere } from "../../os/wait/process_poller.ts";
import { asOuroError, CancelledError, IrmdError } from "../../contract/errors.ts";
import { Ouroboros } from "../../flow/client.ts";
import { orSay, runFlowTool } from "../flow_tool.ts";
import { nulText, textOf } from "../nul_text.ts";
import type { ResultOutput } from "../result_output.ts";
import type { Role } from "../tool.ts";
import { TOOL } from "./tool.ts";

const FAILED = 255;
const GREETING = "Client says hi!";
/** Milliseconds for which the server waits for the message of a client: others wait behind it. */
const PATIENCE = 10_000;

/** Runs oecho. */
export const run: Role = (words) => {
  sleepHere(true);
  return runFlowTool(TOOL, words, async ({ options, output, stop }) => {
    await using ouro = await Ouroboros.connect({ program: TOOL.name });
    return await (options.listen ? listen : greet)(ouro, output, stop);
  }, FAILED);
};

async function greet(ouro: Ouroboros, output: ResultOutput, signal: AbortSignal): Promise<number> {
  const allocated = ouro.allocate(TOOL.name, { signal });
  await using flow = await orSay("Failed to allocate flow.", output, allocated);
  await orSay("Failed to write packet.", output, flow.write(nulText(GREETING), { signal }));
  const reply = textOf(await orSay("Failed to read packet.", output, flow.read({ signal })));
  output.result({ reply }, [`Server replied with ${reply}`]);
  return 0;
}

async function listen(ouro: Ouroboros, output: ResultOutput, signal: AbortSignal): Promise<number> {
  output.print("Starting the server.");
  for (;;) {
    try {
      await using flow = await ouro.accept({ signal });
      output.print("New flow.");
      const packet = await flow.read({ signal, timeout: PATIENCE });
      const message = textOf(packet);
      output.result({ message }, [`Message from client is ${message}.`]);
      await flow.write(packet, { signal, timeout: PATIENCE });
    } catch (thrown) {
      if (thrown instanceof CancelledError || thrown instanceof IrmdError) throw thrown;
      output.complain(asOuroError(thrown).message);
    }
  }
}
