/** Tests of the guard: whatever a plugin does, its host gets the answer that the contract of its kind names as safe. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { PluginError } from "../../contract/errors.ts";
import { address, type Fd, fd, nameHash } from "../../contract/ids.ts";
import { type Outcome, success } from "../../contract/outcome.ts";
import type { PluginInstances } from "../../contract/plugin.ts";
import type { ForwardingTable, ManagementFlow } from "../../contract/policies/routing.ts";
import { QOS, qosCube } from "../../contract/qos.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { FILE, guardedOf } from "../../testing/guarded_plugin.ts";
import { testingLog } from "../../testing/log.ts";
import { LAST, RUNNING } from "./cells.ts";
import { MAX_FAULTS, PluginGuard } from "./plugin_guard.ts";

const CUBE = qosCube(QOS.raw);
const thrown = (value: unknown) => () => {
  throw value;
};
const deep = (): number => 1 + deep();

/** What a method can do in place of its work; what loops or takes all memory is for the watchdog. */
const WAYS: Readonly<Record<string, () => unknown>> = {
  "throws an error": () => {
    throw new TypeError("x is not\na function");
  },
  "throws a text": thrown("boom"),
  "throws nothing": thrown(undefined),
  "throws what throws as a text": () => {
    throw { toString: () => assert.fail("told") };
  },
  "throws an error that throws when it is read": () => {
    throw Object.defineProperty(new Error(), "message", { get: () => assert.fail("told") });
  },
  "throws what cannot be looked at": () => {
    throw new Proxy({}, { getPrototypeOf: () => assert.fail("told") });
  },
  "recurses without end": deep,
  "returns NaN": () => NaN,
  "returns a negative number": () => -1,
  "returns a fraction": () => 0.5,
  "returns Infinity": () => Infinity,
  "returns null": () => null,
  "returns a text": () => "1",
  "returns an object": () => ({}),
  "returns what throws when it is read": () =>
    new Proxy({}, { get: () => assert.fail("told"), ownKeys: () => assert.fail("told") }),
  "returns a function": () => () => 1,
  "returns a promise": () => Promise.resolve(1),
  "returns a promise that fails": () => Promise.reject(new Error("late")),
};

const table: ForwardingTable = new Map([[address(7), [fd(64), fd(65)]], [address(8), [fd(65)]]]);
const hops = (made: PluginInstances["forwarding"]) => [
  made.nextHop(address(7), 1),
  made.nextHop(address(8), 1),
  made.nextHop(address(9), 1),
];

