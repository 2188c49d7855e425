/**
 * The broadcast IPCP type: a layer in which each packet goes to every member, for processes that join it by the layer's name
 * (reference: `src/ipcpd/broadcast`, 0.23.0).
 *
 * @module
 */
import { InvalidError, NotSupportedError } from "../../core/contract/errors.ts";
import { type Address, address } from "../../core/contract/ids.ts";
import type { Ipcp, Layer, LayerConfig, UpperFlow } from "../../core/contract/ipcp.ts";
import type { Component, LayerConfiguration, Members } from "../../core/contract/membership.ts";
import { DONE, type Done, failure, success } from "../../core/contract/outcome.ts";
import { definePlugin, type IpcpContext } from "../../core/contract/plugin.ts";
import type { QosSpec } from "../../core/contract/qos.ts";
import type { Stats } from "../../core/contract/stats.ts";
import { COMPONENTS } from "../../core/wire/layer/cep_message.ts";
import { BROADCAST, HASH } from "./declaration.ts";
import { Flood } from "./flood.ts";

/**
 * What the component says of itself. The reference says address 0 and does not look at that of others: members that say one are of `ouro`,
 * and put ids in front of the packets between them.
 */
const transferComponent = (own: Address): Component => ({
  name: COMPONENTS.transfer,
  protocol: "",
  version: 0,
  syntax: 0,
  address: own,
  anonymous: true,
});

const noFlows = (): NotSupportedError =>
  new NotSupportedError("a broadcast layer has no flows to names; join it by the name of the layer");

/** A member of a broadcast layer. */
export class BroadcastMember implements Layer {
  readonly hash = HASH;
  readonly name: string;
  readonly #flood: Flood;

  constructor(private readonly context: IpcpContext, private readonly members: Members, name: string) {
    this.name = name;
    const own = address(context.random.uint32() || 1);
    const { clock, timers, random, log } = context;
    this.#flood = new Flood({ clock, timers, random, log }, own);
    members.register(transferComponent(own), this.#flood);
  }

  get maxPacket(): number {
    return this.#flood.maxPayload;
  }

  connect(destination: string, component: string, qos: QosSpec, done: Done): void {
    if (component !== "dt") return done(failure(noComponent(component)));
    this.members.connect(
      destination,
      COMPONENTS.transfer,
      qos,
      (outcome) => done(outcome.ok ? DONE : outcome),
    );
  }

  disconnect(destination: string, component: string, done: Done): void {
    if (component !== "dt") return done(failure(noComponent(component)));
    this.members.disconnect(destination, COMPONENTS.transfer, done);
  }

  join(flow: UpperFlow, done: Done): void {
    this.#flood.join(flow);
    this.context.log.component("ipcpd-broadcast").info(`Flow with fd ${flow.fd} joined ${this.name}.`);
    done(DONE);
  }

  deallocate(flow: UpperFlow, linger: number, done: Done): void {
    this.#flood.leave(flow, linger, () => done(DONE));
  }

  register(_hash: unknown, done: Done): void {
    done(failure(noFlows()));
  }

  unregister(_hash: unknown, done: Done): void {
    done(failure(noFlows()));
  }

  query(_hash: unknown, done: Done<boolean>): void {
    done(success(false));
  }

  allocate(_flow: UpperFlow, _request: unknown, done: Done): void {
    done(failure(noFlows()));
  }

  respond(_flow: UpperFlow, _reply: unknown, done: Done): void {
    done(failure(noFlows()));
  }

  stats(): Stats {
    return { "data transfer": this.#flood.stats(), ...this.members.stats() };
  }

  shutdown(): void {
    this.members.shutdown();
    this.#flood.shutdown();
  }
}

const noComponent = (word: string): InvalidError =>
  new InvalidError(`a broadcast layer has no component "${word}"; there is: dt`);

/** An IPCP of a broadcast layer. */
export class Broadcast implements Ipcp {
  readonly #members: Members;

  constructor(private readonly context: IpcpContext) {
    this.#members = context.members();
  }

  bootstrap({ layer }: LayerConfig, done: Done<Layer>): void {
    const configuration = { type: BROADCAST.name, layer, hash: HASH, options: {}, peer: undefined };
    done(success(this.#become(configuration)));
  }

  enroll(destination: string, done: Done<Layer>): void {
    this.#members.enroll(destination, (configuration) => this.#become(configuration), done);
  }

  shutdown(): void {
    this.#members.shutdown();
  }

  #become(configuration: LayerConfiguration): BroadcastMember {
    const member = new BroadcastMember(this.context, this.#members, configuration.layer);
    this.#members.open(configuration);
    return member;
  }
}

/** The broadcast IPCP type. */
export const broadcast = definePlugin(BROADCAST, (_host, context) => new Broadcast(context));
