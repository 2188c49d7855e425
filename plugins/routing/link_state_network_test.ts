/** Tests of link-state routing in small layers: failures, healing, loss, reordering, restarts, and what flooding costs. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { RoutingNetwork } from "../../core/conformance/routing/network.ts";
import { ecmp, lfa, linkState } from "./policies.ts";

/** Longest time after which a dead link is forgotten: its life, and what a look may be late. */
const FORGOTTEN = 62_000;

Deno.test("a line of ten is whole within a second", () => {
  const net = new RoutingNetwork(linkState);
  net.line(10);
  net.time.advance(1000);
  net.assertWhole();
});

Deno.test("members behind a link that dies unnoticed are given up when they age out, and are back with the next refresh", () => {
  const net = new RoutingNetwork(linkState);
  const members = net.line(4);
  net.time.advance(30_000);
  net.links[2].cut();
  net.time.advance(FORGOTTEN);
  for (const member of members.slice(0, 3)) assert(!member.table.has(members[3].address));
  assert.equal(members[3].table.size, 0);
  net.links[2].mend();
  net.time.advance(17_000);
  net.assertWhole();
});

Deno.test("a link that one end knows to be gone is used by nobody a moment later", () => {
  const net = new RoutingNetwork(linkState);
  const members = net.ring(5);
  net.time.advance(10_000);
  net.links[0].close([members[0]]); // Member 2 goes on announcing its end.
  net.time.advance(200);
  assert.equal(net.path(members[0], members[1].address)?.length, 5);
  assert.equal(net.path(members[4], members[1].address)?.length, 4);
  assert.equal(net.path(members[1], members[0].address)?.length, 5);
  net.time.advance(FORGOTTEN);
  assert.equal(net.path(members[0], members[1].address)?.length, 5);
});

Deno.test("a withdrawal that is lost on its way is said again by all that have it", () => {
  const net = new RoutingNetwork(linkState);
  const members = net.line(5);
  net.time.advance(10_000);
  net.links[2].lost = () => true;
  net.links[0].close();
  net.time.advance(5000);
  assert(members[4].table.has(members[0].address), "the far end has not heard of it");
  net.links[2].lost = () => false;
  net.time.advance(6000);
  assert(!members[4].table.has(members[0].address), "it has not been told again");
});

Deno.test("a new adjacency that is lost on its way is said again by all that have it", () => {
  const net = new RoutingNetwork(linkState);
  const members = net.line(5);
  net.time.advance(20_000);
  net.links[2].lost = () => true;
  const newcomer = net.add(6);
  net.link(members[0], newcomer);
  net.time.advance(1000);
  assert(!members[4].table.has(newcomer.address), "the far end has heard of it");
  net.links[2].lost = () => false;
  net.time.advance(1500);
  net.assertWhole();
});

Deno.test("a member that joins over a link that loses the database gets it again", () => {
  const net = new RoutingNetwork(linkState);
  const members = net.line(5);
  net.time.advance(20_000);
  const newcomer = net.add(6);
  const link = net.link(members[4], newcomer);
  link.lost = () => true;
  net.time.advance(2500);
  assert(!newcomer.table.has(members[0].address), "it has got the database");
  link.lost = () => false;
  net.time.advance(5000);
  net.assertWhole();
});

Deno.test("an only path that carried nothing for a while, without a word, carries the database as soon as it carries anything", () => {
  for (const outage of [8000, 60_000]) {
    const net = new RoutingNetwork(linkState);
    const members = net.ring(10);
    const far = net.add(11);
    const path = net.link(members[9], far);
    net.time.advance(40_000);
    path.cut();
    for (let number = 12; number < 20; number++) net.link(members[0], net.add(number));
    net.time.advance(outage);
    path.mend();
    net.time.advance(3000);
    net.assertWhole();
  }
});

Deno.test("of two ends of a SILENT flow one speaks, while the other one hears it", () => {
  const net = new RoutingNetwork(linkState);
  const [one, other] = net.line(2);
  net.time.advance(20_000);
  const before = [one.sent, other.sent];
  net.time.advance(60_000);
  const [spoken, answered] = [one.sent - before[0], other.sent - before[1]];
  assert(spoken >= 12 && spoken <= 17, `${spoken}`);
  assert(answered <= 5, `${answered}`);
});

Deno.test("a link that both ends lose is routed around within a moment, wherever it is", () => {
  const net = new RoutingNetwork(linkState);
  net.ring(20);
  net.time.advance(30_000);
  for (const link of [net.links[3], net.links[19], net.links[10]]) {
    link.close();
    net.time.advance(500);
    net.assertWhole();
    link.open();
    net.time.advance(5000);
    net.assertWhole();
  }
});

Deno.test("parts that were silently apart for long are whole soon after they are joined again", () => {
  const net = new RoutingNetwork(linkState);
  const members = net.line(6);
  net.time.advance(10_000);
  net.links[2].cut();
  net.time.advance(100_000);
  net.assertWhole(members.slice(0, 3));
  assert.equal(net.path(members[0], members[5].address), undefined);
  net.links[2].close();
  net.links[2].open();
  net.time.advance(1000);
  net.assertWhole();
});

