/** Tests of connections that are wanted: lost in outages, refused, replaced, disconnected. @module */
import assert from "node:assert/strict";
import { address } from "../../contract/ids.ts";
import { QOS } from "../../contract/qos.ts";
import { CEP_REJECT, encodeCep } from "../../wire/layer/cep_message.ts";
import { NAME, type Node, World } from "../../testing/ipcp/connections.ts";

const SECOND = 1000, HOUR = 3_600_000;

/** Connects without letting much time pass. */
function joined(world: World, from: Node, to: string): void {
  let ok = false;
  from.manager.connect(to, NAME, QOS.raw, (outcome) => ok = outcome.ok);
  world.time.advance(10);
  assert(ok, `it is not connected to ${to}`);
}

const isConnected = ({ manager }: Node): boolean => !manager.connections(NAME).next().done;

/** Two IPCPs, the first connected to the second. */
function pair(seed = 0): { world: World; a: Node; b: Node } {
  const world = new World();
  const [a, b] = [world.node("a", 2 * seed + 1), world.node("b", 2 * seed + 2)];
  joined(world, a, "b");
  return { world, a, b };
}

/** Milliseconds until the connection is there again. */
function healed(world: World, a: Node): number {
  const start = world.time.now();
  assert(world.time.runUntil(start + 60 * SECOND, () => isConnected(a)), "it was not connected again");
  return world.time.now() - start;
}

for (const [words, outage] of [["150 s", 150 * SECOND], ["an hour", HOUR]] as const) {
  Deno.test(`after an outage of ${words} a connection is there again within 5 s, half of them within 2 s`, () => {
    const took: number[] = [];
    for (let seed = 0; seed < 100; seed++) {
      const { world, a, b } = pair(seed);
      world.network.cut();
      world.time.advance(outage + 37 * seed);
      assert(!isConnected(a) && !isConnected(b));
      world.network.heal();
      took.push(healed(world, a));
      world.time.advance(SECOND);
      assert.deepEqual([isConnected(a), isConnected(b), a.up.length, b.up.length], [true, true, 2, 2]);
    }
    took.sort((one, other) => one - other);
    assert(took[99] <= 5 * SECOND && took[50] <= 2 * SECOND, `${took[50]} and at most ${took[99]} ms`);
  });
}

Deno.test("a connection that is lost is made again at once, and the log says lost, tried, healed, once each", () => {
  const { world, a } = pair();
  a.lower.flows.values().next().value?.lose("a cable was cut");
  assert(healed(world, a) <= 5);
  world.network.cut();
  world.time.advance(HOUR);
  world.network.heal();
  healed(world, a);
  const shown = a.lines.filter((line) => !line.includes("cacep")).map((line) =>
    line.replaceAll(/\d+\.\d s/g, "N s").replace("connection-manager", "")
  );
  assert.deepEqual(shown, [
    "(II): Management connection on fd 64 is down: a cable was cut; it is made again.",
    '(II): Management is connected to "b" again, after N s.',
    "(II): Management connection on fd 64 is down: the other end was not heard of for 120 s; it is made again.",
    '(WW): Management cannot be connected to "b" again: no layer below knows "b"; trying on.',
    '(II): Management is connected to "b" again, after N s.',
  ]);
  // The second loss is told once more, with what has become of the first try.
  assert.deepEqual(a.news, ["lost", "back", "lost", "lost", "back"]);
});

Deno.test("what is disconnected, or shut down, is not made again", () => {
  for (const end of ["disconnect", "shutdown"] as const) {
    for (const connected of [true, false]) {
      const { world, a } = pair();
      if (!connected) world.network.cut();
      world.time.advance(200 * SECOND);
      assert.equal(isConnected(a), connected);
      if (end === "shutdown") a.manager.shutdown();
      else a.manager.disconnect("b", NAME, ({ ok }) => assert(ok));
      world.network.heal();
      world.time.advance(60 * SECOND);
      assert.deepEqual([isConnected(a), a.lower.flows.size, world.time.armed], [false, 0, 0]);
      assert.deepEqual(a.manager.stats().wanted, []);
    }
  }
});

Deno.test("a connect that failed is forgotten; one that is lost tells a further command how its next try goes", () => {
  const { world, a } = pair();
  let answer: string | undefined;
  const ask = (to: string) =>
    a.manager.connect(to, NAME, QOS.raw, (outcome) => answer = outcome.ok ? "" : outcome.error.message);
  ask("nobody");
  world.time.advance(10);
  assert.match(answer ?? "", /no layer below knows "nobody"/);
  world.network.cut();
  world.time.advance(200 * SECOND);
  ask("b");
  world.time.advance(2 * SECOND);
  assert.match(answer ?? "", /no layer below knows "b"/);
  const waits = () => JSON.stringify(a.manager.stats().wanted).includes("waiting");
  assert(world.time.runUntil(world.time.now() + 5 * SECOND, waits));
  world.network.heal();
  ask("b");
  world.time.advance(10);
  assert.deepEqual([answer, isConnected(a)], ["", true]);
});

