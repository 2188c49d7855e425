/**
 * The part of the conformance suite of IPCP types that is about allocations that fail or are given up.
 *
 * @module
 */
import assert from "node:assert/strict";
import { IpcpError } from "../../contract/errors.ts";
import { failure, success } from "../../contract/outcome.ts";
import { QOS } from "../../contract/qos.ts";
import { askFlow, connectFlow, leave, type MemberCheck, refusalOf } from "./steps.ts";
import type { SimulatedFlow } from "./simulated_upper.ts";

const NO_DATA = new Uint8Array(0);
const DATA = Uint8Array.of(1, 2, 3);

/** The checks. */
export const allocationChecks: readonly MemberCheck[] = [
  {
    name: "data of the request and of the answer arrive",
    test: (member) => {
      const { requester, responder } = askFlow(member, DATA);
      assert(member.respond(responder, { response: 0, data: NO_DATA }).ok);
      leave(member, requester, responder);
      const other = connectFlow(member, DATA);
      leave(member, other.responder, other.requester);
    },
  },
  {
    name: "a refusal by the process above reaches the requester, with its number and data",
    test: (member) => {
      const { requester, responder } = askFlow(member);
      member.respond(responder, { response: -1009, data: DATA });
      assert.equal(refusalOf(member, requester), -1009);
      assert.deepEqual(requester.reply?.data, DATA);
    },
  },
  {
    name: "a hash that nobody has registered is refused",
    test: (member) => void assert(refusalOf(member, member.allocate(member.other)) < 0),
  },
  {
    name: "a hash for which nobody accepts is refused",
    test: (member) => {
      member.upper.onRequest = (_request, done) => done(failure(new IpcpError("nobody accepts")));
      assert(refusalOf(member, member.allocate(member.hash)) < 0);
      const { requester, responder } = connectFlow(member);
      leave(member, requester, responder);
    },
  },
  {
    name: "a requester that goes before the answer leaves nothing behind",
    test: (member) => {
      const { requester, responder } = askFlow(member);
      member.deallocate(requester);
      const outcome = member.respond(responder, { response: 0, data: NO_DATA });
      if (outcome.ok) member.until(() => responder.lost !== undefined, "flow-down at the responder");
      member.deallocate(responder);
      assert.equal(requester.reply, undefined, "a flow that is gone was reported");
    },
  },
  {
    name: "a requester that goes while a process is looked for leaves nothing behind",
    test: (member) => {
      let find: (() => SimulatedFlow) | undefined;
      member.upper.onRequest = (request, done) => {
        find = () => {
          const flow = member.upper.flow(request.qos);
          done(success(flow));
          return flow;
        };
      };
      const requester = member.upper.flow(QOS.raw);
      let answers = 0;
      member.layer.allocate(requester, { hash: member.hash, qos: QOS.raw, data: NO_DATA }, () => answers++);
      member.until(() => find !== undefined, "the request's arrival");
      member.deallocate(requester);
      const responder = find?.();
      assert(responder);
      // Some layers learn that the requester has gone when they send it the answer.
      const known = responder.lost === undefined && member.respond(responder, { response: 0, data: NO_DATA });
      if (!known || known.ok) member.until(() => responder.lost !== undefined, "flow-down at the responder");
      member.deallocate(responder);
      assert.equal(answers, 1, "the request must be answered once");
    },
  },
  {
    name: "a responder that goes before its answer is a refusal",
    test: (member) => {
      const { requester, responder } = askFlow(member);
      member.deallocate(responder);
      assert(refusalOf(member, requester) < 0);
    },
  },
];
