/**
 * `irm bind …` and `irm unbind …`. The word of the command is itself a keyword, so its pairs come in any order.
 *
 * @module
 */
import type { Command, Group, Keyword } from "../grammar/command.ts";
import { IPCP_NAME } from "./shared.ts";

const NAME: Keyword = { name: "name", field: "name", value: "name", required: true, help: "name to bind to" };
const FROM: Keyword = { ...NAME, required: false, default: "all names", help: "name to unbind from" };
const PROGRAM: Keyword = {
  name: "program",
  field: "program",
  value: "program",
  required: true,
  help: "path of the program, or a word to look for in PATH",
};
const USER: Keyword = {
  name: "user",
  field: "users",
  value: "user",
  most: 64,
  help: "user whose instances count, too, by name or number; may be repeated",
};
const PROCESS: Keyword = {
  name: "process",
  field: "pid",
  value: "pid",
  required: true,
  help: "id of the process",
};
const IPCP: Keyword = { ...IPCP_NAME, name: "ipcp", field: "ipcp" };

/** `irm bind`. */
export const BIND: Group = {
  word: "bind",
  path: "irm bind",
  help: "say which program, process or IPCP answers for a name",
  children: [
    {
      word: "program",
      path: "irm bind program",
      method: "bind.program",
      help: "let all instances of a program answer for a name",
      about:
        "All instances of the program that you or root run, or one of the users named, accept flows for the name, also those that run " +
        "already. With auto, the IRMd starts an instance when a flow is asked for and none waits, with the words after -- as its arguments, " +
        "in the folder / and with the rights of the user who bound it. Of a runtime such as deno, the program is the file that these words name " +
        "first by an absolute path.",
      examples: [
        "irm bind program oping name oping_server",
        "irm bind program /usr/bin/oping name oping_server auto -- -l",
        "irm bind program deno name web auto -- run -A /srv/web.ts",
        "irm bind program /usr/bin/oping name oping_server user alice user bob",
      ],
      keywords: [
        NAME,
        PROGRAM,
        USER,
        { name: "auto", exact: true, field: "auto", help: "start the program when none is ready" },
      ],
      keepsWord: true,
      rest: "arguments",
      defaults: { auto: false, arguments: [] },
      // A program to unbind need not be there any more.
      prepare: async (params, { findProgram }) => ({
        ...params,
        program: await findProgram(String(params.program)),
      }),
    },
    {
      word: "process",
      path: "irm bind process",
      method: "bind.process",
      help: "let a process answer for a name",
      about: "The process accepts flows for the name, until it ends or is unbound.",
      examples: ["irm bind process 4711 name oping_server"],
      keywords: [NAME, PROCESS],
      keepsWord: true,
    },
    {
      word: "ipcp",
      path: "irm bind ipcp",
      method: "bind.ipcp",
      help: "let an IPCP answer for a name",
      about: "The same for the process of an IPCP, so that other IPCPs can reach it by the name.",
      examples: ["irm bind ipcp normal_1 name normal_layer"],
      keywords: [NAME, IPCP],
      keepsWord: true,
    },
  ],
};

function unbind(word: string, what: Keyword, help: string, example: string): Command {
  return {
    word,
    path: `irm unbind ${word}`,
    method: `unbind.${word}`,
    help,
    about: `Ends the binding: the ${
      word === "ipcp" ? "IPCP" : word
    } gets no more requests for the name. Flows that it has stay.`,
    examples: [example],
    keywords: [FROM, what],
    keepsWord: true,
  };
}

/** `irm unbind`. */
export const UNBIND: Group = {
  word: "unbind",
  path: "irm unbind",
  help: "take such a binding back",
  children: [
    unbind("program", PROGRAM, "unbind a program", "irm unbind program oping name oping_server"),
    unbind("process", PROCESS, "unbind a process", "irm unbind process 4711 name oping_server"),
    unbind("ipcp", IPCP, "unbind an IPCP", "irm unbind ipcp normal_1 name normal_layer"),
  ],
};
