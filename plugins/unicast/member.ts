/**
 * A member of a unicast layer: the components, made of the policies that the layer's configuration names, and joined to
 * each other.
 *
 * @module
 */
import type { Congestion } from "../../core/contract/policies/congestion.ts";
import type { Directory } from "../../core/contract/policies/directory.ts";
import { ExistsError, InvalidError } from "../../core/contract/errors.ts";
import { type Address, addressText, type NameHash } from "../../core/contract/ids.ts";
import type { FlowReply, FlowRequest, FormerAddress, Layer, UpperFlow } from "../../core/contract/ipcp.ts";
import type { IpcpContext, PluginHost } from "../../core/contract/plugin.ts";
import { type Done, failure, success } from "../../core/contract/outcome.ts";
import { QOS, type QosSpec } from "../../core/contract/qos.ts";
import type { Stats } from "../../core/contract/stats.ts";
import type { Scheduling } from "../../core/contract/policies/small_policies.ts";
import type { Ports } from "../../core/contract/ports.ts";
import type { ForwardingTable, Routing } from "../../core/contract/policies/routing.ts";
import type { LayerConfiguration, Members } from "../../core/contract/membership.ts";
import { Adjacencies, dataTransferComponent } from "./transfer/adjacencies.ts";
import { DataTransfer } from "./transfer/data_transfer.ts";
import { FlowAllocator } from "./allocator/flow_allocator.ts";
import { MPL } from "./allocator/user_flows.ts";
import { Management, managementComponent } from "./management.ts";
import type { UnicastOptions } from "./declaration.ts";
import { DIRECTORY_EID } from "./wire/data_transfer_header.ts";
import { COMPONENTS } from "../../core/wire/layer/cep_message.ts";

/** Addresses drawn until one is not the other member's: with random ones, the second is free. */
const MAX_DRAWS = 16;
/** The directory's messages go best effort. */
const DIRECTORY_CUBE = 0;

/** Components that can be connected, by the words of `irm`. */
const CONNECTABLE: ReadonlyMap<string, string> = new Map([
  ["mgmt", COMPONENTS.management],
  ["dt", COMPONENTS.transfer],
]);

/** What a member is made of. */
export interface MemberParts {
  readonly host: PluginHost;
  readonly context: IpcpContext;
  readonly members: Members;
  readonly configuration: LayerConfiguration<UnicastOptions>;
  /** The address that it had when it ran before. */
  readonly former?: FormerAddress;
}

/** The components of a member. */
export class Member implements Layer {
  readonly mpl = MPL;
  readonly name: string;
  readonly hash: string;
  /** Its address. */
  readonly address: Address;
  /** What those who enroll with it are told. */
  readonly configuration: LayerConfiguration<UnicastOptions>;
  readonly routing: Routing;
  readonly dataTransfer: DataTransfer;
  readonly directory: Directory;
  readonly flowAllocator: FlowAllocator;
  readonly #congestion: Congestion;
  readonly #scheduling: Scheduling;
  /** What ends the components that use data transfer, as far as they exist. */
  readonly #users: (() => void)[] = [];
  /** What ends data transfer and routing. */
  readonly #carriers: (() => void)[] = [];
  #table: ForwardingTable = new Map();
  /** The table goes on to these, once they exist. */
  #installed: (table: ForwardingTable) => void = () => {};
  #forwarding = "";

  /** @throws OuroError when the configuration is not valid here, or a policy cannot be made */
  constructor(private readonly parts: MemberParts) {
    const { host, configuration } = parts;
    const { options } = configuration;
    this.name = configuration.layer;
    this.hash = configuration.hash;
    this.#congestion = host.make("congestion", options.congestion, options);
    this.#scheduling = host.make("scheduling", options.scheduling, options);
    this.address = drawAddress(parts, options.addr_auth);
    this.configuration = { ...configuration, peer: this.address };
    parts.context.log.component("normal-ipcp").debug(`IPCP got address ${this.address}.`);
    try {
      this.routing = this.#makeRouting(parts);
      this.dataTransfer = this.#makeDataTransfer(parts);
      this.directory = this.#makeDirectory(parts);
      this.flowAllocator = this.#makeFlowAllocator(parts);
    } catch (thrown) {
      this.#end();
      throw thrown;
    }
    this.#join(parts.members);
  }

  get maxPacket(): number | undefined {
    return this.dataTransfer.maxPayload;
  }

  get reach(): number {
    return this.#table.size;
  }

  connect(destination: string, component: string, qos: QosSpec, done: Done): void {
    const name = CONNECTABLE.get(component);
    if (name === undefined) return done(failure(noComponent(component)));
    this.parts.members.connect(destination, name, component === "mgmt" ? QOS.raw : qos, (outcome) => {
      done(outcome.ok ? success(undefined) : outcome);
    });
  }

  disconnect(destination: string, component: string, done: Done): void {
    const name = CONNECTABLE.get(component);
    if (name === undefined) return done(failure(noComponent(component)));
    this.parts.members.disconnect(destination, name, done);
  }

  register(hash: NameHash, done: Done): void {
    this.directory.register(hash, done);
  }

  unregister(hash: NameHash, done: Done): void {
    this.directory.unregister(hash, done);
  }

  query(hash: NameHash, done: Done<boolean>): void {
    this.directory.query(hash, (outcome) => done(outcome.ok ? success(outcome.value.length > 0) : outcome));
  }

