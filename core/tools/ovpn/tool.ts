/**
 * The options of ovpn, as data: for the command line, help, man page and completion.
 *
 * @module
 */
import type { Tool } from "../tool.ts";

/** ovpn, as the command line sees it. */
export const TOOL = {
  name: "ovpn",
  description: "Carries IP packets over a flow, between a device here and one at the other end.",
  options: [
    { long: "name", short: "n", value: "name", help: "Name of the server; left out: be the server" },
    { long: "ip", short: "i", value: "address", help: "IPv4 address of this end (required)" },
    { long: "mask", short: "m", value: "mask", help: "Mask of the subnet, such as 255.255.255.0 (required)" },
    { long: "device", value: "name", help: "Name of the device; left out: the system chooses one" },
    { long: "encrypt", help: "Refuse a flow that is not encrypted" },
  ],
  notes: [
    "The device takes packets as large as the flow carries. A flow that is lost is made again, until ovpn is stopped.",
    "Exit status: 0 when it was stopped, 1 when it could not do its work.",
  ],
  examples: ["ovpn -i 10.1.1.1 -m 255.255.255.0", "ovpn -n vpn -i 10.1.1.2 -m 255.255.255.0"],
} as const satisfies Tool;