Deno.test("statistics tell what is wanted, what is, since when, and the next try", () => {
  const { world, a } = pair();
  const [connected] = [a.manager.stats().wanted].flat();
  assert.deepEqual(connected, { component: NAME, destination: "b", state: "connected", since: 3, tries: 1 });
  world.network.cut();
  world.time.advance(130 * SECOND);
  const wanted = JSON.stringify(a.manager.stats().wanted);
  assert.match(
    wanted,
    /^\[\{"component":"Management","destination":"b","state":"(waiting|connecting)","since":120\d+,"tries":\d+,.*"error":"no layer below knows/,
  );
});

Deno.test("while the other end refuses, tries become rare; something that comes about brings the next one forward", () => {
  const { world, b } = pair();
  b.manager.shutdown();
  const tries: number[] = [];
  world.stranger("b", (flow) => {
    tries.push(world.time.now());
    flow.send(encodeCep(CEP_REJECT));
  });
  world.time.advance(300 * SECOND);
  const waits = tries.map((time, index) => time - tries[index - 1]).slice(1);
  assert(waits.length > 10 && waits.length < 25, `${waits.length} tries`);
  assert(
    waits.every((wait) => wait <= 30.1 * SECOND) && waits.slice(-5).every((wait) => wait >= 20 * SECOND),
    `${waits}`,
  );
  assert(new Set(waits.slice(-5)).size > 1, "there is no jitter");
  const before = tries.length;
  const c = world.node("c", 9);
  joined(world, c, "a");
  world.time.advance(200);
  assert.equal(tries.length, before + 1);
});

Deno.test("a neighbour that closes each flow counts as one that refuses", () => {
  const { world, a, b } = pair();
  b.manager.shutdown();
  let tries = 0;
  world.stranger("b", (flow) => {
    tries++;
    flow.deallocate();
  });
  world.time.advance(600 * SECOND);
  assert(tries < 150, `${tries} tries in ten minutes`);
  assert(!isConnected(a));
});

Deno.test("connect replaces a connection whose other end is gone; while that lives it says so", () => {
  const { world, a, b } = pair();
  let answer: string | undefined;
  const ask = () =>
    a.manager.connect("b", NAME, QOS.raw, (outcome) => answer = outcome.ok ? "" : outcome.error.message);
  ask();
  world.time.advance(SECOND);
  assert.match(answer ?? "", /Management is connected to "b" already/);
  b.lower.vanish();
  const fresh = world.node("b", 7);
  ask();
  world.time.advance(SECOND);
  assert.equal(answer, "");
  assert.deepEqual([...a.manager.connections(NAME)].map(({ peer }) => peer), [7]);
  assert(isConnected(fresh));
});

Deno.test("a neighbour that comes back and connects by itself has its dead connection noticed", () => {
  const { world, a, b } = pair();
  b.lower.vanish();
  const fresh = world.node("b", 2);
  joined(world, fresh, "a");
  world.time.advance(100);
  assert.match(a.down.join(), /the other end has no such flow/);
  assert.deepEqual([...a.manager.connections(NAME)].map(({ peer }) => peer), [2, 2]);
  assert.equal(fresh.manager.connections(NAME).toArray().length, 2);
});

/** A pair with two connections; `lost` says whether what is sent to look at the second one is lost. */
function pairOfTwo(lost: () => boolean): { world: World; a: Node; b: Node } {
  const world = new World();
  const [a, b] = [world.node("a", 1), world.node("b", 2)];
  for (const { manager } of [a, b]) {
    const own = address(manager === a.manager ? 1 : 2);
    manager.register({ name: "Data Transfer", protocol: "dtp", version: 1, syntax: 2, address: own }, {
      up: ({ flow }) => flow.onPacket(() => {}),
      down() {},
      probe: ({ flow }) => void (lost() || flow.send(new Uint8Array(0))),
    });
  }
  joined(world, a, "b");
  assert(world.connect(a, "b", "Data Transfer")?.ok);
  return { world, a, b };
}

Deno.test("when one connection to a neighbour is lost, the others are looked at", () => {
  const { world, a, b } = pairOfTwo(() => false);
  b.lower.vanish();
  world.time.advance(100 * SECOND);
  assert.equal(a.manager.connections().toArray().length, 2, "nobody has told");
  a.manager.connections(NAME).next().value?.flow.send(new Uint8Array(1));
  world.time.advance(100);
  assert.equal(a.manager.connections().toArray().length, 0);
});

Deno.test("when one connection to a neighbour is there again, the others are looked at again", () => {
  let lost = true;
  const { world, a, b } = pairOfTwo(() => lost);
  b.lower.vanish();
  a.manager.connections(NAME).next().value?.flow.send(new Uint8Array(1));
  world.time.advance(100 * SECOND);
  assert.equal(a.manager.connections("Data Transfer").toArray().length, 1, "it was noticed");
  lost = false;
  joined(world, world.node("b", 2), "a");
  world.time.advance(100);
  assert.equal(a.manager.connections("Data Transfer").toArray().length, 0);
});
