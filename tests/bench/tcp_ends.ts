/**
 * Both ends of TCP streams whose middle is measured: `serve`, then `send PORT BYTES` or `open PORT COUNT`. Each prints lines of JSON.
 *
 * @module
 */
const CHUNK = 256 * 1024;
const HOST = "127.0.0.1";

/** Echoes the first byte of each connection; then counts what comes, and says how much it was when the connection has ended. */
async function serve(): Promise<void> {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  console.log(JSON.stringify({ pid: Deno.pid, port: listener.addr.port }));
  for await (const connection of listener) take(connection);
}

async function take(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(CHUNK);
  let bytes = 0, start = 0;
  for (let count; (count = await connection.read(buffer)) !== null;) {
    if (bytes === 0) {
      start = performance.now();
      await connection.write(buffer.subarray(0, 1));
    }
    bytes += count;
  }
  const ms = performance.now() - start;
  connection.close();
  if (bytes > 1) {
    console.log(JSON.stringify({ bytes, ms }));
    Deno.exit();
  }
}

async function send(port: number, bytes: number): Promise<void> {
  const connection = await begun(port);
  const chunk = new Uint8Array(CHUNK);
  for (let sent = 0; sent < bytes;) sent += await connection.write(chunk);
  await connection.closeWrite();
  await connection.read(chunk);
}

/** Has so many connections at once, each used in both directions. */
async function open(port: number, count: number): Promise<void> {
  const start = performance.now();
  const connections = await Promise.all(Array.from({ length: count }, () => begun(port)));
  console.log(JSON.stringify({ opened: connections.length, ms: performance.now() - start }));
  for (const connection of connections) connection.close();
}

async function begun(port: number): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: HOST, port });
  const byte = new Uint8Array(1);
  await connection.write(byte);
  if (await connection.read(byte) !== 1) throw new Error("a connection has ended at its beginning");
  return connection;
}

const [role, a, b] = Deno.args;
if (role === "serve") await serve();
else if (role === "send") await send(Number(a), Number(b));
else await open(Number(a), Number(b));
