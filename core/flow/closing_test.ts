/** How flows with a protocol between their ends are closed: what deallocation says, and when a flow is handed back. @module */
import assert from "node:assert/strict";
import { FlowDownError, IpcpError, type OuroError, TimedOutError } from "../contract/errors.ts";
import { fd, flowId } from "../contract/ids.ts";
import { QOS, type QosSpec } from "../contract/qos.ts";
import { RETRANSMIT_LIFE } from "../frct/constants.ts";
import { Scheduler } from "../sim/scheduler.ts";
import { SeededRandom } from "../kit/seeded_random.ts";
import { PacketChannel } from "./channel/packet_channel.ts";
import { Ouroboros } from "./client.ts";
import { type Flow, makeFlow } from "./flow.ts";
import { makeChannel } from "./channel/make_channel.ts";
import { streamPair, type TestingStream } from "../testing/stream.ts";
import { TestingIrmd } from "../testing/irmd.ts";

/** Lets everything run that can at this time. */
const settle = async () => {
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
};

/** A flow in virtual time, and what it has done. */
class End {
  readonly flow: Flow;
  released = 0;
  refusal: OuroError | undefined;
  late: OuroError[] = [];

  constructor(readonly time: Scheduler, stream: TestingStream, qos: QosSpec, seed: number) {
    const info = {
      id: flowId(seed),
      name: "name",
      qos,
      mpl: 100,
      maxPacket: 1000,
      data: new Uint8Array(0),
      security: { cipher: undefined, peer: undefined },
      ends: "two" as const,
    };
    const below = new PacketChannel(stream, { timers: time, maxPacket: 1000 });
    const ports = { clock: time, timers: time, random: new SeededRandom(seed) };
    this.flow = makeFlow({
      fd: fd(64 + seed),
      info,
      channel: makeChannel(below, info, undefined, ports),
      timers: time,
      release: () => {
        this.released++;
        return this.refusal ? Promise.reject(this.refusal) : Promise.resolve();
      },
      failedLate: (error) => this.late.push(error),
    });
  }

  /** Deallocates it; how that went, as soon as it is known. */
  deallocate(linger?: number): { result?: string } {
    const ended: { result?: string } = {};
    this.flow.deallocate({ linger }).then(() => ended.result = "done", (error) => ended.result = error.code);
    return ended;
  }
}

class Pair {
  readonly time = new Scheduler();
  readonly here: End;
  readonly there: End;
  /** The far end of the data connection of `here`. */
  readonly far: TestingStream;

  /** @param cut nothing gets from one end to the other */
  constructor(qos: QosSpec, cut = false) {
    const [near, far] = streamPair();
    this.far = far;
    this.here = new End(this.time, near, qos, 1);
    this.there = new End(this.time, cut ? streamPair()[0] : far, qos, 2);
  }

  /** Lets `milliseconds` pass, in steps. */
  async pass(milliseconds: number, step = 5): Promise<void> {
    for (let past = 0; past < milliseconds; past += step) {
      await settle();
      this.time.advance(step);
    }
    await settle();
  }
}

const data = { ...QOS.data, timeout: 0 };
const packet = new Uint8Array([1, 2, 3]);

Deno.test("a reliable flow is deallocated when all has arrived; it is handed back later, when nobody asks again", async () => {
  const pair = new Pair(data);
  const { here, there } = pair;
  await here.flow.write(packet);
  await pair.pass(20);
  const ended = there.deallocate();
  await settle();
  assert.deepEqual([ended.result, there.released], ["done", 0]);
  await assert.rejects(there.flow.read(), { code: "OURO_NOT_ALLOCATED" });
  await pair.pass(900);
  assert.deepEqual([there.released, here.flow.down], [0, undefined]);
  await pair.pass(1100);
  assert.equal(there.released, 1);
  await there.flow.released;
  assert(here.flow.down);
  const other = here.deallocate();
  await settle();
  assert.deepEqual([other.result, here.released], ["done", 1]);
});

