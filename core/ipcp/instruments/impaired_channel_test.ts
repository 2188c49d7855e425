/** Tests of impaired data connections of N-1 flows, in virtual time. @module */
import assert from "node:assert/strict";
import { FlowDownError } from "../../contract/errors.ts";
import { QOS } from "../../contract/qos.ts";
import type { ChannelEvents, FinishCalls, Transport } from "../../flow/channel/flow_channel.ts";
import { makeChannel } from "../../flow/channel/make_channel.ts";
import { PacketPort } from "../../flow/channel/packet_port.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { ImpairedChannel } from "./impaired_channel.ts";
import { Impairments } from "./impairments.ts";
import { testingLog } from "../../testing/log.ts";

const TYPE = { name: "unicast", abilities: ["enrol"], networks: false } as const;

/** One end of a connection in memory; what is sent arrives at once. */
class Memory implements Transport {
  collect(): void {}
  readonly maxPacket = 1000;
  readonly suspended = false;
  readonly queued = 0;
  readonly waiting: Uint8Array<ArrayBuffer>[] = [];
  peer: Memory | undefined;
  down: FlowDownError | undefined;
  broken = false;
  closed = false;
  #events: ChannelEvents | undefined;

  get readable(): boolean {
    return this.waiting.length > 0;
  }
  get received(): number {
    return this.waiting.length;
  }
  open(events: ChannelEvents): void {
    this.#events = events;
  }
  take(): Uint8Array<ArrayBuffer> | undefined {
    return this.waiting.shift();
  }
  transmit(packet: Uint8Array, header = new Uint8Array(0)): boolean {
    if (this.broken) throw new FlowDownError("it is broken");
    this.peer?.waiting.push(Uint8Array.from([...header, ...packet]));
    this.peer?.tell();
    return true;
  }
  tell(): void {
    this.#events?.onReadable();
  }
  wait(): boolean {
    return false;
  }

  lose(reason: string): void {
    this.broken = true;
    this.down = new FlowDownError(reason);
    this.#events?.onDown(this.down);
  }
  finish(_limit: number | undefined, { done, over }: FinishCalls): void {
    done(undefined);
    over();
  }
  close(): void {
    this.closed = this.broken = true;
  }
  limit(): void {}
  suspend(): void {}
  onSignOfLife(): void {}
}

function make() {
  const time = new VirtualTime();
  const random = new SeededRandom(1);
  const ports = { clock: time, timers: time, random, log: testingLog([]) };
  const impairments = new Impairments(ports);
  const [near, far] = [new Memory(), new Memory()];
  near.peer = far;
  far.peer = near;
  const channel = new ImpairedChannel(near, impairments);
  const impair = (fields: Record<string, unknown>) => impairments.handle(fields, TYPE);
  return { time, ports, impairments, impair, near, far, channel };
}

