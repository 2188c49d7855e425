/**
 * A bare TCP relay, both ways: `PORT` is where it connects to; it says in a line of JSON where it listens.
 *
 * @module
 */
const HOST = "127.0.0.1", CHUNK = 64 * 1024;

async function pump(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(CHUNK);
  for (let count; (count = await from.read(buffer)) !== null;) {
    for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
  }
  await to.closeWrite();
}

async function relay(before: Deno.TcpConn, port: number): Promise<void> {
  const after = await Deno.connect({ hostname: HOST, port });
  for (const end of [before, after]) end.setNoDelay();
  await Promise.all([pump(before, after), pump(after, before)]);
  before.close();
  after.close();
}

const listener = Deno.listen({ hostname: HOST, port: 0 });
console.log(JSON.stringify({ port: listener.addr.port }));
for await (const before of listener) await relay(before, Number(Deno.args[0]));
