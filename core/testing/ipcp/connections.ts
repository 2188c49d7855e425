/**
 * IPCPs with a component that can be connected, over flows of a stand-in for the layers below, in virtual time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { address } from "../../contract/ids.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";
import type { Component, Connection } from "../../contract/membership.ts";
import type { Outcome } from "../../contract/outcome.ts";
import { QOS } from "../../contract/qos.ts";
import { ConnectionManager } from "../../ipcp/connection/connection_manager.ts";
import { NO_BYTES } from "../../kit/bytes.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { testingLog } from "../log.ts";
import { type TestingHost, TestingNetwork } from "../lower.ts";

/** The component that all of them have. */
export const NAME = "Management";
/** What an IPCP says of it. @param own its address */
export const managementOf = (own: number): Component => ({
  name: NAME,
  protocol: "LSP",
  version: 1,
  syntax: 0,
  address: address(own),
});

/** An IPCP. */
export class Node {
  /** Its log. */
  readonly lines: string[] = [];
  /** Connections that came up, and why some went down. */
  readonly up: Connection[] = [];
  readonly down: string[] = [];
  /** What was told of those that are wanted. */
  readonly news: string[] = [];
  /** What came over all of them. */
  readonly packets: number[][] = [];
  /** Its N-1 flows. */
  readonly lower: TestingHost;
  readonly manager: ConnectionManager;

  /** Makes one. @param own its address, and the seed of what it draws */
  constructor(world: World, name: string, own: number, component: Partial<Component> = {}) {
    const { time } = world;
    this.lower = world.network.host(name);
    const log = testingLog(this.lines);
    this.manager = new ConnectionManager(
      { clock: time, timers: time, random: new SeededRandom(own), log },
      this.lower,
      ({ state }) => this.news.push(state),
    );
    this.manager.register({ ...managementOf(own), ...component }, {
      up: (connection) => {
        this.up.push(connection);
        connection.flow.onPacket((packet) => packet.length > 0 && this.packets.push([...packet]));
      },
      down: (_connection, reason) => this.down.push(reason),
      probe: ({ flow }) => flow.send(NO_BYTES),
    });
    this.lower.accept((flow) => this.manager.accepted(flow));
  }
}

/** Several of them. */
export class World {
  readonly time: VirtualTime = new VirtualTime();
  readonly network: TestingNetwork = new TestingNetwork(this.time);

  /** An IPCP that accepts flows for a name. */
  node(name: string, own: number, component: Partial<Component> = {}): Node {
    return new Node(this, name, own, component);
  }

  /** Connects; gives the answer, for which it waits as long as it may take. */
  connect(from: Node, to: string, component = NAME): Outcome<Connection> | undefined {
    let answer: Outcome<Connection> | undefined;
    from.manager.connect(to, component, QOS.raw, (outcome) => answer = outcome);
    this.time.advance(25_000);
    assert.equal(this.time.armed, 0, "timers were left behind");
    return answer;
  }

  /** Somebody at `name` who does with a flow whatever the test wants. */
  stranger(name: string, act: (flow: LowerFlow) => void): void {
    this.network.host(name).accept(act);
  }

  /** A raw flow to a node, and what comes back on it. */
  dial(name: string): { flow: LowerFlow; got: Uint8Array[]; down: string[] } {
    const found: { flow?: LowerFlow } = {};
    this.network.host().allocate(name, QOS.raw, (outcome) => {
      assert(outcome.ok);
      found.flow = outcome.value;
    });
    this.time.advance(5);
    assert(found.flow);
    const got: Uint8Array[] = [];
    const down: string[] = [];
    found.flow.onPacket((packet) => got.push(packet.slice()));
    found.flow.onDown((reason) => down.push(reason));
    return { flow: found.flow, got, down };
  }
}
