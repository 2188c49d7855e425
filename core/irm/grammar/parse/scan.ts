/**
 * Reads the words behind a command as pairs of keyword and value. Knows nothing of what the values mean.
 *
 * @module
 */
import type { Command, Keyword } from "../command.ts";
import { type Fault, quote } from "./fault.ts";
import { asksForHelp, firstMatch, isHelpWord } from "./match.ts";

/** The same as `as JSON`, which scripts know from other tools. */
const JSON_FLAG = "--json";

/** What the words hold. */
export interface Scan {
  /** Values by keyword, in the order given; of a flag, none. */
  readonly given: Map<Keyword, string[]>;
  /** The words after `--`. */
  rest?: readonly string[];
  /** The last word is this keyword and its value is missing. */
  pending?: Keyword;
  help?: boolean;
  fault?: Fault;
}

/**
 * Reads the words behind a command as pairs.
 *
 * @param keywords those of the command, in matching order
 * @param words what follows the command
 */
export function scan(command: Command, keywords: readonly Keyword[], words: readonly string[]): Scan {
  const result: Scan = { given: new Map() };
  let at = 0;
  if (command.first) {
    at = takeFirst(command.first, keywords, words, result);
  } else if (command.keepsWord && words.length === 2 && isHelpWord(words[1])) {
    result.help = true;
  }
  while (at < words.length && !result.help && !result.fault && !result.pending) {
    const word = words[at++];
    if (word === "--" && command.rest !== undefined) {
      result.rest = words.slice(at);
      break;
    }
    const form = word === JSON_FLAG ? keywords.find(({ value }) => value === "format") : undefined;
    const keyword = form ?? firstMatch(word, keywords);
    if (!keyword) {
      if (asksForHelp(word)) result.help = true;
      else result.fault = unknownKeyword(command, keywords, word);
    } else if (keyword.most === undefined && result.given.has(keyword)) {
      result.fault = { kind: "fault", message: `${quote(word)} comes twice.` };
    } else if (form) {
      add(result.given, form, "JSON");
    } else if (keyword.value === undefined) {
      result.given.set(keyword, []);
    } else if (at === words.length) {
      result.pending = keyword;
    } else {
      add(result.given, keyword, words[at++]);
    }
  }
  return result;
}

/** Takes the value that stands first without a keyword; `--` before it says that it is not a word of help. */
function takeFirst(
  first: Keyword,
  keywords: readonly Keyword[],
  words: readonly string[],
  result: Scan,
): number {
  if (words.length === 0) return 0;
  if (words[0] === "--") {
    if (words.length > 1) add(result.given, first, words[1]);
    return 2;
  }
  if (words.length === 1 && isHelpWord(words[0])) {
    result.help = true;
    return 1;
  }
  if (!first.required && words.length > 1) {
    const keyword = firstMatch(words[0], [...keywords, first]);
    if (keyword === first) {
      add(result.given, first, words[1]);
      return 2;
    }
    if (keyword) return 0;
  }
  add(result.given, first, words[0]);
  return 1;
}

function add(given: Map<Keyword, string[]>, keyword: Keyword, value: string): void {
  const values = given.get(keyword);
  if (values && keyword.most !== undefined) values.push(value);
  else given.set(keyword, [value]);
}

function unknownKeyword(command: Command, keywords: readonly Keyword[], word: string): Fault {
  const valid = keywords.map((keyword) => keyword.shown ?? keyword.name);
  const message = command.takesOptions
    ? `Unknown option: ${quote(word)}.`
    : `${quote(word)} is unknown, try "${command.path}".`;
  return {
    kind: "fault",
    message,
    word,
    valid: command.rest === undefined ? valid : [...valid, "--"],
    unknownKeyword: true,
  };
}
