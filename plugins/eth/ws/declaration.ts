/**
 * Declaration of the IPCP type over WebSockets.
 *
 * @module
 */
import { HASH_OPTION, type OptionsOf } from "../../../core/contract/options.ts";
import { declarePlugin } from "../../../core/contract/plugin.ts";

/** Layers over WebSockets: Ethernet whose switch is a web server. */
export const WS = declarePlugin({
  kind: "ipcp",
  name: "ws",
  description: "a layer over WebSockets, through proxies and from behind NAT",
  options: [
    {
      name: "url",
      type: "text",
      value: "URL",
      maxBytes: 2048,
      help: "the hub to dial, ws://HOST[:PORT][/PATH] or wss://…",
    },
    {
      name: "listen",
      type: "text",
      value: "ADDRESS:PORT",
      help: "be the hub: own address (0.0.0.0 and [::] are all) and TCP port",
    },
    {
      name: "path",
      type: "text",
      value: "PATH",
      help: "of a hub: path of its URL, / where none is given",
    },
    {
      name: "cert",
      type: "text",
      value: "FILE",
      help: "of a hub: its certificate (PEM), for wss",
    },
    { name: "key", type: "text", value: "FILE", help: "of a hub: the private key (PEM) of the certificate" },
    {
      name: "proxy",
      type: "text",
      value: "URL",
      maxBytes: 2048,
      help: "an HTTP proxy on the way to the hub, http://[USER:PASSWORD@]HOST[:PORT]",
    },
    {
      name: "ca",
      type: "text",
      value: "FILE",
      help: "authorities (PEM) that the hub's certificate may come from, beside the usual ones",
    },
    {
      name: "token",
      type: "text",
      value: "FILE",
      help: "a secret of 16 signs or more that the hub and all its members have in a file",
    },
    HASH_OPTION,
  ],
  uses: ["hash"],
});

/** The options of layers over WebSockets. */
export type WsOptions = OptionsOf<typeof WS.options>;
