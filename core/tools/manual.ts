/**
 * Manual pages of tools, from what the tools tell of themselves.
 *
 * @module
 */
import { bold, fill, heading, italic, item, literal, paragraph, plain, title } from "./roff.ts";
import { type Page, STANDARD_OPTIONS, type Tool, type ToolOperand, type ToolOption } from "./tool.ts";

/** Of the last change of the texts. */
const DATE = "2026-11-20";
/** The section that pages are in, but for those of files. */
const SECTION = 8;
const FILE_SECTION = 5;

/** Returns the section that a page is in. */
export const sectionOf = (name: string): number => name.endsWith(".conf") ? FILE_SECTION : SECTION;

/**
 * Returns the page of a tool, without line end.
 *
 * @param what it does, in a few words
 */
export function manualOf(tool: Tool, what: string, page: Page, version: string): string {
  const { name, command = name, operands = [], options, description, notes = [], examples = [] } = tool;
  const [first, ...more] = [description, ...notes].map((text) => plain(text.replaceAll("\n", " ")));
  return [
    title(name, sectionOf(name), DATE, version),
    ...nameSection(name, page.what ?? what),
    heading("synopsis"),
    ...page.synopsis ??
      [[bold(command), `[${italic("option")}] ...`, ...operands.map(operandText)].join(" ")],
    heading("description"),
    ...page.description ?? [...fill(first), ...more.flatMap(paragraph)],
    ...operands.flatMap(({ name, help }) => page.description ? [] : item(italic(name), plain(`${help}.`))),
    heading("options"),
    ...optionItems(options),
    ...page.sections ?? [],
    ...examples.length === 0 ? [] : [heading("examples"), ...literal(examples).slice(1)],
    heading("exit status"),
    page.exitStatus ?? "0 when it was done; else not 0, with a message.",
    ...page.last ?? [],
    ...seeAlso(page.seeAlso ?? ["irm", "ouroboros"]),
  ].join("\n");
}

const operandText = ({ name, required, repeated }: ToolOperand) =>
  (required ? italic(name) : `[${italic(name)}]`) + (repeated ? " ..." : "");

/** Returns the first lines of a page of `name` that is no tool. */
export const pageHead = (name: string, what: string, version: string): string[] => [
  title(name, sectionOf(name), DATE, version),
  ...nameSection(name, what),
];

const nameSection = (name: string, what: string) => [heading("name"), `${name} \\- ${plain(what)}`];

/** Returns the section that names other pages. */
export const seeAlso = (pages: readonly string[]): string[] => [
  heading("see also"),
  ...pages.map((name, index) => `.BR ${name} (${sectionOf(name)})${index === pages.length - 1 ? "" : ","}`),
];

/** Describes options, each with its help; last those that every tool has. */
export const optionItems = (options: readonly ToolOption[]): string[] =>
  [...options, ...STANDARD_OPTIONS].flatMap(({ long, short, value, help, default: preset }) => {
    const words = `${short === undefined ? "" : `${bold(`-${short}`)}, `}${bold(`--${long}`)}`;
    const initial = preset === undefined ? "" : ` The default is ${bold(preset)}.`;
    return item(value === undefined ? words : `${words} ${italic(value)}`, plain(`${help}.`) + initial);
  });

/** Returns a synopsis that lists all options. */
export const optionsSynopsis = ({ name, options }: Tool): string =>
  [
    bold(name),
    ...[...options, STANDARD_OPTIONS[0]].map(({ long, value }) =>
      `[${bold(`--${long}`)}${value === undefined ? "" : ` ${italic(value)}`}]`
    ),
  ].join(" ");

/** The sections about files and environment, of programs that use the runtime folder. */
export const FILES: readonly string[] = [
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
