/**
 * The options of capture, as data: for the command line, help, man page and completion.
 *
 * @module
 */
import type { ParsedOptions } from "../command_line.ts";
import type { Tool } from "../tool.ts";

const DEVICE = "For a network device";

/** capture, as the command line sees it. */
export const TOOL = {
  name: "capture",
  command: "ouro capture",
  description:
    "Writes what an IPCP or a network device sends and receives, as a capture file (pcap) or as lines.",
  operands: [
    { name: "target", required: true, value: "ipcp", help: "An IPCP of this host, or else a network device" },
    { name: "file", value: "file", help: "Capture file to write; - is standard output" },
  ],
  options: [
    { long: "count", short: "c", value: "number", help: "End after so many packets" },
    { long: "duration", short: "d", value: "time", help: "End after this time" },
    {
      long: "snap-length",
      short: "s",
      value: "bytes",
      default: "262144",
      help: "How much of each packet to write, at most",
    },
    { long: "lines", short: "l", help: "One line for each packet, also where output is no terminal" },
    { long: "json", help: "As --lines, each line an object in JSON" },
    { long: "device", group: DEVICE, help: "The target is a network device, whatever IPCPs there are" },
    {
      long: "ethertype",
      short: "e",
      value: "types",
      default: "a000",
      group: DEVICE,
      help: "Ethertypes of eth-dix, hexadecimal, with commas; or none",
    },
    {
      long: "port",
      short: "p",
      value: "ports",
      default: "3435",
      group: DEVICE,
      help: "UDP ports of udp4 and udp6, with commas; or none",
    },
    { long: "skip-llc", group: DEVICE, help: "Leave out the frames of eth-llc" },
  ],
  notes: [
    "Without a file, the capture goes to standard output; on a terminal it is one line for each packet.\n" +
    "docs/wireshark has a dissector for the files: wireshark -X lua_script:docs/wireshark/ouroboros.lua FILE",
    "A time is a whole number of ms, or with a unit: ms, s, m, h, d. Ctrl-C ends the capture.",
    "The IPCP and the network do not wait: what comes while nobody takes it is dropped and counted.",
  ],
  usageStatus: 1,
  page: async () => (await import("./page.ts")).CAPTURE_PAGE,
} as const satisfies Tool;

/** Its options as they were given. */
export type Options = ParsedOptions<typeof TOOL.options>;
