/** Connections that are descriptors of this process, against one of the runtime at the other end. @module */
import assert from "node:assert/strict";
import { CancelledError } from "../../contract/errors.ts";
import { openLibc } from "../c/libc.ts";
import { netCalls } from "../c/net_calls.ts";
import { processPoller } from "../wait/process_poller.ts";
import { unixAddress, unixSocket } from "./data/unix_address.ts";
import { type ControlStream, ownConn } from "./own_conn.ts";

openLibc();
netCalls();

async function connected(run: (conn: ControlStream, other: Deno.UnixConn) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "ouro-" });
  using listener = Deno.listen({ transport: "unix", path: `${folder}/s` });
  const fd = unixSocket();
  const address = unixAddress(listener.addr.path);
  assert.equal(netCalls().connect(fd, address, address.length), 0);
  const conn = ownConn(fd);
  const other = await listener.accept();
  try {
    await run(conn, other);
  } finally {
    conn.close();
    await processPoller().ended();
    assert.throws(() => Deno.readLinkSync(`/proc/self/fd/${fd}`), Deno.errors.NotFound, "it is given back");
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("bytes go both ways, and the end comes after all of them", () =>
  connected(async (conn, other) => {
    conn.unref();
    conn.ref();
    const into = new Uint8Array(9);
    const reading = conn.read(into);
    await other.write(new Uint8Array([1, 2, 3]));
    assert.equal(await reading, 3);
    assert.equal(await conn.write(new Uint8Array([4, 5])), 2);
    assert.equal(await other.read(into), 2);
    await other.write(new Uint8Array(9));
    other.close();
    assert.deepEqual([await conn.read(into), await conn.read(into)], [9, null]);
  }));

Deno.test("what is not read is written later, when there is room", () =>
  connected(async (conn, other) => {
    const many = new Uint8Array(1 << 20);
    let wrote = 0;
    const writing = (async () => {
      while (wrote < many.length) wrote += await conn.write(many.subarray(wrote));
    })();
    const into = new Uint8Array(1 << 16);
    for (let read = 0; read < many.length;) read += await other.read(into) ?? assert.fail("the end");
    await writing;
    other.close();
  }));

Deno.test("an other end that is gone is told as the runtime tells it, with the cause", () =>
  connected(async (conn, other) => {
    other.close();
    await assert.rejects(
      conn.write(new Uint8Array(1)),
      (error) => error instanceof Deno.errors.ConnectionReset && /Broken pipe/.test(String(error.cause)),
    );
  }));

Deno.test("closing it ends what is read, and closing it again does nothing", () =>
  connected(async (conn, other) => {
    const reading = conn.read(new Uint8Array(1));
    conn.close();
    conn.close();
    await assert.rejects(
      reading,
      (error) => error instanceof Deno.errors.ConnectionReset && error.cause instanceof CancelledError,
    );
    assert.equal(await other.read(new Uint8Array(1)), null);
    other.close();
  }));
