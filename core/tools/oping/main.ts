/**
 * `ouro oping`: the client or the server, as the words say.
 *
 * @module
 */
import { sleepHere } from "../../os/wait/process_poller.ts";
import { Ouroboros } from "../../flow/client.ts";
import { misses, runFlowTool } from "../flow_tool.ts";
import type { Role } from "../tool.ts";
import { runClient } from "./client.ts";
import { runServer } from "./server.ts";
import { clientSettings, serverSettings } from "./settings.ts";
import { TOOL } from "./tool.ts";

/** Runs oping. */
export const run: Role = (words) => {
  sleepHere(true);
  return runFlowTool(TOOL, words, async ({ options, output, stop }) => {
    if (options.listen) {
      await using ouro = await Ouroboros.connect({ program: TOOL.name });
      return await runServer(ouro, serverSettings(options), output, stop);
    }
    const name = options["server-name"];
    if (name === undefined) return misses(TOOL, "No server specified.", output);
    const settings = clientSettings(name, options, (line) => output.notice(line));
    await using ouro = await Ouroboros.connect({ program: TOOL.name });
    return await runClient(ouro, settings, output, stop);
  });
};
