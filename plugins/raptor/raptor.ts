/**
 * The IPCP type on a raptor network card (reference: `src/ipcpd/raptor`, 0.18.0; later releases do not have it).
 *
 * @module
 */
import { NotSupportedError } from "../../core/contract/errors.ts";
import { definePlugin } from "../../core/contract/plugin.ts";
import { failure, success } from "../../core/contract/outcome.ts";
import { openPort } from "../../core/ipcp/shim/open_port.ts";
import { RAPTOR } from "./declaration.ts";
import { RaptorLink } from "./raptor_link.ts";

/** The device node of the card's kernel module. */
const DEVICE = "/dev/raptor";

/** Layers between two raptor network cards. */
export const raptor = definePlugin(RAPTOR, (host, context) => ({
  bootstrap: ({ layer: name, options: { hash } }, done) => {
    const { networks } = context;
    const open = networks.openRaptor?.bind(networks);
    if (!open) return done(failure(new NotSupportedError("this host has no raptor cards")));
    const log = context.log.component("ipcpd-raptor");
    const { length: hashLength } = host.make("hash", hash, {});
    openPort(context.timers, () => open(DEVICE), (outcome) => {
      if (!outcome.ok) return done(outcome);
      const { shim } = new RaptorLink({ context, log, port: outcome.value, name, hash, hashLength });
      log.info(`Bootstrapped raptor IPCP with pid ${context.pid}.`);
      done(success(shim));
    });
  },
}));
