/** Tests of captures on a device, in a network namespace with a cable. @module */
import assert from "node:assert/strict";
import { InvalidError, NotFoundError } from "../../contract/errors.ts";
import { CaptureSocket } from "./capture_socket.ts";
import { openLibc } from "../c/libc.ts";
import { netCalls } from "../c/net_calls.ts";
import { EventLoopPoller } from "../wait/event_loop_poller.ts";
import { TestingNamespace, testWithNamespaces } from "../../testing/namespace.ts";
import { TestingNetworks } from "../../testing/networks.ts";

openLibc();
netCalls();

const test = testWithNamespaces(import.meta.url);
/** An Ethertype for experiments (IEEE 802). */
const TYPE = 0x88b5;
const header = (last: number) =>
  Uint8Array.of(255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, last, TYPE >> 8, TYPE & 255);

function cable(): TestingNamespace {
  const namespace = new TestingNamespace();
  namespace.ip("link add x type veth peer name y");
  for (const name of ["x", "y"]) namespace.ip(`link set ${name} up`);
  return namespace;
}

test("a capture sees what a device sends and what it receives, and knows which is which", async () => {
  using _ = cable();
  await using networks = new TestingNetworks();
  const poller = new EventLoopPoller();
  const seen: string[] = [];
  let all = () => {};
  const done = new Promise<void>((resolve) => all = resolve);
  const socket = new CaptureSocket("x", poller, (frame, outgoing) => {
    if (frame[12] !== TYPE >> 8) return; // The system's own, for IPv6.
    seen.push(`${outgoing ? "out" : "in"} ${frame[11]} ${frame.length}`);
    if (seen.length === 200) all();
  }, () => {});
  const [x, y] = [networks.openEthernet("x", TYPE), networks.openEthernet("y", TYPE)];
  for (let number = 0; number < 100; number++) {
    assert(x.send(new Uint8Array(number), header(1)));
    assert(y.send(new Uint8Array(1400), header(2)));
  }
  await done;
  assert.deepEqual(
    seen.filter((line) => line.startsWith("out")),
    Array.from({ length: 100 }, (_, n) => `out 1 ${14 + n}`),
  );
  assert.equal(seen.filter((line) => line === "in 2 1414").length, 100);
  assert.equal(socket.dropped, 0);
  socket.close();
  socket.close();
  await poller.ended();
});

test("a capture shows the tags of VLANs, which the kernel takes out", async () => {
  using _ = cable();
  await using networks = new TestingNetworks();
  const poller = new EventLoopPoller();
  const frames: string[] = [];
  const all = Promise.withResolvers<void>();
  const socket = new CaptureSocket("x", poller, (frame, outgoing) => {
    if (outgoing || !frame.toHex().includes("88b5")) return;
    if (frames.push(frame.toHex()) === 3) all.resolve();
  }, all.reject);
  const y = networks.openEthernet("y", TYPE);
  const tagged = (kind: number, tag: number) =>
    Uint8Array.of(
      ...header(2).subarray(0, 12),
      kind >> 8,
      kind & 255,
      tag >> 8,
      tag & 255,
      TYPE >> 8,
      TYPE & 255,
    );
  const sent = [tagged(0x8100, 0x6005), header(2), tagged(0x88a8, 7)];
  for (const one of sent) assert(y.send(new Uint8Array(50), one));
  await all.promise;
  assert.deepEqual(frames, sent.map((one) => one.toHex() + "00".repeat(50)));
  socket.close();
  await poller.ended();
});

test("a capture goes on when the device was down, and ends when it is gone", async () => {
  using namespace = cable();
  await using networks = new TestingNetworks();
  const poller = new EventLoopPoller();
  let heard = () => {};
  const gone = Promise.withResolvers<string>();
  const frame = () => new Promise<void>((resolve) => heard = resolve);
  new CaptureSocket("x", poller, (frame) => frame[12] === TYPE >> 8 && heard(), gone.resolve);
  const y = networks.openEthernet("y", TYPE);
  const change = () => new Promise<void>((resolve) => y.onChange(resolve));
  namespace.ip("link set x down");
  while (y.up) await change();
  namespace.ip("link set x up");
  while (!y.up) await change();
  const next = frame();
  assert(y.send(new Uint8Array(50), header(2)));
  await next;
  namespace.ip("link delete x");
  assert.equal(await gone.promise, "network device x is gone");
  await poller.ended();
});

test("what is no Ethernet device, or not there, cannot be captured", () => {
  using namespace = cable();
  const tun = namespace.tun("z");
  const open = (name: string) => () => new CaptureSocket(name, new EventLoopPoller(), () => {}, () => {});
  assert.throws(open("nosuch"), NotFoundError);
  assert.throws(open("x".repeat(40)), NotFoundError);
  if (tun) assert.throws(open("z"), InvalidError);
});
