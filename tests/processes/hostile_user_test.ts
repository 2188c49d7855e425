/** A user who takes what he can get only takes from himself. @module */
import assert from "node:assert/strict";
import { unless, whyNoRoot } from "../../core/testing/left_out.ts";
import { HONEST, HOSTILE, hostileUser } from "../support/hostile/hostile_user.ts";
import type { Host } from "../support/host.ts";
import { localHost } from "../support/local_layer.ts";

/** Only root can start programs of another user. */
const testAsRoot = unless(whyNoRoot);

interface Users {
  readonly connections: { used: number; most: number; each: number };
  readonly bytes: { used: number };
  readonly flows: { used: number; most: number; refused: number };
  readonly allocations: { used: number; refused: number };
  readonly messages: { slowed: number };
}

async function users(host: Host): Promise<Users> {
  return JSON.parse(await host.ok("irm status as JSON")).users;
}

/** Waits until the IRMd counts what is expected. */
async function counted(host: Host, expected: (users: Users) => boolean): Promise<Users> {
  for (;;) {
    const now = await users(host);
    if (expected(now)) return now;
    await new Promise((resume) => setTimeout(resume, 100));
  }
}

/** A host on which `oping` serves as `svc`. */
async function serving(options: { within?: string[]; args?: string[] } = {}) {
  const host = await localHost("svc", options);
  await host.ok(`irm bind program ${host.programs}/oping name svc`);
  host.spawn(["oping", "--listen"]);
  await host.irmd.waitFor(/New instance \(\d+\) of oping added/);
  return host;
}

for (const load of ["requests", "notifications"]) {
  testAsRoot(
    `who sends ${load} without pause is slowed down, and others get their answers and flows`,
    async () => {
      await using host = await serving();
      const hostile = (await hostileUser(host))(load);
      await hostile.waitFor(/sending/);
      await counted(host, ({ messages }) => messages.slowed > 0);
      for (let round = 0; round < 5; round++) {
        assert.match(await host.ok("irm name list"), /svc/);
        await host.ok("oping -n svc -c 1 -i 1ms");
      }
    },
  );
}

testAsRoot(
  "who takes all connections is refused in words, and the administrator and others are served",
  async () => {
    await using host = await serving({ within: ["prlimit", "--nofile=256"] });
    const hostile = (await hostileUser(host))("hello", 300);
    await hostile.waitFor(/refused: user 65534 has \d+ connections to the IRMd.*others need some, too/);
    const { connections } = await users(host);
    assert(connections.most > 0 && connections.most <= 128, JSON.stringify(connections));
    const another = (await hostileUser(host, 65533))("hello", 10);
    await another.waitFor(/held 10/);
    await host.ok("oping -n svc -c 1 -i 1ms");
    hostile.kill("SIGKILL");
    await counted(host, ({ connections }) => connections.most <= 10);
  },
);

testAsRoot(
  "what a user does not read, and does not finish, takes no more memory than his share",
  async () => {
    await using host = await serving();
    const start = await hostileUser(host);
    const hostile = [start("unread", 200), start("silence", 200)];
    await hostile[0].waitFor(/sending/);
    await host.irmd.waitFor(/closed: a hello is longer than 4096 bytes/);
    await host.ok("oping -n svc -c 1 -i 1ms");
    const { bytes } = await users(host);
    assert(bytes.used <= 8 << 20, `${bytes.used} bytes wait`);
    for (const process of hostile) process.kill("SIGKILL");
    await counted(host, ({ bytes, connections }) => bytes.used === 0 && connections.used === 0);
  },
);

testAsRoot("flows that a user takes, or keeps others from", async (test) => {
  const config = await Deno.makeTempFile({ suffix: ".conf" });
  await Deno.writeTextFile(config, "[limits]\nflows = 300\n");
  await using host = await serving({ args: ["--config", config] });
  await Deno.remove(config);
  const start = await hostileUser(host);
  const honest = await hostileUser(host, HONEST);
  await test.step(
    "who allocates flows to himself gets as many as his share has, and others get theirs",
    async () => {
      // His program is let serve a name of its own.
      await host.ok("irm name create hostile");
      await host.ok("irm name register hostile layer ll");
      await host.ok(`irm bind program ${host.folder}/hostile-${HOSTILE}/deno name hostile user ${HOSTILE}`);
      const hostile = start("flows");
      await hostile.waitFor(/refused: user 65534 has 300 flows that were asked for, and 300 is the limit/);
      await honest("flow").waitFor(/^allocated/);
      assert.equal((await users(host)).flows.most, 300);
      hostile.kill("SIGKILL");
      await counted(host, ({ flows }) => flows.used === 0);
    },
  );
  await test.step(
    "who keeps connections to the data socket of a server and says nothing shuts nobody out",
    async () => {
      // So many that the server asks whose they are.
      await start("mute", 200).waitFor(/mute 64/);
      for (let round = 0; round < 3; round++) await host.ok("oping -n svc -c 1 -i 1ms");
    },
  );
});
