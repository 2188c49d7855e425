/** Tests of the IPCP host: states, checks and the life of N+1 flows. @module */
import { NO_BYTES } from "../../kit/bytes.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  InvalidError,
  IpcpError,
  IpcpStateError,
  NameError,
  NotAllocatedError,
  NotSupportedError,
  OuroError,
} from "../../contract/errors.ts";
import type { Layer, UpperFlow } from "../../contract/ipcp.ts";
import { nameHash } from "../../contract/ids.ts";
import { QOS } from "../../contract/qos.ts";
import { DONE, type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import { FakePort, HostFixture, quietLayer } from "../../testing/ipcp/host.ts";

const HASH = "ab".repeat(32);
const TOKEN = "00112233445566778899aabbccddeeff";
const BOOTSTRAP = { layer: "l", options: { hash: "SHA3_256" } };
const allocateOf = (flow: number) => ({ flow, token: TOKEN, hash: HASH, data: "AQI=" });

function succeeded(outcome: Outcome<unknown> | undefined): unknown {
  assert(outcome, "not answered");
  assert(outcome.ok, outcome.ok ? "" : String(outcome.error));
  return outcome.value;
}

function failed(
  outcome: Outcome<unknown> | undefined,
  Class: abstract new (message: string) => OuroError,
): string {
  assert(outcome && !outcome.ok, "it succeeded or did not answer");
  assert(outcome.error instanceof Class, String(outcome.error));
  return outcome.error.message;
}

Deno.test("before it is in a layer an IPCP takes bootstrap and nothing else of a layer", () => {
  const fixture = new HostFixture();
  const params = { ...allocateOf(1), response: 0 };
  for (const method of ["register", "unregister", "query", "allocate", "respond"]) {
    assert.throws(() => fixture.ask(`layer.${method}`, params), (thrown) => {
      assert(thrown instanceof IpcpStateError);
      assert.match(thrown.message, /IPCP x is in no layer yet; bootstrap it or enroll it first/);
      return true;
    });
  }
  assert.deepEqual(succeeded(fixture.ask("layer.bootstrap", BOOTSTRAP)), { layer: "l", hash: "SHA3_256" });
  assert.throws(() => fixture.ask("layer.bootstrap", BOOTSTRAP), /IPCP x is in layer l already/);
});

Deno.test("a bootstrap that fails can be tried again; two at a time cannot", () => {
  const waiting: Done<Layer>[] = [];
  const fixture = new HostFixture({ bootstrap: (_config, done) => waiting.push(done) });
  assert.equal(fixture.ask("layer.bootstrap", BOOTSTRAP), undefined);
  assert.throws(() => fixture.ask("layer.bootstrap", BOOTSTRAP), /being bootstrapped or enrolled/);
  waiting[0](failure(new IpcpError("no")));
  assert.equal(fixture.ask("layer.bootstrap", BOOTSTRAP), undefined);
  waiting[1](success(quietLayer("l", "h")));
  assert.deepEqual(succeeded(fixture.ask("layer.query", { hash: HASH })), { found: true });
});

Deno.test("what a type cannot do is refused first, in words", () => {
  const fixture = new HostFixture();
  const methods = { enrol: "enrol", connect: "connect", disconnect: "connect", join: "join" };
  for (const [method, ability] of Object.entries(methods)) {
    assert.throws(
      () => fixture.ask(`layer.${method}`),
      (thrown) =>
        thrown instanceof NotSupportedError && thrown.message === `IPCPs of type test cannot ${ability}`,
    );
  }
});

Deno.test("enroll, connect, disconnect and join reach a type that has them", () => {
  const calls: unknown[] = [];
  const fixture = new HostFixture({
    enroll: (destination, done) => {
      calls.push(destination);
      done(success({ ...fixture.layer, name: "m", hash: "h" }));
    },
    connect: (destination, component, qos, done) => {
      calls.push([destination, component, qos.delay]);
      done(DONE);
    },
    disconnect: (destination, component, done) => {
      calls.push([destination, component]);
      done(failure(new NameError("no connection")));
    },
    join: (flow, done) => {
      calls.push(flow.fd);
      done(DONE);
    },
  }, ["enrol", "connect", "join"]);
  assert.throws(() => fixture.ask("layer.join", { flow: 0, token: TOKEN }), IpcpStateError);
  assert.deepEqual(succeeded(fixture.ask("layer.enrol", { destination: "d" })), { layer: "m", hash: "h" });
  succeeded(fixture.ask("layer.connect", { destination: "d", component: "dt" }));
  failed(fixture.ask("layer.disconnect", { destination: "d", component: "mgmt" }), NameError);
  succeeded(fixture.ask("layer.join", { flow: 0, token: TOKEN }));
  assert.deepEqual(calls, ["d", ["d", "dt", 0xffffffff], ["d", "mgmt"], 64]);
});

Deno.test("an allocation is answered, then reported; the process above connects with its token", () => {
  let flow: UpperFlow | undefined;
  const received: number[] = [];
  const fixture = HostFixture.operational({
    allocate: (its, request, done) => {
      flow = its;
      assert.deepEqual([request.hash, [...request.data]], [HASH, [1, 2]]);
      its.onPacket((packet) => received.push(packet[0]));
      // A type may know the outcome before it has said that the allocation is under way.
      fixture.context?.upper.allocated(its, { response: 0, data: Uint8Array.of(9) }, 250);
      assert.deepEqual(fixture.told, []);
      done(DONE);
    },
  });
  succeeded(fixture.ask("layer.allocate", allocateOf(3)));
  assert(flow);
  assert.deepEqual([flow.id, flow.fd], [3, 64]);
  assert.deepEqual(fixture.told, [["upper.allocated", {
    flow: 3,
    response: 0,
    mpl: 250,
    maxPacket: undefined,
    data: "CQ==",
    splice: undefined,
  }]]);
  assert.equal(flow.send(Uint8Array.of(1)), true, "kept until the process above connects");
  assert.equal(flow.queued, 1);
  const port = new FakePort();
  fixture.expected.get(TOKEN)?.(port);
  flow.send(Uint8Array.of(2));
  port.full = true;
  assert.equal(flow.send(Uint8Array.of(3)), false);
  port.receive?.(Uint8Array.of(4));
  assert.deepEqual([port.sent, received], [[1, 2], [4]]);
  succeeded(fixture.ask("layer.deallocate", { flow: 3 }));
  assert.equal(port.closed, false, "what was sent goes out first");
  port.drain();
  assert.equal(port.closed, true);
  assert.equal(flow.send(Uint8Array.of(5)), false);
});

Deno.test("an allocation that fails at once or later leaves no flow, no number and no token", () => {
  let refuse = true;
  const flows: UpperFlow[] = [];
  const fixture = HostFixture.operational({
    allocate: (flow, _request, done) => {
      flows.push(flow);
      done(refuse ? failure(new NameError("unknown")) : DONE);
    },
  });
  const gone = () => {
    assert.equal(fixture.expected.size, 0);
    assert.equal(fixture.fds.take(), 64, "the number is free");
    fixture.fds.release(flows[0].fd);
  };
  failed(fixture.ask("layer.allocate", allocateOf(3)), NameError);
  gone();
  refuse = false;
  succeeded(fixture.ask("layer.allocate", allocateOf(3)));
  assert.equal(fixture.expected.size, 1);
  fixture.context?.upper.allocated(flows[1], { response: -1007, data: NO_BYTES }, 100);
  assert.equal(fixture.told.length, 1);
  gone();
  fixture.context?.upper.allocated(flows[1], { response: 0, data: NO_BYTES }, 100);
  assert.equal(fixture.told.length, 1, "a flow that is gone is not reported");
});

Deno.test("a type that throws is answered for, and its flow is gone", () => {
  const fixture = HostFixture.operational({
    allocate: () => {
      throw new Error("broken");
    },
    register: (_hash, done) => {
      done(DONE);
      done(DONE);
      throw new Error("late");
    },
  });
  assert.match(failed(fixture.ask("layer.allocate", allocateOf(0)), OuroError), /broken/);
  assert.equal(fixture.fds.take(), 64);
  succeeded(fixture.ask("layer.register", { hash: HASH }));
  assert(fixture.lines.some((line) => /answered twice/.test(line)));
  assert(fixture.lines.some((line) => /\(EE\).*late/.test(line)));
});

Deno.test("a request that arrives goes up, is answered, and the process above is connected to", () => {
  let offered: UpperFlow | undefined;
  const fixture = HostFixture.operational();
  const request = { hash: nameHash(HASH), qos: QOS.raw, data: Uint8Array.of(1) };
  fixture.context?.upper.request(request, (outcome) => {
    assert(outcome.ok);
    offered = outcome.value;
  });
  assert.equal(fixture.told[0][0], "upper.request");
  fixture.asked[0](success({ flow: 5 }));
  assert(offered);
  assert.deepEqual([offered.id, offered.fd], [5, 64]);
  offered.send(Uint8Array.of(1));
  const respond = { flow: 5, response: 0, connect: { path: "/p", token: TOKEN } };
  succeeded(fixture.ask("layer.respond", respond));
  assert.throws(() => fixture.ask("layer.respond", respond), /flow 5 does not wait for a response/);
  const port = new FakePort();
  assert.equal(fixture.connecting[0][0], `/p ${TOKEN}`);
  fixture.connecting[0][1](success(port));
  assert.deepEqual(port.sent, [1]);
});

Deno.test("a refusal by the process above frees the flow, whatever the type says", () => {
  let offered: UpperFlow | undefined;
  const fixture = HostFixture.operational({
    respond: (_flow, _reply, done) => done(failure(new IpcpError("x"))),
  });
  fixture.context?.upper.request({ hash: nameHash(HASH), qos: QOS.raw, data: NO_BYTES }, (outcome) => {
    if (outcome.ok) offered = outcome.value;
  });
  fixture.asked[0](success({ flow: 5 }));
  assert.equal(offered?.fd, 64);
  failed(fixture.ask("layer.respond", { flow: 5, response: -1009 }), IpcpError);
  assert.equal(fixture.fds.take(), 64);
  assert.throws(() => fixture.ask("layer.respond", { flow: 5, response: 0 }), NotAllocatedError);
});

Deno.test("flows that are spliced need no data connection", () => {
  const flows: UpperFlow[] = [];
  const fixture = HostFixture.operational({
    allocate: (flow, request, done) => {
      flows.push(flow);
      fixture.context?.upper.request(request, (outcome) => {
        if (outcome.ok) flows.push(outcome.value);
        done(DONE);
      });
    },
    respond: (flow, reply, done) => {
      fixture.context?.upper.splice(flows[0], flow);
      fixture.context?.upper.allocated(flows[0], reply, 100);
      done(DONE);
    },
  });
  assert.equal(fixture.ask("layer.allocate", allocateOf(0)), undefined);
  fixture.asked[0](success({ flow: 1 }));
  succeeded(fixture.ask("layer.respond", { flow: 1, response: 0, connect: { path: "/p", token: TOKEN } }));
  assert.deepEqual(fixture.told.at(-1), ["upper.allocated", {
    flow: 0,
    response: 0,
    mpl: 100,
    maxPacket: undefined,
    data: "",
    splice: 1,
  }]);
  assert.deepEqual([fixture.connecting.length, fixture.expected.size], [0, 0]);
});

Deno.test("a flow goes when its type says so, is unknown after that, and several may wait for it", () => {
  const waiting: Done[] = [];
  const fixture = HostFixture.operational({
    deallocate: (_flow, linger, done) => {
      assert.equal(linger, 1500);
      waiting.push(done);
    },
  });
  succeeded(fixture.ask("layer.allocate", allocateOf(0)));
  const answers: Outcome<unknown>[] = [];
  for (let i = 0; i < 2; i++) {
    fixture.host.handleRequest(
      "layer.deallocate",
      { flow: 0, linger: 1500 },
      (outcome) => answers.push(outcome),
    );
  }
  assert.deepEqual([waiting.length, answers.length], [1, 0]);
  assert.throws(() => fixture.ask("layer.allocate", allocateOf(0)), /flow with id 0 already/);
  waiting[0](failure(new IpcpError("late")));
  assert.deepEqual(answers.map(succeeded), [undefined, undefined]);
  succeeded(fixture.ask("layer.deallocate", { flow: 0 }));
  succeeded(fixture.ask("layer.allocate", allocateOf(0)));
});

Deno.test("a flow that the layer has lost is reported once it was known", () => {
  let flow: UpperFlow | undefined;
  const fixture = HostFixture.operational({
    allocate: (its, _request, done) => {
      flow = its;
      done(DONE);
    },
  });
  succeeded(fixture.ask("layer.allocate", allocateOf(0)));
  assert(flow);
  fixture.context?.upper.down(flow, "the link is gone");
  assert.deepEqual(fixture.told, [["upper.down", { flow: 0, reason: "the link is gone" }]]);
  succeeded(fixture.ask("layer.deallocate", { flow: 0 }));
  fixture.context?.upper.down(flow, "again");
  assert.equal(fixture.told.length, 1);
});

Deno.test("packets for a process that does not connect are kept up to a limit, then counted", () => {
  let flow: UpperFlow | undefined;
  const fixture = HostFixture.operational({
    allocate: (its, _request, done) => {
      flow = its;
      done(DONE);
    },
  });
  succeeded(fixture.ask("layer.allocate", allocateOf(0)));
  for (let i = 0; i < 2092; i++) flow?.send(Uint8Array.of(i));
  assert.equal(flow?.queued, 2048);
  assert.deepEqual(succeeded(fixture.ask("layer.stats")), {
    ipcp: { name: "x", type: "test", pid: 7, state: "operational", layer: "l", hash: "SHA3_256" },
    flows: { open: 1, dropped: 44 },
    plugins: [],
    test: {},
  });
  assert.equal(succeeded(fixture.ask("layer.stats", { path: "flows/dropped" })), 44);
  assert.deepEqual(succeeded(fixture.ask("layer.stats", { path: "plugins" })), [], "none is no error");
});

Deno.test("shutdown ends everything once and answers", () => {
  let ends = 0;
  const fixture = HostFixture.operational({ shutdown: () => void ends++ });
  succeeded(fixture.ask("layer.allocate", allocateOf(0)));
  succeeded(fixture.ask("layer.shutdown"));
  fixture.host.shutdown();
  assert.deepEqual([ends, fixture.ended, fixture.expected.size], [1, 1, 0]);
  assert(fixture.lines.includes("ipcpd/ipcp(II): IPCP 7 shutting down."));
  assert.throws(() => fixture.ask("layer.query", { hash: HASH }), /IPCP x is shutting down/);
});

Deno.test("whatever the IRMd sends, the answer is an answer or an error of the catalogue", () => {
  const fixture = HostFixture.operational({ shutdown: () => {} }, ["enrol", "connect", "join"]);
  const method = fc.constantFrom(
    ...["bootstrap", "enrol", "connect", "disconnect", "register", "unregister", "query", "allocate", "join"],
    ...["respond", "deallocate", "stats", "unknown", "toString"],
  );
  const params = fc.oneof(
    fc.anything(),
    fc.record({
      flow: fc.oneof(fc.integer(), fc.anything()),
      hash: fc.oneof(fc.constant(HASH), fc.anything()),
      token: fc.oneof(fc.constant(TOKEN), fc.anything()),
      data: fc.anything(),
      qos: fc.anything(),
      layer: fc.anything(),
      options: fc.anything(),
      connect: fc.anything(),
      response: fc.anything(),
    }, { requiredKeys: [] }),
  );
  fc.assert(fc.property(method, params, (which, given) => {
    try {
      fixture.ask(`layer.${which}`, given);
    } catch (thrown) {
      assert(thrown instanceof OuroError, String(thrown));
    }
  }));
});

Deno.test("parameters at fault are named", () => {
  const fixture = HostFixture.operational();
  const faults: [string, object, RegExp][] = [
    ["register", { hash: "XY" }, /hash must be 1 to 64 bytes in lower-case hexadecimal/],
    ["allocate", { ...allocateOf(10240) }, /flow must be a whole number of 0 to 10239/],
    ["allocate", { ...allocateOf(1), token: "ab" }, /token must be 16 to 16 bytes/],
    ["respond", { flow: 1, response: 5 }, /response must be a whole number/],
    ["respond", { flow: 1, response: 0, connect: { path: 1 } }, /path must be a text/],
    ["deallocate", { flow: 1, linger: -1 }, /linger must be a whole number/],
  ];
  for (const [method, params, message] of faults) {
    assert.throws(
      () => fixture.ask(`layer.${method}`, params),
      (thrown) => thrown instanceof InvalidError && message.test(thrown.message),
    );
  }
});
