/**
 * The options of oecho, as data: for the command line, help, man page and completion.
 *
 * @module
 */
import type { Tool } from "../tool.ts";

/** oecho, as the command line sees it. */
export const TOOL = {
  name: "oecho",
  description:
    "Sends a greeting to the server of the name oecho and shows what comes back, or is that server.",
  options: [
    { long: "listen", short: "l", help: "Be the server" },
    { long: "json", help: "Print the reply, or each message, as JSON, and nothing else" },
  ],
  notes: [
    "The server takes one flow at a time, and of each one message.",
    "Exit status of the client: 0 when the greeting came back, 255 when it did not.",
  ],
  examples: [
    "irm bind program oecho name oecho",
    "irm name register oecho layer my_layer",
    "oecho -l",
    "oecho",
  ],
  usageStatus: 0,
} as const satisfies Tool;
