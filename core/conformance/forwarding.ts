/**
 * The conformance suite of forwarding policies.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Address, address, type Fd, fd } from "../contract/ids.ts";
import type { Plugin } from "../contract/plugin.ts";
import type { Forwarding, ForwardingTable } from "../contract/policies/routing.ts";
import { fc } from "./property.ts";
import { type Check, declarationChecks, instanceOf, type Needs, registerChecks } from "./suite.ts";

/** Registers tests that prove a plugin of kind `forwarding`. */
export function conformForwarding(plugin: Plugin<"forwarding">, needs?: Needs): void {
  registerChecks(plugin, forwardingChecks(plugin, needs));
}

/** What a plugin of kind `forwarding` must do. */
export function forwardingChecks(plugin: Plugin<"forwarding">, needs: Needs = {}): Check[] {
  const make = (table?: ForwardingTable): Forwarding => {
    const made = instanceOf(plugin, needs);
    if (table) made.replace(table);
    return made;
  };
  return [
    ...declarationChecks(plugin, needs.options),
    {
      name: "there is no next hop before there is a table, nor to a destination that it does not name",
      run: () => {
        const forwarding = make();
        assert.equal(forwarding.nextHop(address(1), 0), undefined);
        fc.assert(fc.property(tables, addresses, (table, destination) => {
          forwarding.replace(table);
          if (!table.has(destination)) assert.equal(forwarding.nextHop(destination, 7), undefined);
        }));
      },
    },
    {
      name: "the next hop is one of the flows of the newest table, and the table stays as it is",
      run: () => {
        const forwarding = make();
        fc.assert(fc.property(tables, fc.array(fc.nat(), { minLength: 1 }), (table, flows) => {
          const before = structuredClone(table);
          forwarding.replace(table);
          for (const [destination, hops] of table) {
            for (const flow of flows) assert(includes(hops, forwarding.nextHop(destination, flow)));
          }
          assert.deepEqual(table, before);
        }));
      },
    },
    {
      name: "packets of one flow take one path as long as nothing changes",
      run: () =>
        fc.assert(fc.property(tables, fc.array(fc.nat(9)), (table, flows) => {
          const forwarding = make(table);
          for (const destination of table.keys()) {
            const first = new Map<number, Fd | undefined>();
            for (const flow of flows) {
              const hop = forwarding.nextHop(destination, flow);
              if (first.has(flow)) assert.equal(hop, first.get(flow));
              first.set(flow, hop);
            }
          }
        })),
    },
    {
      name: "flows that go down and come up again leave no trace",
      run: () =>
        fc.assert(fc.property(tables, fc.array(flowNumbers), (table, changes) => {
          const [forwarding, untouched] = [make(table), make(table)];
          for (const flow of changes) forwarding.flowDown(flow);
          for (const destination of table.keys()) forwarding.nextHop(destination, 1);
          for (const flow of changes) forwarding.flowUp(flow);
          for (const destination of table.keys()) {
            for (let flow = 0; flow < 10; flow++) {
              assert.equal(forwarding.nextHop(destination, flow), untouched.nextHop(destination, flow));
            }
          }
        })),
    },
    {
      name: "whatever is down, a next hop is one of the table's or none",
      run: () =>
        fc.assert(fc.property(tables, fc.array(flowNumbers), tables, (table, down, later) => {
          const forwarding = make(table);
          for (const flow of down) forwarding.flowDown(flow);
          for (const current of [table, later]) {
            if (current === later) forwarding.replace(later);
            for (const [destination, hops] of current) {
              const hop = forwarding.nextHop(destination, 1);
              assert(hop === undefined || includes(hops, hop));
            }
          }
        })),
    },
  ];
}

const includes = (hops: readonly Fd[], hop: Fd | undefined): boolean =>
  hop !== undefined && hops.includes(hop);

const addresses: fc.Arbitrary<Address> = fc.integer({ min: 1, max: 0xffffffff }).map(address);
const flowNumbers: fc.Arbitrary<Fd> = fc.integer({ min: 64, max: 70 }).map(fd);
/** Few flows and any addresses. */
const tables: fc.Arbitrary<ForwardingTable> = fc
  .array(fc.tuple(addresses, fc.uniqueArray(flowNumbers, { minLength: 1, maxLength: 4 })), { maxLength: 30 })
  .map((rows) => new Map(rows));
