/**
 * The connections and the enrollment of one IPCP, as its type is handed them.
 *
 * @module
 */
import { InternalError } from "../../contract/errors.ts";
import type { Layer, Lower } from "../../contract/ipcp.ts";
import type {
  Component,
  Connection,
  ConnectionListener,
  LayerConfiguration,
  Members,
} from "../../contract/membership.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { Ports } from "../../contract/ports.ts";
import type { QosSpec } from "../../contract/qos.ts";
import type { Stats } from "../../contract/stats.ts";
import { checkedValues } from "../../registry/check_values.ts";
import type { LayerEncoding } from "../../wire/layer/layer_config.ts";
import { ConnectionManager } from "./connection_manager.ts";
import type { ConnectionNews } from "./intention.ts";
import { Enrollment } from "./enrollment.ts";

/** The connections and the enrollment of one IPCP. */
export class Membership implements Members {
  readonly #connections: ConnectionManager;
  readonly #enrollment: Enrollment;
  #configuration: LayerConfiguration | undefined;

  /** Makes them. @param type name of the IPCP type @param news takes the news of connections that are wanted */
  constructor(
    ports: Ports,
    private readonly lower: Lower,
    private readonly type: string,
    private readonly encoding: LayerEncoding,
    news?: (news: ConnectionNews) => void,
  ) {
    const { clock, timers, random, log } = ports;
    this.#connections = new ConnectionManager(ports, lower, news);
    this.#enrollment = new Enrollment({
      ...{ clock, timers, random, log, lower },
      connections: this.#connections,
      type,
      encoding,
      configuration: () => this.#configuration,
    });
  }

  register(component: Component, listener: ConnectionListener): void {
    this.#connections.register(component, listener);
  }

  connect(destination: string, component: string, qos: QosSpec, done: Done<Connection>): void {
    this.#connections.connect(destination, component, qos, done);
  }

  disconnect(destination: string, component: string, done: Done): void {
    this.#connections.disconnect(destination, component, done);
  }

  open(configuration: LayerConfiguration): void {
    this.#configuration = configuration;
    this.lower.accept((flow) => this.#connections.accepted(flow));
  }

  enroll(destination: string, join: (configuration: LayerConfiguration) => Layer, done: Done<Layer>): void {
    let layer: Layer | undefined;
    const check = (configuration: LayerConfiguration) => {
      const { hash, options } = configuration;
      const declared = this.encoding.policies("ipcp").find(({ name }) => name === this.type)?.options ?? [];
      const checked = checkedValues(declared, { ...options, hash });
      layer = join({ ...configuration, options: { ...options, ...checked } });
    };
    this.#enrollment.enroll(destination, check, (outcome) => {
      if (!outcome.ok) return done(outcome);
      if (layer) done(success(layer));
      else done(failure(new InternalError("the IPCP is in no layer after its enrollment")));
    });
  }

  stats(): Stats {
    return { connections: this.#connections.stats(), enrollment: this.#enrollment.stats() };
  }

  shutdown(): void {
    this.#enrollment.shutdown();
    this.#connections.shutdown();
  }
}
