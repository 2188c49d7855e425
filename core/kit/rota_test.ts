import assert from "node:assert/strict";
import { Rota } from "./rota.ts";

Deno.test("so many enter in a turn, users by rotation, each in the order in which he came", async () => {
  const turns: (() => void)[] = [];
  const rota = new Rota<string>(2, (run) => turns.push(run));
  const order: string[] = [];
  for (const word of ["a1", "a2", "a3", "a4", "a5", "b1", "c1", "b2"]) {
    const entering = rota.enter(word[0]);
    if (entering) entering.then(() => order.push(word));
    else order.push(word);
  }
  const seen: string[][] = [];
  for (let turn; (turn = turns.shift());) {
    seen.push(order.splice(0));
    turn();
    await Promise.resolve();
  }
  assert.deepEqual(seen, [["a1", "a2"], ["a3", "b1"], ["c1", "a4"], ["b2", "a5"]]);
  assert.equal(rota.enter("a"), undefined, "nobody waits any more");
});
