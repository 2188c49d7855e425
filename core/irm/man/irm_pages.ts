/**
 * The manual page of irm, and the overview, which has the same commands.
 *
 * @module
 */
import { FILES, optionItems, optionsSynopsis, pageHead, seeAlso } from "../../tools/manual.ts";
import { bold, fill, heading, italic, item, literal, paragraph, plain } from "../../tools/roff.ts";
import type { Page, Tool } from "../../tools/tool.ts";
import { IRM } from "../commands/tree.ts";
import type { Declarations } from "../grammar/parse/plugins.ts";
import { commandsPart, policiesPart } from "./commands_part.ts";

const SYNOPSIS = `${bold("irm")} ${italic("command")} [${italic("keyword value")}] ...`;

/** The steps from nothing to a flow, each with what it does. */
const WORKFLOW: readonly (readonly [step: string, text: string])[] = [
  [
    "Bind a name to a program or process",
    "The program or process will answer requests for flows to the name. A name may have several programs and " +
    "processes, and each of them several names. The program must use the Ouroboros library.",
  ],
  [
    "Create an IPC process",
    "The new IPCP has a name and a type and is in no layer yet: it can be bootstrapped into a new layer or enrolled in " +
    "one that exists.",
  ],
  [
    "Bootstrap an IPC process",
    "It becomes the first member of a new layer, with the options given. Each type has options of its own.",
  ],
  [
    "Enroll an IPC process",
    "It becomes a member of a layer by asking another member, which gives it the configuration of the layer.",
  ],
  [
    "Register a name in a layer",
    "The name enters the directory of the layer, so that flows to it can be allocated over that layer.",
  ],
  [
    "Connect the components of IPC processes",
    "Members of unicast and broadcast layers talk to each other over flows of lower layers. Management connections " +
    "carry what members tell each other, such as routing. Data transfer connections carry packets and make the " +
    "members neighbours. An IPCP is for this a process like others: it is bound to a name, which is registered in " +
    "the layer below.",
  ],
];

const abbreviations = paragraph(
  "Every word may be shortened to any beginning of it; the first word of the list that fits counts. " +
    `So ${bold("irm i b t local n l1 l ll")} is ` +
    `${bold("irm ipcp bootstrap type local name l1 layer ll")}. ` +
    `At every level, ${bold("help")} shows what there is.`,
);

function commandSections(plugins: Declarations): string[] {
  const policies = policiesPart(plugins);
  return [
    ...IRM.children.filter((node) => "children" in node || !node.old).flatMap((node) => [
      heading(`${node.path} command${"children" in node ? "s" : ""}`),
      ...commandsPart(node, plugins),
    ]),
    ...policies.length === 0 ? [] : [heading("options of policies"), ...policies],
  ];
}

/** Returns what the page of irm has of its own. */
export const irmPage = (plugins: Declarations): Page => ({
  what: "command the IPC Resource Manager",
  synopsis: [SYNOPSIS],
  description: [
    ...fill(
      bold("irm") + " gives commands to the IRM daemon, " + bold("irmd") +
        "(8): it makes IPC processes, brings " +
        "them into layers, and says which programs answer for which names.",
    ),
    ...abbreviations,
  ],
  sections: commandSections(plugins),
  exitStatus: "0 when the command was carried out; else not 0, with a message.",
  last: FILES,
  seeAlso: ["irmd", "irmd.conf", "ouroboros"],
});

/** Returns the overview; `irmd` is what the daemon tells of itself. */
export const ouroborosPage = (irmd: Tool, plugins: Declarations, version: string): string =>
  [
    ...pageHead("ouroboros", "a recursive packet network", version),
    heading("synopsis"),
    optionsSynopsis(irmd),
    ".br",
    SYNOPSIS,
    heading("description"),
    ...fill(
      "Ouroboros lets processes communicate by name, whether they run on one host or on many. It consists of an " +
        "IPC Resource Manager (IRM) on each system, of IPC processes (IPCPs) that together form layers, and of a " +
        "library for applications.",
    ),
    ...paragraph(
      "This page is an overview. Every command tells more of itself: " + bold("irm") + " " +
        italic("command") +
        " " + bold("help") + ".",
    ),
    heading("irm daemon"),
    ...fill("Before Ouroboros can be used, an IRM daemon must run. Start it at the command line,"),
    ...literal(["irmd"]),
    ...paragraph("or, where systemd has a unit for it, as a service:"),
    ...literal(["systemctl start ouroboros"]),
    ...paragraph("Its options are:"),
    ...optionItems(irmd.options),
    heading("irm tool"),
    ...fill(bold("irm") + " commands the IRM daemon and, through it, the IPC processes."),
    ...abbreviations,
    heading("workflow"),
    "To let processes communicate, these steps are taken, in almost any order:",
    ...WORKFLOW.flatMap(([step, text]) => item(bold(step), plain(text))),
    ...commandSections(plugins),
    ...FILES,
    ...seeAlso(["irm", "irmd", "irmd.conf"]),
  ].join("\n");
