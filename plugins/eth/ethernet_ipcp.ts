/**
 * An IPCP on a network device.
 *
 * @module
 */
import { asOuroError, InvalidError, IpcpStateError } from "../../core/contract/errors.ts";
import type { NameHash } from "../../core/contract/ids.ts";
import type {
  FlowReply,
  FlowRequest,
  Ipcp,
  IpcpContext,
  LayerConfig,
  LayerInfo,
  UpperFlow,
} from "../../core/contract/ipcp.ts";
import type { Stats } from "../../core/contract/stats.ts";
import type { OptionValues } from "../../core/contract/options.ts";
import { DONE, type Done, failure, success } from "../../core/contract/outcome.ts";
import type { PluginHost } from "../../core/contract/plugin.ts";
import type { Log } from "../../core/contract/ports.ts";
import type { EthernetFormat } from "./ethernet_format.ts";
import { EthernetLink, MPL } from "./ethernet_link.ts";

/** The type that an IPCP is of. */
export interface EthernetType {
  /** Its name. */
  readonly name: string;
  /** Its bytes on the wire, by its options. */
  format(options: OptionValues): EthernetFormat;
}

/** An IPCP on a network device. */
export class EthernetIpcp implements Ipcp {
  readonly mpl = MPL;
  readonly #host: PluginHost;
  readonly #context: IpcpContext;
  readonly #type: EthernetType;
  readonly #log: Log;
  #link: EthernetLink | undefined;

  constructor(host: PluginHost, context: IpcpContext, type: EthernetType) {
    this.#host = host;
    this.#context = context;
    this.#type = type;
    this.#log = context.log.component(`ipcpd/${type.name}`);
  }

  get maxPacket(): number | undefined {
    return this.#link?.maxPacket;
  }

  bootstrap({ layer, options }: LayerConfig, done: Done<LayerInfo>): void {
    const { hash, device } = options;
    if (typeof hash !== "string" || typeof device !== "string") {
      return done(failure(new InvalidError("the layer needs a device and a hash function")));
    }
    try {
      this.#link = new EthernetLink({
        context: this.#context,
        log: this.#log,
        format: this.#type.format(options),
        device,
        hashLength: this.#host.make("hash", hash, {}).length,
      });
    } catch (thrown) {
      return done(failure(asOuroError(thrown)));
    }
    this.#log.info(`Bootstrapped ${this.#type.name} IPCP with pid ${this.#context.pid}.`);
    done(success({ layer, hash }));
  }

  register(hash: NameHash, done: Done): void {
    this.#needLink().shim.register(hash);
    done(DONE);
  }

  unregister(hash: NameHash, done: Done): void {
    this.#needLink().shim.unregister(hash);
    done(DONE);
  }

  query(hash: NameHash, done: Done<boolean>): void {
    this.#needLink().shim.query(hash, done);
  }

  allocate(flow: UpperFlow, request: FlowRequest, done: Done): void {
    this.#needLink().shim.allocate(flow, request, done);
  }

  respond(flow: UpperFlow, reply: FlowReply, done: Done): void {
    this.#needLink().shim.respond(flow, reply, done);
  }

  deallocate(flow: UpperFlow, linger: number, done: Done): void {
    this.#needLink().shim.deallocate(flow, linger, done);
  }

  stats(): Stats {
    return this.#link?.stats() ?? {};
  }

  shutdown(): void {
    this.#link?.shutdown();
  }

  #needLink(): EthernetLink {
    if (this.#link) return this.#link;
    throw new IpcpStateError("this IPCP is in no layer yet");
  }
}
