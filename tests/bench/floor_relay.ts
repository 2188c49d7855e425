/**
 * A bare relay between two Unix streams: parses frames and forwards them, both ways, no protocol. `LISTEN NEXT`: listens at
 * the first path and connects to the second one.
 *
 * @module
 */
const CHUNK = 64 * 1024;

/** Forwards every frame of `from` to `to`; what arrives while a write is under way goes out together. */
async function pump(from: Deno.UnixConn, to: Deno.UnixConn): Promise<void> {
  const input = new Uint8Array(2 * CHUNK);
  const view = new DataView(input.buffer);
  const buffers = [new Uint8Array(2 * CHUNK), new Uint8Array(2 * CHUNK)];
  let which = 0, have = 0, writing: Promise<void> | undefined;
  const writeAll = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
  };
  for (let count; (count = await from.read(input.subarray(have))) !== null;) {
    have += count;
    const output = buffers[which];
    let at = 0;
    while (have - at >= 4) {
      const end = at + 4 + view.getUint32(at, true);
      if (have < end) break;
      output.set(input.subarray(at, end), at);
      at = end;
    }
    await writing;
    writing = writeAll(output.subarray(0, at));
    which ^= 1;
    input.copyWithin(0, at, have);
    have -= at;
  }
  await writing;
  to.closeWrite();
}

const [path, next] = Deno.args;
const listener = Deno.listen({ transport: "unix", path });
console.log(JSON.stringify({ pid: Deno.pid }));
const before = await listener.accept();
const after = await Deno.connect({ transport: "unix", path: next });
await Promise.all([pump(before, after), pump(after, before)]);
