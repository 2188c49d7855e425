/**
 * The management component: carries the messages of routing between neighbours.
 *
 * @module
 */
import type { Address } from "../../core/contract/ids.ts";
import type { ManagementFlow, Routing } from "../../core/contract/policies/routing.ts";
import type { Component, Connection, ConnectionListener } from "../../core/contract/membership.ts";
import { COMPONENTS } from "../../core/wire/layer/cep_message.ts";

/** What the component says of itself (the syntax code is the reference's, although its messages are of fixed form). */
export const managementComponent = (own: Address): Component => ({
  name: COMPONENTS.management,
  protocol: "LSP",
  version: 1,
  syntax: 0,
  address: own,
});

/** Hands management connections to routing. */
export class Management implements ConnectionListener {
  readonly #flows = new Map<Connection, ManagementFlow>();

  constructor(private readonly routing: Routing) {}

  up(connection: Connection): void {
    const { flow, peer } = connection;
    const management: ManagementFlow = {
      neighbour: peer,
      fd: flow.fd,
      // What is not taken stays owed: after the suspension the neighbour gets all that it has missed.
      send: (message) => !flow.suspended && flow.send(message),
    };
    this.#flows.set(connection, management);
    this.routing.managementUp(management);
    flow.onPacket((message) => {
      // An empty packet only says that the neighbour is alive.
      if (message.length > 0) this.routing.receive(management, message);
    });
  }

  down(connection: Connection): void {
    const management = this.#flows.get(connection);
    this.#flows.delete(connection);
    if (management) this.routing.managementDown(management);
  }
}
