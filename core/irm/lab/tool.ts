/**
 * What `ouro lab` tells of itself.
 *
 * @module
 */
import { READY_MADE } from "../../sim/ready/ready_made.ts";
import type { Tool } from "../../tools/tool.ts";

/** What help, manual page and completion tell of it. */
export const TOOL = {
  name: "lab",
  command: "ouro lab",
  description:
    "Plays a scenario of ouro sim with real processes on this host, and shows what was seen beside the simulation.",
  operands: [
    {
      name: "FILE",
      value: "file",
      values: [...READY_MADE.map(({ name }) => name), "clean"],
      help:
        "A scenario, or the name of one that is ready-made; clean removes labs whose maker was killed, or that stay",
    },
  ],
  options: [
    { long: "stay", help: "Leave it up at the end, and print how to enter each host" },
    { long: "loopback", help: "Join hosts by UDP on the loopback device, as users other than root do" },
    { long: "seed", value: "number", help: "Draw by this number, not by that of the scenario" },
    { long: "set", value: "key=value", repeated: true, help: "Put a value in the place of the scenario's" },
    { long: "json", help: "Print what was seen as JSON" },
  ],
  notes: [
    "For root, hosts are network namespaces joined by cables; for others, runtime folders joined by UDP.",
    "Everything is removed at the end, also after Ctrl-C.",
    "Exit status: 1 when the layers did not come up, or a plugin has failed, simulated or real.",
  ],
  examples: ["ouro lab square", "ouro lab my.toml --stay", "ouro lab clean"],
} as const satisfies Tool;
