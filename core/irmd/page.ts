/**
 * What the manual page of irmd has of its own.
 *
 * @module
 */
import { FILES, optionsSynopsis } from "../tools/manual.ts";
import { bold, fill, paragraph } from "../tools/roff.ts";
import type { Page, Tool } from "../tools/tool.ts";

/** Makes the parts of the page of the tool. */
export const irmdPage = (irmd: Tool): Page => ({
  what: "the IPC Resource Manager daemon",
  synopsis: [optionsSynopsis(irmd)],
  description: [
    ...fill(
      bold("irmd") +
        " manages the names, programs, processes and IPC processes of one system. It is commanded with " +
        bold("irm") +
        "(8). One runs in each runtime folder; it needs no root but for what the kernel reserves.",
    ),
    ...paragraph(
      "The configuration file is described in " + bold("irmd.conf") +
        "(5); the file of a plugin is a module.",
    ),
    ...paragraph(
      "SIGINT, SIGTERM, SIGHUP and SIGQUIT end it: IPC processes are shut down, sockets are removed. Those that were ignored " +
        "when it was started, as by nohup, are ignored.",
    ),
    ...paragraph(
      "What was bound and registered by command is kept in the runtime folder and given again after a restart; IPC " +
        "processes are not, but for those of the configuration file.",
    ),
  ],
  exitStatus: "0 after an orderly stop; 78: the configuration file is wrong; else 1.",
  last: FILES,
  seeAlso: ["irmd.conf", "irm", "ouroboros"],
});