/** Takes all packets of a channel as they come. */
function taking(channel: Transport): { readonly packets: number[]; readonly downs: string[] } {
  const [packets, downs]: [number[], string[]] = [[], []];
  channel.open({
    onReadable: () => {
      for (let packet; (packet = channel.take()) !== undefined;) packets.push(packet[0]);
    },
    onWritable: () => {},
    onDown: ({ message }) => downs.push(message),
  });
  return { packets, downs };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

Deno.test("packets are lost and late both ways, and as they were before once it is off", () => {
  const { time, impair, near, far, channel } = make();
  const { packets } = taking(channel);
  const sent = () => far.waiting.splice(0).map((packet) => packet[0]);
  const send = (count: number) => {
    for (const at of numbers(count)) {
      assert(channel.transmit(Uint8Array.of(1), Uint8Array.of(at)));
      far.transmit(Uint8Array.of(at));
    }
  };
  send(3);
  assert.deepEqual([packets.splice(0), sent()], [[0, 1, 2], [0, 1, 2]]);
  impair({ impairment: { delay: 10 } });
  send(3);
  assert.deepEqual([packets, sent()], [[], []]);
  time.advance(10);
  assert.deepEqual([packets.splice(0), sent()], [[0, 1, 2], [0, 1, 2]]);
  impair({ impairment: { loss: 0.5, seed: 4 } });
  send(100);
  const [came, went] = [packets.splice(0).length, sent().length];
  assert(came > 30 && came < 70 && went > 30 && went < 70, `${came} ${went}`);
  impair({ impairment: { delay: 1000 } });
  send(3);
  impair({ impairment: "off" });
  assert.deepEqual([packets.splice(0), sent()], [[0, 1, 2], [0, 1, 2]]);
  send(3);
  assert.deepEqual([packets, sent()], [[0, 1, 2], [0, 1, 2]]);
  assert.equal(near.waiting.length, 0);
});

Deno.test("the end of the connection comes behind what was on its way", () => {
  const { impair, near, far, channel } = make();
  const { packets, downs } = taking(channel);
  impair({ direction: "in", impairment: { delay: 1000 } });
  for (const at of numbers(3)) far.transmit(Uint8Array.of(at));
  near.lose("gone");
  assert.deepEqual([packets, downs, channel.readable], [[0, 1, 2], ["gone"], false]);
});

Deno.test("what was sent goes before the end, what comes after it nowhere", () => {
  const { time, impair, impairments, near, far, channel } = make();
  const { packets } = taking(channel);
  impair({ impairment: { delay: 1000 } });
  for (const at of numbers(3)) {
    channel.transmit(Uint8Array.of(at));
    far.transmit(Uint8Array.of(at));
  }
  channel.finish(undefined, { done: () => {}, over: () => {} });
  assert.equal(far.waiting.length, 3);
  channel.close();
  time.advance(2000);
  assert.deepEqual([packets, near.closed], [[], true]);
  assert.equal(impairments.in?.held, 0);
});

Deno.test("a reader that does not take makes the other end wait", () => {
  const { impair, near, far, channel } = make();
  let told = 0;
  channel.open({ onReadable: () => told++, onWritable: () => {}, onDown: () => {} });
  impair({ impairment: { loss: 0 } });
  for (const at of numbers(1000)) far.transmit(Uint8Array.of(at));
  assert.equal(channel.received, 1000);
  assert.equal(near.waiting.length, 1000 - 256);
  for (const at of numbers(1000)) assert.equal(channel.take()?.[0], at & 0xff);
  assert.equal(channel.take(), undefined);
});

Deno.test("packets are as large as before, and a broken connection says so", () => {
  const { impair, near, channel } = make();
  taking(channel);
  impair({ impairment: { delay: 5 } });
  assert.equal(channel.transmit(new Uint8Array(1000), Uint8Array.of(1)), false);
  near.broken = true;
  assert.throws(() => channel.transmit(Uint8Array.of(1)), FlowDownError);
});

Deno.test("a reliable flow over an impaired connection loses nothing, a raw one does", () => {
  const arrived = (qos: typeof QOS.data | typeof QOS.raw) => {
    const { time, ports, impair, far, channel } = make();
    const [one, other] = [channel, far].map((below) =>
      new PacketPort(makeChannel(below, { qos, mpl: 100 }, undefined, ports))
    );
    const found: number[] = [];
    other.onPacket((packet) => found.push(packet[0]));
    one.onPacket(() => {});
    impair({ impairment: { loss: 0.1, reorder: 0.1, duplicate: 0.05, delay: 2, seed: 9 } });
    for (const at of numbers(200)) {
      one.send(Uint8Array.of(at));
      time.advance(5);
    }
    time.advance(1000);
    one.close();
    other.close();
    return found;
  };
  assert.deepEqual(arrived(QOS.data), numbers(200));
  assert.notDeepEqual(arrived(QOS.raw), numbers(200));
});

Deno.test("a line of limited rate is a queue that who sends sees, and is told of when it gets shorter", () => {
  const { time, impair, far, channel } = make();
  const port = new PacketPort(channel);
  let drained = 0;
  // 1000 bytes take a millisecond.
  impair({ direction: "out", impairment: { rate: 8e6, delay: 50, loss: 1 } });
  for (const at of numbers(100)) assert(port.send(new Uint8Array(1000 - 1), Uint8Array.of(at)));
  assert.equal(port.queued, 100);
  port.onDrained(40, () => drained++);
  time.advance(50);
  assert.deepEqual([port.queued, drained], [50, 0]);
  time.advance(25);
  assert.deepEqual([port.queued, drained], [25, 1]);
  for (const at of numbers(100)) port.send(new Uint8Array(1000 - 1), Uint8Array.of(at));
  impair({ direction: "out", impairment: "off" });
  assert.deepEqual([port.queued, drained, far.waiting.length], [0, 2, 0]);
  port.close();
  assert.equal(time.armed, 0);
});
