/** Tests of link-state routing among peers that follow a script: what it sends, believes and computes. @module */
import assert from "node:assert/strict";
import { address, fd } from "../../core/contract/ids.ts";
import { ecmp, lfa } from "./policies.ts";
import { withdraws } from "./lsdb/sequence.ts";
import { EPOCH, ScriptedMember } from "../testing/routing.ts";

const HOUR = 3_600_000;

Deno.test("a new adjacency is announced at once, from a number of the clock, and refreshed every 15 s or so", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.time.advance(1000);
  member.transfer(2, 70);
  member.time.advance(300_000);
  const sent = peer.of(1, 2);
  assert(sent[0].at >= 1000 && sent[0].at <= 1010);
  assert(sent[0].sequence > EPOCH + 1000 && !withdraws(sent[0].sequence));
  const fresh = sent.filter((one, index) => index === 0 || one.sequence > sent[index - 1].sequence);
  fresh.slice(1).forEach((one, index) => assert.equal(one.sequence, fresh[index].sequence + 2));
  const gaps = fresh.slice(2).map((one, index) => one.at - fresh[index + 1].at);
  assert(gaps.length >= 17 && gaps.length <= 21, `${gaps}`);
  assert(gaps.every((gap) => gap > 13_000 && gap < 17_000), `${gaps}`);
  assert(new Set(gaps.map(Math.round)).size > 10, "refreshes have jitter");
});

Deno.test("a new adjacency is sent twice more, under the same number", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.time.advance(8000);
  member.transfer(2, 70);
  for (let second = 0; second <= 7; second++) {
    member.hear(peer, 2, 9, second);
    member.time.advance(1000);
  }
  const [first, second, third, ...more] = peer.of(1, 2);
  assert.deepEqual([second.sequence, third.sequence], [first.sequence, first.sequence]);
  assert(second.at - first.at > 900 && second.at - first.at < 2100);
  assert(third.at - second.at > 2900 && third.at - second.at < 5100);
  assert(more.every(({ sequence }) => sequence > first.sequence), "it is only refreshed from then on");
});

Deno.test("an adjacency that is down is withdrawn and refreshed no more, and comes back with a greater number", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.transfer(2, 70);
  member.time.advance(20_000);
  const before = peer.of(1, 2).at(-1)?.sequence ?? 0;
  member.transferDown(2, 70);
  peer.sent.length = 0;
  member.time.advance(100_000);
  const withdrawal = peer.sent[0].sequence;
  assert.equal(withdrawal, before + 1);
  assert(peer.sent[0].at < 20_010);
  assert(
    peer.sent.every(({ sequence }) => sequence === withdrawal && withdraws(sequence)),
    "nothing else is sent",
  );
  assert(peer.sent.every(({ at }) => at < 80_000), "nor after it has aged out");
  for (const flow of [71, 72]) {
    peer.sent.length = 0;
    member.transfer(2, flow);
    member.time.advance(100);
    const { sequence } = peer.sent[0];
    assert(sequence > withdrawal && !withdraws(sequence));
    member.transferDown(2, flow);
  }
});

Deno.test("refreshes are quick enough when links live shorter than three updates", () => {
  const member = new ScriptedMember(undefined, { ls_t_timeo: 6, ls_t_update: 15 });
  const peer = member.management(2);
  member.transfer(2, 70);
  member.time.advance(60_000);
  const sent = peer.of(1, 2);
  const gaps = sent.slice(1).map((one, index) => one.at - sent[index].at);
  assert(Math.max(...gaps) < 4000, `${gaps}`);
});

Deno.test("a link counts only when both ends announce it", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.transfer(2, 70);
  member.time.advance(1000);
  assert.deepEqual(member.table, {});
  member.hear(peer, 2, 1, 0);
  member.hear(peer, 2, 3, 0);
  member.time.advance(1000);
  assert.deepEqual(member.table, { 2: [70] });
  member.hear(peer, 3, 2, 0);
  member.time.advance(1000);
  assert.deepEqual(member.table, { 2: [70], 3: [70] });
});

