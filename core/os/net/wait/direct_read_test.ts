import assert from "node:assert/strict";
import { openLibc } from "../../c/libc.ts";
import { LinkWatch } from "../link_watch.ts";
import { netCalls } from "../../c/net_calls.ts";
import { PacketSocket } from "../packet_socket.ts";
import { Poller } from "./poller.ts";
import { TestingNamespace, testWithNamespaces } from "../../../testing/namespace.ts";

openLibc();
netCalls();

const TYPE = 0x88b5;
const HEADER = new Uint8Array([255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, TYPE >> 8, TYPE & 255]);
const test = testWithNamespaces(import.meta.url);

/** A namespace with a cable and both of its ends; frames have a number. */
class Cable implements AsyncDisposable {
  readonly namespace = new TestingNamespace();
  readonly x: PacketSocket;
  readonly y: PacketSocket;
  /** What has arrived at `y`, with the length of each frame. */
  readonly arrived: (readonly [number: number, length: number])[] = [];
  readonly #poller = new Poller();
  #wake = () => {};

  constructor() {
    this.namespace.ip("link add x type veth peer name y mtu 9000");
    this.namespace.ip("link set x mtu 9000");
    for (const device of ["x", "y"]) this.namespace.ip(`link set ${device} up`);
    const links = new LinkWatch(this.#poller);
    [this.x, this.y] = ["x", "y"].map((device) => new PacketSocket(device, TYPE, this.#poller, links));
    this.y.onFrame((frame) => {
      this.arrived.push([frame[14] << 8 | frame[15], frame.length]);
      this.#wake();
    });
    for (const port of [this.x, this.y]) port.onChange(() => this.#wake());
  }

  /** Sends the frame of a number, whose length depends on it. */
  send(number: number): void {
    const packet = new Uint8Array(60 + number % 8000);
    packet[0] = number >> 8;
    packet[1] = number & 255;
    assert(this.x.send(packet, HEADER));
  }

  async until(reached: () => boolean): Promise<void> {
    while (!reached()) await new Promise<void>((done) => this.#wake = done);
  }

  /** Sends frames one at a time. */
  async oneByOne(from: number, to: number): Promise<void> {
    for (let number = from; number < to; number++) {
      this.send(number);
      await this.until(() => this.arrived.length > number);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.x.close();
    this.y.close();
    await this.#poller.ended();
    this.namespace[Symbol.dispose]();
  }
}

const expected = (count: number) =>
  Array.from({ length: count }, (_, number) => [number, 74 + number % 8000]);

test("the event loop reads a port that is busy: every frame once, whole and in order", async () => {
  await using cable = new Cable();
  await cable.oneByOne(0, 100);
  assert(cable.y.direct, "it reads directly");
  for (let number = 100; number < 900; number++) cable.send(number);
  await cable.until(() => cable.arrived.length >= 900);
  await cable.oneByOne(900, 1000);
  assert.deepEqual(cable.arrived, expected(1000));
});

test("a device that goes down and comes back is read on", async () => {
  await using cable = new Cable();
  await cable.oneByOne(0, 100);
  cable.namespace.ip("link set y down");
  await cable.until(() => !cable.x.up && !cable.y.up);
  // The error that the kernel tells ends it.
  while (cable.y.direct) await new Promise((done) => setImmediate(done));
  cable.namespace.ip("link set y up");
  await cable.until(() => cable.x.up && cable.y.up);
  await cable.oneByOne(100, 200);
  assert(cable.y.direct, "it starts again");
  assert.deepEqual(cable.arrived, expected(200));
});

test("a port can be closed from within a frame that was read directly", async () => {
  await using cable = new Cable();
  await cable.oneByOne(0, 100);
  let more = 0;
  cable.y.onFrame(() => {
    more++;
    cable.y.close();
  });
  for (let number = 0; number < 10; number++) cable.send(number);
  while (more === 0) await new Promise((done) => setImmediate(done));
  for (let turns = 0; turns < 3; turns++) await new Promise((done) => setImmediate(done));
  assert.equal(more, 1);
});
