/**
 * The command `ouro impair`, in the form of the commands of irm.
 *
 * @module
 */
import { AS } from "../commands/shared.ts";
import type { Command, Keyword, Params } from "../grammar/command.ts";
import { DIRECTION, IMPAIRMENT_WORDS, OFF, valueOf } from "./keywords.ts";
import { settingsText } from "./print.ts";

/** Settings that do nothing alone. */
const MODIFIERS: readonly string[] = ["seed", "queue", "reorderBy"];

const SETTINGS: readonly Keyword[] = IMPAIRMENT_WORDS.map((setting) => ({
  name: setting.word,
  exact: true,
  field: `impairment.${setting.key}`,
  value: "setting",
  read: (text) => valueOf(setting, text),
  help: setting.help,
}));

/** `ouro impair`. */
export const IMPAIR: Command = {
  word: "impair",
  path: "ouro impair",
  method: "ipcp.impair",
  help: "impair what an IPCP sends and receives below it",
  about: "What is set replaces what was set before in the same direction.",
  examples: ["ouro impair udp_a loss 5% delay 5ms", "ouro impair udp_a", "ouro impair udp_a off"],
  first: { name: "name", field: "name", value: "ipcp", required: true, help: "name of the IPCP" },
  keywords: [
    ...SETTINGS,
    {
      name: DIRECTION.word,
      exact: true,
      field: "direction",
      value: "choice",
      choices: DIRECTION.values,
      help: DIRECTION.help,
    },
    { name: OFF.word, exact: true, field: "off", help: OFF.help },
    { ...AS, exact: true },
  ],
  check: faultOf,
  prepare: ({ name, direction = "both", impairment, off }) =>
    Promise.resolve({ name, direction, impairment: off ? "off" : impairment }),
  print: (result, { params }, { print }) => {
    for (const line of settingsText(String(params.name), result)) print(line);
    return 0;
  },
};

/** Returns what is wrong with the words taken together. */
function faultOf({ impairment, direction, off }: Params): string | undefined {
  const set = Object.keys(impairment ?? {});
  if (off && set.length > 0) return `"off" ends everything: give it, or what is to happen, not both.`;
  if (direction && !off && set.length === 0) {
    return `"direction" needs something that is to happen, such as loss 5%.`;
  }
  if (set.length === 0 || set.some((key) => !MODIFIERS.includes(key))) return undefined;
  const { word } = IMPAIRMENT_WORDS.find(({ key }) => set.includes(key)) ?? OFF;
  return `"${word}" alone does nothing: say what is to happen, such as loss 5%.`;
}
