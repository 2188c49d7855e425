/**
 * What may stand as a value: names that the IRMd knows, words of the table, words from plugins.
 *
 * @module
 */
import { QOS } from "../../contract/qos.ts";
import type { OptionDeclaration } from "../../contract/options.ts";
import { OuroError } from "../../contract/errors.ts";
import type { Keyword } from "../grammar/command.ts";
import { type Declarations, pluginsOf, typesFor } from "../grammar/parse/plugins.ts";
import type { Candidate, Environment } from "../../tools/environment.ts";
import { readIpcps, readNames } from "../commands/lists.ts";

/** Lets the shell offer files. */
export const FILES: Candidate = { word: "", help: "files" };
/** Lets the shell offer programs. */
export const COMMANDS: Candidate = { word: "", help: "commands" };
/** The shell completes names of users. */
const USERS: Candidate = { word: "", help: "users" };

const words = (of: readonly string[], help: string): Candidate[] => of.map((word) => ({ word, help }));

/** A keyword of irm, or an option or operand of a tool. */
type Valued = Partial<Pick<Keyword, "choices" | "help" | "option" | "ability">> & { readonly value?: string };

/** Returns what may be the value of a keyword. Without an IRMd, what it would know is left out. */
export async function valuesOf(
  { value, choices = [], help = "", option, ability }: Valued,
  plugins: () => Promise<Declarations>,
  environment: Environment,
): Promise<readonly Candidate[]> {
  switch (value) {
    case "name":
    case "prefix":
      return await names(environment);
    case "destination":
      return [...await names(environment), ...await ipcps(environment)];
    case "ipcp":
      return await ipcps(environment);
    case "layer":
      return await layers(environment);
    case "type":
      return described(typesFor({ ability }, await plugins()));
    case "balancing":
      return described(pluginsOf(await plugins(), "balancing"));
    case "component":
      return words(["mgmt", "dt", "*"], "component");
    case "qos":
      return words(Object.keys(QOS), "quality of service");
    case "format":
      return words(["JSON"], "form of the output");
    case "choice":
      return words(choices, help);
    case "user":
      return [USERS];
    case "program":
      return [COMMANDS];
    case "file":
    case "path":
      return [FILES];
    case "option":
      return option ? optionValues(option, await plugins()) : [];
    default:
      return [];
  }
}

const names = (environment: Environment): Promise<Candidate[]> =>
  ask(environment, "name.list", (result) => words(readNames(result).map(({ name }) => name), "name"));

const ipcps = (environment: Environment): Promise<Candidate[]> =>
  ask(
    environment,
    "ipcp.list",
    (result) => readIpcps(result).map(({ name, type }) => ({ word: name, help: `${type} IPCP` })),
  );

const layers = (environment: Environment) =>
  ask(environment, "ipcp.list", (result) => {
    const found = new Set(readIpcps(result).flatMap(({ layer }) => layer === undefined ? [] : [layer]));
    return words([...found], "layer");
  });

/** Asks for what is offered. A completion must not complain: without an answer, nothing is offered. */
async function ask(
  environment: Environment,
  method: string,
  read: (result: unknown) => Candidate[],
): Promise<Candidate[]> {
  try {
    return read(await environment.call(method, {}));
  } catch (thrown) {
    if (thrown instanceof OuroError) return [];
    throw thrown;
  }
}

const described = (plugins: Declarations): Candidate[] =>
  plugins.map(({ name, description }) => ({ word: name, help: description }));

function optionValues(option: OptionDeclaration, plugins: Declarations): readonly Candidate[] {
  switch (option.type) {
    case "choice":
      return words(option.values, option.help);
    case "policy":
      return described(pluginsOf(plugins, option.kind));
    default:
      return [];
  }
}
