/** Reads and writes that wait within the call. @module */
import assert from "node:assert/strict";
import { FlowDownError, NotSupportedError, TimedOutError, WouldBlockError } from "../contract/errors.ts";
import { openLibc } from "../os/c/libc.ts";
import { netCalls } from "../os/c/net_calls.ts";
import { TestingIrmd } from "../testing/irmd.ts";
import { Ouroboros } from "./client.ts";
import type { Flow } from "./flow.ts";

openLibc();
netCalls();

async function flows(
  qos: "raw" | "data",
  run: (flow: Flow, other: Flow) => void | Promise<void>,
): Promise<void> {
  await using irmd = await TestingIrmd.start();
  await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder, syncCalls: true });
  const [flow, other] = await Promise.all([ouro.allocate("name", { qos }), ouro.accept()]);
  await run(flow, other);
}

for (const qos of ["raw", "data"] as const) {
  Deno.test(`calls that wait within the call send and receive, without a turn of the event loop: ${qos}`, () =>
    flows(qos, (flow, other) => {
      for (let round = 0; round < 200; round++) {
        flow.writeSync(new Uint8Array([round, 1]));
        assert.deepEqual([...other.readSync({ timeout: 5000 })], [round, 1]);
        other.writeSync(new Uint8Array([round, 2]));
        assert.deepEqual([...flow.readSync({ timeout: 5000 })], [round, 2]);
      }
      assert.throws(() => flow.readSync({ timeout: 2 }), TimedOutError);
      flow.nonBlocking = true;
      assert.throws(() => flow.readSync(), WouldBlockError);
    }));
}

Deno.test("a write waits within the call for room, and says when there is none in time", () =>
  flows("raw", (flow, other) => {
    const packet = new Uint8Array(60_000);
    let written = 0;
    assert.throws(() => {
      for (;; written++) flow.writeSync(packet, { timeout: 20 });
    }, TimedOutError);
    assert(written > 0);
    // Both ends are in this process: what is on its way goes on only while one of them waits.
    for (let read = 0; read < 3; read++) assert.equal(other.readSync({ timeout: 5000 }).length, 60_000);
    flow.writeSync(packet, { timeout: 5000 });
  }));

Deno.test("what has arrived before the end is read within the call, then the end is told", () =>
  flows("raw", async (flow, other) => {
    flow.writeSync(new Uint8Array(3));
    await flow.deallocate();
    assert.equal(other.readSync({ timeout: 5000 }).length, 3);
    assert.throws(() => other.readSync({ timeout: 5000 }), FlowDownError);
  }));

Deno.test("a read with a promise goes before one that waits within the call", () =>
  flows("raw", async (flow, other) => {
    const reading = other.read();
    assert.throws(() => other.readSync({ timeout: 1 }), WouldBlockError);
    await flow.write(new Uint8Array(1));
    assert.equal((await reading).length, 1);
  }));

Deno.test("without syncCalls a call that would have to wait within it says what is missing", async () => {
  await using irmd = await TestingIrmd.start();
  await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder });
  const [flow, other] = await Promise.all([ouro.allocate("name"), ouro.accept()]);
  flow.writeSync(new Uint8Array([1]));
  assert.throws(() => other.readSync(), NotSupportedError);
  assert.equal((await other.read())[0], 1);
});
