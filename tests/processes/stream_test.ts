/** A stream of bytes, and a reliable flow that is closed at once, through a layer of real processes. @module */
import assert from "node:assert/strict";
import { connect, type Ouroboros } from "../../mod.ts";
import { UnicastHost } from "../support/unicast_layer.ts";

/** A layer of two members, with two clients; `x` leads from one to the other. */
async function withClients(run: (server: Ouroboros, client: Ouroboros) => Promise<void>): Promise<void> {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.first("a");
  await layer.join("b", "a");
  await layer.untilReaches("a", ["b"]);
  await host.ok(`irm bind process ${Deno.pid} name x`);
  await host.ok("irm name register x ipcp b");
  await using server = await connect({ runtimeFolder: host.folder });
  await using client = await connect({ runtimeFolder: host.folder });
  await run(server, client);
}

Deno.test("5 MB as a stream: the same bytes arrive, then its end, and the flow goes on", () =>
  withClients(async (server, client) => {
    const [there, here] = await Promise.all([server.accept(), client.allocate("x", { qos: "data" })]);
    const bytes = Uint8Array.from({ length: 5_000_000 }, (_, index) => index * index * 31 >>> 8);
    const writing = new Blob([bytes]).stream().pipeTo(here.stream().writable);
    const arrived = await new Response(there.stream().readable).bytes();
    await writing;
    assert.equal(arrived.length, bytes.length);
    const digest = async (data: Uint8Array<ArrayBuffer>) =>
      new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    assert.deepEqual(await digest(arrived), await digest(bytes));
    await there.write(Uint8Array.of(1));
    assert.deepEqual(await here.read(), Uint8Array.of(1));
  }));

Deno.test("what was written before a flow is deallocated at once arrives, and the end comes after it", () =>
  withClients(async (server, client) => {
    for (let round = 0; round < 5; round++) {
      const [there, here] = await Promise.all([server.accept(), client.allocate("x", { qos: "data" })]);
      for (let index = 0; index < 100; index++) await here.write(new Uint8Array(1000).fill(index));
      await here.deallocate();
      const seen: number[] = [];
      for await (const [first] of there) seen.push(first);
      assert.deepEqual(seen, Array.from({ length: 100 }, (_, index) => index));
      await there.deallocate();
    }
  }));
