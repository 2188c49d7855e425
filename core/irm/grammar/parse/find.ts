/**
 * Finds the command that the first words of a command line mean.
 *
 * @module
 */
import { type Command, type Group, isGroup } from "../command.ts";
import { type Fault, quote } from "./fault.ts";
import { asksForHelp, firstMatch } from "./match.ts";

/** A command and the words that follow it. */
export interface Found {
  readonly kind: "command";
  readonly command: Command;
  readonly words: readonly string[];
}

/** Help is to be shown. */
export interface Help {
  readonly kind: "help";
  readonly node: Group | Command;
  /** 0 when it was asked for. */
  readonly status: number;
}

/** Descends from `group` as far as the words lead. */
export function findCommand(group: Group, words: readonly string[]): Found | Help | Fault {
  if (words.length === 0) {
    const top = !group.path.includes(" ");
    return { kind: "help", node: group, status: top ? 255 : 1 };
  }
  const [word, ...rest] = words;
  const child = childOf(group, word);
  if (!child) return asksForHelp(word) ? findHelp(group, rest) : unknownCommand(group, word);
  if (isGroup(child)) return findCommand(child, rest);
  return { kind: "command", command: child, words: child.keepsWord ? words : rest };
}

/** Finds the node that the words behind `help` mean at a level. */
function findHelp(group: Group, words: readonly string[]): Help | Fault {
  let node: Group | Command = group;
  for (const word of words) {
    if (!isGroup(node)) break;
    const child = childOf(node, word);
    if (!child) return asksForHelp(word) ? { kind: "help", node, status: 0 } : unknownCommand(node, word);
    node = child;
  }
  return { kind: "help", node, status: 0 };
}

/** Returns the child that a word means. */
export function childOf(group: Group, word: string): Group | Command | undefined {
  return firstMatch(word, group.children.map((child) => ({ name: child.word, child })))?.child;
}

function unknownCommand(group: Group, word: string): Fault {
  const shown = group.children.filter((child) => isGroup(child) || !child.old);
  return {
    kind: "fault",
    message: `${quote(word)} is unknown, try "${group.path} help".`,
    word,
    valid: [...shown.map((child) => child.word), "help"],
  };
}
