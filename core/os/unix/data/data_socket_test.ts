/** The data socket of a process: who gets in, and who does not. */
import assert from "node:assert/strict";
import { uid } from "../../../contract/ids.ts";
import { FlowDownError, IrmdError, NotFoundError, PermissionError } from "../../../contract/errors.ts";
import { helloFrame } from "../../../wire/local/data_frames.ts";
import { openLibc } from "../../c/libc.ts";
import { netCalls } from "../../c/net_calls.ts";
import { processPoller } from "../../wait/process_poller.ts";
import { connectData, DataListener } from "./data_socket.ts";
import { promisesOf } from "../../../kit/byte_stream.ts";
import { isThere } from "../socket_path.ts";
import { TestingTimers } from "../../../testing/timers.ts";

openLibc();
netCalls();

const TOKEN = "00112233445566778899aabbccddeeff";

type Play = (
  listener: DataListener,
  connect: () => Promise<Deno.UnixConn>,
  timers: TestingTimers,
  path: string,
) => Promise<void>;

/** Plays it with both kinds of sockets. */
function listenerTest(name: string, run: Play): void {
  Deno.test(`${name}: with descriptors of the process`, () => withListener(true, run));
  Deno.test(`${name}: with sockets of the runtime`, () => withListener(false, run));
}

async function withListener(own: boolean, run: Play): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "ouro-" });
  const path = `${folder}/data`;
  const timers = new TestingTimers();
  const listener = DataListener.open(path, timers, own);
  // The listener does not keep the process alive.
  const alive = setInterval(() => {}, 1000);
  try {
    await run(listener, () => Deno.connect({ transport: "unix", path }), timers, path);
  } finally {
    clearInterval(alive);
    listener.close();
    await processPoller().ended();
    assert.equal(timers.armed, 0);
    await Deno.remove(folder);
  }
}

/** The other end closes without a word. */
async function assertRefused(conn: Deno.UnixConn): Promise<void> {
  assert.equal(await conn.read(new Uint8Array(1)).catch(() => null), null);
  conn.close();
}

listenerTest(
  "the right token gets in, whatever the pieces, and what follows it stays in the socket",
  async (listener, connect, _timers, path) => {
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o666);
    const { connection } = listener.expect(TOKEN);
    const conn = await connect();
    const frame = new Uint8Array([...helloFrame(TOKEN), 0, 0, 0, 1, 7]);
    for (let at = 0; at < frame.length; at += 6) await conn.write(frame.subarray(at, at + 6));
    const other = promisesOf(await connection);
    const rest = new Uint8Array(100);
    let have = 0;
    while (have < 5) have += await other.read(rest.subarray(have)) ?? 100;
    assert.deepEqual([...rest.subarray(0, have)], [0, 0, 0, 1, 7]);
    conn.close();
    other.close();
  },
);

listenerTest(
  "a token is good once; unknown ones, other frames and silence are refused",
  async (listener, connect, timers) => {
    const { connection } = listener.expect(TOKEN);
    const say = async (bytes: Uint8Array) => {
      const conn = await connect();
      await conn.write(bytes);
      return conn;
    };
    await assertRefused(await say(helloFrame("ff".repeat(16))));
    await assertRefused(await say(new Uint8Array([0, 0, 0, 0])));
    const first = await say(helloFrame(TOKEN));
    (await connection).close();
    first.close();
    await assertRefused(await say(helloFrame(TOKEN)));
    // The listener has a timer of its own.
    const { armed } = timers;
    const silent = await say(helloFrame(TOKEN).subarray(0, 10));
    while (timers.armed <= armed) await new Promise((done) => setImmediate(done));
    timers.advance(1000);
    await assertRefused(silent);
  },
);

listenerTest(
  "a user who keeps connections and says nothing makes room himself, and who says hello gets in",
  async (listener, connect, timers) => {
    const silent: Deno.UnixConn[] = [];
    for (let count = 0; count < 200; count++) silent.push(await connect());
    const { connection } = listener.expect(TOKEN);
    const conn = await connect();
    await conn.write(helloFrame(TOKEN));
    (await connection).close();
    conn.close();
    assert(timers.armed <= 97, `${timers.armed} wait`);
    timers.advance(1000);
    await Promise.all(silent.map(assertRefused));
  },
);

listenerTest(
  "a user of whom too many connections said something else is closed unheard until a second is over",
  async (listener, connect, timers) => {
    const garbage = async () => {
      const conn = await connect();
      await conn.write(new Uint8Array([0, 0, 0, 0])).catch(() => 0);
      await assertRefused(conn);
    };
    // A listener of the runtime does not look whose the first 65 are.
    for (let count = 0; count < 65 + 256; count++) await garbage();
    const { connection } = listener.expect(TOKEN);
    const hello = async () => {
      const conn = await connect();
      // It is closed before it is heard, or afterwards.
      await conn.write(helloFrame(TOKEN)).catch(() => 0);
      return conn;
    };
    await assertRefused(await hello());
    timers.advance(1000);
    const conn = await hello();
    (await connection).close();
    conn.close();
  },
);

