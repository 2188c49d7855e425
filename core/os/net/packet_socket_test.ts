import assert from "node:assert/strict";
import { ExistsError, InvalidError, NotFoundError } from "../../contract/errors.ts";
import type { EthernetPort, FrameFilter } from "../../contract/network.ts";
import { openLibc } from "../c/libc.ts";
import { netCalls } from "../c/net_calls.ts";
import { TestingNamespace, testWithNamespaces } from "../../testing/namespace.ts";
import { TestingNetworks } from "../../testing/networks.ts";
import { within } from "../../testing/within.ts";

openLibc();
netCalls();

/** An Ethertype for experiments (IEEE 802), and another. */
const TYPE = 0x88b5, OTHER_TYPE = 0x88b6;
const BROADCAST = [255, 255, 255, 255, 255, 255];

const header = (type: number) => new Uint8Array([...BROADCAST, 2, 0, 0, 0, 0, 1, type >> 8, type & 255]);
const test = testWithNamespaces(import.meta.url);

/** Milliseconds that nothing here takes, however busy the machine is. */
const LIMIT = 20_000;

/** Collects copies of frames. */
function collect(port: EthernetPort) {
  const frames: Uint8Array[] = [];
  let wanted = 0, reached = () => {};
  port.onFrame((frame) => {
    if (frames.push(frame.slice()) === wanted) reached();
  });
  const until = (count: number) => {
    wanted = count;
    const { promise, resolve } = Promise.withResolvers<void>();
    reached = resolve;
    if (frames.length >= count) resolve();
    return within(LIMIT, `${count} frames arrive`, promise);
  };
  return { frames, until };
}

/** Resolves when the port has changed. */
const change = (port: EthernetPort) =>
  within(LIMIT, "the port changes", new Promise<void>((done) => port.onChange(done)));
/** Resolves with the reason why the port has ended. */
const end = (port: EthernetPort) =>
  within(LIMIT, "the port ends", new Promise<string>((done) => port.onGone(done)));

/** A namespace with a cable from `x` to `y`, both up. */
function cable(): TestingNamespace {
  const namespace = new TestingNamespace();
  namespace.ip("link add x type veth peer name y");
  namespace.ip("link set x up");
  namespace.ip("link set y up");
  return namespace;
}

test("frames go both ways, whole and in order, more than a batch", async () => {
  using _ = cable();
  await using networks = new TestingNetworks();
  const [x, y] = [networks.openEthernet("x", TYPE), networks.openEthernet("y", TYPE)];
  const [atX, atY] = [collect(x), collect(y)];
  const packet = (number: number) => new Uint8Array(46 + number).fill(number);
  for (let number = 0; number < 200; number++) {
    assert(x.send(packet(number), header(TYPE)));
    if (number < 3) assert(y.send(packet(number), header(TYPE)));
  }
  await Promise.all([atX.until(3), atY.until(200)]);
  for (const [number, frame] of atY.frames.entries()) {
    assert.deepEqual(frame, new Uint8Array([...header(TYPE), ...packet(number)]));
  }
  assert.equal(atX.frames.length, 3, "it does not see its own");
  assert.deepEqual([x.queued, x.lost, y.lost], [0, { sent: 0, received: 0 }, { sent: 0, received: 0 }]);
});

test("a port gets the frames of its protocol only", async () => {
  using _ = cable();
  await using networks = new TestingNetworks();
  const x = networks.openEthernet("x", TYPE);
  const [llc, one, other] = (["llc", TYPE, OTHER_TYPE] as const)
    .map((filter) => networks.openEthernet("y", filter));
  const [atLlc, atOne, atOther] = [collect(llc), collect(one), collect(other)];
  const packet = new Uint8Array(50);
  x.send(packet, header(packet.length));
  x.send(packet, header(OTHER_TYPE));
  x.send(packet, header(TYPE));
  await Promise.all([atLlc.until(1), atOne.until(1), atOther.until(1)]);
  const types = [atLlc, atOne, atOther].map(({ frames }) =>
    frames.map((frame) => frame[12] << 8 | frame[13])
  );
  assert.deepEqual(types, [[50], [TYPE], [OTHER_TYPE]]);
});

