/** Tests of the ids of ends of flows. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ExhaustedError } from "../../contract/errors.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { type Endpoint, EndpointTable } from "./endpoint_table.ts";

const SAPS = { firstId: 2, lastId: 63, rest: 200 };

function makeTable(range = SAPS): { time: VirtualTime; table: EndpointTable<Endpoint> } {
  const time = new VirtualTime();
  return { time, table: new EndpointTable({ clock: time, random: new SeededRandom(3) }, range) };
}

function added(table: EndpointTable<Endpoint>): Endpoint {
  const endpoint = { id: 0 };
  table.add(endpoint);
  return endpoint;
}

Deno.test("ids are random, in their range, and can be found, whatever is looked for", () => {
  const { table } = makeTable({ firstId: 64, lastId: 0xfffe, rest: 200 });
  const endpoints = Array.from({ length: 1000 }, () => added(table));
  const ids = endpoints.map(({ id }) => id);
  assert.equal(new Set(ids).size, 1000);
  assert(ids.every((id) => id >= 64 && id <= 0xfffe));
  assert(ids.some((id) => id > 0x8000) && ids.some((id) => id < 0x8000));
  for (const endpoint of endpoints) assert.equal(table.find(endpoint.id), endpoint);
  for (const id of [-1, 0, 63, 0xffff, 0x10000, 2 ** 32, NaN]) assert.equal(table.find(id), undefined);
  assert.deepEqual(new Set(table), new Set(endpoints));
});

Deno.test("a table can be filled to its last id; an id rests before it is given again", () => {
  const { time, table } = makeTable();
  const endpoints = Array.from({ length: 62 }, () => added(table));
  assert.throws(() => added(table), ExhaustedError);
  const [first] = endpoints;
  table.remove(first);
  table.remove(first);
  assert.equal(table.size, 61);
  assert.equal(table.find(first.id), undefined);
  assert.throws(() => added(table), ExhaustedError);
  time.advance(200);
  assert.equal(added(table).id, first.id);
});

Deno.test("while there are others, an id rests for two minutes", () => {
  const { time, table } = makeTable({ firstId: 2, lastId: 9, rest: 200 });
  const old = added(table);
  table.remove(old);
  time.advance(119_999);
  const others = Array.from({ length: 7 }, () => added(table));
  assert(others.every(({ id }) => id !== old.id));
  time.advance(1);
  assert.equal(added(table).id, old.id);
});

Deno.test("the table agrees with a map, whatever is done", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 300 }), (steps) => {
      const { time, table } = makeTable({ firstId: 5, lastId: 20, rest: 3 });
      const model = new Map<number, Endpoint>();
      for (const step of steps) {
        time.advance(1);
        const taken = [...model.values()];
        if (step < 20) {
          try {
            const endpoint = added(table);
            assert(!model.has(endpoint.id));
            model.set(endpoint.id, endpoint);
          } catch (error) {
            assert(error instanceof ExhaustedError && model.size > 12);
          }
        } else if (taken.length > 0) {
          const endpoint = taken[step % taken.length];
          table.remove(endpoint);
          model.delete(endpoint.id);
        }
        assert.equal(table.size, model.size);
        for (let id = 0; id < 25; id++) assert.equal(table.find(id), model.get(id));
      }
    }),
    { numRuns: 100 },
  );
});
