/**
 * `ouro forward`: offers a service, reaches a name, or is a proxy, as the words say.
 *
 * @module
 */
import { Ouroboros } from "../../flow/client.ts";
import type { Output } from "../environment.ts";
import { runFlowTool } from "../flow_tool.ts";
import { IrmdClient } from "../irmd_client.ts";
import type { Role } from "../tool.ts";
import { becomeKnown, offer } from "./offer.ts";
import { Reacher } from "./reach.ts";
import { settingsOf, taskOf } from "./settings.ts";
import { TOOL } from "./tool.ts";

/** Runs forward. */
export const run: Role = (words) =>
  runFlowTool(TOOL, words, async ({ options, operands, output, stop }) => {
    const task = taskOf(options, operands);
    const place = task.kind === "offer" ? task.to : task.listen;
    const settings = settingsOf(options, place.kind === "udp");
    // What stdio carries must not be mixed with lines.
    const talk: Output = place.kind === "stdio"
      ? { print: () => {}, complain: (line) => output.complain(line) }
      : output;
    await using ouro = await Ouroboros.connect({ program: TOOL.name });
    switch (task.kind) {
      case "offer": {
        const irmd = new IrmdClient();
        try {
          await becomeKnown(irmd, task, talk);
        } finally {
          await irmd.close();
        }
        talk.print(`Offering ${task.name}.`);
        return await offer(ouro, task.to, settings, talk, stop);
      }
      case "reach":
        return await new Reacher(ouro, settings, talk, stop).reach(task.name, task.listen);
      case "proxy":
        return await new Reacher(ouro, settings, talk, stop).proxy(task.listen);
    }
  });
