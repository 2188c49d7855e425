/**
 * The calls of each kind of plugin that come with every packet, flow or change: what `ouro plugin bench` measures.
 *
 * @module
 */
import { address, type Fd, fd, nameHash } from "../contract/ids.ts";
import type { AnyPlugin, Plugin, PluginInstances } from "../contract/plugin.ts";
import type { PluginKind } from "../contract/plugin_kind.ts";
import type { QosCube } from "../contract/qos.ts";
import { SeededRandom } from "../kit/seeded_random.ts";
import { checkOptions } from "../registry/check_options.ts";
import type { Registry } from "../registry/registry.ts";
import { SimulatedDirectories } from "./directory/simulated_directories.ts";
import { type MemberNeeds, SimulatedMember } from "./ipcp/simulated_member.ts";
import { connectFlow } from "./ipcp/steps.ts";
import { RoutingNetwork } from "./routing/network.ts";
import type { SimpleKind } from "./suite.ts";

/** A call that is measured. */
export interface HotHook {
  /** The method. */
  readonly name: string;
  /** With what it is called. */
  readonly what: string;
  /** Calls it so many times. */
  run(count: number): void;
}

/** What hooks are made of: a plugin that the registry knows, and what it is given. */
interface Subject<K extends PluginKind> {
  readonly plugin: Plugin<K>;
  readonly registry: Registry;
  readonly needs: MemberNeeds;
}

type Hooks = { readonly [K in PluginKind]: (subject: Subject<K>) => readonly HotHook[] | Promise<HotHook[]> };

const MEMBERS = 16, DESTINATIONS = 1000, WAITING = 8, BACKLOG = 64;
const NS_BETWEEN = 10_000;
const SECOND = 1000;

/** Makes one whose factory gets nothing but its options. */
function madeOf<K extends SimpleKind>(
  { plugin, registry, needs: { options = {} } }: Subject<K> & { readonly plugin: AnyPlugin },
): PluginInstances[K] {
  return registry.make<K>(plugin.kind, plugin.name, checkOptions(plugin.options, options));
}

/** Repeats a call. */
const repeated = (call: (index: number) => void) => (count: number): void => {
  for (let index = 0; index < count; index++) call(index);
};

const HOOKS: Hooks = {
  hash: (subject) => {
    const hash = madeOf(subject);
    const name = new TextEncoder().encode("a.name.of.32.bytes.in.the.layer.");
    return [{ name: "digest", what: "a name of 32 bytes", run: repeated(() => hash.digest(name)) }];
  },
  congestion: (subject) => {
    const policy = madeOf(subject);
    const flow = policy.flow(0);
    let now = 0;
    return [
      {
        name: "mark",
        what: "a packet, 0 to 63 of them queued",
        run: repeated((index) => policy.mark(index & 63)),
      },
      {
        name: "sent",
        what: "a packet of 1400 bytes",
        run: repeated(() => flow.sent(1400, now += NS_BETWEEN)),
      },
      {
        name: "received",
        what: "a packet, one of 8 marked",
        run: repeated((index) => flow.received(index & 7 ? 0 : 3)),
      },
      {
        name: "update",
        what: "a level that the receiver tells",
        run: repeated((index) => flow.update(index & 7)),
      },
    ];
  },
  forwarding: (subject) => {
    const policy = madeOf(subject);
    const destinations = Array.from({ length: DESTINATIONS }, (_, index) => address(1 + index * 4_000_037));
    policy.replace(
      new Map(destinations.map((to, index): [typeof to, Fd[]] => [to, [fd(64 + index % 4), fd(68)]])),
    );
    return [{
      name: "nextHop",
      what: `one of ${DESTINATIONS} destinations, two routes each`,
      run: repeated((index) => policy.nextHop(destinations[index % DESTINATIONS], index & 7)),
    }];
  },
  scheduling: (subject) => {
    const queue = madeOf(subject).queue<number>();
    const cubeOf = (index: number): QosCube => index % 3 === 0 ? 0 : index % 3 === 1 ? 1 : 2;
    for (let index = 0; index < BACKLOG; index++) queue.add(index, cubeOf(index));
    return [{
      name: "add, next",
      what: `a packet in and one out, ${BACKLOG} waiting`,
      run: repeated((index) => {
        queue.add(index, cubeOf(index));
        queue.next();
      }),
    }];
  },
  balancing: (subject) => {
    const policy = madeOf(subject);
    const waiting = Array.from({ length: WAITING }, (_, order) => ({ order, pid: 100 + order % 5 }));
    return [{
      name: "choose",
      what: `a flow for one of ${WAITING} that wait`,
      run: repeated(() => policy.choose(waiting)),
    }];
  },
  address: ({ plugin, registry, needs: { options: given = {} } }) => {
    const options = checkOptions(plugin.options, given);
    const authority = registry.make("address", plugin.name, { random: new SeededRandom(1), options });
    return [{ name: "draw", what: "an address", run: repeated(() => authority.draw()) }];
  },
  routing: ({ plugin, needs }) => {
    const network = new RoutingNetwork(plugin, needs);
    network.ring(MEMBERS);
    network.time.advance(60 * SECOND);
    return [
      {
        name: "at rest",
        what: `a second of ${MEMBERS} members`,
        run: repeated(() => network.time.advance(SECOND)),
      },
      {
        name: "change",
        what: `a link of ${MEMBERS} members goes for 10 s and comes back for 10 s`,
        run: repeated((index) => {
          const link = network.links[index % MEMBERS];
          link.close();
          network.time.advance(10 * SECOND);
          link.open();
          network.time.advance(10 * SECOND);
        }),
      },
    ];
  },
  directory: ({ plugin, needs }) => {
    const layer = new SimulatedDirectories(plugin, needs);
    const hash = nameHash("a1".repeat(32));
    layer.grow(MEMBERS, 50);
    layer.register(layer.all[0], hash);
    return [{
      name: "query",
      what: `a name of another one of ${MEMBERS} members, with all messages`,
      run: repeated((index) => layer.query(layer.all[1 + index % (MEMBERS - 1)], hash)),
    }];
  },
  ipcp: async ({ plugin, needs }) => {
    const member = await SimulatedMember.make(plugin, needs);
    const layer = member.bootstrap(plugin, needs.options ?? {});
    if (plugin.abilities?.includes("join")) {
      return [{ name: "stats", what: "a layer that is joined", run: repeated(() => layer.stats?.()) }];
    }
    member.ok<void>((done) => layer.register(member.hash, done));
    const { requester, responder } = connectFlow(member);
    const packet = new Uint8Array(1400);
    return [
      {
        name: "packet",
        what: "1400 bytes from one process above to another",
        run: (count) => {
          for (let sent = 0; sent < count; sent += BACKLOG) {
            for (let index = 0; index < BACKLOG; index++) requester.write(packet);
            member.time.advance(SECOND);
            responder.received.length = 0;
          }
        },
      },
      {
        name: "flow",
        what: "allocated and deallocated",
        run: repeated(() => {
          const ends = connectFlow(member);
          member.deallocate(ends.requester);
          member.time.advance(60 * SECOND);
          member.deallocate(ends.responder);
        }),
      },
    ];
  },
};

/**
 * Makes the calls of a plugin that are measured.
 *
 * @param registry that knows it: policies of packets are called through its guard, as in a daemon
 */
export async function hotHooksOf<K extends PluginKind>(
  plugin: Plugin<K>,
  registry: Registry,
  needs: MemberNeeds,
): Promise<readonly HotHook[]> {
  return await HOOKS[plugin.kind]({ plugin, registry, needs });
}
