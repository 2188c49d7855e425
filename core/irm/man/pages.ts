/**
 * The manual pages.
 *
 * @module
 */
import { CAPTURE } from "../../tools/capture/table.ts";
import { IRM } from "../commands/tree.ts";
import { DAEMON_OPTIONS } from "../daemon_options.ts";
import { DIRECTION, IMPAIRMENT_WORDS } from "../impair/keywords.ts";
import type { Declarations } from "../grammar/parse/plugins.ts";
import { commandsPart, policiesPart } from "./commands_part.ts";
import { bold, fill, heading, italic, item, literal, paragraph, plain, title } from "./roff.ts";
import { WORKFLOW } from "./workflow.ts";

/** Of the last change of the texts. */
const DATE = "2026-11-20";

/** Makes a page. */
type Page = (plugins: Declarations, version: string) => string[];

const nameSection = (name: string, what: string) => [heading("name"), `${name} \\- ${plain(what)}`];
const seeAlso = (...pages: [name: string, section: number][]) => [
  heading("see also"),
  ...pages.map(([name, section], index) =>
    `.BR ${name} (${section})${index === pages.length - 1 ? "" : ","}`
  ),
];

const daemonOptions = DAEMON_OPTIONS.flatMap(({ long, value, help }) =>
  item(value === undefined ? bold(long) : `${bold(long)} ${italic(value)}`, plain(`${help}.`))
);
const daemonWords = DAEMON_OPTIONS.filter(({ long }) => long !== "--help")
  .map(({ long, value }) => `[${bold(long)}${value === undefined ? "" : ` ${italic(value)}`}]`);
const irmdSynopsis = [bold("irmd"), ...daemonWords].join(" ");
const irmSynopsis = `${bold("irm")} ${italic("command")} [${italic("keyword value")}] ...`;

const abbreviations = paragraph(
  "Every word may be shortened to any beginning of it; the first word of the list that fits counts. " +
    `So ${bold("irm i b t local n l1 l ll")} is ` +
    `${bold("irm ipcp bootstrap type local name l1 layer ll")}. ` +
    `At every level, ${bold("help")} shows what there is.`,
);

const commandSections: Page = (plugins) => {
  const policies = policiesPart(plugins);
  return [
    ...IRM.children.filter((node) => "children" in node || !node.old).flatMap((node) => [
      heading(`${node.path} command${"children" in node ? "s" : ""}`),
      ...commandsPart(node, plugins),
    ]),
    ...policies.length === 0 ? [] : [heading("options of policies"), ...policies],
  ];
};

const files = [
  heading("files"),
  ...item(
    italic("/run/ouroboros"),
    "The runtime folder, with the sockets of the IRMd. For a user who is not root it is " +
      `${italic("$XDG_RUNTIME_DIR/ouroboros")}.`,
  ),
  heading("environment"),
  ...item(
    bold("OURO_RUNTIME_DIR"),
    "Another runtime folder. Several IRMds run side by side in different folders.",
  ),
];

const irm: Page = (plugins, version) => [
  title("irm", 8, DATE, version),
  ...nameSection("irm", "command the IPC Resource Manager"),
  heading("synopsis"),
  irmSynopsis,
  heading("description"),
  ...fill(
    bold("irm") + " gives commands to the IRM daemon, " + bold("irmd") +
      "(8): it makes IPC processes, brings " +
      "them into layers, and says which programs answer for which names.",
  ),
  ...abbreviations,
  ...commandSections(plugins, version),
  heading("exit status"),
  "0 when the command was carried out; else not 0, with a message.",
  ...files,
  ...seeAlso(["irmd", 8], ["ouroboros", 8]),
];

const irmd: Page = (_plugins, version) => [
  title("irmd", 8, DATE, version),
  ...nameSection("irmd", "the IPC Resource Manager daemon"),
  heading("synopsis"),
  irmdSynopsis,
  heading("description"),
  ...fill(
    bold("irmd") +
      " manages the names, programs, processes and IPC processes of one system. It is commanded with " +
      bold("irm") +
      "(8). One runs in each runtime folder; it needs no root but for what the kernel reserves.",
  ),
  ...paragraph(
    "SIGINT, SIGTERM, SIGHUP and SIGQUIT end it: IPC processes are shut down, sockets are removed.",
  ),
  heading("options"),
  ...daemonOptions,
  heading("exit status"),
  "0 after an orderly stop; else not 0, with a message.",
  ...files,
  ...seeAlso(["irm", 8], ["ouroboros", 8]),
];

const ouroboros: Page = (plugins, version) => [
  title("ouroboros", 8, DATE, version),
  ...nameSection("ouroboros", "a recursive packet network"),
  heading("synopsis"),
  irmdSynopsis,
  ".br",
  irmSynopsis,
  heading("description"),
  ...fill(
    "Ouroboros lets processes communicate by name, whether they run on one host or on many. It consists of an " +
      "IPC Resource Manager (IRM) on each system, of IPC processes (IPCPs) that together form layers, and of a " +
      "library for applications.",
  ),
  ...paragraph(
    "This page is an overview. Every command tells more of itself: " + bold("irm") + " " + italic("command") +
      " " + bold("help") + ".",
  ),
  heading("irm daemon"),
  ...fill("Before Ouroboros can be used, an IRM daemon must run. Start it at the command line,"),
  ...literal(["irmd"]),
  ...paragraph("or, where systemd has a unit for it, as a service:"),
  ...literal(["systemctl start ouroboros"]),
  ...paragraph("Its options are:"),
  ...daemonOptions,
  heading("irm tool"),
  ...fill(bold("irm") + " commands the IRM daemon and, through it, the IPC processes."),
  ...abbreviations,
  heading("workflow"),
  "To let processes communicate, these steps are taken, in almost any order:",
  ...WORKFLOW.flatMap(([step, text]) => item(bold(step), plain(text))),
  ...commandSections(plugins, version),
  ...files,
  ...seeAlso(["irm", 8], ["irmd", 8]),
];

