/**
 * The management component: carries the messages of routing between neighbours.
 *
 * @module
 */
import type { Address } from "../../core/contract/ids.ts";
import type { ManagementFlow, Routing } from "../../core/contract/policies/routing.ts";
import type { Component, Connection, ConnectionListener } from "../../core/contract/membership.ts";
import { copyBytes, NO_BYTES } from "../../core/kit/bytes.ts";
import { COMPONENTS } from "../../core/wire/layer/cep_message.ts";

/** What the component says of itself (the syntax code is the reference's, although its messages are of fixed form). */
export const managementComponent = (own: Address): Component => ({
  name: COMPONENTS.management,
  protocol: "LSP",
  version: 1,
  syntax: 0,
  address: own,
});

/** A management flow, and the last message that was sent on it, with room for longer ones. */
interface Flow extends ManagementFlow {
  last: Uint8Array;
  length: number;
}

/** Hands management connections to routing. */
export class Management implements ConnectionListener {
  readonly #flows = new Map<Connection, Flow>();

  constructor(private readonly routing: Routing) {}

  up(connection: Connection): void {
    const { flow, peer } = connection;
    const management: Flow = {
      neighbour: peer,
      fd: flow.fd,
      last: NO_BYTES,
      length: 0,
      // What is not taken stays owed: after the suspension the neighbour gets all that it has missed.
      send: (message) => {
        if (flow.suspended || !flow.send(message)) return false;
        if (management.last.length < message.length) management.last = new Uint8Array(message.length);
        copyBytes(message, management.last);
        management.length = message.length;
        return true;
      },
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

  /** Sends the last message again: a neighbour of the reference stops reading when an empty packet comes. */
  probe(connection: Connection): void {
    const management = this.#flows.get(connection);
    if (!management || management.length === 0) return;
    connection.flow.send(management.last.subarray(0, management.length));
  }
}
