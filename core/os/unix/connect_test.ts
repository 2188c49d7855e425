/** Tests of connecting to Unix sockets. @module */
import assert from "node:assert/strict";
import { connectUnix } from "./connect.ts";

Deno.test("who finds the queue of a socket full gets in as soon as there is room", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/s`;
  const listener = Deno.listen({ transport: "unix", path });
  const inQueue: Deno.UnixConn[] = [];
  try {
    await assert.rejects(async () => {
      for (;;) inQueue.push(await Deno.connect({ transport: "unix", path }));
    }, Deno.errors.WouldBlock);
    const late = connectUnix(path);
    (await listener.accept()).close();
    (await late).close();
    listener.close();
    await assert.rejects(connectUnix(path), Deno.errors.NotFound);
  } finally {
    for (const conn of inQueue) conn.close();
    await Deno.remove(folder, { recursive: true });
  }
});
