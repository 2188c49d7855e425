/**
 * `ouro ocbr`: the client or the server, as the words say.
 *
 * @module
 */
import { sleepHere } from "../../os/wait/process_poller.ts";
import { Ouroboros } from "../../flow/client.ts";
import { misses, runFlowTool } from "../flow_tool.ts";
import { wholeNumber } from "../numbers.ts";
import type { Role } from "../tool.ts";
import { clientSettings, runClient } from "./client.ts";
import { runServer } from "./server.ts";
import { TOOL } from "./tool.ts";

/** Exit status when no flow could be allocated. */
const FAILED = 255;
/** Longest interval and time-out, in seconds. */
const MAX_SECONDS = 86_400;

/** Runs ocbr. */
export const run: Role = (words) => {
  sleepHere(true);
  return runFlowTool(TOOL, words, async ({ options, output, stop }) => {
    if (options.listen) {
      const seconds = (name: "interval" | "timeout") =>
        1000 * wholeNumber(name, options[name], 1, MAX_SECONDS);
      const settings = { interval: seconds("interval"), timeout: seconds("timeout") };
      await using ouro = await Ouroboros.connect({ program: TOOL.name });
      return await runServer(ouro, settings, output, stop);
    }
    const name = options["server-name"];
    if (name === undefined) return misses(TOOL, "No server specified.", output);
    const settings = clientSettings(options);
    await using ouro = await Ouroboros.connect({ program: TOOL.name });
    return await runClient(ouro, name, settings, output, stop);
  }, FAILED);
};
