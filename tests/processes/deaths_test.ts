/** Processes that are killed at any moment leave nothing behind, and the other side learns of it. */
import assert from "node:assert/strict";
import { connect, FlowDownError } from "../../mod.ts";
import { ipcpPid, localHost, waitUntil } from "../support/local_layer.ts";
import { UnicastHost } from "../support/unicast_layer.ts";

Deno.test("kill -9 of a client: the server's flow is down and its ids are free", async () => {
  await using host = await localHost("svc");
  await using server = await connect({ runtimeFolder: host.folder });
  await host.ok(`irm bind process ${Deno.pid} name svc`);
  const accepting = server.accept();
  const client = host.spawn(["oping", "-n", "svc", "-i", "10s"]);
  const flow = await accepting;
  client.kill("SIGKILL");
  await assert.rejects(async () => {
    for (;;) await flow.read();
  }, FlowDownError);
  await flow.deallocate();
  await host.irmd.waitFor(/Completed deallocation of port_id \d+/, 2);
  assert.equal((await host.status()).flows, 0);
});

Deno.test("kill -9 of a server: the client's read ends, the name stays registered, another server takes over", async () => {
  await using host = await localHost("svc");
  await host.ok(`irm bind program ${host.programs}/oping name svc`);
  const server = host.spawn(["oping", "--listen"]);
  await host.irmd.waitFor(/accepts flows for/);
  await using client = await connect({ runtimeFolder: host.folder });
  const flow = await client.allocate("svc");
  server.kill("SIGKILL");
  await assert.rejects(flow.read(), FlowDownError);
  await flow.deallocate();
  await host.irmd.waitFor(/Dead process removed/);
  // The IPCP's part comes a moment after that of the processes.
  await host.irmd.waitFor(/Completed deallocation of port_id/, 2);
  assert.equal((await host.status()).flows, 0);
  host.spawn(["oping", "--listen"]);
  await host.irmd.waitFor(/accepts flows for/, 2);
  assert.equal((await host.ping("-n svc -c 1 -i 1ms")).code, 0);
});

Deno.test("kill -9 of an IPCP: flows over it go down at both ends; it comes back with its layer and its names", async () => {
  await using host = await localHost("svc");
  await using server = await connect({ runtimeFolder: host.folder });
  await using client = await connect({ runtimeFolder: host.folder });
  await host.ok(`irm bind process ${Deno.pid} name svc`);
  const [there, here] = await Promise.all([server.accept(), client.allocate("svc")]);
  const killed = await ipcpPid(host);
  Deno.kill(killed, "SIGKILL");
  await assert.rejects(here.read(), FlowDownError);
  await assert.rejects(there.read(), FlowDownError);
  await Promise.all([here.deallocate(), there.deallocate()]);
  await host.irmd.waitFor(/IPCP l is lost: .*; it is started again/);
  await host.irmd.waitFor(/IPCP l is bootstrapped in layer ll again/);
  await host.irmd.waitFor(/Registered svc in ll/, 2);
  assert.match(await host.ok("irm ipcp list"), /\| +l \| +local +\| +ll \|/);
  assert.notEqual(await ipcpPid(host), killed);
  const [again, once] = await Promise.all([server.accept(), client.allocate("svc")]);
  await Promise.all([again.deallocate(), once.deallocate()]);
  // The IPCP's part comes a moment after that of the process.
  await host.irmd.waitFor(/Completed deallocation of port_id/, 4);
  assert.equal((await host.status()).flows, 0);
  host.irmd.kill("SIGTERM");
  assert.equal((await host.irmd.ended).code, 0);
});

Deno.test("kill -9 of the IPCP below a layer: the layer above heals without a command", async () => {
  await using layer = await UnicastHost.start();
  await layer.line("a", "b");
  await layer.pinged();
  const { host } = layer;
  Deno.kill(await layer.pid("l"), "SIGKILL");
  await host.irmd.waitFor(/IPCP l is bootstrapped in layer ll again/);
  for (const component of ["Management", "Data Transfer"]) {
    await host.irmd.waitFor(new RegExp(`${component} is connected to "a" again`));
  }
  await layer.pinged();
  assert.doesNotMatch(await host.ok("irm status"), /missing/);
});

Deno.test("kill -9 of the IRMd: a member that is made again under its name has its old address", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.first("a");
  const address = async () => (await layer.stats("a")).unicast.address;
  const before = await address();
  host.irmd.kill("SIGKILL");
  await host.irmd.ended;
  await host.startIrmd();
  await host.ok("irm ipcp bootstrap type unicast name a layer net");
  assert.equal(await address(), before);
  await host.ok("irm ipcp destroy name a");
  await host.ok("irm ipcp bootstrap type unicast name a layer other");
  assert.notEqual(await address(), before);
});

Deno.test("kill -9 of the IRMd: IPCPs end, applications get flow-down and go on to accept, a restart without configuration has no IPCPs", async () => {
  await using host = await localHost("svc");
  await using server = await connect({ runtimeFolder: host.folder });
  await using client = await connect({ runtimeFolder: host.folder });
  await host.ok(`irm bind process ${Deno.pid} name svc`);
  const [there, here] = await Promise.all([server.accept(), client.allocate("svc")]);
  const waiting = server.accept();
  const ipcp = await ipcpPid(host);
  host.irmd.kill("SIGKILL");
  await assert.rejects(here.read(), FlowDownError);
  await assert.rejects(there.read(), FlowDownError);
  await Promise.all([here.deallocate(), there.deallocate()]);
  await host.irmd.ended;
  await waitUntil(() => !running(ipcp), "the IPCP to end");
  await host.startIrmd();
  assert.match(host.log.join("\n"), /didn't properly shut down last time/);
  assert.match(await host.ok("irm ipcp list"), /No IPCPs in system\./);
  await host.ok("irm ipcp bootstrap type local name l layer ll");
  await host.ok("irm name create svc");
  await host.ok("irm name register svc layer ll");
  await host.ok(`irm bind process ${Deno.pid} name svc`);
  const [again, once] = await Promise.all([waiting, client.allocate("svc")]);
  await once.write(new Uint8Array([1, 2, 3]));
  assert.deepEqual([...await again.read()], [1, 2, 3]);
  await Promise.all([again.deallocate(), once.deallocate()]);
});

Deno.test("SIGTERM ends the IRMd in order, a program that it started too", async () => {
  await using host = await localHost("svc");
  await host.ok(`irm bind program ${host.programs}/oping name svc auto -- --listen`);
  assert.equal((await host.ping("-n svc -c 1 -i 1ms")).code, 0);
  const [, started] = await host.irmd.waitFor(/Instantiated \S+ as process (\d+)\./);
  const ipcp = await ipcpPid(host);
  host.irmd.kill("SIGTERM");
  assert.equal((await host.irmd.ended).code, 0);
  await waitUntil(() => !running(ipcp) && !running(Number(started)), "children to end");
});

/** Is there a process of that pid that is not a zombie? */
function running(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}