Deno.test("an adjacency that is withdrawn by another member is used no more, and older news of it are not believed", () => {
  const member = new ScriptedMember();
  const [peer, other] = [member.management(2), member.management(3)];
  member.transfer(2, 70);
  const number = 2 ** 52 + 1000;
  member.hearLinks(peer, number, [1, 2], [2, 4]);
  member.time.advance(1000);
  assert.deepEqual(member.table, { 2: [70], 4: [70] });
  member.hear(peer, 4, 2, number + 1);
  member.time.advance(100);
  assert.deepEqual(member.table, { 2: [70] });
  assert.deepEqual([...member.routing.members()], [2], "though the other end still announces it");
  assert.equal(other.of(4, 2).at(-1)?.sequence, number + 1);
  member.hear(peer, 4, 2, number);
  member.time.advance(5000);
  assert.deepEqual(member.table, { 2: [70] });
  member.hear(peer, 4, 2, number + 2);
  member.time.advance(5000);
  assert.deepEqual(member.table, { 2: [70], 4: [70] });
});

Deno.test("a withdrawal of an adjacency that is there is outbid, and so is news of one that is not", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.transfer(2, 70);
  member.time.advance(5000);
  const number = peer.sent.at(-1)?.sequence ?? 0;
  member.hear(peer, 1, 2, number + 5);
  member.time.advance(20);
  assert.equal(peer.sent.at(-1)?.sequence, number + 6);
  member.transferDown(2, 70);
  member.time.advance(1000);
  member.hear(peer, 1, 2, number + 10);
  member.time.advance(20);
  assert.equal(peer.sent.at(-1)?.sequence, number + 11);
});

Deno.test("only a greater number is believed; the same and lower ones go no further", () => {
  const member = new ScriptedMember();
  const [peer, other] = [member.management(2), member.management(3)];
  member.time.advance(8000);
  for (const sequence of [5, 5, 4, 6, 6, 0]) {
    member.hear(peer, 8, 9, sequence);
    member.time.advance(150);
  }
  assert.deepEqual(other.of(8, 9).map(({ sequence }) => sequence), [5, 6]);
  assert.deepEqual(peer.of(8, 9), []);
  assert.deepEqual([member.count("dropped", "duplicate"), member.count("dropped", "old")], [2, 2]);
});

Deno.test("what a neighbour sends while a forward waits is not forwarded to it", () => {
  const member = new ScriptedMember();
  const peers = [2, 3, 4].map((neighbour) => member.management(neighbour));
  member.time.advance(8000);
  member.hear(peers[0], 8, 9, 1);
  member.hear(peers[1], 8, 9, 1);
  member.time.advance(1000);
  assert.deepEqual(peers.map((peer) => peer.of(8, 9).length), [0, 0, 1]);
});

Deno.test("a neighbour with two management flows is not sent back what it has sent", () => {
  const member = new ScriptedMember();
  const [one, other] = [member.management(2), member.management(2)];
  member.time.advance(8000);
  member.hear(one, 8, 9, 1);
  member.time.advance(1000);
  assert.deepEqual([one.of(8, 9).length, other.of(8, 9).length], [0, 0]);
});

Deno.test("an entry that changes while it waits is sent once", () => {
  const member = new ScriptedMember();
  const [peer, other] = [member.management(2), member.management(3)];
  member.time.advance(5000);
  for (let sequence = 0; sequence < 50; sequence++) member.hear(peer, 8, 9, sequence);
  member.time.advance(1000);
  assert.deepEqual(other.of(8, 9).map(({ sequence }) => sequence), [49]);
});

