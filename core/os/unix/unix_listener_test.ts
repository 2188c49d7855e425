import assert from "node:assert/strict";
import { ExistsError, InvalidError, NotFoundError, type OuroError } from "../../contract/errors.ts";
import { pid } from "../../contract/ids.ts";
import { liveSince } from "../process/processes.ts";
import { openLibc } from "../c/libc.ts";
import { netCalls } from "../c/net_calls.ts";
import type { PeerCredentials } from "./peer_credentials.ts";
import {
  listensIn,
  UnixListener,
  type UnixListenerHandlers,
  type UnixListenerOptions,
} from "./unix_listener.ts";

openLibc();
netCalls();

const modeOf = (path: string): number => (Deno.lstatSync(path).mode ?? 0) & 0o7777;

/** Runs `use` with a path in a folder of its own. */
async function withPath(use: (path: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(`${folder}/s.sock`, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ignore: UnixListenerHandlers = {
  accept: (conn) => conn.close(),
  fault: (error) => assert.fail(error.message),
};

async function listening(
  options: UnixListenerOptions,
  use: (listener: UnixListener) => void | Promise<void>,
  handlers = ignore,
): Promise<void> {
  const listener = await UnixListener.listen(options, handlers);
  try {
    await use(listener);
  } finally {
    listener.close();
  }
}

Deno.test("each connection comes with who made it", () =>
  withPath(async (path) => {
    const { promise, resolve } = Promise.withResolvers<PeerCredentials>();
    await listening({ path, mode: 0o600 }, async () => {
      const client = await Deno.connect({ transport: "unix", path });
      const peer = await promise;
      const started = liveSince(pid(Deno.pid));
      assert(started);
      assert.deepEqual(peer, { pid: Deno.pid, uid: Deno.uid(), gid: Deno.gid(), started });
      client.close();
    }, { ...ignore, accept: (conn, credentials) => (conn.close(), resolve(credentials)) });
  }));

Deno.test("the file has its mode, whatever the umask, and is removed in the end", () =>
  withPath(async (path) => {
    const before = Deno.umask(0o077);
    try {
      await listening({ path, mode: 0o666 }, () => assert.equal(modeOf(path), 0o666));
      assert.equal(Deno.umask(), 0o077);
    } finally {
      Deno.umask(before);
    }
    assert.throws(() => Deno.lstatSync(path), Deno.errors.NotFound);
    await listening({ path, mode: 0o660, group: "root" }, (listener) => {
      if (listener.groupFault === undefined) assert.equal(Deno.lstatSync(path).gid, 0);
      assert.equal(modeOf(path), listener.groupFault ? 0o600 : 0o660);
    });
  }));

Deno.test("a group that is not there gets no rights", () =>
  withPath(async (path) => {
    await listening({ path, mode: 0o660, group: "no-such-group" }, (listener) => {
      assert(listener.groupFault instanceof NotFoundError);
      assert.equal(modeOf(path), 0o600);
    });
  }));

Deno.test("what a dead predecessor left is removed; the living and other files are not", () =>
  withPath(async (path) => {
    const dead = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `Deno.listen({ transport: "unix", path: Deno.args[0] }); Deno.kill(Deno.pid, "SIGKILL")`,
        path,
      ],
      stderr: "null",
    });
    await dead.output();
    assert((await Deno.lstat(path)).isSocket);
    await listening({ path, mode: 0o600 }, async () => {
      await assert.rejects(UnixListener.listen({ path, mode: 0o600 }, ignore), ExistsError);
      (await Deno.connect({ transport: "unix", path })).close();
    });
    await Deno.writeTextFile(path, "precious");
    await assert.rejects(
      UnixListener.listen({ path, mode: 0o600 }, ignore),
      /is in the way and is no socket/,
    );
    assert.equal(await Deno.readTextFile(path), "precious");
  }));

Deno.test("closing never removes the file of a successor, not even later", () =>
  withPath(async (path) => {
    const first = await UnixListener.listen({ path, mode: 0o600 }, ignore);
    await Deno.remove(path);
    const second = await UnixListener.listen({ path, mode: 0o600 }, ignore);
    first.close();
    (await Deno.connect({ transport: "unix", path })).close();
    second.close();
    const third = await UnixListener.listen({ path, mode: 0o600 }, ignore);
    for (let index = 0; index < 3; index++) (await Deno.connect({ transport: "unix", path })).close();
    third.close();
  }));

Deno.test("a socket whose file was removed listens again, and is known by its folder meanwhile", () =>
  withPath(async (path, folder) => {
    assert.equal(await listensIn(folder), false);
    const first = await UnixListener.listen({ path, mode: 0o600 }, ignore);
    assert.equal(await first.putBack(), first);
    await Deno.remove(path);
    assert.equal(await listensIn(folder), true);
    assert.equal(await listensIn(folder.slice(0, folder.lastIndexOf("/"))), false);
    const second = await first.putBack();
    assert.notEqual(second, first);
    first.close();
    (await Deno.connect({ transport: "unix", path })).close();
    second.close();
    assert.throws(() => Deno.lstatSync(path), Deno.errors.NotFound);
  }));

Deno.test("a path that is too long or in no folder is refused in words", () =>
  withPath(async (path, folder) => {
    const long = `${folder}/${"x".repeat(107 - folder.length)}`;
    await assert.rejects(
      UnixListener.listen({ path: long, mode: 0o600 }, ignore),
      (error) => error instanceof InvalidError && /at most 107 bytes; this one has 108/.test(error.message),
    );
    await listening({ path: long.slice(0, -1), mode: 0o600 }, () => {});
    await assert.rejects(
      UnixListener.listen({ path: path + ".d/s", mode: 0o600 }, ignore),
      (error) => error instanceof NotFoundError && /cannot listen at/.test(error.message),
    );
  }));

Deno.test("a handler that fails costs its connection only", () =>
  withPath(async (path) => {
    const faults: OuroError[] = [];
    let calls = 0;
    const handlers: UnixListenerHandlers = {
      accept: (conn) => {
        calls++;
        if (calls === 1) throw new InvalidError("no");
        conn.close();
      },
      fault: (error) => faults.push(error),
    };
    await listening({ path, mode: 0o600 }, async () => {
      for (let index = 0; index < 2; index++) {
        using client = await Deno.connect({ transport: "unix", path });
        assert.equal(await client.read(new Uint8Array(1)), null);
      }
    }, handlers);
    assert.deepEqual(faults.map((fault) => fault.message), ["no"]);
    assert.equal(calls, 2);
  }));

Deno.test("who is turned away makes the listener empty the queue: his connections are told why, and served is who may be", () =>
  withPath(async (path) => {
    const words = new TextEncoder().encode("too many");
    let told = 0, accepted = 0;
    const handlers: UnixListenerHandlers = {
      // The first one is turned away, and so are those that wait behind it, but for the last.
      accept: (conn) => (conn.close(), ++accepted > 1),
      refusal: () => told < 20 ? (told++, words) : undefined,
      fault: (error) => assert.fail(error.message),
    };
    await listening({ path, mode: 0o600 }, async () => {
      const read = async (conn: Deno.UnixConn) => {
        const buffer = new Uint8Array(20);
        return new TextDecoder().decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
      };
      const conns: Deno.UnixConn[] = [];
      for (let count = 0; count < 22; count++) conns.push(await Deno.connect({ transport: "unix", path }));
      const heard = await Promise.all(conns.map(read));
      for (const conn of conns) conn.close();
      assert.deepEqual(heard, ["", ...Array(20).fill("too many"), ""]);
      assert.equal(accepted, 2);
    }, handlers);
  }));
