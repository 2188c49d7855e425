/**
 * The words behind `ouro`: what each role is.
 *
 * @module
 */
import type { Tool } from "../../tools/command_line.ts";

/** A word behind `ouro`. */
export interface OuroWord {
  readonly word: string;
  /** One line of help, without full stop. */
  readonly help: string;
  /** The options of a tool, loaded when they are needed. */
  readonly tool?: () => Promise<Tool>;
}

/** The words, in the order of help. */
export const OURO_WORDS: readonly OuroWord[] = [
  { word: "irmd", help: "the IRM daemon, which manages the names, programs and IPCPs of this system" },
  { word: "irm", help: "command the IRM daemon" },
  {
    word: "oping",
    help: "measure round trips to a name, or answer them",
    tool: async () => (await import("../../tools/oping/table.ts")).OPING,
  },
  {
    word: "capture",
    help: "capture what an IPCP or a network device sends and receives",
    tool: async () => (await import("../../tools/capture/table.ts")).CAPTURE,
  },
  { word: "impair", help: "lose, delay, reorder or damage what an IPCP sends and receives" },
  { word: "plugins", help: "list the plugins, their kinds and options" },
  { word: "help", help: "show this, or help for a word" },
  { word: "man", help: "print a manual page: irm, irmd, ouroboros, capture, impair" },
  { word: "completion", help: "print completion for a shell: bash, zsh, fish" },
];
