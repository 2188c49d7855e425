/**
 * `ouro obc`: messages to all who have joined a broadcast layer, in the words of the reference.
 *
 * @module
 */
import { sleepHere } from "../../os/wait/process_poller.ts";
import { Ouroboros } from "../../flow/client.ts";
import { misses, orSay, runFlowTool } from "../flow_tool.ts";
import { nulText, textOf } from "../nul_text.ts";
import type { Role } from "../tool.ts";
import { TOOL } from "./tool.ts";

/** Exit status when the layer cannot be joined, or is lost. */
const FAILED = 255;
/** Milliseconds for which a message that was sent may take to leave this host. */
const LINGER = 1000;

/** Runs obc. */
export const run: Role = (words) => {
  sleepHere(true);
  return runFlowTool(TOOL, words, async ({ options: { name, message, listen }, output, stop }) => {
    if (name === undefined) return misses(TOOL, "Please specify a name.\n", output);
    await using ouro = await Ouroboros.connect({ program: TOOL.name });
    if (listen) output.print("Starting a reader.");
    const flow = await orSay("Failed to join broadcast.", output, ouro.join(name, { signal: stop }));
    if (!listen) {
      await flow.write(nulText(message), { timeout: LINGER });
      return 0;
    }
    output.print("New flow.");
    for (;;) {
      const message = textOf(await flow.read({ signal: stop }));
      output.result({ message }, [`Message is ${message}.`]);
    }
  }, FAILED);
};
