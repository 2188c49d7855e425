/**
 * `ouro operf`: the client or the server, as the words say.
 *
 * @module
 */
import { sleepHere } from "../../os/wait/process_poller.ts";
import { Ouroboros } from "../../flow/client.ts";
import { runFlowTool } from "../flow_tool.ts";
import type { Role } from "../tool.ts";
import { clientSettings, runClient } from "./client.ts";
import { runServer } from "./server.ts";
import { TOOL } from "./tool.ts";

/** Runs operf. */
export const run: Role = (words) => {
  sleepHere(true);
  return runFlowTool(TOOL, words, async ({ options, output, stop }) => {
    if (options.listen) {
      await using ouro = await Ouroboros.connect({ program: TOOL.name });
      return await runServer(ouro, options.verbose, output, stop);
    }
    const name = options["server-name"];
    if (name === undefined) {
      output.notice("No server specified.");
      return 1;
    }
    const settings = clientSettings(name, options, (line) => output.notice(line));
    await using ouro = await Ouroboros.connect({ program: TOOL.name });
    const report = await runClient(ouro, settings, output, stop);
    output.result(report.data(), report.lines(Deno.stdout.isTerminal()));
    return 0;
  });
};
