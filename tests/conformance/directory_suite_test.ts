/** The suite of directories refuses those that do not conform. @module */
import assert from "node:assert/strict";
import { instanceOf } from "../../core/testing/instance.ts";
import type { Directory, DirectoryContext } from "../../core/contract/policies/directory.ts";
import { address } from "../../core/contract/ids.ts";
import { success } from "../../core/contract/outcome.ts";
import { dht } from "../../plugins/directory/dht/dht.ts";
import { directoryChecks } from "../../core/conformance/directory/directory.ts";

/** The directory `DHT`, with some of its methods replaced. */
function failures(change: (directory: Directory, context: DirectoryContext) => Partial<Directory>): string[] {
  const checks = directoryChecks({
    ...dht,
    create: (host, context) => {
      const directory = instanceOf(dht, host, context);
      const bound: Directory = {
        register: (hash, done) => directory.register(hash, done),
        unregister: (hash, done) => directory.unregister(hash, done),
        query: (hash, done) => directory.query(hash, done),
        receive: (message) => directory.receive(message),
        routesChanged: () => directory.routesChanged(),
        stats: () => directory.stats(),
        shutdown: () => directory.shutdown(),
      };
      return { ...bound, ...change(bound, context) };
    },
  });
  return checks.filter(({ run }) => {
    try {
      void run();
      return false;
    } catch {
      return true;
    }
  }).map(({ name }) => name);
}

Deno.test("directories that do not conform fail", () => {
  assert.deepEqual(failures(() => ({})), []);
  const bad: [Parameters<typeof failures>[0], RegExp][] = [
    [
      () => ({ unregister: (_hash, done) => done({ ok: true, value: undefined }) }),
      /from register to unregister/,
    ],
    [
      ({ query }, { own }) => ({
        query: (hash, done) =>
          query(hash, (outcome) => done(outcome.ok ? success([own, ...outcome.value]) : outcome)),
      }),
      /the own address comes last/,
    ],
    [() => ({ query: (_hash, done) => done(success([address(1)])) }), /the only member finds/],
    [() => ({ routesChanged: () => {}, receive: () => {} }), /has no way to others yet/],
    [
      ({ receive }) => ({ receive: (message) => (receive(message), void message.fill(0)) }),
      /it is dropped/,
    ],
    [() => ({ shutdown: () => {} }), /when it is shut down/],
    [() => ({ stats: () => ({ nothing: NaN }) }), /statistics/],
    [
      (_, { timers, send, members }) => {
        const chatter = () => {
          for (const member of members()) send(member, new Uint8Array(1));
          timers.after(100, chatter);
        };
        chatter();
        return {};
      },
      /quiet/,
    ],
  ];
  for (const [change, name] of bad) {
    const failed = failures(change);
    assert(failed.some((one) => name.test(one)), `${name} should fail; failed: ${failed}`);
  }
});
