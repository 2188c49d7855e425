/**
 * The enrollment component: new members ask it for the layer's configuration, and it asks other members
 * (reference: `src/ipcpd/common/enroll.c`, 0.23.0).
 *
 * @module
 */
import { CancelledError, ExhaustedError, FlowDownError } from "../../contract/errors.ts";
import { address } from "../../contract/ids.ts";
import type { Lower } from "../../contract/ipcp.ts";
import type { Stats } from "../../contract/stats.ts";
import type {
  Component,
  Connection,
  ConnectionListener,
  LayerConfiguration,
} from "../../contract/membership.ts";
import { DONE, type Done, failure } from "../../contract/outcome.ts";
import type { Log, Ports } from "../../contract/ports.ts";
import { QOS } from "../../contract/qos.ts";
import type { LayerEncoding, ToldConfiguration } from "../../wire/layer/layer_config.ts";
import type { ConnectionManager } from "./connection_manager.ts";
import { initiate } from "./cep_handshake.ts";
import type { Conversation } from "./conversation.ts";
import { Dial } from "./dial.ts";
import { askForConfiguration } from "./enrollment_client.ts";
import { tellConfiguration } from "./enrollment_server.ts";
import { COMPONENTS } from "../../wire/layer/cep_message.ts";
import { type LimitedLog, limitedLog } from "../../kit/limited_log.ts";

/** Milliseconds that an enrollment may take: less than the IRMd waits, so that the error says how far it came. */
const LIMIT = 19_000;
/** New members that may be told the configuration at a time. Those that have been at it longest make room for others. */
const MOST_TALKS = 128;
/** Warnings of enrolments that failed, as many as the log takes: so many at once, and a second. */
const WARNINGS = { burst: 20, rate: 0.1 };

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
  /** The layers below. */
  readonly lower: Lower;
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
  readonly #failures: LimitedLog;
  readonly #talks = new Map<Connection, Conversation>();
  /** Enrolments of this IPCP, and who is to hear that they are given up. */
  readonly #dials = new Map<Dial<void>, Done>();
  readonly #counts = { enrolled: 0, failed: 0 };

  /** Registers itself with the connection manager. */
  constructor(private readonly parts: EnrollmentParts) {
    this.#log = parts.log.component("enrollment");
    this.#failures = limitedLog(this.#log, parts.clock, WARNINGS, "enrolments that failed");
    parts.connections.register(ENROLLMENT, this);
  }

  /**
   * Enrolls with a member of a layer. The first try is the reference's, over a raw flow; what is lost there is asked for again over
   * reliable flows, which see to it themselves.
   *
   * @param destination a name that the member accepts flows for
   * @param join makes this IPCP a member with the configuration; what it throws ends the enrollment, and the member is told
   */
  enroll(destination: string, join: (configuration: ToldConfiguration) => void, done: Done): void {
    const log = this.#log;
    const cacep = this.parts.log.component("connection-manager");
    const dial: Dial<void> = new Dial<void>({
      ...this.parts,
      destination,
      what: "enrollment information",
      limit: LIMIT,
      qos: (tries) => tries === 0 ? QOS.raw : QOS.data,
      speak: (talk, flow, reached) => {
        cacep.debug(`Sending cacep info for protocol ${ENROLLMENT.protocol} to fd ${flow.fd}.`);
        initiate(talk, ENROLLMENT, () => {
          askForConfiguration(talk, { ...this.parts, log, destination, join, joined: () => reached() });
        });
      },
      reached: (flow) => {
        flow.deallocate();
        this.#dials.delete(dial);
        done(DONE);
      },
      failed: (error) => {
        this.#dials.delete(dial);
        done(failure(error));
      },
    });
    this.#dials.set(dial, done);
    dial.start();
  }

  up(connection: Connection): void {
    // Connections to others are carried on by who asked for them.
    if (connection.destination !== undefined) return;
    this.#makeRoom();
    const talk = tellConfiguration(connection.flow, {
      ...this.parts,
      log: this.#log,
      done: (outcome) => {
        this.#talks.delete(connection);
        if (outcome.ok) this.#counts.enrolled++;
        else {
          this.#counts.failed++;
          const line = `Neighbor enrollment failed: ${outcome.error.message}.`;
          // Who has gone on to another flow, because a message was lost on this one, has done nothing wrong.
          if (outcome.error instanceof FlowDownError) this.#log.debug(line);
          else this.#failures.warning(line);
        }
        this.parts.connections.close(connection);
      },
    });
    if (!talk.over) this.#talks.set(connection, talk);
  }

  down(connection: Connection, reason: string): void {
    const talk = this.#talks.get(connection);
    this.#talks.delete(connection);
    talk?.fail(new FlowDownError(`the N-1 flow is down: ${reason}`));
  }

  /** Ends what this IPCP has under way with members; what others have with it ends with its connections. */
  shutdown(): void {
    for (const [dial, done] of [...this.#dials]) {
      this.#dials.delete(dial);
      dial.end();
      done(failure(new CancelledError("the IPCP is shutting down")));
    }
  }

  /** Members that this one has enrolled, and attempts that failed. */
  stats(): Stats {
    return { ...this.#counts, pending: this.#talks.size + this.#dials.size };
  }

  /** Those that say nothing must not keep others out. */
  #makeRoom(): void {
    if (this.#talks.size < MOST_TALKS) return;
    for (const talk of this.#talks.values()) {
      talk.fail(new ExhaustedError(`more than ${MOST_TALKS} enrolments are under way`));
      break;
    }
  }
}
