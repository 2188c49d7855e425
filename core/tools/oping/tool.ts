/**
 * The options of oping, as data: for the command line, help, man page and completion.
 *
 * @module
 */
import type { ParsedOptions } from "../command_line.ts";
import type { Tool } from "../tool.ts";

const SERVER = "Server";
const CLIENT = "Client";

/** oping, as the command line sees it. */
export const TOOL = {
  name: "oping",
  description: "Sends packets to a server by name over a flow, and reports the round-trip times.",
  options: [
    { long: "listen", short: "l", group: SERVER, help: "Be the server" },
    { long: "poll", group: SERVER, help: "Taken for compatibility: the server never sleeps on a flow" },
    { long: "busy", group: SERVER, help: "No line per packet" },
    {
      long: "server-name",
      short: "n",
      aliases: ["server-apn"],
      value: "name",
      group: CLIENT,
      help: "Name of the server (required)",
    },
    {
      long: "count",
      short: "c",
      value: "number",
      default: "2147483647",
      group: CLIENT,
      help: "How many packets",
    },
    {
      long: "duration",
      short: "d",
      value: "time",
      group: CLIENT,
      help: "How long, instead of how many: the count is the duration over the interval",
    },
    {
      long: "interval",
      short: "i",
      value: "time",
      default: "1000ms",
      group: CLIENT,
      help: "Time between packets",
    },
    { long: "flood", short: "f", group: CLIENT, help: "Send the next packet when the reply is there" },
    { long: "flood-busy", short: "F", group: CLIENT, help: "The same as --flood" },
    {
      long: "qos",
      short: "q",
      value: "qos",
      default: "raw",
      group: CLIENT,
      help: "Quality of the flow: raw, best, video, voice, data",
    },
    {
      long: "size",
      short: "s",
      value: "bytes",
      default: "64",
      group: CLIENT,
      help: "Size of a packet, 64 to 1500",
    },
    { long: "timeofday", short: "D", group: CLIENT, help: "Print the time in front of each reply" },
    {
      long: "json",
      group: CLIENT,
      help: "Print the statistics as JSON, and nothing else; times in milliseconds",
    },
    { long: "quiet", short: "Q", help: "Print the statistics only; as the server, no line per packet" },
  ],
  notes: [
    "A time is a whole number of ms, or with a unit: ms, s, m, h, d. A flood with --duration ends after that time.",
    "Exit status of the client: 0 when replies came; 1 when none of the packets sent was answered, when the flow\n" +
    "went down, when no flow could be allocated, and after this text.",
  ],
  examples: ["oping -l", "oping -n oping_server", "oping -n oping_server -c 10 -i 100ms -q voice"],
  usageStatus: 1,
} as const satisfies Tool;

/** Its options as they were given. */
export type Options = ParsedOptions<typeof TOOL.options>;
