/** @module */
import assert from "node:assert/strict";
import type { LowerFlow } from "../contract/ipcp.ts";
import type { Outcome } from "../contract/outcome.ts";
import { QOS } from "../contract/qos.ts";
import type { LinkOptions } from "./network/link.ts";
import { Network } from "./network.ts";
import { ring } from "./experiment/topology.ts";

interface End {
  readonly flow: LowerFlow;
  readonly got: [time: number, bytes: number[]][];
  down: string | undefined;
}

function end(network: Network, flow: LowerFlow): End {
  const made: End = { flow, got: [], down: undefined };
  flow.onDown((reason) => made.down = reason);
  flow.onPacket((packet) => made.got.push([network.scheduler.now(), [...packet.subarray(0, 4)]]));
  return made;
}

/** Two nodes and a flow between them. */
function pair(link: Partial<LinkOptions> = {}) {
  const network = new Network({ topology: ring(2), link });
  const ends: End[] = [];
  network.nodes[1].names.add("bob");
  network.nodes[1].lower.accept((flow) => ends[1] = end(network, flow));
  network.nodes[0].lower.allocate("bob", QOS.raw, (outcome) => {
    assert(outcome.ok);
    ends[0] = end(network, outcome.value);
  });
  network.scheduler.advance(100);
  const [alice, bob] = ends;
  assert(alice && bob);
  return { network, alice, bob, link: network.links[0] };
}

Deno.test("packets take the delay of the link, in both directions, header first", () => {
  const { network, alice, bob } = pair({ delay: 5 });
  alice.flow.send(Uint8Array.of(3, 4), Uint8Array.of(1, 2));
  network.scheduler.advance(2);
  alice.flow.send(Uint8Array.of(5));
  bob.flow.send(Uint8Array.of(9));
  network.scheduler.advance(50);
  assert.deepEqual(bob.got, [[105, [1, 2, 3, 4]], [107, [5]]]);
  assert.deepEqual(alice.got, [[107, [9]]]);
  assert.deepEqual([alice.flow.fd, bob.flow.fd], [64, 64]);
});

Deno.test("a packet waits until somebody receives it; a new receiver gets the next one", () => {
  const network = new Network({ topology: ring(2) });
  const got: string[] = [];
  network.nodes[1].names.add("bob");
  network.nodes[1].lower.accept((flow) =>
    network.scheduler.after(50, () =>
      flow.onPacket((first) => {
        got.push(`first ${first[0]}`);
        flow.onPacket((second) => got.push(`second ${second[0]} at ${network.scheduler.now()}`));
      }))
  );
  network.nodes[0].lower.allocate("bob", QOS.raw, (outcome) => {
    assert(outcome.ok);
    for (const byte of [1, 2]) outcome.value.send(Uint8Array.of(byte));
  });
  network.scheduler.advance(100);
  assert.deepEqual(got, ["first 1", "second 2 at 51"]);
});

Deno.test("a link of limited rate queues, drops what does not fit and tells when it has drained", () => {
  // 1000 bytes take 1 ms.
  const { network, alice, bob } = pair({ delay: 0, rate: 8e6, queue: 4 });
  const drained: number[] = [];
  alice.flow.onDrained(1, () => drained.push(network.scheduler.now()));
  const sent = [1, 2, 3, 4, 5, 6].map((byte) => alice.flow.send(new Uint8Array(1000).fill(byte)));
  assert.deepEqual(sent, [true, true, true, true, false, false]);
  assert.equal(alice.flow.queued, 4);
  network.scheduler.advance(2.5);
  assert.equal(alice.flow.queued, 2);
  alice.flow.send(new Uint8Array(1000).fill(7));
  network.scheduler.advance(50);
  assert.deepEqual(bob.got.map(([time, [byte]]) => [time, byte]), [[101, 1], [102, 2], [103, 3], [104, 4], [
    105,
    7,
  ]]);
  assert.deepEqual(drained, [104]);
  assert.equal(alice.flow.send(new Uint8Array(1401)), false);
});

Deno.test("the end of a flow follows what was sent; numbers are used again", () => {
  const { network, alice, bob } = pair();
  alice.flow.send(Uint8Array.of(1));
  alice.flow.deallocate();
  assert.equal(alice.flow.send(Uint8Array.of(2)), false);
  network.scheduler.advance(10);
  assert.equal(bob.got.length, 1);
  assert.match(bob.down ?? "", /deallocated/);
  assert.equal(alice.down, undefined);
  assert.equal(network.nodes[0].fds.take(), 64);
  assert.equal(network.scheduler.waiting, 0);
});

