/**
 * The IPCP type over WebSockets: Ethernet, with a hub in the place of a switch.
 *
 * @module
 */
import { asOuroError, NotSupportedError } from "../../../core/contract/errors.ts";
import type { WebSockets } from "../../../core/contract/network.ts";
import { type Done, failure, success } from "../../../core/contract/outcome.ts";
import { definePlugin, type IpcpContext } from "../../../core/contract/plugin.ts";
import type { Layer } from "../../../core/contract/ipcp.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import { openPort } from "../../../core/ipcp/shim/open_port.ts";
import { dixFormat, type EthernetFormat } from "../ethernet_format.ts";
import { EthernetLink, type EthernetLinkOptions } from "../ethernet_link.ts";
import { WS } from "./declaration.ts";
import { HubPort } from "./hub_port.ts";
import { MemberPort } from "./member_port.ts";
import { settingsOf, type WsSettings } from "./settings.ts";
import type { WebPort } from "./web_port.ts";

/** Frames are those of a layer on Ethernet, but a path may be long, and nothing in it is thrown away for its age. */
const FORMAT: EthernetFormat = { ...dixFormat(0xa000), mpl: 5000 };

class WebLink extends EthernetLink {
  constructor(options: EthernetLinkOptions, private readonly port: WebPort) {
    super(options);
  }

  override stats(): Stats {
    return { ...super.stats(), web: this.port.stats() };
  }
}

function open(
  context: IpcpContext,
  sockets: WebSockets,
  settings: WsSettings,
  layer: Pick<EthernetLinkOptions, "log" | "name" | "hash" | "hashLength" | "former">,
): WebLink {
  const port = settings.role === "hub"
    ? new HubPort(context, layer.log, sockets, settings.door)
    : new MemberPort(context, layer.log, sockets, settings.dial);
  const networks = { ...context.networks, openEthernet: () => context.networks.seen?.(port) ?? port };
  const { device } = port;
  return new WebLink({ ...layer, context: { ...context, networks }, format: FORMAT, device }, port);
}

/** Layers over WebSockets. */
export const ws = definePlugin(WS, (host, context) => ({
  bootstrap: ({ layer: name, options, former }, done: Done<Layer>) => {
    const { networks } = context;
    const settings = settingsOf(options);
    if (!networks.webSockets) return done(failure(new NotSupportedError("this host has no WebSockets")));
    const log = context.log.component("ipcpd/ws");
    const { length: hashLength } = host.make("hash", options.hash, {});
    const place = former?.layer === name ? former.place : undefined;
    const layer = { log, name, hash: options.hash, hashLength, former: place };
    networks.webSockets((sockets) => {
      if (!sockets.ok) return done(sockets);
      try {
        openPort(context.timers, () => open(context, sockets.value, settings, layer), (outcome) => {
          if (!outcome.ok) return done(outcome);
          log.debug(`Bootstrapped IPCP over WebSockets with pid ${context.pid}.`);
          done(success(outcome.value.shim));
        });
      } catch (thrown) {
        done(failure(asOuroError(thrown)));
      }
    });
  },
}));