Deno.test("a member that starts anew under its address is back within a second", () => {
  for (const silence of [0, 5_000, 100_000]) {
    const net = new RoutingNetwork(linkState);
    const members = net.ring(4);
    net.time.advance(40_000);
    net.restart(members[1]);
    net.time.advance(silence);
    net.links[0].open();
    net.links[1].open();
    net.time.advance(1000);
    net.assertWhole();
    assert.equal(net.path(members[0], members[2].address)?.length, 3);
    net.time.advance(60_000);
    net.assertWhole();
  }
});

Deno.test("a member that starts anew under its address withdraws its adjacency to one that has died meanwhile", () => {
  for (const silence of [0, 45_000]) {
    const net = new RoutingNetwork(linkState);
    const members = net.line(4);
    net.time.advance(40_000);
    net.links[2].close([]);
    net.restart(members[2]);
    net.time.advance(silence);
    net.links[1].open();
    net.time.advance(1000);
    net.assertWhole(members.slice(0, 3));
    for (const member of members.slice(0, 3)) {
      assert(!member.table.has(members[3].address), `${member.address} believes in the dead one`);
    }
  }
});

Deno.test("a link that goes and comes back works at once, as its numbers never go back", () => {
  const net = new RoutingNetwork(linkState);
  const members = net.ring(5);
  net.time.advance(40_000);
  for (let round = 0; round < 5; round++) {
    net.links[1].close();
    net.time.advance(700);
    net.links[1].open();
    net.time.advance(700);
    assert.equal(net.path(members[1], members[2].address)?.length, 2);
    net.assertWhole();
  }
  net.time.advance(FORGOTTEN);
  net.assertWhole();
});

Deno.test("lost updates are repaired by refreshes", () => {
  const net = new RoutingNetwork(linkState);
  const members = net.ring(8);
  for (const link of net.links) link.lost = () => net.random.below(100) < 10;
  net.links[3].close();
  net.links[3].open();
  net.time.advance(60_000);
  net.assertWhole();
  assert.equal(net.path(members[3], members[4].address)?.length, 2);
  for (let round = 0; round < 20; round++) {
    net.time.advance(10_000);
    net.assertWhole();
  }
});

Deno.test("updates that come late, twice and in any order change nothing in the end", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
      const [plain, rough] = [0, 1].map(() => {
        const net = new RoutingNetwork(linkState, { seed });
        const members = Array.from({ length: 7 }, (_, index) => net.add(10 + index));
        members.slice(1).forEach((member, index) => net.link(members[index], member));
        const random = new SeededRandom(seed);
        for (let extra = 0; extra < 4; extra++) {
          const [a, b] = [random.below(7), random.below(7)];
          if (a !== b) net.link(members[a], members[b]);
        }
        return net;
      });
      const random = new SeededRandom(seed + 1);
      for (const link of rough.links) {
        link.latency = () => random.below(3000);
        link.copies = () => 1 + random.below(2);
      }
      for (const net of [plain, rough]) {
        net.time.advance(40_000);
        net.links[2].close();
        net.time.advance(FORGOTTEN + 5000);
        for (const member of net.members) member.checkTable();
      }
      assert.deepEqual(rough.tables(), plain.tables());
    }),
    { numRuns: 20 },
  );
});

Deno.test("when a link of a triangle goes, its ends go round at once, whatever the policy", () => {
  for (const plugin of [linkState, lfa, ecmp]) {
    const net = new RoutingNetwork(plugin);
    const members = net.ring(3);
    net.time.advance(5000);
    net.links[0].close();
    net.assertWhole();
    assert.equal(net.path(members[0], members[1].address)?.length, 3);
  }
});

Deno.test("a refresh crosses each link about once, not twice as with plain flooding", () => {
  const net = new RoutingNetwork(linkState);
  const random = new SeededRandom(9);
  const members = Array.from({ length: 40 }, (_, index) => net.add(index + 1));
  members.slice(1).forEach((member, index) => net.link(members[random.below(index + 1)], member));
  for (let extra = 0; extra < 60; extra++) {
    const one = random.below(40);
    net.link(members[one], members[(one + 1 + random.below(39)) % 40]);
  }
  net.time.advance(60_000);
  const before = net.sent;
  net.time.advance(150_000);
  const crossings = (net.sent - before) / 10 / (2 * net.links.length);
  assert(crossings < 1.25 * net.links.length, `${crossings} messages over ${net.links.length} links`);
});

Deno.test("forged adjacencies of a member do not lead traffic to it, and go when nobody repeats them", () => {
  const net = new RoutingNetwork(linkState);
  const members = net.line(3);
  net.time.advance(5000);
  const [forger] = members;
  const flow = { neighbour: forger.address, fd: forger.takeFd(), send: () => true };
  members[1].routing.managementUp(flow);
  const forged = new Uint8Array(24);
  forged[7] = 99; // It announces an adjacency of member 3 with 99, which does not announce one itself.
  forged[15] = 3;
  members[1].routing.receive(flow, forged);
  net.time.advance(FORGOTTEN);
  net.assertWhole();
  for (const { table } of members) assert.equal(table.size, 2);
  assert(![...members[0].routing.members()].some((one) => Number(one) === 99));
});
