/**
 * The options of ocbr, as data: for the command line, help, man page and completion.
 *
 * @module
 */
import type { ParsedOptions } from "../command_line.ts";
import type { Tool } from "../tool.ts";

const SERVER = "Server";
const CLIENT = "Client";

/** ocbr, as the command line sees it. */
export const TOOL = {
  name: "ocbr",
  description: "Sends packets at a constant rate to a server by name, which counts them.",
  options: [
    { long: "listen", short: "l", group: SERVER, help: "Be the server" },
    {
      long: "interval",
      short: "i",
      value: "seconds",
      default: "1",
      group: SERVER,
      help: "Seconds between two lines of statistics",
    },
    {
      long: "timeout",
      short: "t",
      value: "seconds",
      default: "1",
      group: SERVER,
      help: "Seconds of silence after which a test is over",
    },
    {
      long: "server-name",
      short: "n",
      aliases: ["server_apn"],
      value: "name",
      group: CLIENT,
      help: "Name of the server (required)",
    },
    {
      long: "duration",
      short: "d",
      value: "seconds",
      default: "60",
      group: CLIENT,
      help: "Seconds of the test",
    },
    { long: "size", short: "s", value: "bytes", default: "1000", group: CLIENT, help: "Size of a packet" },
    {
      long: "rate",
      short: "r",
      value: "rate",
      default: "1000000",
      group: CLIENT,
      help: "Bits a second: a number, with k, M or G",
    },
    { long: "flood", short: "f", group: CLIENT, help: "Send as many packets as the flow takes" },
    { long: "sleep", group: CLIENT, help: "Taken for compatibility: the client sleeps between packets" },
    { long: "json", help: "Print the statistics as JSON, one object a line, and nothing else" },
    { long: "spin", group: CLIENT, help: "Taken for compatibility" },
  ],
  notes: ["Exit status: 0 after a test, 1 for wrong values, 255 when no flow could be allocated."],
  examples: ["ocbr -l", "ocbr -n my_name -d 10 -r 10M -s 1400"],
  usageStatus: 0,
} as const satisfies Tool;

/** Its options as they were given. */
export type Options = ParsedOptions<typeof TOOL.options>;