for (const [what, run] of Object.entries(WAYS)) {
  Deno.test(`a congestion policy that ${what} marks nothing and holds nobody back`, () => {
    const { made, guard } = guardedOf("congestion", () => ({
      mark: run,
      flow: () => ({ sent: run, received: run, update: run, stats: run }),
    }));
    const flow = made.flow(0);
    assert.equal(made.mark(3), 0);
    const next = flow.sent(100, 5);
    assert(next <= 5 || what === "returns a fraction", String(next));
    assert.equal(flow.received(1), undefined);
    flow.update(1);
    assert.equal(typeof flow.stats(), "object");
    assert(guard.stats().length === 1);
    assert.equal(guard.cells[RUNNING], 0);
  });

  Deno.test(`where a forwarding policy ${what}, packets take the best route that is up`, () => {
    const { made } = guardedOf(
      "forwarding",
      () => ({ replace: () => {}, nextHop: run, otherHop: run, flowDown: run }),
    );
    made.replace(table);
    assert.deepEqual(hops(made), [64, 65, undefined]);
    assert.equal(made.otherHop?.(address(7), fd(64)), 65);
    assert.equal(made.otherHop?.(address(8), fd(65)), undefined);
    made.flowDown(fd(64));
    assert.deepEqual(hops(made), [65, 65, undefined]);
    made.flowUp(fd(64));
    assert.deepEqual(hops(made), [64, 65, undefined]);
  });

  Deno.test(`where a scheduling policy ${what}, who waits longest goes first, once`, () => {
    const { made } = guardedOf("scheduling", () => ({ queue: () => ({ add: run, next: run, length: 99 }) }));
    const queue = made.queue<{ readonly id: number }>();
    const items = [1, 2, 3].map((id) => ({ id }));
    for (const item of items) queue.add(item, CUBE);
    assert.equal(queue.length, 3);
    assert.deepEqual([queue.next(), queue.next(), queue.next(), queue.next()], [...items, undefined]);
    const none = guardedOf("scheduling", () => ({ queue: run })).made.queue<object>();
    none.add(items[0], CUBE);
    assert.equal(none.next(), items[0]);
  });

  Deno.test(`where a balancing policy ${what}, the first gets the flow`, () => {
    const { made } = guardedOf("balancing", () => ({ choose: run }));
    assert.equal(made.choose([{ order: 0, pid: 1 }, { order: 1, pid: 2 }]), 0);
  });

  Deno.test(`a hash function, or an address policy, that ${what} is an error that names it`, () => {
    const named = { message: /^(hash|address) "bad" \(\/etc\/ouroboros\/bad\.ts\): (digest|draw): / };
    const hash = guardedOf("hash", () => ({ length: 4, digest: run })).made;
    assert.throws(() => hash.digest(Uint8Array.of(1)), named);
    const addresses = guardedOf("address", () => ({ draw: run })).made;
    assert.throws(() => addresses.draw(), (thrown) => {
      assert(thrown instanceof PluginError && named.message.test(thrown.message), String(thrown));
      return true;
    });
  });

  Deno.test(`a directory policy that ${what} answers each question once, with an error`, () => {
    const time = new VirtualTime();
    const { made, guard } = guardedOf("directory", (_host, { timers }) => {
      timers.after(10, run as () => void);
      return {
        register: run,
        unregister: run,
        query: (_hash: unknown, done: (outcome: unknown) => void) => {
          // A promise that fails inside an answer is for the process' handler of what nobody has caught.
          done(success(what.endsWith("that fails") ? undefined : run()));
          done(undefined);
        },
        receive: run,
        routesChanged: run,
        stats: run,
        shutdown: run,
      };
    }, { timers: time });
    const answers: Outcome<unknown>[] = [];
    made.query(nameHash("00"), (outcome) => answers.push(outcome));
    assert.deepEqual(answers.map(({ ok }) => ok), [false]);
    made.register(nameHash("00"), (outcome) => answers.push(outcome));
    // A policy that has thrown will not answer; one that has returned may still.
    if (what.startsWith("throws") || what.includes("promise")) assert.equal(answers.length, 2);
    made.receive(Uint8Array.of(1));
    made.routesChanged();
    assert.equal(typeof made.stats(), "object");
    time.advance(20);
    made.shutdown();
    assert(guard.stats().length === 1);
  });

  Deno.test(`a routing policy that ${what} leaves the last good table, and ends nothing by a message`, () => {
    const time = new VirtualTime();
    const installed: ForwardingTable[] = [];
    let install: (table: unknown) => void = () => {};
    const { made, guard } = guardedOf("routing", (_host, context) => {
      install = context.install as (table: unknown) => void;
      return {
        forwarding: "simple",
        managementUp: run,
        managementDown: run,
        receive: run,
        adjacencyUp: run,
        adjacencyDown: run,
        members: run,
        stats: run,
        shutdown: run,
      };
    }, {
      timers: time,
      random: new SeededRandom(1),
      install: (table: ForwardingTable) => installed.push(table),
    });
    let gaveUp = 0;
    guard.onGiveUp = () => gaveUp++;
    const flow: ManagementFlow = { neighbour: address(2), fd: fd(64), send: () => true };
    made.managementUp(flow);
    for (let count = 0; count < 2 * MAX_FAULTS; count++) made.receive(flow, Uint8Array.of(1));
    made.adjacencyUp(address(2), fd(65));
    made.adjacencyDown(address(2), fd(65));
    assert.deepEqual([...made.members()], []);
    assert.equal(typeof made.stats(), "object");
    install(table);
    let nonsense: unknown;
    try {
      nonsense = run();
    } catch (thrown) {
      nonsense = thrown;
    }
    if (what === "returns a promise that fails") Promise.resolve(nonsense).catch(() => {});
    for (
      const bad of [nonsense, new Map([[address(7), nonsense]]), new Map([[7, []]]), new Map([["7", [1]]])]
    ) {
      install(bad);
    }
    assert.equal(installed.length, 1);
    made.managementDown(flow);
    assert.equal(gaveUp, 0);
    made.shutdown();
  });
}

