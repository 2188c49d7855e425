/** Tests of the packets that wait for an N-1 flow. @module */
import assert from "node:assert/strict";
import { address } from "../../../core/contract/ids.ts";
import { QOS } from "../../../core/contract/qos.ts";
import { fifo } from "../../scheduling/fifo.ts";
import { priority } from "../../scheduling/priority.ts";
import { Line, POLICY_HOST } from "../../testing/unicast_line.ts";
import { Outbound } from "./outbound.ts";

/** The number of a flow. */
const FLOW = 7;

const make = (plugin = priority) => new Outbound(plugin.create(POLICY_HOST, {}));

Deno.test("packets come out whole, header in front, voice before video before best effort", () => {
  const outbound = make();
  for (const cube of [0, 1, 2] as const) {
    assert(outbound.put(Uint8Array.of(cube, 7), Uint8Array.of(9), cube, cube));
  }
  assert(outbound.put(Uint8Array.of(5), undefined, 2, FLOW));
  assert.deepEqual([0, 1, 2].map((cube) => outbound.ahead(cube as 0 | 1 | 2)), [4, 3, 2]);
  const came = Array.from({ length: 4 }, () => [...outbound.next()?.packet ?? []]);
  assert.deepEqual(came, [[9, 2, 7], [5], [9, 1, 7], [9, 0, 7]]);
  assert.deepEqual([outbound.next(), outbound.length], [undefined, 0]);
});

Deno.test("memory that is used again shows nothing of the packet before", () => {
  const outbound = make(fifo);
  for (const length of [100, 3, 50, 200, 0]) {
    outbound.put(new Uint8Array(length).fill(length), undefined, 0, FLOW);
    assert.deepEqual(outbound.next()?.packet, new Uint8Array(length).fill(length));
  }
});

Deno.test("a cube that is full leaves room for the others, and a flow that sends all leaves a third of a cube", () => {
  const outbound = make();
  const fill = (bytes: number, cube: 0 | 1 | 2, flow: number) => {
    let taken = 0;
    while (outbound.put(new Uint8Array(bytes), undefined, cube, flow)) taken++;
    return taken;
  };
  assert.deepEqual([fill(64 * 1024, 0, 1), fill(64 * 1024, 0, 2)], [22, 7]);
  assert.equal(fill(1, 1, 1), Math.ceil(8192 * 2 / 3));
  assert(outbound.put(new Uint8Array(64 * 1024), undefined, 2, FLOW));
  outbound.clear();
  assert.deepEqual([outbound.length, outbound.ahead(0)], [0, 0]);
  assert.equal(fill(64 * 1024, 0, FLOW), 22);
});

Deno.test("flows of a cube take turns, and what is ahead of a flow is as much as it has itself, of each", () => {
  const outbound = make();
  for (const [flow, packets] of [[1, 100], [2, 3]]) {
    for (let count = 0; count < packets; count++) outbound.put(Uint8Array.of(flow), undefined, 0, flow);
  }
  const first = Array.from({ length: 103 }, () => {
    const next = outbound.next();
    assert(next);
    return { flow: next.packet[0], ahead: outbound.aheadOf(next) };
  });
  // A turn is 1500 bytes: all of these small ones.
  assert.deepEqual(first[0], { flow: 1, ahead: 102 });
  assert.deepEqual(first.slice(100).map(({ ahead }) => ahead), [2, 1, 0]);
});

/** Milliseconds that a packet of a quality takes through a line of 10 Mb/s that a flood has filled. */
function through(policy: "fifo" | "priority", qos: keyof typeof QOS): number {
  const line = new Line("none", [{ rate: 10e6, delay: 1 }], policy);
  const [flood] = line.flow();
  const [source, sink] = line.flow(QOS[qos]);
  flood.greedy = 1400;
  flood.resume();
  line.time.advance(3000);
  const start = line.time.now();
  source.write(new Uint8Array(200));
  while (sink.received === 0) line.time.advance(1);
  return line.time.now() - start;
}

Deno.test("on a line that best effort floods, voice and video go first with priority, and wait like all with fifo", () => {
  for (const quality of ["voice", "video"] as const) {
    const found = [through("priority", quality), through("fifo", quality)];
    assert(found[0] <= 25 && found[1] > 60, `${quality}: ${found} ms`);
  }
});

Deno.test("a flood of voice leaves best effort a tenth of the line", () => {
  const line = new Line("none", [{ rate: 10e6, delay: 1 }], "priority");
  const [best, arrived] = line.flow();
  const [voice, heard] = line.flow(QOS.voice);
  for (const flow of [best, voice]) {
    flow.greedy = 1400;
    flow.resume();
  }
  line.time.advance(2000);
  const before = [arrived.received, heard.received];
  line.time.advance(5000);
  const [low, high] = [arrived.received - before[0], heard.received - before[1]];
  const part = low / (low + high);
  assert(part > 0.085 && part < 0.12, `${part}`);
});

Deno.test("an N-1 flow that goes takes what waits for it along", () => {
  const line = new Line("none", [{ rate: 10e6, delay: 1 }], "priority");
  const [flood] = line.flow();
  for (let count = 0; count < 50; count++) flood.write(new Uint8Array(1400));
  const [member] = line.ends;
  const [[near]] = line.links;
  member.dataTransfer.removeFlow(near.fd);
  assert(!member.dataTransfer.send(address(2), 0, 1, 0, Uint8Array.of(1)));
  line.time.advance(5000);
  assert.equal(near.queued, 0);
});
