/** Flows between real processes: nothing is lost or reordered, servers share the load, programs start by themselves. */
import assert from "node:assert/strict";
import { CancelledError, connect, FlowDownError, TimedOutError } from "../../mod.ts";
import { localHost } from "../support/local_layer.ts";

Deno.test("a slow reader makes the writer wait; every packet arrives once and in order", async () => {
  await using host = await localHost("svc");
  await using server = await connect({ runtimeFolder: host.folder });
  await using client = await connect({ runtimeFolder: host.folder });
  await host.ok(`irm bind process ${Deno.pid} name svc`);
  const [there, here] = await Promise.all([server.accept(), client.allocate("svc")]);
  const COUNT = 20_000;
  const sizeOf = (index: number) => 4 + (index * 7919) % 1500;
  const sending = (async () => {
    const packet = new Uint8Array(2000);
    const view = new DataView(packet.buffer);
    for (let index = 0; index < COUNT; index++) {
      view.setUint32(0, index);
      await here.write(packet.subarray(0, sizeOf(index)));
    }
    await here.deallocate();
  })();
  for (let index = 0; index < COUNT; index++) {
    const packet = await there.read();
    assert.equal(new DataView(packet.buffer, packet.byteOffset).getUint32(0), index);
    assert.equal(packet.length, sizeOf(index));
    if (index % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await assert.rejects(there.read(), FlowDownError);
  await sending;
  await there.deallocate();
});

Deno.test("a packet of 1 MiB passes, one without bytes is a sign of life, a larger one is refused", async () => {
  await using host = await localHost("svc");
  await using server = await connect({ runtimeFolder: host.folder });
  await using client = await connect({ runtimeFolder: host.folder });
  await host.ok(`irm bind process ${Deno.pid} name svc`);
  const [there, here] = await Promise.all([server.accept(), client.allocate("svc")]);
  const large = crypto.getRandomValues(new Uint8Array(65536));
  const packet = new Uint8Array(here.maxPacket);
  for (let at = 0; at < packet.length; at += large.length) packet.set(large, at);
  await here.write(new Uint8Array(0));
  const writing = here.write(packet);
  assert.deepEqual(await there.read(), packet);
  await writing;
  await assert.rejects(async () => await here.write(new Uint8Array(here.maxPacket + 1)), {
    code: "OURO_MESSAGE_SIZE",
  });
  await Promise.all([here.deallocate(), there.deallocate()]);
});

for (const [policy, expected] of [["round-robin", "abcab"], ["spillover", "ccccc"]]) {
  Deno.test(`three servers share a name by ${policy}`, async () => {
    await using host = await localHost("other");
    await host.ok(`irm name create svc lb ${policy}`);
    await host.ok("irm name register svc layer ll");
    await host.ok(`irm bind program ${host.programs}/oping name svc`);
    const servers = new Map<number, string>();
    for (const letter of "abc") {
      servers.set(host.spawn(["oping", "--listen"]).pid, letter);
      await host.irmd.waitFor(/accepts flows for/, servers.size);
    }
    for (let count = 1; count <= expected.length; count++) {
      assert.equal((await host.ping("-n svc -c 1 -i 1ms")).code, 0);
      await host.irmd.waitFor(/Completed deallocation/, 2 * count);
    }
    const ended = host.log.map((line) =>
      /Partial deallocation of port_id \d+ by process (\d+)/.exec(line)?.[1]
    );
    const order = ended.map((pid) => servers.get(Number(pid)) ?? "").join("");
    assert.equal(order, expected);
  });
}

Deno.test("a bound program is started when a flow to its name is asked for, once", async () => {
  await using host = await localHost("svc");
  await host.ok(`irm bind program ${host.programs}/oping name svc auto -- --listen`);
  const pings = await Promise.all([1, 2, 3].map(() => host.ping("-n svc -c 2 -i 1ms")));
  assert.deepEqual(pings.map(({ code }) => code), [0, 0, 0]);
  assert.equal(host.log.filter((line) => /Instantiated .* as process/.test(line)).length, 1);
});

Deno.test("allocation to a name that nobody serves ends with an error in words, in time", async () => {
  await using host = await localHost("svc");
  await using client = await connect({ runtimeFolder: host.folder });
  await assert.rejects(
    client.allocate("svc", { timeout: 300 }),
    (thrown) =>
      thrown instanceof TimedOutError &&
      thrown.message ===
        'no flow to "svc" within 300 ms; layer "ll" was asked for the flow and did not answer',
  );
  await assert.rejects(client.allocate("unknown"), (thrown: Error) => /unknown/.test(thrown.message));
  const waiting = new AbortController();
  const accepting = client.accept({ signal: waiting.signal });
  waiting.abort();
  await assert.rejects(accepting, CancelledError);
});
