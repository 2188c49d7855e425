/**
 * The data transfer component's connections: each is an adjacency to a neighbour.
 *
 * @module
 */
import type { Address, Fd } from "../../../core/contract/ids.ts";
import { NO_BYTES } from "../../../core/kit/bytes.ts";
import type { Routing } from "../../../core/contract/policies/routing.ts";
import type { Component, Connection, ConnectionListener } from "../../../core/contract/membership.ts";
import type { DataTransfer } from "./data_transfer.ts";
import { COMPONENTS } from "../../../core/wire/layer/cep_message.ts";

/** What the component says of itself. */
export const dataTransferComponent = (own: Address): Component => ({
  name: COMPONENTS.transfer,
  protocol: "dtp",
  version: 1,
  syntax: 2,
  address: own,
});

/**
 * Hands data transfer connections to data transfer and routing. For routing, a flow that is suspended is gone until it carries
 * packets again.
 */
export class Adjacencies implements ConnectionListener {
  /** Flows that routing was told of. */
  readonly #told = new Set<Fd>();

  constructor(private readonly dataTransfer: DataTransfer, private readonly routing: Routing) {}

  up({ flow, peer }: Connection): void {
    const tell = (suspended: boolean) => this.#tell(peer, flow.fd, !suspended);
    this.dataTransfer.addFlow(flow, peer, tell);
    tell(flow.suspended);
  }

  down({ flow, peer }: Connection): void {
    this.dataTransfer.removeFlow(flow.fd);
    this.#tell(peer, flow.fd, false);
  }

  probe({ flow }: Connection): void {
    flow.send(NO_BYTES);
  }

  #tell(peer: Address, fd: Fd, up: boolean): void {
    if (up === this.#told.has(fd)) return;
    if (up) {
      this.#told.add(fd);
      this.routing.adjacencyUp(peer, fd);
    } else {
      this.#told.delete(fd);
      this.routing.adjacencyDown(peer, fd);
    }
  }
}