Deno.test("a flow that is not reliable is handed back when its deallocation is done", async () => {
  for (const qos of [QOS.raw, QOS.best, { ...QOS.raw, ber: 0 }]) {
    const pair = new Pair(qos);
    const { here, there } = pair;
    await here.flow.write(packet);
    await pair.pass(5);
    for (const end of [there, here]) {
      const ended = end.deallocate();
      await settle();
      assert.deepEqual([ended.result, end.released], ["done", 1]);
    }
  }
});

for (const when of ["when the time is over", "when the flow goes down", "when it is down"]) {
  Deno.test(`deallocation says that what was written may not have arrived: ${when}`, async () => {
    const pair = new Pair(data, true);
    const { here } = pair;
    for (let count = 0; count < 3; count++) await here.flow.write(packet);
    await settle();
    if (when === "when it is down") pair.far.close();
    await settle();
    const closing = here.flow.deallocate({ linger: 500 });
    const failed = assert.rejects(closing, (error: OuroError) => {
      assert(
        error instanceof (when === "when the time is over" ? TimedOutError : FlowDownError),
        String(error),
      );
      assert.match(error.message, /^the last 3 packets written may not have arrived: /);
      return true;
    });
    if (when === "when the flow goes down") pair.far.close();
    await pair.pass(when === "when the time is over" ? 500 : 0);
    await failed;
    assert.equal(here.released, 1);
    await here.flow[Symbol.asyncDispose](); // Its error was told.
    pair.there.deallocate(0);
  });
}

Deno.test("the end of a block does not hide why its flow is lost; what nobody was told is an error", async () => {
  const lost = async (use: (flow: Flow) => Promise<unknown>) => {
    const pair = new Pair(data, true);
    const { here } = pair;
    const block = (async () => {
      await using flow = here.flow;
      await flow.write(packet);
      await settle();
      pair.far.close();
      await settle();
      await use(flow);
    })();
    const failed = assert.rejects(block, (error: OuroError) => error instanceof FlowDownError);
    await pair.pass(100);
    await failed;
    pair.there.deallocate(0);
  };
  await lost((flow) => flow.read());
  await lost((flow) => flow.write(packet));
  await lost((flow) => Promise.resolve(flow.tryWrite(packet)));
  await lost((flow) => new Response(flow.stream().readable).bytes());
  await lost(() => Promise.resolve());
  await lost(async (flow) => {
    for await (const _ of flow) assert.fail("nothing was sent");
  });
});

Deno.test("a reliable flow waits as long for an acknowledgement as its protocol does, others less, or as they are told", async () => {
  const pair = new Pair(data, true);
  assert.deepEqual([pair.here.flow.linger, new Pair(QOS.best).here.flow.linger], [RETRANSMIT_LIFE, 5000]);
  await pair.here.flow.write(packet);
  pair.here.flow.linger = 0;
  const ended = pair.here.deallocate();
  await settle();
  assert.equal(ended.result, "OURO_TIMED_OUT");
  await assert.rejects(pair.there.flow.deallocate({ linger: NaN }), { code: "OURO_INVALID" });
  assert.equal(pair.there.flow.deallocated, false);
});

Deno.test("errors of handing back that come late are told, and are those of `released`", async () => {
  const pair = new Pair(data);
  const { here, there } = pair;
  there.refusal = new IpcpError("no");
  await here.flow.write(packet);
  await pair.pass(20);
  const ended = there.deallocate();
  await settle();
  assert.deepEqual([ended.result, there.late], ["done", []]);
  await pair.pass(2000);
  assert.deepEqual(there.late, [there.refusal]);
  await assert.rejects(there.flow.released, there.refusal);
  here.deallocate();
  await settle();
});

Deno.test("a client that is closed waits until its flows are handed back", async () => {
  await using irmd = await TestingIrmd.start();
  await using server = await Ouroboros.connect({ runtimeFolder: irmd.folder });
  const client = await Ouroboros.connect({ runtimeFolder: irmd.folder });
  const [there, here] = await Promise.all([server.accept(), client.allocate("name", { qos: "data" })]);
  await there.write(packet);
  assert.deepEqual(await here.read(), packet);
  await here.deallocate();
  await client.close();
  assert.equal(irmd.flows, 1);
  await there.whenDown;
});