Deno.test("a cut loses what is on its way; with notice the flows go down at both ends", () => {
  for (const notice of [true, false]) {
    const { network, alice, bob, link } = pair();
    alice.flow.send(Uint8Array.of(1));
    link.cut(notice);
    network.scheduler.advance(10);
    assert.equal(alice.flow.send(Uint8Array.of(2)), !notice);
    link.heal();
    alice.flow.send(Uint8Array.of(3));
    network.scheduler.advance(10);
    assert.deepEqual(
      [alice.down, bob.down],
      notice ? ["the link is down", "the link is down"] : [undefined, undefined],
    );
    assert.deepEqual(bob.got.map(([, bytes]) => bytes), notice ? [] : [[3]]);
  }
});

Deno.test("a link that is suspended loses packets, tells both ends, and carries packets again", () => {
  const { network, alice, bob, link } = pair();
  const told: [string, boolean][] = [];
  alice.flow.onChange(() => told.push(["alice", alice.flow.suspended]));
  bob.flow.onChange(() => told.push(["bob", bob.flow.suspended]));
  alice.flow.send(Uint8Array.of(1));
  link.suspend();
  assert.equal(alice.flow.send(Uint8Array.of(2)), true);
  network.scheduler.advance(10);
  link.heal();
  alice.flow.send(Uint8Array.of(3));
  network.scheduler.advance(10);
  assert.deepEqual(bob.got.map(([, bytes]) => bytes), [[3]]);
  assert.deepEqual(told, [["alice", true], ["bob", true], ["alice", false], ["bob", false]]);
  link.suspend();
  alice.flow.deallocate();
  network.scheduler.advance(10);
  assert.equal(bob.down, undefined);
  link.heal();
  assert.match(bob.down ?? "", /deallocated/);
});

Deno.test("a link that is resized tells both ends, and drops what is larger", () => {
  const { network, alice, bob, link } = pair();
  const told: number[] = [];
  for (const { flow } of [alice, bob]) flow.onChange(() => told.push(flow.maxPacket));
  link.resize(1000);
  assert.deepEqual([alice.flow.send(new Uint8Array(1001)), alice.flow.send(new Uint8Array(1000))], [
    false,
    true,
  ]);
  network.scheduler.advance(10);
  assert.deepEqual([told, bob.got.length], [[1000, 1000], 1]);
});

Deno.test("impairments lose, repeat, delay and change packets", () => {
  const { network, alice, bob, link } = pair();
  const late = [[], [0, 2], [9], [0]];
  let turn = 0;
  link.impairment = (packet) => {
    packet[0] ^= 0x80;
    return late[turn++];
  };
  for (const byte of [1, 2, 3, 4]) alice.flow.send(Uint8Array.of(byte));
  network.scheduler.advance(50);
  assert.deepEqual(bob.got, [[101, [0x82]], [101, [0x84]], [103, [0x82]], [110, [0x83]]]);
});

Deno.test("who is not there, or ends meanwhile, cannot be reached", () => {
  const network = new Network({ topology: ring(4), link: { delay: 10 } });
  const [alice, bob, carol] = network.nodes;
  const outcomes: Outcome<LowerFlow>[] = [];
  const ask = (name: string) => alice.lower.allocate(name, QOS.raw, (outcome) => outcomes.push(outcome));
  carol.names.add("carol");
  carol.lower.accept(() => {});
  bob.lower.accept(() => {});
  ask("carol");
  ask("bob");
  bob.names.add("bob");
  network.scheduler.advance(1);
  ask("bob");
  network.scheduler.advance(1);
  bob.reset(true);
  network.scheduler.advance(50);
  assert.deepEqual(outcomes.map((outcome) => outcome.ok ? "" : outcome.error.code), [
    "OURO_NAME",
    "OURO_NAME",
    "OURO_FLOW_DOWN",
  ]);
  assert.equal([...alice.flows].length, 0);
});

Deno.test("over a quiet link an end notices after the silence that the other one is gone, however it went", () => {
  const { network, alice, bob, link } = pair({ absence: true });
  link.quiet = 1000;
  bob.flow.deallocate();
  network.scheduler.advance(900);
  alice.flow.send(Uint8Array.of(1));
  network.scheduler.advance(90);
  assert.equal(alice.down, undefined);
  network.scheduler.advance(20);
  assert.equal(alice.down, "nothing comes from the other end");
});

Deno.test("what a link translates arrives so, or not at all", () => {
  const { network, alice, bob, link } = pair();
  link.translate = (packet, to, direction) => {
    assert.deepEqual([to, direction], [bob.flow, 0]);
    return packet[0] === 1 ? undefined : packet.map((byte) => byte + 1);
  };
  alice.flow.send(Uint8Array.of(1, 2));
  alice.flow.send(Uint8Array.of(2, 3), Uint8Array.of(4));
  network.scheduler.advance(10);
  assert.deepEqual(bob.got, [[101, [5, 3, 4]]]);
});
