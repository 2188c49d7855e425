/** Streams over descriptors, against a connection of the runtime at the other end. @module */
import assert from "node:assert/strict";
import { openLibc } from "../../c/libc.ts";
import { netCalls } from "../../c/net_calls.ts";
import { promisesOf } from "../../../kit/byte_stream.ts";
import { connectStream } from "./own_descriptors.ts";
import { FdStream } from "./fd_stream.ts";
import { processPoller } from "../../wait/process_poller.ts";

openLibc();
netCalls();

async function connected(run: (stream: FdStream, other: Deno.UnixConn) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "ouro-" });
  const listener = Deno.listen({ transport: "unix", path: `${folder}/s` });
  const [{ stream, bound }, other] = await Promise.all([
    connectStream(listener.addr.path, true),
    listener.accept(),
  ]);
  assert.equal(bound, listener.addr.path);
  assert(stream instanceof FdStream);
  try {
    await run(stream, other);
  } finally {
    stream.close();
    try {
      other.close();
    } catch (thrown) {
      assert(thrown instanceof Deno.errors.BadResource, "the test has closed it");
    }
    listener.close();
    await processPoller().ended();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("bytes go both ways, at once where they can, later where they cannot", () =>
  connected(async (stream, other) => {
    const here = promisesOf(stream);
    const into = new Uint8Array(10);
    assert.equal(stream.write(new Uint8Array([1, 2, 3])), 3);
    assert.equal(await other.read(into), 3);
    const reading = here.read(into);
    await other.write(new Uint8Array([4, 5]));
    assert.equal(await reading, 2);
    assert.deepEqual([...into.subarray(0, 2)], [4, 5]);
  }));

Deno.test("what the other end does not read waits, and goes on when it does", () =>
  connected(async (stream, other) => {
    const wrote = Promise.withResolvers<number>();
    stream.open({ arrived() {}, readFailed() {}, wrote: wrote.resolve, writeFailed: wrote.reject });
    let sent = 0;
    for (let count = 1; count > 0; sent += count) count = stream.write(new Uint8Array(50_000));
    assert(sent > 50_000);
    const into = new Uint8Array(1 << 20);
    let read = 0;
    while (read < sent) read += await other.read(into) ?? assert.fail("the end");
    assert(await wrote.promise > 0);
  }));

Deno.test("the end is told after all that came before it; writing fails then", () =>
  connected(async (stream, other) => {
    const here = promisesOf(stream);
    await other.write(new Uint8Array(7));
    other.close();
    const into = new Uint8Array(5);
    assert.deepEqual([await here.read(into), await here.read(into), await here.read(into)], [5, 2, null]);
    await assert.rejects(here.write(into), /cannot write to a data socket: Broken pipe/);
  }));

Deno.test("a stream that is closed in its own call tells nothing more", () =>
  connected(async (stream, other) => {
    const arrived = Promise.withResolvers<void>();
    let calls = 0;
    stream.open({
      arrived() {
        calls++;
        stream.close();
        arrived.resolve();
      },
      readFailed: () => calls++,
      wrote: () => calls++,
      writeFailed: () => calls++,
    });
    assert.equal(stream.read(new Uint8Array(1)), undefined);
    await other.write(new Uint8Array(100));
    await arrived.promise;
    await other.write(new Uint8Array(1)).catch(() => {});
    await new Promise((done) => setTimeout(done, 5));
    assert.equal(calls, 1);
  }));

Deno.test("who does not read is not woken for what has come", () =>
  connected(async (stream, other) => {
    const here = promisesOf(stream);
    await other.write(new Uint8Array(1));
    assert.equal(await here.read(new Uint8Array(9)), 1);
    const reading = here.read(new Uint8Array(1));
    await other.write(new Uint8Array(3));
    assert.equal(await reading, 1);
    // Two bytes are left, and nobody reads them: the poller forgets the descriptor.
    for (let turn = 0; processPoller().size > 0; turn++) {
      assert(turn < 1000, "it is woken for ever");
      await new Promise((done) => setTimeout(done, 1));
    }
    assert.equal(await here.read(new Uint8Array(9)), 2);
  }));
