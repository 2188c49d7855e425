/**
 * The options of forward, as data: for the command line, help, man page and completion.
 *
 * @module
 */
import type { ParsedOptions } from "../command_line.ts";
import type { Tool } from "../tool.ts";

const OFFER = "Offer a service by a name";
const REACH = "Reach a name from other programs";

/** forward, as the command line sees it. */
export const TOOL = {
  name: "forward",
  command: "ouro forward",
  description:
    "Carries connections of other networks over flows: to a service that is offered by a name, or from programs to a name.",
  operands: [{ name: "NAME", value: "name", help: "The name that connections at --listen go to" }],
  options: [
    {
      long: "to",
      value: "endpoint",
      group: OFFER,
      help: "Where flows go: tcp:HOST:PORT, udp:HOST:PORT, unix:PATH, stdio",
    },
    {
      long: "as",
      value: "name",
      group: OFFER,
      help: "The name that is offered; this process is bound to it",
    },
    {
      long: "layer",
      value: "layer",
      repeated: true,
      group: OFFER,
      help: "Register the name in this layer, too",
    },
    {
      long: "listen",
      value: "endpoint",
      group: REACH,
      help: "Where programs connect: as for --to, or a port of this host",
    },
    {
      long: "proxy",
      value: "endpoint",
      group: REACH,
      help: "Be a proxy (SOCKS 5, HTTP CONNECT) there: its host names are names",
    },
    {
      long: "qos",
      short: "q",
      value: "qos",
      help: "Quality of flows; left out: data for streams, raw for datagrams",
    },
    { long: "encrypt", help: "Refuse flows that are not encrypted" },
    { long: "most", value: "number", default: "4096", help: "Connections at a time" },
    { long: "quiet", short: "Q", help: "No line for each connection" },
  ],
  notes: [
    "Streams go over reliable flows, datagrams over raw ones. Back-pressure and the end of one direction are kept.\n" +
    "A port alone is one of 127.0.0.1. Whoever may connect at --listen or --proxy reaches what this host reaches.",
    "Exit status: 0 when it was stopped, or stdio has come to its end; 1 when it could not do its work.",
  ],
  examples: [
    "ouro forward --to tcp:127.0.0.1:8080 --as web --layer my_layer",
    "ouro forward web --listen 127.0.0.1:8080",
    "ouro forward --proxy 127.0.0.1:1080",
    "ssh -o ProxyCommand='ouro forward my_ssh --listen stdio' user@my_ssh",
  ],
} as const satisfies Tool;

/** Its options as they were given. */
export type Options = ParsedOptions<typeof TOOL.options>;