listenerTest(
  "a socket that is removed again is looked for again after 20 ms, however many flows come",
  async (listener, _connect, timers, path) => {
    const { armed } = timers;
    const { cancel } = listener.expect(TOKEN);
    assert.equal(timers.armed, armed + 1);
    await Deno.remove(path);
    for (let count = 0; count < 3; count++) listener.putBack();
    assert.equal(timers.armed, armed + 1);
    assert(!isThere(path));
    timers.advance(19);
    assert(!isThere(path));
    timers.advance(1);
    assert(isThere(path));
    timers.advance(20);
    cancel(new FlowDownError("enough"));
  },
);

listenerTest("what is cancelled, or waits when the listener closes, fails", async (listener, connect) => {
  const cancelled = listener.expect(TOKEN);
  cancelled.cancel(new FlowDownError("enough"));
  await assert.rejects(cancelled.connection, FlowDownError);
  const conn = await connect();
  await conn.write(helloFrame(TOKEN));
  await assertRefused(conn);
  const { connection } = listener.expect(TOKEN);
  listener.close();
  await assert.rejects(connection, IrmdError);
});

Deno.test("a path that cannot be used is an error that names it", () => {
  assert.throws(() => DataListener.open("/nowhere/data", new TestingTimers(), true), /\/nowhere\/data/);
});

listenerTest(
  "who can read /proc/net/unix does not learn where a data socket is",
  async (_listener, _connect, _timers, path) => {
    const names = await Deno.readTextFile("/proc/net/unix");
    assert(names.includes(path.slice(0, path.lastIndexOf("/"))), "it is listed");
    assert(!names.includes(path));
  },
);

const OWN = uid(Deno.uid() ?? 0);

listenerTest(
  "what leads to another socket, and what is none, gets no connection",
  async (_listener, _connect, timers, path) => {
    (await connectData(path, OWN)).close();
    while (timers.armed > 0) await new Promise((done) => setImmediate(done));
    const folder = path.slice(0, path.lastIndexOf("/"));
    await Deno.symlink(path, `${folder}/link`);
    await Deno.writeTextFile(`${folder}/file`, "");
    for (const name of ["link", "file"]) {
      await assert.rejects(
        connectData(`${folder}/${name}`, OWN),
        (error) => error instanceof PermissionError && /is no socket/.test(error.message),
      );
      await Deno.remove(`${folder}/${name}`);
    }
    assert.equal(timers.armed, 0, "nobody has connected");
    await assert.rejects(connectData(`${folder}/none`, OWN, () => false), NotFoundError);
  },
);

listenerTest(
  "a socket that is no data socket gets no byte, although a link has come into its place after the look",
  async (_listener, _connect, _timers, path) => {
    const folder = path.slice(0, path.lastIndexOf("/"));
    await Deno.mkdir(`${folder}/private`);
    const other = Deno.listen({ transport: "unix", path: `${folder}/private/daemon` });
    // The link to the folder stands for what is done between the look and the connection.
    await Deno.symlink(`${folder}/private`, `${folder}/flows`);
    const accepted = other.accept();
    await assert.rejects(
      connectData(`${folder}/flows/daemon`, OWN),
      (error) => error instanceof PermissionError && /is no data socket/.test(error.message),
    );
    assert.equal(await (await accepted).read(new Uint8Array(1)), null);
    (await accepted).close();
    other.close();
    await Deno.remove(`${folder}/flows`);
    await Deno.remove(`${folder}/private`, { recursive: true });
  },
);

listenerTest(
  "a socket of another user than the one that the IRMd has named gets no connection",
  async (_listener, _connect, timers, path) => {
    await assert.rejects(
      connectData(path, uid(OWN + 1)),
      (error) => error instanceof PermissionError && /must be of user/.test(error.message),
    );
    assert.equal(timers.armed, 0, "nobody has connected");
    (await connectData(path, undefined)).close();
    while (timers.armed > 0) await new Promise((done) => setImmediate(done));
  },
);

listenerTest(
  "a socket that was removed, its folder too, is put back for the next connection",
  async (listener, _connect, timers, path) => {
    const folder = path.slice(0, path.lastIndexOf("/"));
    await Deno.remove(path);
    await Deno.remove(folder);
    const { connection } = listener.expect(TOKEN);
    const connecting = connectData(path, undefined);
    await Deno.mkdir(folder);
    timers.advance(250);
    const conn = promisesOf(await connecting);
    await conn.write(helloFrame(TOKEN));
    (await connection).close();
    conn.close();
  },
);

listenerTest(
  "nobody waits for a socket that was removed when the flow is down",
  async (_listener, _connect, _timers, path) => {
    await Deno.remove(path);
    await assert.rejects(connectData(path, undefined, () => false), NotFoundError);
  },
);
