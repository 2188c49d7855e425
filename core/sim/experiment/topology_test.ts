/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { distances, grid, neighbours, random, readEdges, ring } from "./topology.ts";

Deno.test("rings and grids have the links that they should", () => {
  assert.equal(ring(1).edges.length, 0);
  assert.deepEqual(ring(2).edges, [[0, 1]]);
  assert.deepEqual(ring(4).edges, [[0, 1], [0, 3], [1, 2], [2, 3]]);
  assert.equal(Math.max(...distances(ring(1000), 0)), 500);
  assert.equal(grid(100).edges.length, 180);
  assert.equal(Math.max(...distances(grid(100), 0)), 18);
  assert.deepEqual(neighbours(grid(5))[4], [1, 3]);
});

Deno.test("property: random graphs are connected, have the degree asked for, and follow from their seed", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 60 }),
      fc.integer({ min: 2, max: 8 }),
      fc.nat(),
      (n, degree, seed) => {
        const graph = random(n, degree, seed);
        assert(distances(graph, 0).every((hops) => hops >= 0));
        const wanted = Math.min(Math.round(n * degree / 2), n * (n - 1) / 2);
        assert.equal(graph.edges.length, Math.max(wanted, n - 1));
        assert.deepEqual(random(n, degree, seed), graph);
      },
    ),
  );
});

Deno.test("edges are read, with what is wrong named", () => {
  assert.deepEqual(readEdges("0 1 7.5\n\n2,1\n1 2\n2 2\n").edges, [[0, 1], [1, 2]]);
  assert.throws(() => readEdges("0 1\none two\n"), /line 2 .*"one two"/);
  assert.throws(() => readEdges("0 1\n2 3\n"), /no path leads from node 0 to node 2/);
});
