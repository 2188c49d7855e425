/**
 * What the manual page of impair has of its own.
 *
 * @module
 */
import { bold, fill, heading, italic, item, literal, paragraph, plain } from "../../tools/roff.ts";
import type { Page } from "../../tools/tool.ts";
import { DIRECTION, IMPAIRMENT_WORDS } from "./keywords.ts";

const impairWords = [
  ...IMPAIRMENT_WORDS.map(({ word, kind, help }) => [word, kind.shown.toLowerCase(), help] as const),
  [DIRECTION.word, DIRECTION.values.join("|"), DIRECTION.help] as const,
].flatMap(([word, value, help]) => item(`${bold(word)} ${italic(value)}`, plain(`${help}.`)));

/** The parts of the page. */
export const IMPAIR_PAGE: Page = {
  what: "try a bad path below an IPC process",
  synopsis: [
    `${bold("ouro impair")} ${italic("name word value")} ...`,
    ".br",
    `${bold("ouro impair")} ${italic("name")} [${bold("as JSON")}]`,
    ".br",
    `${bold("ouro impair")} ${italic("name")} ${bold("off")} [${bold("direction")} ${italic("in|out|both")}]`,
  ],
  description: [
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
  ],
  sections: [
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
  ],
  seeAlso: ["irm", "capture", "ouroboros"],
};