  allocate(flow: UpperFlow, request: FlowRequest, done: Done): void {
    this.flowAllocator.allocate(flow, request, done);
  }

  respond(flow: UpperFlow, reply: FlowReply, done: Done): void {
    this.flowAllocator.respond(flow, reply, done);
  }

  deallocate(flow: UpperFlow, linger: number, done: Done): void {
    this.flowAllocator.deallocate(flow, linger, done);
  }

  /** Its components and what they know, for statistics. */
  stats(): Stats {
    const { addr_auth, directory, routing, congestion, scheduling, hash } = this.configuration.options;
    return {
      address: addressText(this.address),
      policies: { addr_auth, directory, routing, congestion, scheduling, hash, pff: this.#forwarding },
      routing: this.routing.stats(),
      forwarding: [...this.#table].map(([destination, fds]) => ({
        destination: addressText(destination),
        fds: fds.join(" "),
      })),
      "data transfer": this.dataTransfer.stats(),
      "flow allocator": this.flowAllocator.stats(),
      directory: this.directory.stats(),
      ...this.parts.members.stats(),
    };
  }

  /** Ends the components. The other ends of flows are told first, and routing can still tell of the connections' end. */
  shutdown(): void {
    this.#end(() => this.parts.members.shutdown());
  }

  #end(disconnect?: () => void): void {
    this.#installed = () => {};
    for (const end of this.#users.splice(0).reverse()) end();
    disconnect?.();
    for (const end of this.#carriers.splice(0).reverse()) end();
  }

  #makeRouting({ host, context, configuration, former }: MemberParts): Routing {
    const routing = host.make("routing", configuration.options.routing, {
      ...portsOf(context),
      own: this.address,
      returned: this.address === former?.address,
      options: configuration.options,
      install: (table) => {
        this.#table = table;
        this.#installed(table);
      },
    });
    this.#carriers.push(() => routing.shutdown());
    return routing;
  }

  #makeDataTransfer({ host, context, configuration: { options } }: MemberParts): DataTransfer {
    const { ttl, pff } = options;
    this.#forwarding = pff ?? this.routing.forwarding;
    const dataTransfer = new DataTransfer({
      ...portsOf(context),
      own: this.address,
      maxTtl: ttl,
      forwarding: host.make("forwarding", this.#forwarding, options),
      congestion: this.#congestion,
      scheduling: this.#scheduling,
    });
    this.#carriers.push(() => dataTransfer.shutdown());
    return dataTransfer;
  }

  #makeDirectory({ host, context, configuration }: MemberParts): Directory {
    const { dataTransfer, routing } = this;
    const name = configuration.options.directory;
    const directory = host.make("directory", name, {
      ...portsOf(context),
      own: this.address,
      hashLength: hashLength(host, configuration),
      options: configuration.options,
      peer: configuration.peer,
      // It tries again and again: data transfer need not log each time that there is no way yet.
      send: (to, message) =>
        this.#table.has(to) && dataTransfer.send(to, 0, DIRECTORY_EID, DIRECTORY_CUBE, message),
      members: () => routing.members(),
    });
    this.#users.push(() => directory.shutdown());
    dataTransfer.component(DIRECTORY_EID, name.toLowerCase(), (message) => directory.receive(message));
    return directory;
  }

  #makeFlowAllocator({ host, context, configuration }: MemberParts): FlowAllocator {
    const flowAllocator = new FlowAllocator({
      ...portsOf(context),
      own: this.address,
      hashLength: hashLength(host, configuration),
      dataTransfer: this.dataTransfer,
      directory: this.directory,
      congestion: this.#congestion,
      scheduling: this.#scheduling,
      upper: context.upper,
    });
    this.#users.push(() => flowAllocator.shutdown());
    return flowAllocator;
  }

  #join(members: Members): void {
    const { routing, dataTransfer, directory, flowAllocator } = this;
    this.#installed = (table) => {
      dataTransfer.replaceTable(table);
      directory.routesChanged();
      flowAllocator.routesChanged();
    };
    if (this.#table.size > 0) this.#installed(this.#table);
    members.register(managementComponent(this.address), new Management(routing));
    members.register(dataTransferComponent(this.address), new Adjacencies(dataTransfer, routing));
  }
}

const noComponent = (word: string): InvalidError =>
  new InvalidError(`there is no component "${word}"; there are: ${[...CONNECTABLE.keys()].join(", ")}`);

const portsOf = ({ clock, timers, random, log }: IpcpContext): Ports => ({ clock, timers, random, log });

const hashLength = (host: PluginHost, { hash }: LayerConfiguration): number =>
  host.make("hash", hash, {}).length;

function drawAddress(
  { host, context: { random }, configuration, former }: MemberParts,
  policy: string,
): Address {
  const { layer, peer } = configuration;
  if (former?.layer === layer && former.address && former.address !== peer) return former.address;
  const authority = host.make("address", policy, { random, options: configuration.options });
  for (let draws = 0; draws < MAX_DRAWS; draws++) {
    const drawn = authority.draw();
    if (drawn !== peer) return drawn;
  }
  throw new ExistsError(
    `the address policy ${policy} gives only ${
      addressText(peer ?? 0)
    }, which the member that this IPCP enrolls with has`,
  );
}
