import assert from "node:assert/strict";
import { IrmdError, type OuroError } from "../../contract/errors.ts";
import { success } from "../../contract/outcome.ts";
import type { RpcHandlers } from "../../wire/local/rpc_peer.ts";
import { ControlConnection } from "./control_connection.ts";

const deaf: RpcHandlers = { request: () => {}, notification: () => {} };
const echo: RpcHandlers = { ...deaf, request: (_method, params, reply) => reply(success(params)) };

/** A listening socket in a folder of its own, and what arrives there. */
async function withSocket(body: (path: string, accept: () => Promise<Deno.UnixConn>) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/s`;
  const listener = Deno.listen({ transport: "unix", path });
  try {
    await body(path, () => listener.accept());
  } finally {
    listener.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("requests are answered over a socket, many at once", async () => {
  await withSocket(async (path, accept) => {
    const ended = Promise.withResolvers<OuroError>();
    const server = accept().then((conn) => new ControlConnection(conn, echo, ended.resolve));
    const client = await ControlConnection.connect([path], deaf, () => {});
    const numbers = Array.from({ length: 500 }, (_, index) => index);
    assert.deepEqual(await Promise.all(numbers.map((number) => client.call("echo", number))), numbers);
    await client.finish();
    assert(await ended.promise instanceof IrmdError);
    await assert.rejects(client.call("echo", 1), IrmdError);
    await server;
  });
});

Deno.test("lines that nobody waits for keep their order, and go out alone when no other comes or the connection ends", async () => {
  await withSocket(async (path, accept) => {
    const heard: string[] = [];
    const alone = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<OuroError>();
    const server = accept().then((conn) =>
      new ControlConnection(conn, {
        ...echo,
        notification: (method) => {
          heard.push(method);
          if (method === "third") alone.resolve();
        },
      }, ended.resolve)
    );
    const client = await ControlConnection.connect([path], deaf, () => {});
    client.peer.notify("first", {}, true);
    client.peer.notify("second", {});
    client.peer.notify("third", {}, true);
    await alone.promise;
    client.peer.notify("last", {}, true);
    await client.finish();
    await ended.promise;
    await server;
    assert.deepEqual(heard, ["first", "second", "third", "last"]);
  });
});

for (
  const [what, bytes] of [["garbage", "no json\n"], ["an endless line", "x".repeat(200_000)], [
    "half a message",
    '{"js',
  ]]
) {
  Deno.test(`${what} ends the connection and nothing else`, async () => {
    await withSocket(async (path, accept) => {
      const ended = Promise.withResolvers<OuroError>();
      const client = await Deno.connect({ transport: "unix", path });
      new ControlConnection(await accept(), echo, ended.resolve);
      try {
        const data = new TextEncoder().encode(bytes);
        for (let at = 0; at < data.length;) at += await client.write(data.subarray(at));
      } catch (thrown) {
        assert(thrown instanceof Deno.errors.BrokenPipe || thrown instanceof Deno.errors.ConnectionReset);
      }
      client.close();
      assert((await ended.promise).message.length > 0);
    });
  });
}

Deno.test("an end that never reads is cut off", async () => {
  await withSocket(async (path, accept) => {
    const ended = Promise.withResolvers<OuroError>();
    const client = await Deno.connect({ transport: "unix", path });
    const server = new ControlConnection(await accept(), echo, ended.resolve);
    for (let count = 0; count < 200; count++) server.peer.notify("flood", "x".repeat(60_000));
    assert.match((await ended.promise).message, /does not read/);
    client.close();
  });
});

Deno.test("an end that never reads does not hold up the finish", async () => {
  await withSocket(async (path, accept) => {
    const ended = Promise.withResolvers<OuroError>();
    const client = await Deno.connect({ transport: "unix", path });
    const connection = new ControlConnection(await accept(), echo, ended.resolve);
    for (let index = 0; index < 30; index++) connection.peer.notify("fill", "x".repeat(30_000));
    await connection.finish(1);
    assert(await ended.promise instanceof IrmdError);
    client.close();
  });
});

Deno.test("nobody there: the error says what to do", async () => {
  await assert.rejects(ControlConnection.connect(["/nowhere/admin.sock"], deaf, () => {}), {
    name: "IrmdError",
    message: /ouro irmd/,
  });
});
