/** Tests of what is said again: whatever is lost, and no more than need be. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { RoutingNetwork } from "../../../core/conformance/routing/network.ts";
import { SeededRandom } from "../../../core/kit/seeded_random.ts";
import { LINK_STATE_UPDATE_BYTES } from "../link_state_update.ts";
import { linkState } from "../policies.ts";

/** Refreshes, which would repair losses, too, come when all is over. */
const WITHOUT_REFRESHES = { ls_t_update: "1000", ls_t_timeo: "4000" };

/** A network of members in a tree with some links more. */
function meshed(seed: number, count: number, more: number): RoutingNetwork {
  const net = new RoutingNetwork(linkState, { seed, options: WITHOUT_REFRESHES });
  const random = new SeededRandom(seed);
  const members = Array.from({ length: count }, (_, index) => net.add(index + 1));
  members.slice(1).forEach((member, index) => net.link(members[random.below(index + 1)], member));
  for (let extra = 0; extra < more; extra++) {
    const one = random.below(count);
    net.link(members[one], members[(one + 1 + random.below(count - 1)) % count]);
  }
  return net;
}

/**
 * All databases, as texts: what is said of adjacencies between members. Numbers are left out, as who missed that a link went and came back
 * has an older one.
 */
function databases(net: RoutingNetwork): string[] {
  return net.members.map(({ routing }) => {
    const { database } = routing.stats();
    assert(Array.isArray(database) && database.length > 0);
    return database.filter(({ destination }) => /^0.\.00/.test(destination))
      .map(({ source, destination, announced }) => `${source} ${destination} ${announced}`)
      .sort().join("\n");
  });
}

Deno.test("whatever is lost within 3.7 s after changes, all databases are the same eight seconds later", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.array(fc.tuple(fc.nat(3700), fc.nat(3700), fc.nat(100)), { minLength: 24, maxLength: 24 }),
      (seed, outages) => {
        const net = meshed(seed, 8, 4);
        net.time.advance(20_000);
        const start = net.time.now();
        // Each direction of each link has a time of its own in which it loses a part, or all.
        net.links.forEach((link, index) => {
          link.lost = (_, from) => {
            const [one, other, share] = outages[2 * index + (from === link.members[0] ? 0 : 1)];
            const at = net.time.now() - start;
            return at >= Math.min(one, other) && at <= Math.max(one, other) && net.random.below(100) < share;
          };
        });
        // The last one is no part of the tree.
        for (const link of [net.links[0], net.links[3], net.links[10]]) link.close();
        net.time.advance(20);
        for (const link of [net.links[0], net.links[3]]) link.open();
        net.time.advance(12_000);
        const [first, ...others] = databases(net);
        for (const other of others) assert.equal(other, first);
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("what two neighbours have said to each other they do not say again", () => {
  const net = new RoutingNetwork(linkState, { options: WITHOUT_REFRESHES });
  const members = net.ring(6);
  net.time.advance(30_000);
  const shortcut = net.link(members[0], members[3]);
  net.time.advance(30_000);
  let said = 0;
  for (const link of net.links.slice(0, 6)) {
    link.tap = (message) => {
      for (let at = 0; at < message.length; at += LINK_STATE_UPDATE_BYTES) {
        if (message[at + 15] === 1 && message[at + 7] === 4) said++;
      }
    };
  }
  shortcut.close();
  net.time.advance(500);
  const forwarded = said;
  net.time.advance(60_000);
  // On each link one end says it twice at most before the other one acknowledges.
  assert(
    forwarded >= 5 && said <= 18,
    `${forwarded} messages tell of the change, ${said} with what was said again`,
  );
});
