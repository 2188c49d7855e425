/**
 * Reads the list of plugins that the IRMd gives, with the checks that a plugin's file gets, too.
 *
 * @module
 */
import type { OptionDeclaration } from "../../contract/options.ts";
import type { IpcpAbility } from "../../contract/plugin.ts";
import { PLUGIN_KINDS } from "../../contract/plugin_kind.ts";
import { checkDeclaredOptions } from "../../registry/check_declared_options.ts";
import { oneOf, word } from "../../registry/words.ts";
import { type Fields, fieldsOf, integer, list, optional, text } from "../../wire/local/fields.ts";
import type { ListedPlugin } from "./environment.ts";
import { readRows } from "./results.ts";

const ABILITIES: readonly IpcpAbility[] = ["enrol", "connect", "join"];
const MAX_LIST = 100;
const MAX_LINE = 300;
const MAX_PATH = 4096;
const MAX_ORDER = 1_000_000;

/** The result of `plugins.list`. @throws ProtocolError when it is none */
export function readPlugins(result: unknown): ListedPlugin[] {
  return readRows(result, (from, key) => {
    const fields = fieldsOf(from[key], key);
    const options = list(fields, "options", MAX_LIST, (of, at) => fieldsOf(of[at], at));
    checkOptions(options);
    return {
      origin: text(fields, "origin", MAX_PATH),
      declaration: {
        kind: oneOf(fields, "kind", PLUGIN_KINDS),
        name: word(fields, "name"),
        aliases: optional(fields, "aliases", (of, at) => list(of, at, MAX_LIST, word)),
        apiVersion: integer(fields, "apiVersion", 0, MAX_ORDER),
        description: text(fields, "description", MAX_LINE),
        options,
        abilities: optional(
          fields,
          "abilities",
          (of, at) => list(of, at, ABILITIES.length, (inner, index) => oneOf(inner, index, ABILITIES)),
        ),
        position: optional(fields, "position", (of, at) => integer(of, at, 0, MAX_ORDER)),
        rank: optional(fields, "rank", (of, at) => integer(of, at, 0, MAX_ORDER)),
        planned: optional(fields, "planned", (of, at) => text(of, at, MAX_LINE)),
      },
    };
  });
}

function checkOptions(
  options: readonly Fields[],
): asserts options is readonly (Fields & OptionDeclaration)[] {
  checkDeclaredOptions(options, []);
}
