/**
 * The conformance suite of IPCP types: a life in virtual time. Flows are between processes of one member, which every type
 * must carry, or have them join.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Done } from "../../contract/outcome.ts";
import type { Plugin } from "../../contract/plugin.ts";
import { QOS } from "../../contract/qos.ts";
import { allocationChecks } from "./allocation.ts";
import { broadcastChecks } from "./broadcast.ts";
import { connectFlow, leave, type MemberCheck, refusalOf } from "./steps.ts";
import { type MemberNeeds, SimulatedMember } from "./simulated_member.ts";
import { type Check, declarationChecks, registerChecks } from "../suite.ts";

/** Registers tests that prove a plugin of kind `ipcp`. */
export function conformIpcp(plugin: Plugin<"ipcp">, needs: MemberNeeds = {}): void {
  registerChecks(plugin, ipcpChecks(plugin, needs));
}

/** What a plugin of kind `ipcp` must do. */
export function ipcpChecks(plugin: Plugin<"ipcp">, { options = {}, ...needs }: MemberNeeds = {}): Check[] {
  const joins = plugin.abilities?.includes("join") ?? false;
  const inLayer = async (test: (member: SimulatedMember) => void) => {
    const member = await SimulatedMember.make(plugin, needs);
    const info = member.bootstrap(plugin, options);
    assert.equal(info.name, "l");
    assert.notEqual(info.hash, "", "the layer has no hash function");
    if (!joins) member.ok((done: Done) => member.layer.register(member.hash, done));
    test(member);
    assert.equal(member.upper.open, 0, "flows were left behind");
    member.shutdown();
    assert.equal(member.time.armed, 0, "timers were left behind");
  };
  return [
    ...declarationChecks(plugin, options),
    ...[statsCheck, ...joins ? broadcastChecks : flowChecks].map(({ name, test }) => ({
      name,
      run: () => inLayer(test),
    })),
  ];
}

const statsCheck: MemberCheck = {
  name: "its statistics are a tree of plain data",
  test: ({ layer }) => {
    const stats = layer.stats?.() ?? {};
    assert.deepEqual(JSON.parse(JSON.stringify(stats)), stats);
  },
};

const lifeChecks: readonly MemberCheck[] = [
  {
    name: "a hash is found from register to unregister; both may come twice",
    test: (member) => {
      const { layer } = member;
      const found = (hash: typeof member.hash) => member.ok<boolean>((done) => layer.query(hash, done));
      assert.deepEqual([found(member.hash), found(member.other)], [true, false]);
      member.ok((done: Done) => layer.register(member.hash, done));
      assert.equal(found(member.hash), true);
      member.ok((done: Done) => layer.unregister(member.other, done));
      for (let i = 0; i < 2; i++) member.ok((done: Done) => layer.unregister(member.hash, done));
      assert.equal(found(member.hash), false);
      assert(refusalOf(member, member.allocate(member.hash)) < 0);
    },
  },
  {
    name: "it can be shut down while flows are up and a request waits",
    test: (member) => {
      const { requester, responder } = connectFlow(member);
      member.upper.onRequest = () => {};
      const waiting = member.upper.flow(QOS.raw);
      member.layer.allocate(waiting, { hash: member.hash, qos: QOS.raw, data: new Uint8Array(0) }, () => {});
      for (const flow of [requester, responder, waiting]) member.upper.free(flow);
    },
  },
];

const packetChecks: readonly MemberCheck[] = [
  {
    name: "a flow carries packets both ways, in order, also empty ones",
    test: (member) => {
      const { requester, responder } = connectFlow(member);
      const packets = Array.from({ length: 10 }, (_, index) => new Uint8Array(index).fill(index));
      for (const [from, to] of [[requester, responder], [responder, requester]]) {
        for (const packet of packets) from.write(packet.slice());
        member.until(() => to.received.length >= packets.length, "the arrival of all packets");
        assert.deepEqual(to.received, packets);
      }
      leave(member, requester, responder);
    },
  },
  {
    name: "packets of many flows do not mix",
    test: (member) => {
      const pairs = Array.from({ length: 20 }, () => connectFlow(member));
      pairs.forEach(({ requester }, index) => requester.write(Uint8Array.of(index)));
      pairs.forEach(({ responder }, index) => {
        member.until(() => responder.received.length > 0, "the arrival of a packet");
        assert.deepEqual(responder.received, [Uint8Array.of(index)]);
      });
      for (const { requester, responder } of pairs.reverse()) leave(member, responder, requester);
    },
  },
  {
    name: "a flow that is up and loses one end can be left by the other",
    test: (member) => {
      const { requester, responder } = connectFlow(member);
      member.deallocate(requester);
      responder.write(Uint8Array.of(1));
      member.time.advance(1000);
      member.deallocate(responder);
    },
  },
];

const flowChecks: readonly MemberCheck[] = [...lifeChecks, ...packetChecks, ...allocationChecks];
