/**
 * Where packets between an IPCP and what is below it pass a place at which they can be looked at: the IPCP type gets its N-1
 * flows and networks from here. Those of networks can be impaired here, too: what is looked at is what goes over the network. When
 * nobody looks and nothing is impaired, all that costs one check a packet.
 *
 * @module
 */
import { ExhaustedError } from "../../contract/errors.ts";
import type { Lower } from "../../contract/ipcp.ts";
import type { Networks } from "../../contract/network.ts";
import type { Direction } from "../../wire/capture/capture_packet.ts";
import { LINK_TYPES, type LinkType } from "../../wire/capture/pcap.ts";
import type { Impairments } from "./impairments.ts";
import { type TappedFlow, TappedLower } from "./tapped_flow.ts";
import { tappedNetworks } from "./tapped_ports.ts";

/** How many may look at the packets of one IPCP. */
const MAX_WATCHERS = 8;

/** Takes a look at every packet; the bytes are valid during the call only. */
export interface TapWatcher {
  /** @param header bytes in front of `packet`, in the same packet */
  packet(direction: Direction, packet: Uint8Array, header?: Uint8Array): void;
}

/** The place. */
export class Tap {
  readonly #watchers = new Set<TapWatcher>();
  readonly #flows = new Set<TappedFlow>();
  readonly #networks = new Set<LinkType>();
  /** What happens to packets of networks. */
  readonly impairments: Impairments | undefined;
  /** Somebody looks. */
  watched = false;
  /** Somebody looks, or something is impaired. */
  active = false;

  constructor(impairments?: Impairments) {
    this.impairments = impairments;
    impairments?.watch(() => this.#update());
  }

  /** N-1 flows that pass here. */
  lower(lower: Lower): Lower {
    return new TappedLower(lower, this);
  }

  /** Networks whose ports pass here. */
  networks(networks: Networks): Networks {
    return tappedNetworks(networks, this);
  }

  /** What the packets of ports that were opened are; undefined when there are none. */
  get network(): LinkType | undefined {
    return this.#networks.has(LINK_TYPES.ethernet) ? LINK_TYPES.ethernet : [...this.#networks][0];
  }

  /**
   * Somebody looks from now on.
   *
   * @returns what ends that
   * @throws ExhaustedError when too many look
   */
  watch(watcher: TapWatcher): () => void {
    if (this.#watchers.size >= MAX_WATCHERS) {
      throw new ExhaustedError(`${MAX_WATCHERS} captures of this IPCP are under way; end one of them first`);
    }
    this.#watchers.add(watcher);
    this.#update();
    return () => {
      this.#watchers.delete(watcher);
      this.#update();
    };
  }

  /** A packet passes; called when it is {@link watched}. */
  pass(direction: Direction, packet: Uint8Array, header?: Uint8Array): void {
    for (const watcher of this.#watchers) watcher.packet(direction, packet, header);
  }

  /** A flow is there. */
  addFlow(flow: TappedFlow): void {
    this.#flows.add(flow);
  }

  /** It is gone. */
  removeFlow(flow: TappedFlow): void {
    this.#flows.delete(flow);
  }

  /** A port was opened. */
  addNetwork(linkType: LinkType): void {
    this.#networks.add(linkType);
  }

  #update(): void {
    this.watched = this.#watchers.size > 0;
    this.active = this.watched || this.impairments?.active === true;
    for (const flow of this.#flows) flow.look();
  }
}
