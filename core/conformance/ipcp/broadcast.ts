/**
 * The part of the conformance suite for IPCP types whose layers are joined and have no flows to names.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Done } from "../../contract/outcome.ts";
import { QOS } from "../../contract/qos.ts";
import type { MemberCheck } from "./steps.ts";
import type { SimulatedMember } from "./simulated_member.ts";
import type { SimulatedFlow } from "./simulated_upper.ts";

function join(member: SimulatedMember): SimulatedFlow {
  const flow = member.upper.flow(QOS.raw);
  member.ok((done: Done) => member.layer.join?.(flow, done));
  return flow;
}

/** Checks of a member of a layer that processes join. */
export const broadcastChecks: readonly MemberCheck[] = [
  {
    name: "what one process writes, all others read, in order, and never itself",
    test: (member) => {
      const flows = [join(member), join(member), join(member)];
      const packets = Array.from({ length: 10 }, (_, index) => new Uint8Array(index + 1).fill(index));
      for (const packet of packets) flows[0].write(packet.slice());
      member.time.advance(1000);
      assert.deepEqual(flows.map(({ received }) => received), [[], packets, packets]);
      for (const flow of flows) member.deallocate(flow);
    },
  },
  {
    name: "a process that has left reads nothing, and the others go on",
    test: (member) => {
      const [writer, left, reader] = [join(member), join(member), join(member)];
      member.deallocate(left);
      writer.write(Uint8Array.of(1));
      member.time.advance(1000);
      assert.deepEqual([left.received.length, reader.received.length], [0, 1]);
      for (const flow of [writer, reader]) member.deallocate(flow);
    },
  },
  {
    name: "flows to names are refused",
    test: (member) => {
      const { layer, hash } = member;
      assert(!member.ask((done: Done) => layer.register(hash, done)).ok);
      assert.equal(member.ok<boolean>((done) => layer.query(hash, done)), false);
      const flow = member.allocate(hash);
      member.until(() => flow.gone, "the refusal");
    },
  },
  {
    name: "it can be shut down while processes have joined",
    test: (member) => {
      const flow = join(member);
      member.upper.free(flow);
    },
  },
];
