/**
 * Steps of the conformance suite of IPCP types.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { SimulatedMember } from "./simulated_member.ts";
import type { SimulatedFlow } from "./simulated_upper.ts";

/** A check of a member of a layer, in which its hash is registered unless it is joined. */
export interface MemberCheck {
  readonly name: string;
  test(member: SimulatedMember): void;
}

/** The ends of a flow. */
export interface Ends {
  readonly requester: SimulatedFlow;
  readonly responder: SimulatedFlow;
}

/** A requester whose request has reached a process above that has not answered yet. */
export function askFlow(member: SimulatedMember, data?: Uint8Array): Ends {
  const accepted = member.accept();
  const requester = member.allocate(member.hash, data);
  member.until(() => accepted.flow !== undefined || requester.gone, "the request's arrival");
  assert(accepted.flow && accepted.request, `the flow was refused with ${requester.reply?.response}`);
  assert.deepEqual(accepted.request.hash, member.hash);
  assert.deepEqual(accepted.request.qos, requester.qos);
  assert.deepEqual(accepted.request.data, data ?? new Uint8Array(0));
  assert.equal(requester.reply, undefined, "the flow was reported before it was answered");
  return { requester, responder: accepted.flow };
}

/** A flow that is up. */
export function connectFlow(member: SimulatedMember, data?: Uint8Array): Ends {
  const ends = askFlow(member);
  const reply = { response: 0, data: data ?? new Uint8Array(0) };
  const outcome = member.respond(ends.responder, reply);
  assert(outcome.ok, outcome.ok ? "" : `the answer was refused: ${outcome.error.message}`);
  member.until(() => ends.requester.reply !== undefined, "the report of the allocation");
  assert.deepEqual(ends.requester.reply, reply);
  return ends;
}

/** Both ends are done with a flow. */
export function leave(member: SimulatedMember, ...flows: readonly SimulatedFlow[]): void {
  for (const flow of flows) member.deallocate(flow);
}

/** Waits until a flow is refused; the response. */
export function refusalOf(member: SimulatedMember, flow: SimulatedFlow): number {
  member.until(() => flow.reply !== undefined, "the refusal");
  assert(flow.gone, "it was not refused");
  return flow.reply?.response ?? 0;
}