Deno.test("a new management flow gets the database after a moment, in small portions, without what its neighbour has sent", () => {
  const member = new ScriptedMember();
  const first = member.management(2);
  member.time.advance(500);
  for (let source = 1000; source < 3000; source++) member.hear(first, source, 9, 1);
  member.transfer(2, 70);
  member.time.advance(10_000);
  const start = member.time.now();
  const peer = member.management(3);
  member.time.advance(50);
  for (let source = 1000; source < 1500; source++) member.hear(peer, source, 9, 1);
  member.time.advance(900);
  const began = peer.sent[0].at - start;
  assert(began >= 100 && began <= 250, `it began after ${began} ms`);
  assert.equal(peer.sent.length, 1501);
  assert.equal(new Set(peer.sent.map(({ source }) => source)).size, 1501);
  assert(peer.sent.every(({ source }) => source === 1 || source >= 1500));
  const bursts = Map.groupBy(peer.sent, ({ at }) => at);
  for (const burst of bursts.values()) assert(burst.length <= 300);
  const times = [...bursts.keys()];
  times.slice(1).forEach((time, index) => assert(time - times[index] >= 10));
  peer.sent.length = 0;
  member.time.advance(1100);
  assert.deepEqual(peer.sent.map(({ source, destination }) => [source, destination]), [[1, 2]]);
});

Deno.test("what a flow cannot take is sent when it can", () => {
  const member = new ScriptedMember();
  const [peer, other] = [member.management(2), member.management(3)];
  member.time.advance(5000);
  other.open = false;
  for (let source = 10; source < 20; source++) member.hear(peer, source, 9, 1);
  member.time.advance(3000);
  assert.equal(other.sent.length, 0);
  other.open = true;
  member.time.advance(200);
  assert.equal(other.sent.length, 10);
  assert(member.count("refused") > 0);
});

Deno.test("a greater number under the own address is outbid at once, but not again and again", () => {
  const member = new ScriptedMember();
  const [peer, other] = [member.management(2), member.management(3)];
  member.transfer(2, 70);
  member.time.advance(8000);
  const greater = 2 ** 52 + EPOCH + 20 * HOUR;
  member.hear(peer, 1, 2, greater);
  member.time.advance(20);
  for (const { sent } of [peer, other]) assert.equal(sent.at(-1)?.sequence, greater + 2);
  const before = other.sent.length;
  for (let answer = 1; answer <= 100; answer++) {
    member.hear(peer, 1, 2, greater + 10 * answer);
    member.time.advance(10);
  }
  member.time.advance(1000);
  assert(other.sent.length - before <= 3);
  assert.equal(other.sent.at(-1)?.sequence, greater + 1002);
  assert.equal(member.count("outbid"), 101);
});

Deno.test("an adjacency under the own address that is not there is neither adopted nor forwarded", () => {
  const member = new ScriptedMember();
  const [peer, other] = [member.management(2), member.management(3)];
  member.hear(peer, 1, 9, 4);
  member.hear(peer, 9, 1, 4);
  member.time.advance(50_000);
  assert.deepEqual([peer.of(1, 9), other.of(1, 9)], [[], []]);
  assert.deepEqual(member.table, {});
  assert.equal(member.count("dropped", "foreign"), 1);
});

Deno.test("another member with the own address is told of, once", () => {
  const twins = (member: ScriptedMember) =>
    member.lines.filter((line) => /\(WW\).*own address 01\.00\.00\.00 /.test(line));
  const far = new ScriptedMember();
  const peer = far.management(2);
  for (const sequence of [4, 5, 6]) far.hear(peer, 1, 9, sequence);
  assert.equal(twins(far).length, 1, far.lines.join("\n"));

  const near = new ScriptedMember();
  const common = near.management(2);
  near.transfer(2, 70);
  near.time.advance(5000);
  const number = common.sent.at(-1)?.sequence ?? 0;
  near.hear(common, 1, 2, number);
  assert.equal(twins(near).length, 0);
  for (const sequence of [number + 2, number + 20]) near.hear(common, 1, 2, sequence);
  assert.equal(twins(near).length, 1, near.lines.join("\n"));
});

Deno.test("an own adjacency that is gone for long and told by somebody late is no other member's", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.transfer(3, 70);
  member.transferDown(3, 70);
  member.time.advance(5000);
  const number = peer.of(1, 3).at(-1)?.sequence ?? 0;
  member.time.advance(80_000);
  member.hear(peer, 1, 3, number);
  assert.deepEqual(member.lines.filter((line) => line.includes("(WW)")), []);
  assert.equal(member.count("dropped", "departed"), 1);
});