Deno.test("a fault is logged once for each method, with plugin, file, kind, method, place and what goes on", () => {
  const { made, lines, guard } = guardedOf("congestion", () => ({
    mark: () => {
      const error = new TypeError("x is not\na function");
      error.stack = `TypeError: x\n    at mark (file://${FILE}:12:5)\n    at file:///elsewhere.ts:1:1`;
      throw error;
    },
    flow: () => ({ sent: () => NaN }),
  }));
  const flow = made.flow(0);
  for (let count = 0; count < 3; count++) {
    made.mark(1);
    flow.sent(1, 1);
  }
  assert.deepEqual(lines, [
    `test(EE): Plugin congestion "bad" (${FILE}) failed in mark: it threw TypeError: x is not a function (line 12:5); the packet is not marked.`,
    `test(EE): Plugin congestion "bad" (${FILE}) failed in sent: it returned NaN, which is no answer; the next packet may go at once.`,
  ]);
  assert.deepEqual(guard.stats(), [{
    kind: "congestion",
    name: "bad",
    file: FILE,
    faults: 6,
    last: "sent: it returned NaN, which is no answer",
    outOfUse: false,
  }]);
});

Deno.test("a policy with repeated faults is put out of use, with one line, and is not called again", () => {
  let calls = 0;
  const { made, lines, guard } = guardedOf("forwarding", () => ({
    replace: () => {},
    nextHop: () => {
      calls++;
      throw new Error("boom");
    },
  }));
  made.replace(table);
  for (let count = 0; count < 3 * MAX_FAULTS; count++) assert.deepEqual(made.nextHop(address(7), count), 64);
  assert.equal(calls, MAX_FAULTS);
  assert.equal(lines.length, 2);
  assert.match(
    lines[1],
    /is out of use after 16 faults, the last in nextHop: it threw Error: boom.*; packets take the best routes of the table\.$/,
  );
  assert.equal(guard.stats()[0].outOfUse, true);
});

Deno.test("an IPCP whose routing policy fails again and again ends with that reason, once", () => {
  const time = new VirtualTime();
  const { guard } = guardedOf("routing", (_host, { timers }) => {
    const tick = () => {
      timers.after(1000, tick);
      throw new Error("boom");
    };
    timers.after(1000, tick);
    return { forwarding: "simple" };
  }, { timers: time });
  const reasons: string[] = [];
  guard.onGiveUp = ({ message }) => reasons.push(message);
  time.advance(60_000);
  assert.equal(reasons.length, 1);
  assert.match(
    reasons[0],
    /routing "bad" \(.*\) is out of use after 16 faults, the last in timer: it threw Error: boom/,
  );
});

Deno.test("what a policy does to what it was handed changes nothing of the host's", () => {
  const { made } = guardedOf("forwarding", () => ({
    replace: (own: Map<unknown, Fd[]>) => {
      for (const flows of own.values()) flows.length = 0;
      own.clear();
    },
    nextHop: () => undefined,
  }));
  made.replace(table);
  assert.deepEqual([...table.values()], [[64, 65], [65]]);
  const waiting = [{ order: 0, pid: 1 }, { order: 1, pid: 2 }];
  const balancer =
    guardedOf("balancing", () => ({ choose: (own: unknown[]) => own.splice(0).length - 1 })).made;
  assert.equal(balancer.choose(waiting), 1);
  assert.equal(waiting.length, 2);
  const installed: ForwardingTable[] = [];
  const flow = { neighbour: address(2), fd: fd(64), send: () => true };
  const { made: routing } = guardedOf("routing", (_host, { install }) => ({
    forwarding: "simple",
    managementUp: (handed: { neighbour: number }) => {
      const own = new Map([[address(7), [fd(64)]]]);
      install(own);
      own.clear();
      handed.neighbour = 9;
    },
  }), { timers: new VirtualTime(), install: (table: ForwardingTable) => installed.push(table) });
  routing.managementUp(flow);
  assert.equal(installed[0].size, 1);
  assert.equal(flow.neighbour, 2);
});

Deno.test("what a policy throws after its call has ended is its fault, and the process goes on", async () => {
  const { made, guard, lines } = guardedOf("congestion", () => ({
    flow: () => ({ update: () => Promise.reject(new Error("late")) }),
  }));
  made.flow(0).update(1);
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(guard.stats()[0].faults, 2);
  const error = new Error("later");
  error.stack = `Error: later\n    at file://${FILE}:3:4`;
  assert(guard.uncaught(error));
  assert(guard.uncaught("a text"));
  assert(!guard.uncaught(new Error("the host's own")));
  assert.match(
    lines.at(-1) ?? "",
    /failed in a callback: it threw Error: later \(line 3:4\); nothing is done\.$/,
  );
});

