/**
 * The enrollment component: new members ask it for the layer's configuration, and it asks other members
 * (reference: `src/ipcpd/common/enroll.c`, 0.23.0).
 *
 * @module
 */
import { FlowDownError } from "../../contract/errors.ts";
import { address } from "../../contract/ids.ts";
import type { Stats } from "../../contract/stats.ts";
import type {
  Component,
  Connection,
  ConnectionListener,
  LayerConfiguration,
} from "../../contract/membership.ts";
import type { Done, Outcome } from "../../contract/outcome.ts";
import type { Log, Ports } from "../../contract/ports.ts";
import { QOS } from "../../contract/qos.ts";
import type { LayerEncoding } from "../../wire/layer/layer_config.ts";
import type { ConnectionManager } from "./connection_manager.ts";
import type { Conversation } from "./conversation.ts";
import { askForConfiguration } from "./enrollment_client.ts";
import { tellConfiguration } from "./enrollment_server.ts";
import { COMPONENTS } from "../../wire/layer/cep_message.ts";

/** What the component says of itself. It needs no address: new members have none. */
export const ENROLLMENT: Component = {
  name: COMPONENTS.enrollment,
  protocol: "OEP",
  version: 1,
  syntax: 0,
  address: address(0),
};

/** What enrollment works with. */
export interface EnrollmentParts extends Ports {
  readonly connections: ConnectionManager;
  /** Type of this IPCP: only members of layers of that type are enrolled with. */
  readonly type: string;
  /** What new members are told of the layer; undefined while this IPCP is a member of none. */
  configuration(): LayerConfiguration | undefined;
  /** How the configuration is written and read. */
  readonly encoding: LayerEncoding;
}

/** The enrollment component, for both sides. Several enrolments may be under way at once. */
export class Enrollment implements ConnectionListener {
  readonly #log: Log;
  readonly #talks = new Map<Connection, Conversation>();
  readonly #counts = { enrolled: 0, failed: 0 };

  /** Registers itself with the connection manager. */
  constructor(private readonly parts: EnrollmentParts) {
    this.#log = parts.log.component("enrollment");
    parts.connections.register(ENROLLMENT, this);
  }

  /**
   * Enrolls with a member of a layer.
   *
   * @param destination a name that the member accepts flows for
   * @param join makes this IPCP a member with the configuration; what it throws ends the enrollment, and the member is told
   */
  enroll(destination: string, join: (configuration: LayerConfiguration) => void, done: Done): void {
    const { connections, type } = this.parts;
    connections.connect(destination, ENROLLMENT.name, QOS.raw, (outcome) => {
      if (!outcome.ok) return done(outcome);
      const connection = outcome.value;
      const ended = (result: Outcome<void>) => {
        this.#end(connection);
        done(result);
      };
      const talk = askForConfiguration(connection.flow, {
        ...this.parts,
        log: this.#log,
        type,
        destination,
        join,
        done: ended,
      });
      this.#keep(connection, talk);
    });
  }

  up(connection: Connection): void {
    // Connections to others are carried on by who asked for them.
    if (connection.destination !== undefined) return;
    const talk = tellConfiguration(connection.flow, {
      ...this.parts,
      log: this.#log,
      done: (outcome) => {
        if (outcome.ok) this.#counts.enrolled++;
        else {
          this.#counts.failed++;
          this.#log.warning(`Neighbor enrollment failed: ${outcome.error.message}.`);
        }
        this.#end(connection);
      },
    });
    this.#keep(connection, talk);
  }

  down(connection: Connection, reason: string): void {
    const talk = this.#talks.get(connection);
    this.#talks.delete(connection);
    talk?.fail(new FlowDownError(`the N-1 flow is down: ${reason}`));
  }

  /** Members that this one has enrolled, and attempts that failed. */
  stats(): Stats {
    return { ...this.#counts, pending: this.#talks.size };
  }

  #keep(connection: Connection, talk: Conversation): void {
    if (!talk.over) this.#talks.set(connection, talk);
  }

  #end(connection: Connection): void {
    this.#talks.delete(connection);
    this.parts.connections.close(connection);
  }
}
