/** The first part of the tutorial, with the log lines that the reference prints. */
import assert from "node:assert/strict";
import { writePrograms } from "../support/bin.ts";
import { Host } from "../support/host.ts";

/** Log lines with what differs from run to run taken out; sorted, as lines of different processes interleave. */
const form = (lines: readonly string[]) => lines.map((line) => line.replace(/\d+/g, "N")).sort();

const EXPECTED = `
irmd(II): Ouroboros IPC Resource Manager daemon started...
irmd(II): Created IPCP 5264.
ipcpd-local(II): Bootstrapped local IPCP with pid 5264.
irmd(II): Bootstrapped IPCP 5264 in layer local_layer.
irmd(II): Bound program PROGRAM to name oping_server.
registry(DB): Program oping cannot be auto-instantiated.
ipcpd-local(II): Registered 4721372d.
irmd(II): Registered oping_server in local_layer as 4721372d.
irmd(DB): Process 5294 inherits name oping_server from program oping.
irmd(DB): New instance (5294) of oping added.
irmd(DB): This process accepts flows for:
irmd(DB):         oping_server
irmd(DB): Process 5301 inherits name oping_server from program oping.
ipcpd-local(DB): Allocating flow to 4721372d on fd 64.
irmd(DB): Flow req arrived from IPCP 5264 for 4721372d.
irmd(II): Flow request arrived for oping_server.
ipcpd-local(II): Pending local allocation request on fd 64.
irmd(II): Flow on port_id 0 allocated.
ipcpd-local(II): Flow allocation completed, fds (64, 65).
irmd(II): Flow on port_id 1 allocated.
irmd(DB): New instance (5294) of oping added.
irmd(DB): This process accepts flows for:
irmd(DB):         oping_server
irmd(DB): Partial deallocation of port_id 0 by process 5301.
irmd(II): Completed deallocation of port_id 0 by process 5264.
ipcpd-local(II): Flow with fd 64 deallocated.
irmd(DB): Dead process removed: 5301.
irmd(DB): Partial deallocation of port_id 1 by process 5294.
irmd(II): Completed deallocation of port_id 1 by process 5264.
ipcpd-local(II): Flow with fd 65 deallocated.
irmd(DB): Dead process removed: 5294.
ipcpd-local(II): Unregistered 4721372d.
irmd(II): Unregistered oping_server from local_layer.
irmd(II): IRMd shutting down...
ipcpd/ipcp(II): IPCP 5264 shutting down.
ipcpd/ipcp(II): IPCP 5264 out.
irmd(II): Bye.`.trim().split("\n");

for (
  const [year, register, unregister] of [
    [
      "2018",
      "irm register name oping_server layer local_layer",
      "irm unregister name oping_server layer local_layer",
    ],
    [
      "2019",
      "irm name register oping_server layer local_layer",
      "irm name unregister oping_server layer local_layer",
    ],
  ]
) {
  Deno.test(`tutorial 1 in the words of ${year}, line by line`, async () => {
    const programs = await Deno.makeTempDir();
    await writePrograms(programs, ["oping"]);
    const env = { PATH: `${programs}:${Deno.env.get("PATH")}` };
    await using host = await Host.start({ env });

    await host.ok("irm ipcp bootstrap type local name local_1 layer local_layer hash SHA3_224");
    assert.equal((await host.run("irm bind program oping name oping_server", { env })).code, 0);
    await host.ok(register);
    const server = host.spawn(["oping", "--listen"]);
    await server.waitFor(/Ouroboros ping server started\./);
    await host.irmd.waitFor(/accepts flows for/);

    const client = await host.run("oping -n oping_server -c 2 -i 10ms");
    assert.equal(client.code, 0, client.stdout + client.stderr);
    assert.match(client.stdout, /^Pinging oping_server with 64 bytes of data \(2 packets\):\n\n/);
    assert.match(client.stdout, /^64 bytes from oping_server: seq=0 time=\d+\.\d{3} (ms|µs)$/m);
    assert.match(
      client.stdout,
      /^2 packets transmitted, 2 received, 0 out-of-order, 0% packet loss, time: /m,
    );
    assert.match(client.stdout, /^rtt min\/avg\/max\/mdev = /m);

    await server.waitFor(/Flow 64 closed by peer\./);
    assert.match(server.stdout, /New flow 64\.\nReceived 64 bytes on fd 64\.\nReceived 64 bytes on fd 64\./);
    await host.irmd.waitFor(/Completed deallocation of port_id \d+/, 2);
    server.kill("SIGINT");
    assert.equal((await server.ended).code, 0);
    await host.irmd.waitFor(/Dead process removed/, 2);
    await host.ok(unregister);
    host.irmd.kill("SIGINT");
    assert.equal((await host.irmd.ended).code, 0);

    const expected = EXPECTED.map((line) => line.replace("PROGRAM", `${programs}/oping`));
    assert.deepEqual(form(host.log), form(expected));
    assert.deepEqual(
      (await Array.fromAsync(Deno.readDir(host.folder))).filter(({ name }) => name.endsWith(".sock")),
      [],
    );
    await Deno.remove(programs, { recursive: true });
  });
}

Deno.test("npm start plays the tutorial and leaves nothing", async () => {
  const demo = new URL("../demo/tutorial.ts", import.meta.url).pathname;
  await using host = await Host.start({ idle: true });
  const played = host.program([Deno.execPath(), "run", "-A", "-q", demo], { env: { TMPDIR: host.folder } });
  const { code, stdout, stderr } = await played.ended;
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /oping -n oping_server/);
  assert.match(stdout, /0% packet loss/);
  assert.match(stdout, /Bye\./);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(host.folder)), []);
});
