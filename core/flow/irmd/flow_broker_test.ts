/** Calls of accept, and an IRMd whose answers cross what they take back. @module */
import { type ByteStream, byteStream } from "../../kit/byte_stream.ts";
import assert from "node:assert/strict";
import { FlowDownError } from "../../contract/errors.ts";
import { QOS } from "../../contract/qos.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { TestingTimers } from "../../testing/timers.ts";
import { qosToJson } from "../../wire/local/qos_json.ts";
import { RpcPeer } from "../../wire/local/rpc_peer.ts";
import { FlowBroker } from "./flow_broker.ts";

/** A broker, what it asks, and the other ends of its flows. */
async function brokered(use: (parts: ReturnType<typeof partsOf>) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/s`;
  using listener = Deno.listen({ transport: "unix", path });
  const parts = partsOf(() => Promise.all([listener.accept(), Deno.connect({ transport: "unix", path })]));
  await use(parts);
  parts.broker.end(new FlowDownError("the test is over"));
  for (const conn of parts.conns) conn.close();
  await Deno.remove(folder, { recursive: true });
}

function partsOf(pair: () => Promise<[Deno.UnixConn, Deno.UnixConn]>) {
  const timers = new TestingTimers();
  const asked: { id: number; method: string; params: Record<string, unknown> }[] = [];
  const peer = new RpcPeer((line) => asked.push(JSON.parse(line)), timers, {
    request: () => assert.fail("the IRMd asks nothing"),
    notification: () => {},
  });
  const expected: PromiseWithResolvers<ByteStream>[] = [];
  const conns: Deno.UnixConn[] = [];
  const listener = {
    expect: () => {
      const waiting = Promise.withResolvers<ByteStream>();
      expected.push(waiting);
      return { connection: waiting.promise, cancel: waiting.reject };
    },
    putBack: () => {},
    close: () => {},
  };
  const clock = { now: () => 0, wall: () => 0 };
  const ports = { clock, timers, random: new SeededRandom(1), listener: () => listener };
  const settle = () => new Promise((resolve) => setTimeout(resolve, 1));
  return {
    broker: new FlowBroker(peer, "/none", ports),
    timers,
    conns,
    accepts: () => asked.filter(({ method }) => method === "flow.accept"),
    cancels: () => asked.filter(({ method }) => method === "cancel"),
    settle,
    /** The IRMd answers a call of accept with a flow. */
    give(call: number, flow: number) {
      const qos = qosToJson(QOS.raw);
      const { id } = this.accepts()[call];
      peer.handleLine(
        JSON.stringify({ jsonrpc: "2.0", id, result: { flow, qos, mpl: 1, data: "", name: "n" } }),
      );
      return settle();
    },
    /** The other end of the flow that a call was given connects. */
    async connect(call: number) {
      const [end, conn] = await pair();
      conns.push(conn);
      expected[call].resolve(byteStream(end));
      await settle();
    },
  };
}

Deno.test("a call that a late flow ends, and that is given a flow all the same, leaves it to the next call, once", () =>
  brokered(async ({ broker, timers, accepts, cancels, settle, ...irmd }) => {
    const give = irmd.give.bind({ accepts });
    const first = broker.accept();
    await give(0, 1);
    timers.advance(5);
    await settle();
    assert.equal(accepts().length, 2, "the next flow is waited for as well");
    await irmd.connect(0);
    const ends = [await first];
    assert.deepEqual(cancels().map(({ params }) => params), [{ id: accepts()[1].id, idle: true }]);
    await give(1, 2);
    timers.advance(5);
    await irmd.connect(1);
    ends.push(await broker.accept());
    const third = broker.accept();
    await settle();
    assert.equal(accepts().length, 3);
    await give(2, 3);
    await irmd.connect(2);
    ends.push(await third);
    assert.deepEqual(ends.map(({ info }) => info.id), [1, 2, 3]);
    for (const { channel } of ends) channel.close();
  }));
