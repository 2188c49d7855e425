/**
 * `irm config …`: configuration files, made of what runs, and made to be changed.
 *
 * @module
 */
import { ProtocolError, WouldBlockError } from "../../contract/errors.ts";
import type { Environment } from "../../tools/environment.ts";
import { type Fields, fieldsOf, integer, text } from "../../wire/local/fields.ts";
import type { Command, Group } from "../grammar/command.ts";
import { readRows } from "./lists.ts";

const MAX_TEXT = 65_536;
const MAX_LENGTH = 1 << 30;
/** The state may change while it is read: so often it is read anew. */
const TRIES = 10;

const EXPORT: Command = {
  word: "export",
  path: "irm config export",
  method: "config.export",
  help: "write what runs as a configuration file",
  about:
    "Prints what the IRMd was asked for, by command or by its file, as a configuration file: IPCPs with their layers, options, " +
    "connections and bindings, names, registrations, programs. Another IRMd that is started with the file makes the same of it. " +
    "What a file cannot say, such as bindings of processes, is a comment.",
  examples: ["irm config export"],
  keywords: [],
  run: async (environment) => {
    environment.print((await exported(environment)).trimEnd());
    return 0;
  },
};

const EXAMPLE: Command = {
  word: "example",
  path: "irm config example",
  method: "plugins.list",
  help: "print a configuration file that shows every key",
  about:
    "Prints a configuration file that works, with every key and what it does, of the plugins that there are.",
  examples: ["irm config example"],
  keywords: [],
  run: async (environment, plugins) => {
    const { exampleOf } = await import("../config/example.ts");
    environment.print(exampleOf(await plugins()).trimEnd());
    return 0;
  },
};

/** `irm config`. */
export const CONFIG: Group = {
  word: "config",
  path: "irm config",
  help: "configuration files: of what runs, and an example",
  children: [EXPORT, EXAMPLE],
};

/** Reads the state part by part. @throws WouldBlockError when it does not stand still for that long */
async function exported({ call }: Pick<Environment, "call">): Promise<string> {
  for (let tries = 0; tries < TRIES; tries++) {
    const first = readPart(await call("config.export", {}));
    let all = first.text;
    let part = first;
    while (part.edition === first.edition && part.text !== "" && all.length < first.length) {
      part = readPart(await call("config.export", { from: all.length }));
      all += part.text;
    }
    if (part.edition === first.edition && all.length === first.length) return all;
  }
  throw new WouldBlockError("the state changes all the time; try again");
}

function readPart(result: unknown): { text: string; length: number; edition: number } {
  const [part] = readRows([result], (from: Fields, key) => {
    const fields = fieldsOf(from[key], key);
    return {
      text: text(fields, "text", MAX_TEXT),
      length: integer(fields, "length", 0, MAX_LENGTH),
      edition: integer(fields, "edition", 0, 0xffffffff),
    };
  });
  if (!part) throw new ProtocolError("the answer of the IRMd is not as agreed");
  return part;
}
