/** The suites refuse plugins that do not conform. @module */
import assert from "node:assert/strict";
import { instanceOf } from "../../core/testing/instance.ts";
import type { Plugin } from "../../core/contract/plugin.ts";
import { fd } from "../../core/contract/ids.ts";
import type { Forwarding, ForwardingTable, Routing } from "../../core/contract/policies/routing.ts";
import type { Layer } from "../../core/contract/ipcp.ts";
import { roundRobin } from "../../plugins/balancing/round_robin.ts";
import { simple } from "../../plugins/forwarding/simple.ts";
import { sha3With256 } from "../../plugins/hash/runtime_hash.ts";
import { local } from "../../plugins/local/local.ts";
import { linkState } from "../../plugins/routing/policies.ts";
import {
  balancingChecks,
  type Check,
  forwardingChecks,
  hashChecks,
  ipcpChecks,
  routingChecks,
} from "../../core/conformance/mod.ts";

async function failures(checks: readonly Check[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of checks) {
    try {
      await run();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

Deno.test("hash functions that do not conform fail", async () => {
  const shared = new Uint8Array(4);
  const bad: [Plugin<"hash">["create"], RegExp][] = [
    [() => ({ length: 4, digest: (bytes) => bytes.slice(0, 4) }), /length/],
    [() => ({ length: 4, digest: () => new Uint8Array(4) }), /different digests/],
    [() => ({ length: 4, digest: () => shared }), /caller's own/],
    [() => ({ length: 1, digest: (bytes) => new Uint8Array(bytes.buffer.slice(0, 1)) }), /part of a buffer/],
  ];
  for (const [create, name] of bad) {
    assert((await failures(hashChecks({ ...sha3With256, create }))).some((failed) => name.test(failed)));
  }
  assert.deepEqual(await failures(hashChecks(sha3With256)), []);
});

Deno.test("balancing policies that do not conform fail", async () => {
  const bad: [Plugin<"balancing">["create"], RegExp][] = [
    [() => ({ choose: (waiting) => waiting.length }), /picks one/],
    [() => ({ choose: (waiting) => Math.floor(Math.random() * waiting.length) }), /same history/],
  ];
  for (const [create, name] of bad) {
    assert((await failures(balancingChecks({ ...roundRobin, create }))).some((failed) => name.test(failed)));
  }
});

Deno.test("forwarding policies that do not conform fail", async () => {
  const changed = (change: (forwarding: Forwarding) => Partial<Forwarding>): Plugin<"forwarding"> => ({
    ...simple,
    create: (host, options) => {
      const one = instanceOf(simple, host, options);
      const bound: Forwarding = {
        replace: (table) => one.replace(table),
        nextHop: (to, flow) => one.nextHop(to, flow),
        flowDown: (flow) => one.flowDown(flow),
        flowUp: (flow) => one.flowUp(flow),
      };
      return { ...bound, ...change(bound) };
    },
  });
  const bad: [Plugin<"forwarding">, RegExp][] = [
    [changed(() => ({ nextHop: () => fd(64) })), /there is no next hop/],
    [changed(() => ({ nextHop: () => undefined })), /newest table/],
    [changed(({ replace }) => ({ flowDown: () => replace(new Map()) })), /leave no trace/],
  ];
  for (const [plugin, name] of bad) {
    const failed = await failures(forwardingChecks(plugin));
    assert(failed.some((one) => name.test(one)), `${name} should fail; failed: ${failed}`);
  }
  assert.deepEqual(await failures(forwardingChecks(changed(() => ({})))), []);
});

Deno.test("routing policies that do not conform fail", async () => {
  const changed = (
    change: (routing: Routing) => Partial<Routing>,
    install = (table: ForwardingTable): ForwardingTable => table,
  ): Plugin<"routing"> => ({
    ...linkState,
    create: (host, context) => {
      const one = instanceOf(linkState, host, {
        ...context,
        install: (table) => context.install(install(table)),
      });
      const bound: Routing = {
        forwarding: one.forwarding,
        managementUp: (flow) => one.managementUp(flow),
        managementDown: (flow) => one.managementDown(flow),
        receive: (flow, message) => one.receive(flow, message),
        adjacencyUp: (neighbour, flow) => one.adjacencyUp(neighbour, flow),
        adjacencyDown: (neighbour, flow) => one.adjacencyDown(neighbour, flow),
        members: () => one.members(),
        stats: () => one.stats(),
        shutdown: () => one.shutdown(),
      };
      return { ...bound, ...change(bound) };
    },
  });
  const none = (table: ForwardingTable): ForwardingTable => new Map([...table.keys()].map((to) => [to, []]));
  const bad: [Plugin<"routing">, RegExp][] = [
    [changed(() => ({ receive: () => {} })), /members of a line/],
    [changed(() => ({}), none), /members of a line/],
    [changed(() => ({ adjacencyDown: () => {} })), /both ends drop the flow at once/],
    [changed(() => ({ members: () => [] })), /members of a line/],
    [changed(() => ({ shutdown: () => {} })), /nothing comes after shutdown/],
    [changed(() => ({ stats: () => ({ nothing: NaN }) })), /statistics/],
    [
      changed(({ receive }) => ({
        receive: (flow, message) => {
          if (message.length !== 24) throw new Error("not mine");
          receive(flow, message);
        },
      })),
      /do not parse/,
    ],
  ];
  for (const [plugin, name] of bad) {
    const failed = await failures(routingChecks(plugin));
    assert(failed.some((one) => name.test(one)), `${name} should fail; failed: ${failed}`);
  }
  assert.deepEqual(await failures(routingChecks(changed(() => ({})))), []);
});

Deno.test("a declaration with a default out of range fails", async () => {
  const options = [{ name: "x", type: "integer", min: 0, max: 1, default: 7, help: "" }] as const;
  const failed = await failures(hashChecks({ ...sha3With256, options }));
  assert(failed.includes("is well declared"));
});

Deno.test("IPCP types that do not conform fail", async () => {
  const changed = (change: (layer: Layer) => Partial<Layer>): Plugin<"ipcp"> => ({
    ...local,
    create: (host, context) => ({
      bootstrap: (config, done) =>
        local.create(host, context).bootstrap(config, (outcome) => {
          if (!outcome.ok) return done(outcome);
          const layer = outcome.value;
          const bound: Layer = {
            name: layer.name,
            hash: layer.hash,
            register: (hash, done) => layer.register(hash, done),
            unregister: (hash, done) => layer.unregister(hash, done),
            query: (hash, done) => layer.query(hash, done),
            allocate: (flow, request, done) => layer.allocate(flow, request, done),
            respond: (flow, reply, done) => layer.respond(flow, reply, done),
            deallocate: (flow, linger, done) => layer.deallocate(flow, linger, done),
            shutdown: () => layer.shutdown(),
          };
          done({ ok: true, value: { ...bound, ...change(bound) } });
        }),
    }),
  });
  const ok = { ok: true, value: undefined } as const;
  const bad: [Plugin<"ipcp">, RegExp][] = [
    [changed(() => ({ unregister: (_hash, done) => done(ok) })), /a hash is found/],
    [changed(() => ({ query: () => {} })), /a hash is found/],
    [
      changed(({ register }) => ({ register: (hash, done) => (register(hash, done), done(ok)) })),
      /carries packets/,
    ],
    [
      changed(({ respond }) => ({
        respond: (flow, reply, done) => reply.response === 0 ? respond(flow, reply, done) : done(ok),
      })),
      /a refusal by the process above reaches/,
    ],
    [changed(() => ({ deallocate: (_flow, _linger, done) => done(ok) })), /leaves nothing behind/],
    [changed(() => ({ stats: () => ({ nothing: NaN }) })), /statistics/],
  ];
  for (const [plugin, name] of bad) {
    const failed = await failures(ipcpChecks(plugin));
    assert(failed.some((one) => name.test(one)), `${name} should fail; failed: ${failed}`);
  }
  assert.deepEqual(await failures(ipcpChecks(changed(() => ({})))), []);
});
