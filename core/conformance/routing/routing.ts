/**
 * The conformance suite of routing policies: small layers in virtual time.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Plugin } from "../../contract/plugin.ts";
import { RoutingNetwork } from "./network.ts";
import { type Check, declarationChecks, type Needs, registerChecks } from "../suite.ts";

/** What a policy needs to be proved. */
export interface RoutingNeeds extends Needs {
  /** Milliseconds in which it must have found its way after any change. */
  readonly settle?: number;
}

/** Registers tests that prove a plugin of kind `routing`. */
export function conformRouting(plugin: Plugin<"routing">, needs: RoutingNeeds = {}): void {
  registerChecks(plugin, routingChecks(plugin, needs));
}

/** What a plugin of kind `routing` must do. */
export function routingChecks(
  plugin: Plugin<"routing">,
  { options, uses, settle = 120_000 }: RoutingNeeds = {},
): Check[] {
  const network = (seed = 1) => new RoutingNetwork(plugin, { options, uses, seed });
  return [
    ...declarationChecks(plugin, options),
    {
      name: "a member alone has no routes and knows nobody",
      run: () => {
        const net = network();
        const member = net.add(1);
        assert.match(member.routing.forwarding, /\S/);
        net.time.advance(settle);
        assert.deepEqual([member.table.size, [...member.routing.members()]], [0, []]);
      },
    },
    {
      name: "the members of a line reach each other",
      run: () => {
        const net = network();
        net.line(5);
        net.time.advance(settle);
        net.assertWhole();
      },
    },
    {
      name: "a ring that lost a link finds the other way round, and both ends drop the flow at once",
      run: () => {
        const net = network();
        const members = net.ring(6);
        net.time.advance(settle);
        assert.equal(net.path(members[0], members[5].address)?.length, 2);
        net.links[5].close();
        net.time.advance(settle);
        net.assertWhole();
        assert.equal(net.path(members[0], members[5].address)?.length, 6);
      },
    },
    {
      name: "a layer in two parts becomes whole again",
      run: () => {
        const net = network();
        const members = net.line(4);
        net.time.advance(settle);
        net.links[1].close();
        net.time.advance(settle);
        net.assertWhole(members.slice(0, 2));
        net.assertWhole(members.slice(2));
        assert.equal(net.path(members[0], members[3].address), undefined);
        net.links[1].open();
        net.time.advance(settle);
        net.assertWhole();
      },
    },
    {
      name: "of two flows to a neighbour one may go",
      run: () => {
        for (const gone of [1, 2]) {
          const net = network();
          const members = net.line(3);
          net.link(members[1], members[2]);
          net.time.advance(settle);
          net.links[gone].close();
          net.assertWhole();
          net.time.advance(settle);
          net.assertWhole();
        }
      },
    },
    {
      name: "messages that do not parse change nothing",
      run: () => {
        const net = network();
        const members = net.line(3);
        net.time.advance(settle);
        const before = net.tables();
        const flow = { neighbour: members[0].address, fd: members[1].takeFd(), send: () => true };
        members[1].routing.managementUp(flow);
        for (let count = 0; count < 300; count++) {
          members[1].routing.receive(flow, net.random.bytes(count % 7 === 0 ? 0 : 3 + count % 11));
        }
        members[1].routing.managementDown(flow);
        net.time.advance(settle);
        assert.deepEqual(net.tables(), before);
        net.assertWhole();
      },
    },
    {
      name: "a flow that takes nothing does not stop it",
      run: () => {
        const net = network();
        const members = net.line(2);
        const flow = { neighbour: members[0].address, fd: members[1].takeFd(), send: () => false };
        members[1].routing.managementUp(flow);
        net.time.advance(settle);
        net.assertWhole();
      },
    },
    {
      name: "its statistics are a tree of plain data",
      run: () => {
        const net = network();
        const [, member] = net.line(3);
        net.time.advance(settle);
        const stats = member.routing.stats();
        assert.deepEqual(JSON.parse(JSON.stringify(stats)), structuredClone(stats));
      },
    },
    {
      name: "a seed replays a run",
      run: () => {
        const played = [1, 1].map((seed) => {
          const net = network(seed);
          net.ring(5);
          net.time.advance(settle);
          return [net.sent, net.tables()];
        });
        assert.deepEqual(played[0], played[1]);
      },
    },
    {
      name: "nothing comes after shutdown",
      run: () => {
        const net = network();
        net.ring(4);
        net.time.advance(settle / 100);
        for (const member of net.members) member.shutdown();
        const { sent } = net;
        for (const link of net.links) link.cut();
        net.time.advance(settle);
        assert.deepEqual([net.time.armed, net.sent], [0, sent]);
      },
    },
  ];
}
