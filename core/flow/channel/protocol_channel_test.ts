import assert from "node:assert/strict";
import { QOS } from "../../contract/qos.ts";
import type { FlowProtocol } from "../../frct/flow_protocol.ts";
import { makeEndpoint } from "../../frct/make_endpoint.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import type { ChannelEvents, Transport } from "./flow_channel.ts";
import { ProtocolChannel } from "./protocol_channel.ts";

const BYTES = 100;
/** Packets of a batch: more than are acknowledged at once, and more than half of a window. */
const BATCH = 200;

/** A data connection that is read in batches; a PDU is valid until the next one is taken. */
class Batches implements Transport {
  readonly down = undefined;
  readonly maxPacket = 1000;
  readonly suspended = false;
  readonly queued = 0;
  readonly broken = false;
  /** What is on its way here. */
  readonly coming: Uint8Array<ArrayBuffer>[] = [];
  readonly #read: Uint8Array<ArrayBuffer>[] = [];
  readonly #place = new Uint8Array(1000);
  events: ChannelEvents | undefined;
  out: (pdu: Uint8Array) => void = () => {};

  get readable(): boolean {
    return this.#read.length > 0;
  }
  get received(): number {
    return this.#read.length;
  }

  /** Reads all that is on its way. */
  arrive(): void {
    this.#read.push(...this.coming.splice(0));
    this.events?.onReadable();
  }
  take(): Uint8Array<ArrayBuffer> | undefined {
    const pdu = this.#read.shift();
    this.#place.fill(0xee);
    if (pdu !== undefined) this.#place.set(pdu);
    return pdu && this.#place.subarray(0, pdu.length);
  }
  transmit(pdu: Uint8Array, header = new Uint8Array(0)): boolean {
    this.out(Uint8Array.of(...header, ...pdu));
    return true;
  }
  open(events: ChannelEvents): void {
    this.events = events;
  }
  collect(): void {}
  limit(): void {}
  suspend(): void {}
  onSignOfLife(): void {}
  finish(): void {}
  wait(): boolean {
    return false;
  }

  lose(): void {}
  close(): void {}
}

/** A channel, and at the other end a flow that writes. */
class Pair {
  readonly below = new Batches();
  readonly channel: ProtocolChannel;
  readonly peer: FlowProtocol;
  readonly #turned: (() => void)[] = [];
  #written = 0;

  constructor(onReadable: (pair: Pair) => void) {
    const time = new VirtualTime();
    const ports = { clock: time, timers: time, random: new SeededRandom(1) };
    this.channel = new ProtocolChannel(
      this.below,
      { qos: QOS.data, mpl: 100 },
      ports,
      (run) => void this.#turned.push(run),
    );
    this.peer = makeEndpoint({
      qos: QOS.data,
      mpl: 100,
      maxPdu: 1000,
      ports,
      send: (pdu, header = new Uint8Array(0)) => {
        this.below.coming.push(Uint8Array.of(...header, ...pdu));
        return true;
      },
      events: { onDeliverable() {}, onWritable() {}, onFailed: assert.fail },
    });
    this.below.out = (pdu) => this.peer.receive(pdu);
    this.channel.open({ onReadable: () => onReadable(this), onWritable() {}, onDown: assert.fail });
  }

  write(): boolean {
    const written = this.peer.write(new Uint8Array(BYTES).fill(this.#written));
    if (written) this.#written++;
    return written;
  }

  /** How many the other end may write, up to a batch. */
  writeBatch(): number {
    let count = 0;
    while (count < BATCH && this.write()) count++;
    return count;
  }

  /** The event loop has its turn. */
  turn(): void {
    for (const run of this.#turned.splice(0)) run();
  }
}

/** Packets are taken in order, with the bytes that were written. */
function taker() {
  let next = 0;
  return {
    take(pair: Pair): boolean {
      const packet = pair.channel.take();
      if (packet === undefined) return false;
      assert.deepEqual(packet, new Uint8Array(BYTES).fill(next++));
      return true;
    },
    get count(): number {
      return next;
    },
  };
}

/** The first window is small; a larger one is told with the first acknowledgement. */
function begin(pair: Pair): void {
  for (let count = 0; count < 16; count++) pair.write();
  pair.below.arrive();
  pair.turn();
}

Deno.test("who takes packets at once comes for all of them: the window of the other end stays open", () => {
  const reader = taker();
  const pair = new Pair((pair) => reader.take(pair));
  begin(pair);
  while (reader.take(pair));
  for (let batch = 1; batch <= 5; batch++) {
    assert.equal(pair.writeBatch(), BATCH, `batch ${batch}`);
    pair.below.arrive();
    while (reader.take(pair));
    assert.equal(reader.count, 16 + batch * BATCH);
    assert(pair.peer.stats.unconfirmed < 16, "all but the last few are acknowledged in the same turn");
    pair.turn();
  }
});

Deno.test("what nobody comes for is handed in at the end of the turn, and kept", () => {
  const reader = taker();
  let patience = 16 + 1;
  const pair = new Pair((pair) => {
    if (patience-- > 0) reader.take(pair);
  });
  begin(pair);
  assert.equal(pair.writeBatch(), BATCH);
  pair.below.arrive();
  assert(pair.peer.stats.unconfirmed > BATCH - 16);
  pair.turn();
  assert(pair.peer.stats.unconfirmed < 16, "it is acknowledged though nobody reads");
  while (reader.take(pair));
  assert.equal(reader.count, 16 + BATCH);
});

Deno.test("who has not waited is told of all, and finds all", () => {
  const reader = taker();
  let told = 0;
  const pair = new Pair(() => told++);
  begin(pair);
  pair.writeBatch();
  pair.below.arrive();
  assert.equal(told, 16 + BATCH);
  while (reader.take(pair));
  assert.equal(reader.count, 16 + BATCH);
});