Deno.test("what is not heard of ages out, and routes over it go", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.transfer(2, 70);
  member.hearLinks(peer, 0, [1, 2], [2, 3]);
  member.time.advance(1000);
  assert.deepEqual(member.table, { 2: [70], 3: [70] });
  for (let round = 1; round <= 4; round++) {
    member.hear(peer, 2, 1, round);
    member.hear(peer, 2, 3, round); // The other end says nothing any more.
    member.time.advance(15_000);
  }
  assert.deepEqual(member.table, { 2: [70], 3: [70] }, "after 61 s, less than a look later");
  member.time.advance(3000);
  assert.deepEqual(member.table, { 2: [70] });
  assert.equal(member.count("agedOut"), 1);
});

Deno.test("an entry that has aged out does not come back from a peer that still has it, but with a new number", () => {
  const member = new ScriptedMember();
  const [peer, other] = [member.management(2), member.management(3)];
  member.hear(peer, 8, 9, 4);
  member.time.advance(70_000);
  assert.equal(member.count("agedOut"), 1);
  member.hear(peer, 8, 9, 4);
  assert.deepEqual([member.count("dropped", "departed"), member.count("accepted")], [1, 1]);
  other.sent.length = 0;
  member.hear(peer, 8, 9, 0);
  member.time.advance(1000);
  assert.deepEqual(other.of(8, 9).map(({ sequence }) => sequence), [0]);
});

Deno.test("entries that missed two refreshes are not told to new neighbours", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.hear(peer, 8, 9, 4);
  member.time.advance(30_000);
  member.hear(peer, 6, 7, 4);
  member.time.advance(10_000);
  const other = member.management(3);
  member.time.advance(3000);
  assert.deepEqual(new Set(other.sent.map(({ source }) => source)), new Set([6]));
});

Deno.test("a neighbour that goes is routed around at once", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.transfer(2, 70);
  member.transfer(3, 71);
  member.hearLinks(peer, 0, [1, 2], [1, 3], [2, 3]);
  member.time.advance(1000);
  assert.deepEqual(member.table, { 2: [70], 3: [71] });
  member.transferDown(2, 70);
  assert.deepEqual(member.table, { 2: [71], 3: [71] });
  member.transferDown(3, 71);
  assert.deepEqual(member.table, {});
  member.transferDown(3, 71);
  member.transferDown(7, 99);
});

Deno.test("of several flows to a neighbour the newest is used, and any may go", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.transfer(2, 70);
  member.hear(peer, 2, 1, 0);
  member.time.advance(1000);
  member.transfer(2, 71);
  member.time.advance(1000);
  assert.deepEqual(member.table, { 2: [71] });
  member.transferDown(2, 71);
  assert.deepEqual(member.table, { 2: [70] });
  member.transferDown(2, 70);
  assert.deepEqual(member.table, {});
});

Deno.test("lfa gives alternates, ecmp all equal paths", () => {
  for (
    const [plugin, forwarding, toThird] of [[lfa, "alternate", [71, 70]], [ecmp, "multipath", [71]]] as const
  ) {
    const member = new ScriptedMember(plugin);
    const peer = member.management(2);
    member.transfer(2, 70);
    member.transfer(3, 71);
    member.hearLinks(peer, 0, [1, 2], [1, 3], [2, 3], [2, 4], [3, 4]);
    member.time.advance(1000);
    assert.equal(member.routing.forwarding, forwarding);
    assert.deepEqual(member.table["3"], toThird);
    assert.deepEqual(member.table["4"], [70, 71]);
  }
});

