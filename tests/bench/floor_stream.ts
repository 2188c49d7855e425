/**
 * The bare floor of a flow on one host: frames of a length and its bytes over one Unix stream, no protocol.
 * `serve PATH`, then `send PATH SIZE COUNT` or `ping PATH COUNT`; the server, or the pinger, prints one line of JSON.
 *
 * @module
 */
const CHUNK = 64 * 1024;

async function serve(path: string): Promise<void> {
  const listener = Deno.listen({ transport: "unix", path });
  console.log(JSON.stringify({ pid: Deno.pid }));
  const conn = await listener.accept();
  const buffer = new Uint8Array(2 * CHUNK);
  const view = new DataView(buffer.buffer);
  const copy = new Uint8Array(CHUNK);
  let have = 0, packets = 0, start = 0, end = 0, echo = false;
  for (let count; (count = await conn.read(buffer.subarray(have))) !== null;) {
    if (packets === 0) start = performance.now();
    have += count;
    let at = 0;
    while (have - at >= 4) {
      const length = view.getUint32(at, true);
      if (have - at < 4 + length) break;
      if (length === 0) echo = true;
      copy.set(buffer.subarray(at + 4, at + 4 + length));
      packets++;
      at += 4 + length;
    }
    if (echo) await conn.write(buffer.subarray(0, at));
    buffer.copyWithin(0, at, have);
    have -= at;
    end = performance.now();
  }
  if (!echo) console.log(JSON.stringify({ packets, ms: end - start }));
}

async function send(path: string, size: number, count: number): Promise<void> {
  const conn = await Deno.connect({ transport: "unix", path });
  const writeAll = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  };
  const buffers = [new Uint8Array(CHUNK), new Uint8Array(CHUNK)];
  const views = buffers.map((bytes) => new DataView(bytes.buffer));
  const payload = new Uint8Array(size);
  let which = 0, at = 0, writing: Promise<void> | undefined;
  for (let i = 0; i < count; i++) {
    if (at + 4 + size > CHUNK) {
      await writing;
      writing = writeAll(buffers[which].subarray(0, at));
      which ^= 1;
      at = 0;
    }
    views[which].setUint32(at, size, true);
    buffers[which].set(payload, at + 4);
    at += 4 + size;
  }
  await writing;
  await writeAll(buffers[which].subarray(0, at));
  conn.close();
}

async function ping(path: string, count: number): Promise<void> {
  const conn = await Deno.connect({ transport: "unix", path });
  const frame = new Uint8Array(4 + 64);
  const buffer = new Uint8Array(CHUNK);
  const times: number[] = [];
  await conn.write(new Uint8Array(4));
  await conn.read(buffer);
  new DataView(frame.buffer).setUint32(0, 64, true);
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await conn.write(frame);
    await conn.read(buffer);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ median: times[count >> 1] * 1000 }));
  conn.close();
}

const [role, path, a, b] = Deno.args;
if (role === "serve") await serve(path);
else if (role === "send") await send(path, Number(a), Number(b));
else await ping(path, Number(a));