test("the loopback device carries frames; its address is zero", async () => {
  using namespace = new TestingNamespace();
  namespace.ip("link set lo up");
  await using networks = new TestingNetworks();
  const port = networks.openEthernet("lo", TYPE);
  assert.deepEqual([...port.address], [0, 0, 0, 0, 0, 0]);
  assert.deepEqual([port.mtu, port.up], [65536, true]);
  const { frames, until } = collect(port);
  const packet = new Uint8Array(65536).fill(7);
  assert(port.send(packet, header(TYPE)));
  await until(1);
  assert.deepEqual(frames[0].subarray(14), packet);
});

test("frames that do not fit are dropped and counted", async () => {
  using _ = cable();
  await using networks = new TestingNetworks();
  const [x, y] = [networks.openEthernet("x", TYPE), networks.openEthernet("y", TYPE)];
  const { frames, until } = collect(y);
  assert.equal(x.send(new Uint8Array(1501), header(TYPE)), false);
  assert.equal(x.send(new Uint8Array(1500), header(TYPE)), true);
  await until(1);
  assert.deepEqual([frames[0].length, x.lost.sent], [1514, 1]);
});

test("what the device is like is told, also when it changes", async () => {
  using namespace = new TestingNamespace();
  namespace.ip("link add x type veth peer name y");
  namespace.ip("link set x address 02:00:00:00:00:77");
  await using networks = new TestingNetworks();
  const x = networks.openEthernet("x", TYPE);
  assert.deepEqual([x.device, x.up, x.mtu, [...x.address]], ["x", false, 1500, [2, 0, 0, 0, 0, 0x77]]);
  assert.equal(x.send(new Uint8Array(50), header(TYPE)), false);
  assert.equal(x.lost.sent, 1);
  let changed = change(x);
  namespace.ip("link set x up");
  namespace.ip("link set y up");
  await changed;
  assert.equal(x.up, true);
  const y = networks.openEthernet("y", TYPE);
  changed = change(x);
  namespace.ip("link set y mtu 9000");
  namespace.ip("link set x mtu 9000");
  await changed;
  assert.equal(x.mtu, 9000);
  while (y.mtu !== 9000) await change(y);
  const { frames, until } = collect(y);
  assert(x.send(new Uint8Array(9000), header(TYPE)));
  await until(1);
  assert.equal(frames[0].length, 9014);
  changed = change(x);
  namespace.ip("link set y down");
  await changed;
  assert.deepEqual([x.up, x.send(new Uint8Array(50), header(TYPE))], [false, false], "no carrier");
});

test("frames flow again when a device comes back", async () => {
  using namespace = cable();
  await using networks = new TestingNetworks();
  const [x, y] = [networks.openEthernet("x", TYPE), networks.openEthernet("y", TYPE)];
  const { until } = collect(y);
  x.send(new Uint8Array(50), header(TYPE));
  await until(1);
  namespace.ip("link set y down");
  while (x.up || y.up) await Promise.race([change(x), change(y)]);
  namespace.ip("link set y up");
  while (!x.up || !y.up) await Promise.race([change(x), change(y)]);
  x.send(new Uint8Array(50), header(TYPE));
  await until(2);
});

test("a device that is removed ends its ports, with the reason; others live on", async () => {
  using namespace = cable();
  namespace.ip("link add z type veth peer name w");
  await using networks = new TestingNetworks();
  const [x, z] = [networks.openEthernet("x", TYPE), networks.openEthernet("z", TYPE)];
  const ended = end(x);
  namespace.ip("link del x");
  assert.match(await ended, /^network device x is gone: it was removed/);
  assert.deepEqual([x.up, x.send(new Uint8Array(50), header(TYPE))], [false, false]);
  assert.match(await end(x), /gone/, "those who ask later are told too");
  const changed = change(z);
  namespace.ip("link set z up");
  namespace.ip("link set w up");
  await changed;
});

test("a device that joins and leaves a bridge stays", async () => {
  using namespace = cable();
  namespace.ip("link add name b type bridge");
  await using networks = new TestingNetworks();
  const x = networks.openEthernet("x", TYPE);
  x.onGone((reason) => assert.fail(reason));
  namespace.ip("link set x master b");
  namespace.ip("link set x nomaster");
  namespace.ip("link set x mtu 1400");
  while (x.mtu !== 1400) await change(x);
});

