/**
 * Where the hosts of a graph stand in a picture.
 *
 * @module
 */
import { SeededRandom } from "../../kit/seeded_random.ts";
import type { Topology } from "../experiment/topology.ts";

/** A place; 0 to 1 in both directions. */
export type Point = readonly [x: number, y: number];

/** Most nodes that push and pull each other. */
const MOST = 300;
const ROUNDS = 200;
/** The turn from one place of a spiral to the next, which leaves no gaps. */
const TURN = Math.PI * (3 - Math.sqrt(5));

/** Returns a place for each node: neighbours near each other; on a spiral where there are too many for that. */
export function layoutOf(topology: Topology): Point[] {
  const { nodes } = topology;
  const places = Array.from(
    { length: nodes },
    (_, node): [number, number] =>
      nodes > MOST
        ? [Math.sqrt(node / nodes) * Math.cos(node * TURN), Math.sqrt(node / nodes) * Math.sin(node * TURN)]
        : [Math.cos(2 * Math.PI * node / nodes), Math.sin(2 * Math.PI * node / nodes)],
  );
  if (nodes <= MOST) settle(places, topology);
  return fitted(places);
}

/** Lets nodes push each other away and links pull, less and less (Fruchterman and Reingold). */
function settle(places: [number, number][], { nodes, edges }: Topology): void {
  const apart = 2 / Math.sqrt(nodes);
  const draw = new SeededRandom(1);
  for (const place of places) place[0] += draw.below(1000) / 1e5;
  for (let round = 0; round < ROUNDS; round++) {
    const moves = places.map((): [number, number] => [0, 0]);
    const pull = (a: number, b: number, strength: (distance: number) => number) => {
      const [dx, dy] = [places[a][0] - places[b][0], places[a][1] - places[b][1]];
      const distance = Math.max(1e-4, Math.hypot(dx, dy));
      const force = strength(distance) / distance;
      moves[a][0] += dx * force;
      moves[a][1] += dy * force;
      moves[b][0] -= dx * force;
      moves[b][1] -= dy * force;
    };
    for (let a = 0; a < nodes; a++) {
      for (let b = a + 1; b < nodes; b++) pull(a, b, (distance) => apart * apart / distance);
    }
    for (const [a, b] of edges) pull(a, b, (distance) => -distance * distance / apart);
    const most = 0.2 * (1 - round / ROUNDS);
    places.forEach((place, node) => {
      const [dx, dy] = moves[node];
      const part = Math.min(1, most / Math.max(1e-9, Math.hypot(dx, dy)));
      place[0] += dx * part;
      place[1] += dy * part;
    });
  }
}

function fitted(places: readonly Point[]): Point[] {
  const axis = (index: 0 | 1) => {
    let [least, most] = [Infinity, -Infinity];
    for (const place of places) [least, most] = [Math.min(least, place[index]), Math.max(most, place[index])];
    const width = most - least;
    return (place: Point) => width < 1e-9 ? 0.5 : (place[index] - least) / width;
  };
  const [x, y] = [axis(0), axis(1)];
  return places.map((place) => [x(place), y(place)]);
}
