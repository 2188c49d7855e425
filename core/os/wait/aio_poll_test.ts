import assert from "node:assert/strict";
import { AioPoll } from "./aio_poll.ts";
import { openLibc } from "../c/libc.ts";
import { closeFd, netCalls } from "../c/net_calls.ts";

const EFD_NONBLOCK = 0o4000, READABLE = 1;
openLibc();
const calls = netCalls();

/** What the counter stands at, which is zero then; −1 when it was not counted up. */
function count(fd: number): number {
  const value = new BigUint64Array(new ArrayBuffer(8)), bytes = new Uint8Array(value.buffer);
  return calls.eventfd_read(fd, bytes) === 0 ? Number(value[0]) : -1;
}

/** What the counter stands at when it has been counted up, which the kernel may leave to one of its threads. */
async function counted(fd: number): Promise<number> {
  for (;;) {
    const now = count(fd);
    if (now !== -1) return now;
    await new Promise((done) => setImmediate(done));
  }
}

Deno.test("a counter is counted up once for each request, as soon as there is something", async () => {
  const [watched, counter] = [calls.eventfd(0, EFD_NONBLOCK), calls.eventfd(0, EFD_NONBLOCK)];
  const poll = AioPoll.open(watched, READABLE, counter);
  assert(poll);
  // More often than there is room for results that are not taken.
  for (let round = 0; round < 100; round++) {
    poll.submit();
    assert.equal(count(counter), -1);
    calls.eventfd_write(watched, 1n);
    assert.equal(await counted(counter), 1);
    calls.eventfd_write(watched, 1n);
    assert.equal(count(counter), -1, "without a request");
    assert.equal(count(watched), 2);
    poll.reap();
  }
  calls.eventfd_write(watched, 1n);
  poll.submit();
  assert.equal(await counted(counter), 1, "what is there already counts");
  await poll.close();
  closeFd(watched);
  closeFd(counter);
});

Deno.test("what cannot be asked for fails when it is asked", async () => {
  const poll = AioPoll.open(60_000, READABLE, 60_001);
  assert(poll);
  assert.throws(() => poll.submit(), /cannot wait for sockets: Bad file descriptor/);
  await poll.close();
});
