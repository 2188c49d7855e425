/** Tests of members over paths that lose packets, are long, or end at a neighbour that has begun anew. @module */
import assert from "node:assert/strict";
import { impairment, type ImpairmentOptions } from "../../core/kit/impairment.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { TestLayer, type TestMember } from "../testing/unicast_layer.ts";

/** Brings a second member up over an impaired path: enrolls, connects management and data transfer. Gives the milliseconds it took. */
async function joinedOver(options: ImpairmentOptions, seed: number): Promise<number> {
  const layer = await TestLayer.make([], seed);
  layer.first("a");
  const start = layer.time.now();
  layer.network.impairment = impairment(options, new SeededRandom(seed));
  const b = layer.joined("b", "a");
  layer.connect(b, "a");
  return layer.time.now() - start;
}

Deno.test("with 20 % of packets lost each way, enrollment and both connections succeed for each of 100 seeds", async () => {
  const took: number[] = [];
  for (let seed = 1; seed <= 100; seed++) took.push(await joinedOver({ loss: 0.2 }, seed));
  took.sort((one, other) => one - other);
  assert(took[50] < 5000, `half of them took ${took[50]} ms and more`);
});

Deno.test("with 600 ms each way, enrollment and both connections succeed", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    assert(await joinedOver({ delay: 600 }, seed) < 10_000);
  }
});

const addressOf = ({ layer }: TestMember): unknown => layer?.stats?.().address;

/** Addresses to which a member has a way. */
function reached({ layer }: TestMember): unknown[] {
  const table = layer?.stats?.().forwarding;
  assert(Array.isArray(table));
  return table.map((row) => row.destination);
}

Deno.test("a neighbour that was restarted is noticed within 5 s, and connected again by whoever had connected to it", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const layer = await TestLayer.make([], seed);
    const [a, b, c] = layer.line("abc");
    layer.time.advance(30_000 + 777 * seed);
    assert.equal(reached(c).length, 2);
    const old = addressOf(b);
    b.lower.vanish();
    const fresh = layer.joined("b", "a");
    layer.connect(fresh, "a");
    const start = layer.time.now();
    const settled = () => {
      const others = [addressOf(a), addressOf(fresh)];
      return !reached(a).includes(old) && reached(c).length === 2 &&
        others.every((other) => reached(c).includes(other));
    };
    while (!settled()) {
      assert(layer.time.now() - start <= 5000, `seed ${seed}: ${reached(a)} and ${reached(c)}`);
      layer.time.advance(10);
    }
  }
});

Deno.test("members say something on a silent management flow every few seconds, never an empty packet", async () => {
  const layer = await TestLayer.make();
  const [a] = layer.line("ab");
  layer.time.advance(20_000);
  const sent: number[] = [];
  let longest = 0;
  let last = layer.time.now();
  layer.network.impairment = (packet) => {
    if (packet.length === 24) {
      longest = Math.max(longest, layer.time.now() - last);
      last = layer.time.now();
    }
    sent.push(packet.length);
    return [0];
  };
  layer.time.advance(60_000);
  assert(longest <= 4500, `nothing was said for ${longest} ms`);
  assert(!sent.includes(0) && sent.length > 0, `${sent}`);
  assert.equal(a.lower.flows.size, 2);
});
