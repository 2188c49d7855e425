/**
 * `ouro operf`: the client or the server, as the words say.
 *
 * @module
 */
import { Ouroboros } from "../../flow/client.ts";
import type { Output } from "../environment.ts";
import { runFlowTool } from "../flow_tool.ts";
import type { Role } from "../tool.ts";
import { clientSettings, runClient } from "./client.ts";
import { runServer } from "./server.ts";
import { TOOL } from "./tool.ts";

/** Runs operf. */
export const run: Role = (words) =>
  runFlowTool(TOOL, words, async ({ options, output, stop }) => {
    if (options.listen) {
      await using ouro = await Ouroboros.connect({ program: TOOL.name });
      return await runServer(ouro, options.verbose, output, stop);
    }
    const name = options["server-name"];
    if (name === undefined) {
      output.print("No server specified.");
      return 1;
    }
    const talk: Output = options.json ? { ...output, print: () => {} } : output;
    const settings = clientSettings(name, options, (line) => talk.print(line));
    await using ouro = await Ouroboros.connect({ program: TOOL.name });
    const report = await runClient(ouro, settings, talk, stop);
    if (options.json) output.print(JSON.stringify(report.data()));
    else for (const line of report.lines(Deno.stdout.isTerminal())) output.print(line);
    return 0;
  });
