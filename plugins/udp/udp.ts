/**
 * The IPCP types over UDP: every datagram is a packet with the id of the flow's end in front.
 *
 * @module
 */
import { InternalError } from "../../core/contract/errors.ts";
import { type NameHash, shortHash } from "../../core/contract/ids.ts";
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
import { DONE, type Done, success } from "../../core/contract/outcome.ts";
import type { Plugin, PluginDeclaration } from "../../core/contract/plugin.ts";
import type { Log } from "../../core/contract/ports.ts";
import type { IpVersion } from "../../core/wire/ip_address.ts";
import { UDP4, UDP6 } from "./declarations.ts";
import { udpSettings } from "./settings.ts";
import { MAX_UDP_PACKET, UDP_MPL, UdpLayer } from "./udp_layer.ts";

/** The hash function of all layers over UDP. */
const HASH = "MD5";

class UdpIpcp implements Ipcp {
  readonly mpl = UDP_MPL;
  readonly maxPacket: number;
  readonly #context: IpcpContext;
  readonly #log: Log;
  readonly #version: IpVersion;
  #layer: UdpLayer | undefined;

  constructor(version: IpVersion, context: IpcpContext) {
    this.#version = version;
    this.maxPacket = MAX_UDP_PACKET[version];
    this.#context = context;
    this.#log = context.log.component(`ipcpd/udp${version}`);
  }

  bootstrap({ layer, options }: LayerConfig, done: Done<LayerInfo>): void {
    const settings = udpSettings(this.#version, options);
    this.#layer = new UdpLayer(this.#context, this.#log, settings);
    for (const warning of settings.warnings) this.#log.warning(warning);
    this.#log.info(`Bootstrapped IPCP over UDP/IPv${this.#version} with pid ${this.#context.pid}.`);
    this.#log.debug(`Bound to IP address ${settings.addressText}, port ${settings.port}.`);
    done(success({ layer, hash: HASH }));
  }

  register(hash: NameHash, done: Done): void {
    const { shim, registrar } = this.#need();
    shim.register(hash);
    if (registrar) registrar.register(hash, done);
    else done(DONE);
  }

  unregister(hash: NameHash, done: Done): void {
    const { shim, registrar } = this.#need();
    shim.unregister(hash);
    if (registrar) registrar.unregister(hash, done);
    else done(DONE);
  }

  query(hash: NameHash, done: Done<boolean>): void {
    this.#need().shim.query(hash, (outcome) => {
      if (!outcome.ok) this.#log.debug(`No way to ${shortHash(hash)}: ${outcome.error.message}`);
      done(outcome);
    });
  }

  allocate(flow: UpperFlow, request: FlowRequest, done: Done): void {
    this.#need().shim.allocate(flow, request, done);
  }

  respond(flow: UpperFlow, reply: FlowReply, done: Done): void {
    this.#need().shim.respond(flow, reply, done);
  }

  deallocate(flow: UpperFlow, linger: number, done: Done): void {
    this.#need().shim.deallocate(flow, linger, done);
  }

  stats(): Stats {
    return this.#layer?.stats() ?? {};
  }

  shutdown(): void {
    this.#layer?.shutdown();
  }

  /** The host asks for nothing else before there is a layer. */
  #need(): UdpLayer {
    if (this.#layer) return this.#layer;
    throw new InternalError("there is no layer yet");
  }
}

const plugin = (declaration: PluginDeclaration<"ipcp">, version: IpVersion): Plugin<"ipcp"> => ({
  ...declaration,
  create: (_host, context) => new UdpIpcp(version, context),
});

/** Layers over UDP on IPv4. */
export const udp4: Plugin<"ipcp"> = plugin(UDP4, 4);
/** Layers over UDP on IPv6. */
export const udp6: Plugin<"ipcp"> = plugin(UDP6, 6);
