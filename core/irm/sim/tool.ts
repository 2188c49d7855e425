/**
 * What `ouro sim` tells of itself.
 *
 * @module
 */
import { READY_MADE } from "../../sim/ready/ready_made.ts";
import type { Tool } from "../../tools/tool.ts";

/** What help, manual page and completion tell of it. */
export const TOOL = {
  name: "sim",
  command: "ouro sim",
  description:
    "Plays a scenario of hosts, layers and traffic in virtual time, with the protocols of the daemons.",
  operands: [
    {
      name: "FILE",
      value: "file",
      values: [...READY_MADE.map(({ name }) => name), "merge"],
      help: "A scenario, or the name of one that is ready-made; or merge, and files of results",
    },
    { name: "RESULTS", value: "file", repeated: true, help: "Behind merge: files that sweeps have written" },
  ],
  options: [
    { long: "list", help: "List the ready-made scenarios" },
    { long: "show", help: "Print the scenario instead of playing it" },
    { long: "seed", value: "number", help: "Draw by this number, not by that of the scenario" },
    { long: "set", value: "key=value", repeated: true, help: "Put a value in the place of the scenario's" },
    { long: "json", help: "Print what was seen as JSON", group: "Output" },
    { long: "trace", help: "Print a line for each packet on a link", group: "Output" },
    {
      long: "pcap",
      value: "file",
      help: "Write the packets on links into a capture, for Wireshark",
      group: "Output",
    },
    { long: "svg", value: "file", help: "Draw the layers, and where packets went", group: "Output" },
    {
      long: "html",
      value: "file",
      help: "Write tables, plots and the drawing into one page",
      group: "Output",
    },
    {
      long: "sweep",
      value: "key=v1,v2",
      repeated: true,
      help: "Play it with each of these values; with several --sweep, with all combinations",
      group: "Sweeps",
    },
    { long: "seeds", value: "number", help: "Play each of them with so many seeds", group: "Sweeps" },
    {
      long: "shard",
      value: "part/of",
      help: "Play this part of the sweep only, such as 3/10",
      group: "Sweeps",
    },
    {
      long: "results",
      value: "file",
      help: "Keep what was played here, and go on where it ended",
      group: "Sweeps",
    },
    {
      long: "jobs",
      value: "number",
      help: "Play so many at once; left out: as many as there are processors",
      group: "Sweeps",
    },
  ],
  notes: [
    "A seed gives the same run each time, packet for packet: the trace that is printed says so.",
    "A key of --set and --sweep is a place in the scenario, such as link.rate, layer.net.routing or flow.1.count; without a dot it " +
    "is an option of all layers that have it, such as congestion.",
    "Exit status: 1 when a layer did not come up, or a plugin has failed; of a sweep, when it was so in a run.",
  ],
  examples: [
    "ouro sim --list",
    "ouro sim square",
    "ouro sim my.toml --seed 7 --html my.html",
    "ouro sim my.toml --set link.loss=5%",
    "ouro sim dumbbell --sweep congestion=none,mb-ecn --seeds 20 --results dumbbell.jsonl",
    "ouro sim merge part1.jsonl part2.jsonl",
  ],
  page: async () => (await import("./page.ts")).SIM_PAGE,
} as const satisfies Tool;
