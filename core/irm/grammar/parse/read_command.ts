/**
 * Reads the words behind a command with a given set of keywords, and builds the request.
 *
 * @module
 */
import type { Command, Keyword, Request } from "../command.ts";
import { type Fault, quote } from "./fault.ts";
import type { Found, Help } from "./find.ts";
import { type Declarations, findType, typesFor } from "./plugins.ts";
import { scan } from "./scan.ts";
import { readValue } from "./values.ts";

/**
 * Reads the words behind a command and builds its request.
 *
 * @param keywords in matching order
 * @param plugins where types of IPCPs are looked up
 */
export function readCommand(
  found: Found,
  keywords: readonly Keyword[],
  plugins: Declarations,
): Request | Help | Fault {
  const { command, words } = found;
  const { given, rest, pending, help, fault } = scan(command, keywords, words);
  if (help) return { kind: "help", node: command, status: 0 };
  if (fault) return fault;
  if (pending) {
    return {
      kind: "fault",
      message: `The keyword ${quote(shownName(pending))} needs a value.`,
      usage: command,
    };
  }
  const missing = missingOf(command, keywords, given);
  if (missing) return { kind: "fault", message: missing, usage: command };
  const params: Record<string, unknown> = structuredClone(command.defaults ?? {});
  const shown: Record<string, unknown> = {};
  for (const [keyword, texts] of given) {
    const values = readValues(command, keyword, texts, plugins);
    if (!Array.isArray(values)) return values;
    setField(keyword.local ? shown : params, keyword, values);
  }
  const wrong = command.check?.(params);
  if (wrong !== undefined) return { kind: "fault", message: wrong };
  const warnings: string[] = [];
  if (rest && command.rest !== undefined) {
    params[command.rest] = rest;
    if (rest.length > 0 && params.auto !== true) {
      warnings.push('The words after "--" have no effect without "auto".');
    }
  }
  return { kind: "request", command, method: command.method, params, shown, warnings };
}

function readValues(
  command: Command,
  keyword: Keyword,
  texts: readonly string[],
  plugins: Declarations,
): unknown[] | Fault {
  if (keyword.most !== undefined && texts.length > keyword.most) {
    const what = keyword.value === "ipcp" ? "IPCPs" : `${keyword.value}s`;
    return { kind: "fault", message: `Too many ${what} specified. At most ${keyword.most} are allowed.` };
  }
  const values: unknown[] = [];
  for (const word of texts) {
    if (keyword.value === "type") {
      const type = findType(plugins, word);
      if (!type) return unknownType(command, word, plugins);
      values.push(type.name);
    } else {
      const value = readValue(keyword, word);
      if (!value.ok) return { kind: "fault", message: value.message, word, valid: value.valid };
      values.push(value.value);
    }
  }
  return values;
}

/** Returns the fault of a type that there is not. */
export function unknownType(command: Command, word: string, plugins: Declarations): Fault {
  return {
    kind: "fault",
    message: `IPCP type ${quote(word)} is unknown.`,
    word,
    valid: typesFor(command.keywords.find(({ value }) => value === "type") ?? {}, plugins).map(({ name }) =>
      name
    ),
    usage: command,
  };
}

function setField(into: Record<string, unknown>, { field, value, most, option }: Keyword, values: unknown[]) {
  let content = value === undefined ? true : most === undefined ? values[0] : values;
  if (option) content = value === undefined ? "true" : values.join(",");
  const [outer, inner] = field.split(".");
  if (inner === undefined) into[outer] = content;
  else into[outer] = { ...(into[outer] as Record<string, unknown> | undefined), [inner]: content };
}

const shownName = ({ name, shown }: Keyword): string => shown ?? name;

function missingOf(
  command: Command,
  keywords: readonly Keyword[],
  given: ReadonlyMap<Keyword, unknown>,
): string | undefined {
  if (command.first?.required && !given.has(command.first)) return `The ${command.first.name} is missing.`;
  const absent = keywords.find((keyword) => keyword.required && !given.has(keyword));
  if (absent) return `The keyword ${quote(shownName(absent))} is missing.`;
  const choice = keywords.filter(({ field }) => command.oneOf?.includes(field));
  if (choice.length === 0 || choice.some((keyword) => given.has(keyword))) return undefined;
  return `One of the keywords ${
    choice.map((keyword) => quote(shownName(keyword))).join(" and ")
  } is missing.`;
}
