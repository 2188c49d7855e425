/** A user who takes what he can get only takes from himself. @module */
import assert from "node:assert/strict";
import { unless, whyNoRoot } from "../../core/testing/left_out.ts";
import { hostileUser } from "../support/hostile/hostile_user.ts";
import type { Host } from "../support/host.ts";
import { localHost } from "../support/local_layer.ts";

/** Only root can start programs of another user. */
const testAsRoot = unless(whyNoRoot);

interface Users {
  readonly connections: { used: number; most: number; each: number };
  readonly bytes: { used: number };
  readonly flows: { used: number; refused: number };
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