Deno.test("changes that come together are computed together, and a table that is the same is not installed", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.transfer(2, 70);
  for (let one = 2; one < 1000; one++) member.hearLinks(peer, 0, [one - 1, one]);
  member.time.advance(1000);
  assert.deepEqual([member.tables.length, member.count("computations")], [1, 1]);
  member.hearLinks(peer, 1, [5, 6]);
  member.time.advance(1000);
  assert.equal(member.count("computations"), 1, "a refresh changes nothing");
  member.hearLinks(peer, 0, [500, 502]);
  member.hearLinks(peer, 0, [5000, 5001]);
  member.time.advance(1000);
  assert.deepEqual([member.tables.length, member.count("computations")], [1, 2]);
});

Deno.test("messages that are not updates are counted and logged once for each flow; empty ones are keep-alives", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.routing.receive(peer, new Uint8Array(0));
  member.routing.receive(peer, new Uint8Array(23));
  member.routing.receive(peer, new Uint8Array(25));
  member.routing.receive(peer, new Uint8Array(24).fill(0xff));
  member.hear(peer, 0, 2, 0);
  member.hear(peer, 2, 0, 0);
  member.hear(peer, 2, 2, 0);
  assert.deepEqual([member.count("keepAlives"), member.count("dropped", "malformed")], [1, 6]);
  assert.equal(member.lines.filter((line) => /^link-state-routing\(WW\)/.test(line)).length, 1);
  member.routing.managementDown(peer);
  member.hear(peer, 2, 3, 0);
  assert.equal(member.count("dropped", "stray"), 1);
});

Deno.test("the database is bounded", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  for (let source = 10; source < 65_536 + 20; source++) member.hear(peer, source, 9, 1);
  assert.equal(member.count("dropped", "full"), 10);
  member.transfer(2, 70);
  member.hear(peer, 10, 9, 2);
  assert.equal(member.count("dropped", "full"), 10);
});

Deno.test("neighbours that come and go are logged as in the reference", () => {
  const member = new ScriptedMember();
  const [one, other] = [member.management(416743497), member.management(416743497)];
  member.transfer(416743497, 70);
  member.transfer(416743497, 71);
  member.transferDown(416743497, 70);
  member.transferDown(416743497, 71);
  member.routing.managementDown(one);
  member.routing.managementDown(other);
  member.routing.managementDown(other);
  assert.deepEqual(member.lines, [
    "link-state-routing(DB): Type mgmt neighbor 416743497 added.",
    "link-state-routing(DB): Type dt neighbor 416743497 added.",
    "link-state-routing(DB): Type dt neighbor 416743497 removed.",
    "link-state-routing(DB): Type mgmt neighbor 416743497 removed.",
  ]);
});

Deno.test("statistics show neighbours, database, counters and routes", () => {
  const member = new ScriptedMember();
  const peer = member.management(2);
  member.transfer(2, 70);
  member.hear(peer, 2, 1, 3);
  member.time.advance(500);
  const { neighbours, database, forwarding } = member.routing.stats();
  assert.deepEqual(neighbours, [
    { type: "dt", address: "02.00.00.00", flows: "70" },
    { type: "mgmt", address: "02.00.00.00", flows: "100" },
  ]);
  assert.deepEqual(database, [
    {
      source: "01.00.00.00",
      destination: "02.00.00.00",
      sequence: 2 ** 52 + EPOCH + 2,
      age: 500,
      announced: true,
      bothWays: true,
    },
    {
      source: "02.00.00.00",
      destination: "01.00.00.00",
      sequence: 3,
      age: 500,
      announced: true,
      bothWays: true,
    },
  ]);
  assert.deepEqual(forwarding, [{ destination: "02.00.00.00", flows: "70" }]);
  assert.deepEqual([...member.routing.members()], [2]);
});

Deno.test("few timers are armed, whatever there is to do", () => {
  const member = new ScriptedMember();
  for (let neighbour = 2; neighbour < 50; neighbour++) {
    const peer = member.management(neighbour);
    member.routing.adjacencyUp(address(neighbour), fd(100 + neighbour));
    member.hearLinks(peer, 0, [1, neighbour], [neighbour, neighbour + 100]);
    assert(member.time.armed <= 1);
  }
});
