/**
 * The bare floor of round trips at a human pace: programs that wait in the kernel and do nothing but read and write.
 * `echo PATH`, `ping PATH COUNT MILLISECONDS`, `relay accept|connect PATH eth DEVICE`, `relay accept|connect PATH udp OWN PEER`.
 *
 * @module
 */
const { symbols: libc } = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  accept: { parameters: ["i32", "pointer", "pointer"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
  usleep: { parameters: ["u32"], result: "i32" },
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
});
const AF_UNIX = 1, AF_INET = 2, AF_PACKET = 17, STREAM = 1, DATAGRAM = 2, RAW = 3, ETHERTYPE = 0xa0fe;
const PACKET = 64, HEADER = 14;
const buffer = new Uint8Array(2048);

function check(result: number, doing: string): number {
  if (result < 0) throw new Error(`cannot ${doing}`);
  return result;
}

function unixAddress(path: string): Uint8Array<ArrayBuffer> {
  const address = new Uint8Array(110);
  address[0] = AF_UNIX;
  new TextEncoder().encodeInto(path, address.subarray(2));
  return address;
}

function accepted(path: string): number {
  const fd = check(libc.socket(AF_UNIX, STREAM, 0), "make a socket");
  check(libc.bind(fd, unixAddress(path), 110), `bind ${path}`);
  check(libc.listen(fd, 1), "listen");
  console.log(JSON.stringify({ pid: Deno.pid }));
  return check(libc.accept(fd, null, null), "accept");
}

function connected(path: string): number {
  const fd = check(libc.socket(AF_UNIX, STREAM, 0), "make a socket");
  check(libc.connect(fd, unixAddress(path), 110), `connect to ${path}`);
  return fd;
}

function udpName(text: string): Uint8Array<ArrayBuffer> {
  const [ip, port] = text.split(":");
  const name = new Uint8Array(16);
  name.set([AF_INET, 0, Number(port) >> 8, Number(port) & 255, ...ip.split(".").map(Number)]);
  return name;
}

function network([family, ...where]: readonly string[]): number {
  if (family === "udp") {
    const fd = check(libc.socket(AF_INET, DATAGRAM, 0), "make a socket");
    check(libc.bind(fd, udpName(where[0]), 16), `bind ${where[0]}`);
    check(libc.connect(fd, udpName(where[1]), 16), `connect to ${where[1]}`);
    return fd;
  }
  const protocol = ((ETHERTYPE & 255) << 8) | (ETHERTYPE >> 8);
  const fd = check(libc.socket(AF_PACKET, RAW, protocol), "make a raw socket");
  const address = new Uint8Array(20), view = new DataView(address.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, ETHERTYPE);
  view.setInt32(4, libc.if_nametoindex(new TextEncoder().encode(`${where[0]}\0`)), true);
  check(libc.bind(fd, address, 20), `bind ${where[0]}`);
  return fd;
}

const read = (fd: number, into: Uint8Array<ArrayBuffer>) => Number(libc.read(fd, into, BigInt(into.length)));
const write = (fd: number, bytes: Uint8Array<ArrayBuffer>) => libc.write(fd, bytes, BigInt(bytes.length));

function echo(path: string): void {
  const fd = accepted(path);
  for (let count; (count = read(fd, buffer)) > 0;) write(fd, buffer.subarray(0, count));
}

function relay(how: string, path: string, where: readonly string[]): void {
  const outside = network(where);
  const inside = how === "accept" ? accepted(path) : connected(path);
  if (how !== "accept") console.log(JSON.stringify({ pid: Deno.pid }));
  const header = where[0] === "eth" ? HEADER : 0;
  const frame = new Uint8Array(header + buffer.length);
  if (header > 0) {
    frame.fill(255, 0, 6);
    new DataView(frame.buffer).setUint16(12, ETHERTYPE);
  }
  const watched = new Int32Array([inside, 1, outside, 1]), events = new Uint8Array(watched.buffer);
  for (;;) {
    watched[1] = watched[3] = 1;
    libc.poll(events, 2n, -1);
    if (watched[1] >> 16) {
      const count = read(inside, buffer);
      if (count <= 0) {
        // One byte tells the other relay that it is over; a few times, since some may be lost.
        for (let times = 0; times < 10; times++) write(outside, frame.subarray(0, header + 1));
        return;
      }
      frame.set(buffer.subarray(0, count), header);
      write(outside, frame.subarray(0, header + count));
    }
    if (watched[3] >> 16) {
      const count = read(outside, frame);
      if (count === header + 1) return;
      if (count > header) write(inside, frame.slice(header, header + PACKET));
      // The header is written anew: what came has overwritten it.
      if (header > 0) {
        frame.fill(255, 0, 6);
        new DataView(frame.buffer).setUint16(12, ETHERTYPE);
      }
    }
  }
}

function ping(path: string, count: number, milliseconds: number): void {
  const fd = connected(path);
  const packet = new Uint8Array(PACKET), times: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    write(fd, packet);
    read(fd, buffer);
    times.push((performance.now() - start) * 1000);
    if (milliseconds > 0) libc.usleep(milliseconds * 1000);
  }
  times.sort((one, other) => one - other);
  const sum = times.reduce((all, one) => all + one);
  console.log(
    JSON.stringify({
      median: times[count >> 1],
      average: sum / count,
      p99: times[Math.floor(count * 0.99)],
    }),
  );
}

const [role, ...rest] = Deno.args;
if (role === "echo") echo(rest[0]);
else if (role === "relay") relay(rest[0], rest[1], rest.slice(2));
else ping(rest[0], Number(rest[1]), Number(rest[2]));
