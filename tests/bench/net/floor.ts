/**
 * The bare floor of networks: the same batched system calls as an IPCP makes, and no protocol. Prints one line of JSON.
 * `eth serve DEV`, `eth send DEV SIZE COUNT`, `eth echo DEV`, `eth ping DEV COUNT`, `udp serve IP:PORT`, `udp send IP:PORT SIZE COUNT`.
 *
 * @module
 */
const BATCH = 64, SLOT = 2048, ETHERTYPE = 0xa0ff;
const AF_INET = 2, AF_PACKET = 17, SOCK_DGRAM = 2, SOCK_RAW = 3;
const SOL_SOCKET = 1, SO_RCVBUFFORCE = 33, SOL_PACKET = 263, PACKET_QDISC_BYPASS = 20;
const MSG_DONTWAIT = 0x40, POLLIN = 1;

const { symbols: libc } = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  sendmmsg: { parameters: ["i32", "pointer", "u32", "i32"], result: "i32" },
  recvmmsg: { parameters: ["i32", "pointer", "u32", "i32", "pointer"], result: "i32" },
  poll: { parameters: ["pointer", "u64", "i32"], result: "i32", nonblocking: true },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
});
const [family, role, where, a, b] = Deno.args;
/** Length of the packet that says that it is over. */
const END = family === "eth" ? 15 : 1;

const int32 = (value: number) => new Uint8Array(new Int32Array([value]).buffer);

function open(): number {
  if (family === "eth") {
    const index = libc.if_nametoindex(new TextEncoder().encode(`${where}\0`));
    const address = new Uint8Array(20), view = new DataView(address.buffer);
    view.setUint16(0, AF_PACKET, true);
    view.setUint16(2, ETHERTYPE);
    view.setInt32(4, index, true);
    const fd = libc.socket(AF_PACKET, SOCK_RAW, ((ETHERTYPE & 255) << 8) | (ETHERTYPE >> 8));
    if (fd < 0 || index === 0 || libc.bind(fd, address, 20) < 0) throw new Error(`cannot open ${where}`);
    libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, int32(8 << 20), 4);
    libc.setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, int32(1), 4);
    return fd;
  }
  const [ip, port] = where.split(":");
  const address = new Uint8Array([
    AF_INET,
    0,
    Number(port) >> 8,
    Number(port) & 255,
    ...ip.split(".").map(Number),
  ]);
  const fd = libc.socket(AF_INET, SOCK_DGRAM, 0);
  libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, int32(8 << 20), 4);
  const name = new Uint8Array(16);
  name.set(address);
  if ((role === "serve" ? libc.bind : libc.connect)(fd, name, 16) < 0) throw new Error(`cannot use ${where}`);
  return fd;
}

/** A frame to everybody, or a datagram. */
function packet(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  if (family === "eth") {
    bytes.fill(255, 0, 6);
    new DataView(bytes.buffer).setUint16(12, ETHERTYPE);
  }
  return bytes;
}

/** What the kernel is given: a pointer does not keep it. */
const held: Uint8Array[] = [];

/** `BATCH` message headers, vectors and slots in one block. */
function ring(length: number) {
  const bytes = new Uint8Array(BATCH * (64 + 16 + SLOT)), view = new DataView(bytes.buffer);
  held.push(bytes);
  const pointer = Deno.UnsafePointer.of(bytes);
  const base = Deno.UnsafePointer.value(pointer);
  for (let slot = 0; slot < BATCH; slot++) {
    const vector = BATCH * 64 + slot * 16, data = BATCH * 80 + slot * SLOT;
    view.setBigUint64(slot * 64 + 16, base + BigInt(vector), true);
    view.setBigUint64(slot * 64 + 24, 1n, true);
    view.setBigUint64(vector, base + BigInt(data), true);
    view.setBigUint64(vector + 8, BigInt(length), true);
    bytes.set(packet(Math.min(length, 64)), data);
  }
  return { pointer, view };
}

const fd = open();
const watched = new Uint8Array([...int32(fd), POLLIN, 0, 0, 0]);
held.push(watched);
const poll = () => libc.poll(Deno.UnsafePointer.of(watched), 1n, 1000);

async function receive(buffer: Uint8Array<ArrayBuffer>): Promise<number> {
  for (;;) {
    const count = Number(libc.recv(fd, buffer, BigInt(buffer.length), MSG_DONTWAIT));
    if (count >= 0) return count;
    await poll();
  }
}

function sayEnd(): void {
  for (let times = 0; times < 10; times++) libc.send(fd, packet(END), BigInt(END), 0);
}

async function serve(): Promise<void> {
  console.log(JSON.stringify({ pid: Deno.pid }));
  const { pointer, view } = ring(SLOT);
  let packets = 0, start = 0, end = 0;
  for (let over = false; !over;) {
    const count = libc.recvmmsg(fd, pointer, BATCH, MSG_DONTWAIT, null);
    if (count <= 0) {
      await poll();
      continue;
    }
    if (packets === 0) start = performance.now();
    for (let slot = 0; slot < count; slot++) {
      if (view.getUint32(slot * 64 + 56, true) === END) over = true;
      else packets++;
    }
    if (!over) end = performance.now();
  }
  console.log(JSON.stringify({ packets, ms: end - start }));
}

async function send(size: number, count: number): Promise<void> {
  const { pointer } = ring(size);
  for (let sent = 0; sent < count;) sent += Math.max(0, libc.sendmmsg(fd, pointer, BATCH, 0));
  await new Promise((done) => setTimeout(done, 300));
  sayEnd();
}

async function echo(): Promise<void> {
  console.log(JSON.stringify({ pid: Deno.pid }));
  const buffer = new Uint8Array(SLOT);
  for (let count; (count = await receive(buffer)) !== END;) libc.send(fd, buffer, BigInt(count), 0);
}

async function ping(count: number): Promise<void> {
  const out = packet(64), buffer = new Uint8Array(SLOT), times: number[] = [];
  for (let sent = 0; sent < count; sent++) {
    const start = performance.now();
    libc.send(fd, out, 64n, 0);
    await receive(buffer);
    times.push(performance.now() - start);
  }
  times.sort((x, y) => x - y);
  console.log(JSON.stringify({ median: times[count >> 1] * 1000 }));
  sayEnd();
}

if (role === "serve") await serve();
else if (role === "send") await send(Number(a), Number(b));
else if (role === "echo") await echo();
else await ping(Number(a));
