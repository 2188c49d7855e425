/**
 * The IPCP types over UDP: every datagram is a packet with the id of the flow's end in front.
 *
 * @module
 */
import type { Ipcp } from "../../core/contract/ipcp.ts";
import { definePlugin, type IpcpContext, type PluginHost } from "../../core/contract/plugin.ts";
import { success } from "../../core/contract/outcome.ts";
import { openPort } from "../../core/ipcp/shim/open_port.ts";
import type { IpVersion } from "../../core/wire/ip_address.ts";
import { UDP4, UDP6, type UdpOptions } from "./declarations.ts";
import { udpSettings } from "./settings.ts";
import { UdpLink } from "./udp_link.ts";

const over = (version: IpVersion) => (_host: PluginHost, context: IpcpContext): Ipcp<UdpOptions> => {
  const log = context.log.component(`ipcpd/udp${version}`);
  return {
    bootstrap: ({ layer, options, former }, done) => {
      const settings = udpSettings(version, options);
      const place = former?.layer === layer ? former.place : undefined;
      openPort(context.timers, () => new UdpLink(layer, context, log, settings, place), (outcome) => {
        if (!outcome.ok) return done(outcome);
        for (const warning of settings.warnings) log.warning(warning);
        log.info(`Bootstrapped IPCP over UDP/IPv${version} with pid ${context.pid}.`);
        log.debug(`Bound to IP address ${settings.addressText}, port ${settings.port}.`);
        done(success(outcome.value.shim));
      });
    },
  };
};

/** Layers over UDP on IPv4. */
export const udp4 = definePlugin(UDP4, over(4));
/** Layers over UDP on IPv6. */
export const udp6 = definePlugin(UDP6, over(6));
