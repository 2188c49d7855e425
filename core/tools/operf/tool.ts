/**
 * The options of operf, as data: for the command line, help, man page and completion.
 *
 * @module
 */
import type { ParsedOptions } from "../command_line.ts";
import type { Tool } from "../tool.ts";

const SERVER = "Server";
const CLIENT = "Client";

/** operf, as the command line sees it. */
export const TOOL = {
  name: "operf",
  description:
    "Measures what a flow carries to a server by name: one way, or there and back with round-trip times.",
  options: [
    { long: "listen", short: "l", group: SERVER, help: "Be the server" },
    {
      long: "verbose",
      short: "v",
      group: SERVER,
      help: "A line for each packet, as the reference's server has it",
    },
    { long: "server-name", short: "n", value: "name", group: CLIENT, help: "Name of the server (required)" },
    {
      long: "test",
      short: "t",
      value: "uni|bi",
      default: "uni",
      group: CLIENT,
      help: "One way, or there and back",
    },
    { long: "duration", short: "d", value: "time", default: "60s", group: CLIENT, help: "How long to send" },
    {
      long: "rate",
      short: "r",
      value: "rate",
      default: "1M",
      group: CLIENT,
      help: "Bits a second: a number with k (also when left out), M or G",
    },
    {
      long: "size",
      short: "s",
      value: "bytes",
      default: "1500",
      group: CLIENT,
      help: "Size of a packet, from 64",
    },
    { long: "flood", short: "f", group: CLIENT, help: "Send as many packets as the flow takes" },
    {
      long: "qos",
      short: "q",
      value: "qos",
      default: "raw",
      group: CLIENT,
      help: "Quality of the flow: raw, best, video, voice, data",
    },
    { long: "json", group: CLIENT, help: "Print the result as JSON, and nothing else" },
    { long: "sleep", group: CLIENT, help: "Taken for compatibility: the client sleeps between packets" },
  ],
  notes: [
    "A time is a whole number of ms, or with a unit: ms, s, m, h, d.",
    "A server of ouro tells at the end of a test one way what has arrived; that of the reference does not.",
    "Exit status: 0 after a test, 1 when there was none.",
  ],
  examples: ["operf -l", "operf -n my_name -d 10s --flood", "operf -n my_name -t bi -r 10M -d 5s --json"],
  usageStatus: 0,
} as const satisfies Tool;

/** Its options as they were given. */
export type Options = ParsedOptions<typeof TOOL.options>;
