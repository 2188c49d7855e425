import assert from "node:assert/strict";
import { InvalidError, IrmdError, NameError, ProtocolError, TimedOutError } from "../../contract/errors.ts";
import { type Done, type Outcome, success } from "../../contract/outcome.ts";
import type { Timers } from "../../contract/ports.ts";
import { MethodNotFoundError, type RpcHandlers, RpcPeer } from "./rpc_peer.ts";

/** Timers that fire when told to. */
function manualTimers(): Timers & { fire(): void; armed: Set<() => void> } {
  const armed = new Set<() => void>();
  return {
    armed,
    after: (_delay, run) => {
      armed.add(run);
      return { cancel: () => armed.delete(run) };
    },
    fire: () => [...armed].forEach((run) => run()),
  };
}

const deaf: RpcHandlers = { request: () => {}, notification: () => {} };

function pair(left: RpcHandlers, right: RpcHandlers) {
  const timers = manualTimers();
  const a: RpcPeer = new RpcPeer((line) => b.handleLine(line), timers, left);
  const b: RpcPeer = new RpcPeer((line) => a.handleLine(line), timers, right);
  return { a, b, timers };
}

Deno.test("both ends ask and are answered", () => {
  const answer = (word: string): RpcHandlers => ({
    ...deaf,
    request: (method, params, reply) => reply(success([word, method, params])),
  });
  const { a, b } = pair(answer("left"), answer("right"));
  const got: Outcome<unknown>[] = [];
  a.request("one", { x: 1 }, (outcome) => got.push(outcome));
  b.request("two", [2], (outcome) => got.push(outcome));
  assert.deepEqual(got, [success(["right", "one", { x: 1 }]), success(["left", "two", [2]])]);
  assert.equal(a.waiting, 0);
});

Deno.test("what a handler throws is the answer", () => {
  const { a } = pair(deaf, {
    ...deaf,
    request: (method) => {
      throw method === "name" ? new NameError("gone") : new MethodNotFoundError("no such method");
    },
  });
  const errors: unknown[] = [];
  const keep: Done<unknown> = (outcome) => errors.push(outcome.ok ? "answered" : outcome.error);
  a.request("name", {}, keep);
  a.request("other", {}, keep);
  assert(errors[0] instanceof NameError);
  assert(errors[1] instanceof ProtocolError);
});

Deno.test("an answer counts once, and only while somebody waits", () => {
  let late: Done<unknown> = () => {};
  const { a, timers } = pair(deaf, { ...deaf, request: (_method, _params, reply) => late = reply });
  const got: Outcome<unknown>[] = [];
  a.request("slow", {}, (outcome) => got.push(outcome), 100);
  timers.fire();
  assert(!got[0].ok && got[0].error instanceof TimedOutError);
  late(success(1));
  late(success(2));
  assert.equal(got.length, 1);
  a.request("quick", {}, (outcome) => got.push(outcome), 100);
  late(success(3));
  assert.deepEqual(got[1], success(3));
  assert.equal(timers.armed.size, 0);
});

Deno.test("the end of the connection fails what waits and what comes after", () => {
  const { a, timers } = pair(deaf, deaf);
  const got: Outcome<unknown>[] = [];
  a.request("never", {}, (outcome) => got.push(outcome));
  a.close(new IrmdError("gone"));
  a.request("later", {}, (outcome) => got.push(outcome));
  assert.equal(got.length, 1);
  timers.fire();
  assert.equal(got.length, 2);
  assert(got.every((outcome) => !outcome.ok && outcome.error instanceof IrmdError));
});

Deno.test("a request that is too long is refused here", () => {
  const { a, timers } = pair(deaf, { ...deaf, request: () => assert.fail("must not be sent") });
  let error: unknown;
  a.request("long", "x".repeat(70_000), (outcome) => error = outcome.ok || outcome.error);
  timers.fire();
  assert(error instanceof InvalidError);
});