Deno.test("the plugin that runs is noted for the watchdog, also where plugins call each other", () => {
  const seen: number[] = [];
  const { made, guard } = guardedOf("forwarding", () => ({
    replace: () => seen.push(guard.cells[RUNNING]),
    nextHop: () => {
      seen.push(guard.cells[RUNNING]);
      return fd(64);
    },
  }));
  const outer = guard.plugin({ kind: "routing", name: "outer" }, "outer.ts");
  outer.tell("timer", () => {
    made.replace(table);
    seen.push(guard.cells[RUNNING]);
  });
  made.nextHop(address(7), 0);
  assert.deepEqual(seen, [1, 2, 1]);
  assert.deepEqual([guard.cells[RUNNING], guard.cells[LAST]], [0, 1]);
  assert.equal(guard.numbered(1)?.label, `forwarding "bad" (${FILE})`);
});

Deno.test("built-in plugins are not under guard, unless tests want it", () => {
  assert(!new PluginGuard(testingLog([])).guards(true));
  assert(new PluginGuard(testingLog([]), { whom: "all" }).guards(true));
});

Deno.test("a guarded queue gives each item as often as it was put in, whatever its policy does", () => {
  const step = fc.oneof(
    fc.record({ put: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ take: fc.constantFrom("right", "wrong", "nothing", "again", "throws") }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    let how = "right";
    const line: object[] = [];
    const { made } = guardedOf("scheduling", () => ({
      queue: () => ({
        add: (item: object) => void line.push(item),
        next: () => {
          if (how === "throws") throw new Error("boom");
          if (how === "wrong") return {};
          if (how === "nothing") return undefined;
          return how === "again" ? line[0] : line.shift();
        },
        length: 0,
      }),
    }));
    const queue = made.queue<object>();
    const items = Array.from({ length: 6 }, () => ({}));
    const inside: object[] = [];
    for (const one of steps) {
      if ("put" in one) {
        queue.add(items[one.put], CUBE);
        inside.push(items[one.put]);
      } else {
        how = one.take;
        const next = queue.next();
        if (inside.length === 0) assert.equal(next, undefined);
        else {
          const at = inside.indexOf(next ?? {});
          assert(at >= 0);
          inside.splice(at, 1);
        }
      }
      assert.equal(queue.length, inside.length);
    }
  }));
});

Deno.test("a receiver may tell levels of two bytes", () => {
  let value = 0;
  const { made } = guardedOf("congestion", () => ({
    mark: () => 0,
    flow: () => ({ sent: () => 0, received: () => value, update: () => {}, stats: () => ({}) }),
  }));
  const told = [255, 256, 65_535, 65_536, -1].map((level) => {
    value = level;
    return made.flow(0).received(1);
  });
  assert.deepEqual(told, [255, 256, 65_535, undefined, undefined]);
});

Deno.test("whatever values a policy returns, the host gets what the contract allows", () => {
  fc.assert(fc.property(fc.array(fc.anything(), { maxLength: 40 }), (values) => {
    let value: unknown;
    const congestion = guardedOf("congestion", () => ({
      mark: () => value,
      flow: () => ({ sent: () => value, received: () => value, stats: () => value }),
    })).made;
    const flow = congestion.flow(0);
    const forwarding = guardedOf("forwarding", () => ({ replace: () => value, nextHop: () => value })).made;
    const balancer = guardedOf("balancing", () => ({ choose: () => value })).made;
    for (value of values) {
      const level = congestion.mark(1);
      assert(Number.isInteger(level) && level >= 0 && level <= 255);
      assert(flow.sent(1, 0) < Infinity);
      const told = flow.received(1);
      assert(told === undefined || Number.isInteger(told));
      JSON.stringify(flow.stats());
      forwarding.replace(table);
      assert([undefined, 64, 65].includes(forwarding.nextHop(address(7), 1)));
      assert([0, 1].includes(balancer.choose([{ order: 0, pid: 1 }, { order: 1, pid: 2 }])));
    }
  }));
});
