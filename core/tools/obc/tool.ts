/**
 * The options of obc, as data: for the command line, help, man page and completion.
 *
 * @module
 */
import type { Tool } from "../tool.ts";

/** obc, as the command line sees it. */
export const TOOL = {
  name: "obc",
  description: "Sends a message to all who have joined a broadcast layer, or shows the messages that come.",
  options: [
    { long: "name", short: "n", value: "layer", help: "Name of the layer (required)" },
    {
      long: "message",
      short: "m",
      value: "text",
      default: "Ouroboros multicast rocks!",
      help: "What to send",
    },
    { long: "listen", short: "l", help: "Show the messages that others send" },
    { long: "json", help: "Print each message as JSON, and nothing else" },
  ],
  notes: ["Exit status: 0 when the message was sent; 1 without a name; 255 when the layer cannot be joined."],
  examples: ["obc -n my_layer --listen", 'obc -n my_layer -m "hello there"'],
  usageStatus: 0,
} as const satisfies Tool;