const captureOptions = CAPTURE.options.flatMap((option) => {
  const { long, help } = option;
  const value = "value" in option ? ` ${italic(option.value)}` : "";
  const short = "short" in option ? `${bold(`-${option.short}`)}, ` : "";
  const initial = "default" in option ? ` The default is ${bold(option.default)}.` : "";
  return item(`${short}${bold(`--${long}`)}${value}`, plain(`${help}.`) + initial);
});

const capture: Page = (_plugins, version) => [
  title("capture", 8, DATE, version),
  ...nameSection("capture", "write what an IPC process or a network device sends and receives"),
  heading("synopsis"),
  `${bold("ouro capture")} [${italic("option")}] ... ${italic("target")} [${italic("file")}]`,
  heading("description"),
  ...fill(
    `${bold("capture")} writes the packets of ${
      italic("target")
    }, an IPC process of this system or else a network ` +
      `device, to ${italic("file")} in the format of pcap. Without a file, or with ${
        bold("-")
      }, they go to standard ` +
      "output; on a terminal each of them is a line instead: the time, " + bold(">") + " for sent and " +
      bold("<") +
      " for received, who is at the other end, what it is, and how long it is.",
  ),
  ...paragraph(
    "Of an IPC process it captures what it sends and receives below it: frames of Ethernet (eth-dix, eth-llc), IP " +
      "packets with made-up IP headers (udp4, udp6), or, for one that has flows in other layers, the packets of these " +
      "flows, with the link type USER0. Of a device, which needs root, it captures the frames of Ouroboros.",
  ),
  ...paragraph(
    "Nobody waits for a capture: packets that come while they cannot be taken are dropped and counted. SIGINT, " +
      "SIGTERM, SIGHUP and SIGQUIT end it. The last line, on standard error, has the counts.",
  ),
  heading("options"),
  ...captureOptions,
  heading("examples"),
  "Into a file, and into Wireshark as the packets come:",
  ...literal(["ouro capture normal_1 normal.pcap", "ouro capture eth0 -d 10s - | wireshark -k -i -"]),
  heading("exit status"),
  "0 when it ended as it was asked to; else not 0, with a message.",
  ...seeAlso(["irm", 8], ["ouroboros", 8]),
];

const impairWords = [
  ...IMPAIRMENT_WORDS.map(({ word, kind, help }) => [word, kind.shown.toLowerCase(), help] as const),
  [DIRECTION.word, DIRECTION.values.join("|"), DIRECTION.help] as const,
].flatMap(([word, value, help]) => item(`${bold(word)} ${italic(value)}`, plain(`${help}.`)));

const impair: Page = (_plugins, version) => [
  title("impair", 8, DATE, version),
  ...nameSection("impair", "try a bad path below an IPC process"),
  heading("synopsis"),
  `${bold("ouro impair")} ${italic("name word value")} ...`,
  ".br",
  `${bold("ouro impair")} ${italic("name")} [${bold("as JSON")}]`,
  ".br",
  `${bold("ouro impair")} ${italic("name")} ${bold("off")} [${bold("direction")} ${italic("in|out|both")}]`,
  heading("description"),
  ...fill(
    `${
      bold("impair")
    } does to the packets that a running IPC process sends and receives below it what a bad path would ` +
      "do: on its flows in other layers, under retransmission and encryption of these flows, or on its network device " +
      "or UDP socket. Nobody else on the system is affected, and no privilege but that of " + bold("irm") +
      "(8) is needed.",
  ),
  ...paragraph(
    "What is set replaces what was set before in the same direction. With only a name it shows what is set, and how many " +
      "packets it has met. The same seed does the same to the same packets; without one, the process chooses one and " +
      "shows it.",
  ),
  heading("words"),
  ...impairWords,
  ...item(bold("off"), "End it; packets on their way arrive at once."),
  ...paragraph(
    "At most 16384 packets, and 32 MiB of them, are delayed at once in each direction; more are dropped and counted.",
  ),
  heading("examples"),
  "A path with losses and delay, what it has done, and its end:",
  ...literal([
    "ouro impair udp_a loss 5% delay 5ms jitter 1ms seed 7",
    "ouro impair udp_a",
    "ouro impair udp_a off",
  ]),
  heading("exit status"),
  "0 when it was done; else not 0, with a message.",
  ...seeAlso(["irm", 8], ["capture", 8], ["ouroboros", 8]),
];

/** The pages that there are, by name. */
export const PAGES: Readonly<Record<string, Page>> = { irm, irmd, ouroboros, capture, impair };

/** The text of a page, without line end; undefined when there is none of that name. */
export const manPage = (name: string, plugins: Declarations, version: string): string | undefined =>
  Object.hasOwn(PAGES, name) ? PAGES[name](plugins, version).join("\n") : undefined;
