import assert from "node:assert/strict";
import { ExistsError, InternalError } from "../../contract/errors.ts";
import { openLibc } from "../c/libc.ts";
import { AcceptedPeers } from "./peer_credentials.ts";

openLibc();

/** Connects `count` times to the path, says its pid on each, and keeps them open in a shuffled way until stdin ends. */
const CLIENT = `
const [path, count, keep] = [Deno.args[0], Number(Deno.args[1]), Number(Deno.args[2])];
const open = [];
for (let index = 0; index < count; index++) {
  const conn = await Deno.connect({ transport: "unix", path });
  await conn.write(new TextEncoder().encode(String(Deno.pid)));
  open.push(conn);
  if (open.length > keep) open.splice((index * 7919) % open.length, 1)[0].close();
}
await Deno.stdin.read(new Uint8Array(1));
`;

interface Accepted {
  readonly conn: Deno.UnixConn;
  readonly claimed: Promise<number>;
  readonly seen: number;
}

/** The pid that a client says is its own. */
async function claim(conn: Deno.UnixConn): Promise<number> {
  const bytes = new Uint8Array(16);
  const count = await conn.read(bytes);
  return Number(new TextDecoder().decode(bytes.subarray(0, count ?? 0)));
}

async function inFolder(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(`${folder}/s.sock`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("hundreds of connections of many processes, opened and closed in any order, are told apart", () =>
  inFolder(async (path) => {
    const PROCESSES = 4, EACH = 150;
    const listener = Deno.listen({ transport: "unix", path });
    const peers = new AcceptedPeers(path);
    const children = Array.from({ length: PROCESSES }, (_, index) =>
      new Deno.Command(Deno.execPath(), {
        args: ["eval", CLIENT, path, String(EACH), String(index * 15)],
        stdin: "piped",
      }).spawn());
    const pids = new Set(children.map((child) => child.pid));
    const all: Accepted[] = [], open: Accepted[] = [], files: Deno.FsFile[] = [];
    for (let count = 0; count < PROCESSES * EACH; count++) {
      const conn = await listener.accept();
      const seen = peers.look().pid;
      const accepted = { conn, seen, claimed: claim(conn) };
      assert(pids.has(seen));
      all.push(accepted);
      open.push(accepted);
      // Unrelated descriptors come and go; some connections are closed while a read on them is pending.
      if (count % 5 === 0) files.push(await Deno.open("/dev/null"));
      if (count % 11 === 0) files.splice(count % files.length, 1)[0].close();
      if (open.length > 40) {
        const [victim] = open.splice((count * 104729) % open.length, 1);
        await victim.claimed;
        const lingering = victim.conn.read(new Uint8Array(1)).catch(() => null);
        victim.conn.close();
        if (count % 3 === 0) await lingering;
      }
    }
    for (const { seen, claimed } of all) assert.equal(await claimed, seen);
    const perProcess = [...pids].map((pid) => all.filter(({ seen }) => seen === pid).length);
    assert.deepEqual(perProcess, Array(PROCESSES).fill(EACH));
    for (const { conn } of open) conn.close();
    for (const file of files) file.close();
    for (const child of children) {
      await child.stdin.close();
      await child.status;
    }
    peers.close();
    listener.close();
  }));

Deno.test("a look without a new connection fails, and so does not see it as the next one", () =>
  inFolder(async (path) => {
    const listener = Deno.listen({ transport: "unix", path });
    const peers = new AcceptedPeers(path);
    assert.throws(() => peers.look(), InternalError);
    const clients = [await Deno.connect({ transport: "unix", path })];
    const first = await listener.accept();
    assert.equal(peers.look().pid, Deno.pid);
    assert.throws(() => peers.look(), InternalError);
    clients.push(await Deno.connect({ transport: "unix", path }));
    const second = await listener.accept();
    assert.equal(peers.look().pid, Deno.pid);
    for (const conn of [first, second, ...clients]) conn.close();
    peers.close();
    listener.close();
  }));

Deno.test("connections of an earlier listener at the path count as known", () =>
  inFolder(async (path) => {
    const first = Deno.listen({ transport: "unix", path });
    const client = await Deno.connect({ transport: "unix", path });
    const conn = await first.accept();
    first.close();
    const second = Deno.listen({ transport: "unix", path });
    const peers = new AcceptedPeers(path);
    assert.throws(() => peers.look(), InternalError);
    assert.throws(() => new AcceptedPeers(path), ExistsError);
    peers.close();
    new AcceptedPeers(path).close();
    second.close();
    conn.close();
    client.close();
  }));
