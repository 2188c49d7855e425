/** Events of sets of flows. */
import assert from "node:assert/strict";
import { PermissionError, TimedOutError } from "../contract/errors.ts";
import { Ouroboros } from "./client.ts";
import { FlowSet } from "./flow_set.ts";
import { TestingIrmd } from "../testing/irmd.ts";

Deno.test("a set tells of packets in turns, of the end once, and of deallocation", async () => {
  await using irmd = await TestingIrmd.start();
  await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder });
  const pair = () => Promise.all([ouro.allocate("name"), ouro.accept()]);
  const [[a, atA], [b, atB]] = [await pair(), await pair()];
  const set = new FlowSet();
  set.add(atA);
  set.add(atB);
  assert.throws(() => new FlowSet().add(atA), PermissionError);
  await assert.rejects(set.next({ timeout: 0 }), TimedOutError);

  const waiting = set.next();
  await a.write(new Uint8Array([1]));
  assert.deepEqual(await waiting, { type: "packet", flow: atA });
  await b.write(new Uint8Array([2]));
  while (!atB.hasPacket) await new Promise((done) => setImmediate(done));
  const turns = [await set.next(), await set.next(), await set.next()].map(({ flow }) => flow);
  assert.notEqual(turns[0], turns[1]);
  assert.equal(turns[0], turns[2]);

  await a.deallocate();
  assert.equal(atA.tryRead()?.[0], 1);
  assert.equal(atB.tryRead()?.[0], 2);
  assert.deepEqual(await set.next(), { type: "down", flow: atA });
  await assert.rejects(set.next({ timeout: 0 }), TimedOutError);

  await atA.deallocate();
  assert.deepEqual(await set.next(), { type: "deallocated", flow: atA });
  assert.deepEqual([set.size, set.has(atA), set.has(atB)], [1, false, true]);
  assert.throws(() => set.add(atA), { code: "OURO_INVALID" });

  assert(set.delete(atB) && !set.delete(atB));
  await b.write(new Uint8Array([3]));
  while (!atB.hasPacket) await new Promise((done) => setImmediate(done));
  set.add(atB);
  for await (const { type, flow } of set) {
    assert.deepEqual([type, flow.tryRead()?.[0]], ["packet", 3]);
    break;
  }
  set.clear();
  assert.deepEqual([...set], []);
});
