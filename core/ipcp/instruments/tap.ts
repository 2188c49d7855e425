/**
 * Where packets between an IPCP and what is below it pass a place at which they can be looked at: the N-1 flows
 * and the networks of the IPCP type pass here. Those of networks can be impaired here, too: what is looked at is what goes over the network. When
 * nobody looks and nothing is impaired, all that costs one check a packet.
 *
 * @module
 */
import { ExhaustedError } from "../../contract/errors.ts";
import type { Direction } from "../../wire/capture/capture_packet.ts";
import { LINK_TYPES, type LinkType } from "../../wire/capture/pcap.ts";
import type { Impairments } from "./impairments.ts";

/** How many may look at the packets of one IPCP. */
const MAX_WATCHERS = 8;

/** Takes a look at every packet; the bytes are valid during the call only. */
export interface TapWatcher {
  /** @param header bytes in front of `packet`, in the same packet */
  packet(direction: Direction, packet: Uint8Array, header?: Uint8Array): void;
}

/** A flow at the tap. */
export interface TapEnd {
  /** Finds out whether the packets must be looked at. */
  look(): void;
}

/** The place. */
export class Tap {
  readonly #watchers = new Set<TapWatcher>();
  readonly #flows = new Set<TapEnd>();
  readonly #networks = new Set<LinkType>();
  /** Somebody looks. */
  watched = false;
  /** Somebody looks, or something is impaired. */
  active = false;

  /** @param impairments what happens to packets of networks */
  constructor(readonly impairments?: Impairments) {
    impairments?.watch(() => this.#update());
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
  addFlow(flow: TapEnd): void {
    this.#flows.add(flow);
  }

  /** It is gone. */
  removeFlow(flow: TapEnd): void {
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
