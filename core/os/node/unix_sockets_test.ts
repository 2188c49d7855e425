/** Tests of the runtime's functions that are made of Node's. @module */
import assert from "node:assert/strict";
import { errors } from "./errors.ts";
import { Deno as node } from "./runtime.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (of: Uint8Array) => new TextDecoder().decode(of);

Deno.test("a connection made of Node's sockets carries bytes, and what one end has closed ends at the other", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/socket`;
  const listener = node.listen({ path });
  node.chmodSync(path, 0o666);
  node.renameSync(path, `${path}2`);
  assert.equal(node.lstatSync(`${path}2`).isSocket, true);
  const accepting = listener.accept();
  const client = await node.connect({ path: `${path}2` });
  const server = await accepting;
  const into = new Uint8Array(3);
  const reading = server.read(into);
  assert.equal(await client.write(bytes("hello")), 5);
  assert.equal(await reading, 3);
  assert.equal(text(into), "hel");
  assert.equal(await server.read(into), 2);
  assert.equal(text(into.subarray(0, 2)), "lo");

  const many = new Uint8Array(1_000_000).map((_, index) => index);
  const written = client.write(many);
  const back: number[] = [];
  for (const part = new Uint8Array(65_536); back.length < many.length;) {
    back.push(...part.subarray(0, await server.read(part) ?? 0));
  }
  assert.equal(await written, many.length);
  assert.deepEqual(Uint8Array.from(back), many);

  const last = server.read(into);
  client.close();
  assert.equal(await last, null);
  server.close();
  await assert.rejects(server.read(into), errors.ConnectionReset);
  const none = assert.rejects(listener.accept(), /closed/);
  listener.close();
  await none;
  await Deno.remove(folder, { recursive: true });
});

Deno.test("errors of Node's functions come in the runtime's classes", async () => {
  await assert.rejects(node.connect({ path: "/nowhere/socket" }), errors.NotFound);
  assert.throws(() => node.statSync("/nowhere"), errors.NotFound);
  assert.throws(() => node.mkdirSync("/proc"), errors.AlreadyExists);
  assert.throws(() => node.readTextFileSync("/proc"), errors.IsADirectory);
  assert.throws(() => node.dlopen(), errors.NotSupported);
});
