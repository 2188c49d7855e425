/** How often the clock is looked at, and when others have their turn. @module */
import assert from "node:assert/strict";
import { TurnShare } from "./turn_share.ts";

class Scene {
  #now = 0;
  looks = 0;
  readonly share = new TurnShare({ now: () => (this.looks++, this.#now) });

  /** Handles packets that take so many milliseconds each, until others have their turn. @returns how many that were */
  handle(each: number, most: number): number {
    for (let count = 1; count <= most; count++) {
      this.#now += each;
      if (this.share.over()) return count;
    }
    return most;
  }

  /** Nothing comes for a while. */
  idle(milliseconds: number): void {
    this.share.end();
    this.#now += milliseconds;
  }
}

Deno.test("quick packets go on for the share of a turn, and cost few looks at the clock", () => {
  const scene = new Scene();
  const turns = Array.from({ length: 10 }, () => {
    const count = scene.handle(0.001, 100_000);
    scene.idle(0);
    return count;
  });
  assert(turns.every((count) => count >= 20_000), String(turns));
  const total = turns.reduce((sum, count) => sum + count, 0);
  assert(scene.looks < total / 800, `${scene.looks} looks for ${total} packets`);
});

Deno.test("slow packets end the turn after a few, also after quick ones", () => {
  const scene = new Scene();
  assert.equal(scene.handle(1, 1000), 48);
  scene.idle(0);
  scene.handle(0.001, 100_000);
  scene.idle(0);
  assert(scene.handle(1, 10_000) <= 2048);
  for (let turn = 0; turn < 4; turn++) {
    scene.idle(0);
    scene.handle(1, 10_000);
  }
  scene.idle(0);
  assert(scene.handle(1, 10_000) <= 48);
});

Deno.test("packets that come seldom never end a turn, however long all of them took", () => {
  const scene = new Scene();
  for (let count = 0; count < 1000; count++) {
    assert.equal(scene.handle(1, 1), 1);
    assert(!scene.share.over());
    scene.idle(100);
  }
});
