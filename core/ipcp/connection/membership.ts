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
import type { OptionValues } from "../../contract/options.ts";
import type { Log, Ports } from "../../contract/ports.ts";
import type { QosSpec } from "../../contract/qos.ts";
import type { Stats } from "../../contract/stats.ts";
import { checkedValues } from "../../registry/check_values.ts";
import { type LayerEncoding, pluginsOf, type ToldConfiguration } from "../../wire/layer/layer_config.ts";
import { ConnectionManager } from "./connection_manager.ts";
import { pluginDifferences } from "./plugin_differences.ts";
import type { ConnectionNews } from "./intention.ts";
import { Enrollment } from "./enrollment.ts";

/** The connections and the enrollment of one IPCP. */
export class Membership implements Members {
  readonly #connections: ConnectionManager;
  readonly #enrollment: Enrollment;
  readonly #log: Log;
  #configuration: LayerConfiguration | undefined;
  /** What was different when it enrolled, in words. */
  #differences: readonly string[] = [];

  /** Makes them. @param type name of the IPCP type @param news takes the news of connections that are wanted */
  constructor(
    ports: Ports,
    private readonly lower: Lower,
    private readonly type: string,
    private readonly encoding: LayerEncoding,
    news?: (news: ConnectionNews) => void,
  ) {
    const { clock, timers, random, log } = ports;
    this.#log = log.component("enrollment");
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
    const check = ({ plugins, ...configuration }: ToldConfiguration) => {
      const differences = pluginDifferences({ ...configuration, plugins }, this.encoding.policies);
      layer = join({ ...configuration, options: this.#whole(configuration) });
      this.#differences = differences;
      for (const line of differences) {
        this.#log.warning(`Enrolled with another plugin than the layer's: ${line}.`);
      }
    };
    this.#enrollment.enroll(destination, check, (outcome) => {
      if (!outcome.ok) return done(outcome);
      if (layer) done(success(layer));
      else done(failure(new InternalError("the IPCP is in no layer after its enrollment")));
    });
  }

  /** Its connections, its enrollment, and the options that its policies have. */
  stats(): Stats {
    const differences = this.#differences.map((what) => ({ what }));
    return {
      options: this.#options(),
      connections: this.#connections.stats(),
      enrollment: { ...this.#enrollment.stats(), ...differences.length === 0 ? {} : { differences } },
    };
  }

  shutdown(): void {
    this.#enrollment.shutdown();
    this.#connections.shutdown();
  }

  /** Checks the options of the type and of the policies that it picks, and fills defaults in. @throws InvalidError */
  #whole(configuration: LayerConfiguration): OptionValues {
    const { hash, options } = configuration;
    const used = pluginsOf(configuration, this.encoding.policies);
    const checked = used.map(({ declaration }) => checkedValues(declaration.options, { ...options, hash }));
    return Object.assign({}, options, ...checked);
  }

  /** Returns the options of the layer without the names of its policies. */
  #options(): Stats {
    const configuration = this.#configuration;
    if (!configuration) return {};
    const used = pluginsOf(configuration, this.encoding.policies);
    const policies = used.flatMap(({ declaration }) =>
      declaration.options.filter(({ type }) => type === "policy").map(({ name }) => name)
    );
    return Object.fromEntries(
      Object.entries(this.#whole(configuration)).filter(([name]) => !policies.includes(name)),
    );
  }
}
