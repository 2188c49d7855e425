/** A user who connects without pause, to the IRMd or to the sockets of flows, is in nobody's way. @module */
import assert from "node:assert/strict";
import { unless, whyNoRoot } from "../../core/testing/left_out.ts";
import { HONEST, HOSTILE, hostileUser } from "../support/hostile/hostile_user.ts";
import { Host } from "../support/host.ts";
import { ipcpPid, localHost } from "../support/local_layer.ts";
import { freePort } from "../support/name_server.ts";
import type { Process } from "../support/process.ts";

/** Only root can start programs of another user. */
const testAsRoot = unless(whyNoRoot);

/** What a process may keep of descriptors that it opens when it is first used. */
const KEPT = 4;

async function descriptors(pid: number): Promise<number> {
  return (await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`))).length;
}

/** Waits until a process has given back what strangers have taken. */
async function givenBack(pid: number, before: number): Promise<void> {
  while (await descriptors(pid) > before + KEPT) await new Promise((resume) => setTimeout(resume, 100));
}

/** Waits until the IRMd tells that data sockets have turned the hostile user away. */
async function turnedAway(host: Host): Promise<void> {
  for (;;) {
    const { dataSockets } = JSON.parse(await host.ok("irm status as JSON")).users;
    const { failed, unheard } = dataSockets[HOSTILE] ?? {};
    if (failed >= 256 && unheard > 0) return;
    await new Promise((resume) => setTimeout(resume, 100));
  }
}

async function end(processes: readonly Process[]): Promise<void> {
  for (const process of processes) process.kill("SIGKILL");
  await Promise.all(processes.map(({ ended }) => ended));
}

testAsRoot(
  "while four programs of a user connect to the IRMd and close the connection without pause, all commands and flows of others come about",
  async () => {
    await using host = await localHost("svc");
    await host.ok(`irm bind program ${host.programs}/oping name svc`);
    host.spawn(["oping", "--listen"]);
    await host.irmd.waitFor(/New instance \(\d+\) of oping added/);
    await host.ok("oping -n svc -c 1 -i 1ms");
    const running = host.spawn("oping -n svc -c 100 -i 20ms".split(" "));
    await running.waitFor(/seq=0/);
    const before = await descriptors(host.irmd.pid);
    const start = await hostileUser(host);
    const honest = await hostileUser(host, HONEST);
    const hostile = Array.from({ length: 4 }, () => start("knocks"));
    await Promise.all(hostile.map((process) => process.waitFor(/knocking/)));
    for (let round = 0; round < 5; round++) {
      assert.match(await host.ok("irm name list"), /svc/);
      await host.ok("oping -n svc -c 1 -i 1ms");
    }
    await honest("flow").waitFor(/^allocated/);
    assert.match((await running.ended).stdout, /100 received/);
    await end(hostile);
    const { connections } = JSON.parse(await host.ok("irm status as JSON")).users;
    assert(connections.refused > 0, "so many were more than his share");
    await givenBack(host.irmd.pid, before);
  },
);

testAsRoot(
  "who connects to data sockets without pause, and says something else or nothing, keeps nobody from flows",
  async (test) => {
    await using near = await Host.start();
    await using far = await localHost("local");
    const layer = `layer net port ${freePort()}`;
    await near.ok(`irm ipcp bootstrap type udp4 name n ${layer} ip 127.0.0.1 peer 127.0.0.2`);
    await far.ok(`irm ipcp bootstrap type udp4 name f ${layer} ip 127.0.0.2 peer 127.0.0.1`);
    await far.ok("irm name create svc");
    await far.ok("irm name register svc layer net");
    for (const name of ["svc", "local"]) await far.ok(`irm bind program ${far.programs}/oping name ${name}`);
    const server = far.spawn(["oping", "--listen"]);
    await far.irmd.waitFor(/New instance \(\d+\) of oping added/);

    const places = [
      { of: "an IPCP", host: near, name: "svc", pid: await ipcpPid(near) },
      { of: "a server", host: far, name: "local", pid: server.pid },
    ];
    for (const { of, host, name, pid } of places) {
      await test.step(`those of ${of}`, async () => {
        const ping = `oping -n ${name} -c 1 -i 1ms`;
        await host.ok(ping);
        const before = await descriptors(pid);
        const running = host.spawn(`oping -n ${name} -c 100 -i 20ms`.split(" "));
        await running.waitFor(/seq=0/);
        const start = await hostileUser(host);
        const mute = start("mute", 200, name);
        await mute.waitFor(/mute 64/);
        const knocking = ["data-garbage", "data-knocks"].map((load) => start(load, 1, name));
        await Promise.all(knocking.map((process) => process.waitFor(/knocking/)));
        for (let round = 0; round < 5; round++) await host.ok(ping);
        assert.match((await running.ended).stdout, /100 received/);
        await turnedAway(host);
        await end([mute, ...knocking]);
        await givenBack(pid, before);
      });
    }
  },
);