test("a port that is closed while a frame is handed over gets no more", async () => {
  using _ = cable();
  await using networks = new TestingNetworks();
  const [x, y] = [networks.openEthernet("x", TYPE), networks.openEthernet("y", TYPE)];
  let frames = 0;
  const closed = new Promise<void>((done) =>
    y.onFrame(() => {
      frames++;
      y.close();
      done();
    })
  );
  for (let count = 0; count < 10; count++) x.send(new Uint8Array(50), header(TYPE));
  await closed;
  x.close();
  await new Promise((done) => setImmediate(done));
  assert.deepEqual([frames, y.up, y.send(new Uint8Array(50), header(TYPE))], [1, false, false]);
});

test("what cannot be opened says why", async () => {
  using namespace = new TestingNamespace();
  const tun = namespace.tun("t");
  await using networks = new TestingNetworks();
  const open = (device: string, type = TYPE) => () => networks.openEthernet(device, type);
  const missing = { name: NotFoundError.name, message: /no network device nosuch here: "ip link" lists/ };
  assert.throws(open("nosuch"), missing);
  assert.throws(open("a-name-of-a-device-that-is-too-long"), NotFoundError);
  if (tun) assert.throws(open("t"), { name: InvalidError.name, message: /t is not an Ethernet device/ });
  for (const type of [4, 0x5ff, 0x10000, 2048.5]) assert.throws(open("lo", type), InvalidError);
});

test("a port takes neither frames of a VLAN of its device nor those for other stations", async () => {
  using namespace = cable();
  namespace.ip("link set y promisc on");
  await using networks = new TestingNetworks();
  const [x, y] = [networks.openEthernet("x", TYPE), networks.openEthernet("y", TYPE)];
  const llc = networks.openEthernet("y", "llc");
  const [atY, atLlc] = [collect(y), collect(llc)];
  const packet = new Uint8Array(50);
  const tagged = (tag: number, type: number, to: Iterable<number> = BROADCAST, kind = 0x8100) =>
    Uint8Array.of(...to, 2, 0, 0, 0, 0, 1, kind >> 8, kind & 255, tag >> 8, tag & 255, type >> 8, type & 255);
  x.send(packet, tagged(5, TYPE));
  x.send(packet, tagged(5, packet.length));
  x.send(packet, tagged(5, TYPE, y.address));
  x.send(packet, tagged(0x6005, TYPE, y.address, 0x88a8));
  const other = header(TYPE);
  other.set([2, 0, 0, 0, 0, 99]);
  x.send(packet, other);
  // A tag with a priority and no VLAN says nothing of whom the frame is for.
  x.send(packet, tagged(0x6000, TYPE, y.address));
  x.send(packet, header(TYPE));
  x.send(packet, header(packet.length));
  await Promise.all([atY.until(2), atLlc.until(1)]);
  assert.deepEqual(atY.frames.map((frame) => [...frame.subarray(0, 6)]), [[...y.address], BROADCAST]);
  assert.equal(atLlc.frames.length, 1);
});

test("frames of a device are taken by one at a time, by Ethertype and with LLC; a proposal is made", async () => {
  using namespace = cable();
  namespace.ip("link add z type veth peer name w");
  await using networks = new TestingNetworks();
  const port = networks.openEthernet("x", 0xa000);
  networks.openEthernet("x", 0xa001);
  networks.openEthernet("x", "llc");
  const open = (filter: FrameFilter, device = "x") => networks.openEthernet(device, filter);
  assert.throws(() => open(0xa000), {
    name: ExistsError.name,
    message:
      /takes the frames of x with Ethertype 0xa000 already: choose another one, say "ethertype 0xa002"/,
  });
  assert.throws(() => open("llc"), { name: ExistsError.name, message: /takes the LLC frames of x already/ });
  open(0xa000, "z");
  port.close();
  open(0xa000);
});

test("the address and the name of a device are those that it has now", async () => {
  using namespace = cable();
  await using networks = new TestingNetworks();
  const x = networks.openEthernet("x", TYPE);
  let changed = change(x);
  namespace.ip("link set x address 02:00:00:00:00:99");
  await changed;
  assert.deepEqual([...x.address], [2, 0, 0, 0, 0, 0x99]);
  changed = change(x);
  namespace.ip("link set x name eth7");
  await changed;
  assert.deepEqual([x.device, x.up], ["eth7", true]);
});
