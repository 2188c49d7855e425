/**
 * What a network does for {@link Shim}, the flow allocation that IPCP types over legacy networks have in common. Management
 * messages pass here as plain data; packets of flows do not pass here at all, for speed.
 *
 * A type makes a `Shim` (`shim.ts`) of `{ context, log, link, settings }`, which is the layer that it answers bootstrapping with. A
 * message that came from the network, but for queries and answers, goes to `shim.received(message,
 * from)` (`from` is valid during the call only); `shim.malformed(error)` counts what does not parse. A packet for end `id` goes
 * to `shim.endpoints.find(id)` if that `hears` and its `peer` is the one that sent it: `flow.deliver(packet)`; else
 * `shim.misdirected(flow, id, from)`. What was sent is counted with `flow.countSent`.
 *
 * @module
 */
import type { OuroError } from "../../contract/errors.ts";
import type { NameHash } from "../../contract/ids.ts";
import type { Done } from "../../contract/outcome.ts";
import type { Stats } from "../../contract/stats.ts";
import type { ShimMessage } from "./shim_message.ts";
import type { ShimFlow } from "./shim_flow.ts";

/** The network. A peer is another IPCP: its address as bytes, always of the same length. */
export interface ShimLink<Peer extends Uint8Array> {
  /** Bytes on the wire of a management message without hash and data. */
  readonly overhead: number;
  /** Where the IPCP is in the network, as text: see {@link Layer.place}. */
  readonly place: string;
  /** Largest packet of a new flow, in bytes. */
  readonly maxPacket: number;
  /** Why the network cannot be used at the moment; left out or undefined: it can. */
  readonly problem?: OuroError | undefined;
  /**
   * Sends a management message. False: the network does not take it now.
   *
   * @throws MessageSizeError when its data does not fit into a packet
   */
  send(message: ShimMessage, to: Peer): boolean;
  /**
   * Asks the network who has registered a hash, best first; nobody: an empty list. The shim has looked at what it knows before.
   * Peers that are heard of later may be given to the shim's directory at any time.
   */
  resolve(hash: NameHash, done: Done<readonly Peer[]>): void;
  /**
   * Asks a peer that has registered the hash whether it is of our kind, which takes a request that comes again for the same one.
   * `ours` is called when it says so; a reference says nothing that counts. The question, or the answer, may get lost.
   */
  recognise(hash: NameHash, peer: Peer, ours: () => void): void;
  /** Asks all who can be asked whether they had the address of a peer before: who had it says {@link ShimFormer}. Left out: nobody can. */
  seek?(peer: Peer): void;
  /**
   * A flow is up: `flow.peer` and `flow.peerId` are known. From now on packets from above go to the peer: set
   * `flow.upper.onPacket`.
   */
  open(flow: ShimFlow<Peer>): void;
  /** A flow that was up is no more: nothing may be sent on it. */
  close(flow: ShimFlow<Peer>): void;
  /** Counters of the network. */
  stats(): Stats;
  /** Lets the network go, after the other ends of flows were told: no call comes after this one. */
  shutdown(): void;
}

/** Copies the address of a peer. */
export const copyOf = <Peer extends Uint8Array>(peer: Peer): Peer => peer.slice() as Peer;

/** How the types differ. */
export interface ShimSettings {
  /** Name of the layer, and of its hash plugin. */
  readonly name: string;
  readonly hash: string;
  /** Longest life of a packet in the layer, in milliseconds. */
  readonly mpl: number;
  /** Bytes of a hash in the layer. */
  readonly hashLength: number;
  /** Ids of ends of flows, the first and the last that may be given. */
  readonly firstId: number;
  readonly lastId: number;
  /** Ids that ends at peers may have, the first and the last; left out: 1 and 2³² − 2. */
  readonly firstPeerId?: number;
  readonly lastPeerId?: number;
}
