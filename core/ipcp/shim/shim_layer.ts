/**
 * What the layers at the edge hand to their flow allocation.
 *
 * @module
 */
import type { NameHash } from "../../contract/ids.ts";
import type { FlowReply, FlowRequest, Layer, UpperFlow } from "../../contract/ipcp.ts";
import { DONE, type Done } from "../../contract/outcome.ts";
import type { Stats } from "../../contract/stats.ts";
import type { Shim } from "./shim.ts";

/** A layer whose flows a {@link Shim} allocates. */
export abstract class ShimLayer<Peer extends Uint8Array> implements Layer {
  abstract readonly mpl: number;
  abstract readonly maxPacket: number;
  /** Flow allocation. */
  abstract readonly shim: Shim<Peer>;

  /** Makes it for a layer of that name, with that hash plugin. */
  constructor(readonly name: string, readonly hash: string) {}

  register(hash: NameHash, done: Done): void {
    this.shim.register(hash);
    done(DONE);
  }

  unregister(hash: NameHash, done: Done): void {
    this.shim.unregister(hash);
    done(DONE);
  }

  query(hash: NameHash, done: Done<boolean>): void {
    this.shim.query(hash, done);
  }

  allocate(flow: UpperFlow, request: FlowRequest, done: Done): void {
    this.shim.allocate(flow, request, done);
  }

  respond(flow: UpperFlow, reply: FlowReply, done: Done): void {
    this.shim.respond(flow, reply, done);
  }

  deallocate(flow: UpperFlow, linger: number, done: Done): void {
    this.shim.deallocate(flow, linger, done);
  }

  abstract stats(): Stats;

  abstract shutdown(): void;
}
