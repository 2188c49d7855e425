/**
 * The data transfer component's connections: each is an adjacency to a neighbour.
 *
 * @module
 */
import type { Address } from "../../core/contract/ids.ts";
import type { Routing } from "../../core/contract/routing.ts";
import type { Component, Connection, ConnectionListener } from "../../core/ipcp/connection.ts";
import type { DataTransfer } from "./data_transfer.ts";

/** What the component says of itself. */
export const dataTransferComponent = (own: Address): Component => ({
  name: "Data Transfer",
  protocol: "dtp",
  version: 1,
  syntax: 2,
  address: own,
});

/** Hands data transfer connections to data transfer and routing. */
export class Adjacencies implements ConnectionListener {
  readonly #dataTransfer: DataTransfer;
  readonly #routing: Routing;

  constructor(dataTransfer: DataTransfer, routing: Routing) {
    this.#dataTransfer = dataTransfer;
    this.#routing = routing;
  }

  up({ flow, peer }: Connection): void {
    this.#dataTransfer.addFlow(flow, peer);
    this.#routing.adjacencyUp(peer, flow.fd);
  }

  down({ flow, peer }: Connection): void {
    this.#dataTransfer.removeFlow(flow.fd);
    this.#routing.adjacencyDown(peer, flow.fd);
  }
}
