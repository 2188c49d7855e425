import assert from "node:assert/strict";
import fc from "fast-check";
import type { Timers } from "../../contract/ports.ts";
import { LineQueue, MAX_WAITING } from "./line_queue.ts";
import { GONE, type Output } from "./non_blocking_output.ts";

/** An output that takes what the test lets it, and timers that the test fires. */
class Rig implements Timers, Output {
  readonly writes: string[] = [];
  readonly delays: number[] = [];
  /** Bytes that may still be taken. */
  room = Infinity;
  gone = false;
  #due: (() => void)[] = [];

  constructor(readonly messages = false) {}

  get text(): string {
    return this.writes.join("");
  }
  write(bytes: Uint8Array): number {
    if (this.gone) return GONE;
    const taken = Math.min(bytes.length, this.room);
    this.room -= taken;
    if (taken > 0) this.writes.push(new TextDecoder().decode(bytes.subarray(0, taken)));
    return taken;
  }
  close(): void {}
  after(delay: number, run: () => void) {
    this.delays.push(delay);
    this.#due.push(run);
    return { cancel: () => void (this.#due = this.#due.filter((other) => other !== run)) };
  }
  fire(): void {
    for (const run of this.#due.splice(0)) run();
  }
}

const make = (rig: Rig) => new LineQueue(rig, rig, (count) => `${count} lost`);

Deno.test("lines of one turn go out in one write, in order", async () => {
  const rig = new Rig(), queue = make(rig);
  for (const line of ["a", "b", "c"]) queue.push(line);
  assert.deepEqual(rig.writes, []);
  await Promise.resolve();
  queue.push("d");
  await Promise.resolve();
  assert.deepEqual(rig.writes, ["a\nb\nc\n", "d\n"]);
});

Deno.test("messages go out one by one, without line ends", () => {
  const rig = new Rig(true), queue = make(rig);
  queue.push("a");
  queue.push("b");
  queue.drain();
  assert.deepEqual(rig.writes, ["a", "b"]);
});

Deno.test("no write is longer than a pipe takes whole, and none cuts a line but one that is too long", () => {
  const rig = new Rig(), queue = make(rig);
  const lines = Array.from({ length: 200 }, (_, index) => `${index} ${"é".repeat(30)}`);
  for (const line of lines) queue.push(line);
  queue.push("x".repeat(5000));
  queue.push("after");
  queue.drain();
  for (const write of rig.writes) {
    assert(new TextEncoder().encode(write).length <= 4096);
    assert(write.endsWith("\n"));
  }
  const written = rig.text.split("\n");
  assert.deepEqual(written.slice(0, 200), lines);
  assert.match(written[200], /^x{4000,}…$/);
  assert.deepEqual(written.slice(201), ["after", ""]);
});

Deno.test("when nobody takes them, lines wait, are dropped past the limit and counted", async () => {
  const rig = new Rig(), queue = make(rig);
  rig.room = 0;
  const line = "x".repeat(1023);
  const kept = Math.floor(MAX_WAITING / line.length);
  for (let index = 0; index < kept + 10; index++) queue.push(line);
  queue.drain();
  assert.equal(queue.lost, 7, "three lines have moved on to the write that is refused");
  let idle = false;
  queue.whenIdle(() => idle = true);
  rig.fire();
  rig.fire();
  assert.deepEqual(rig.delays.slice(0, 3), [5, 10, 20]);
  assert.equal(idle, false);
  rig.room = Infinity;
  queue.push("late");
  await Promise.resolve();
  assert.equal(rig.text, "", "a new line does not make it try more often");
  rig.fire();
  assert.equal(idle, true);
  assert.deepEqual(rig.text.split("\n").slice(-4), [line, "7 lost", "late", ""]);
  assert.equal(queue.lost, 0);
});

Deno.test("more lines in one turn than may wait are written, not lost", () => {
  const rig = new Rig(), queue = make(rig);
  for (let index = 0; index < 1000; index++) queue.push("x".repeat(1000));
  queue.drain();
  assert.deepEqual([queue.lost, rig.text.length], [0, 1_001_000]);
});

Deno.test("a loss is told even when no line follows", () => {
  const rig = new Rig(), queue = make(rig);
  rig.room = 0;
  while (queue.lost === 0) queue.push("y".repeat(100));
  queue.drain();
  rig.room = Infinity;
  rig.fire();
  assert.match(rig.text, /\n1 lost\n$/);
});

Deno.test("a closed end swallows lines and counts them", () => {
  const rig = new Rig(), queue = make(rig);
  rig.gone = true;
  queue.push("a");
  queue.push("b");
  queue.drain();
  let idle = false;
  queue.whenIdle(() => idle = true);
  queue.push("c");
  assert.equal(idle, true);
  assert(queue.lost >= 1);
  assert.deepEqual([rig.text, rig.delays], ["", []]);
});

Deno.test("however little is taken at a time, all arrives in order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme", maxLength: 200 }), { minLength: 1, maxLength: 60 }),
      fc.array(fc.nat(700), { minLength: 1, maxLength: 50 }),
      (lines, rooms) => {
        const rig = new Rig(), queue = make(rig);
        const bytes: number[] = [];
        rig.write = (chunk: Uint8Array) => {
          const taken = Math.min(chunk.length, rig.room);
          rig.room -= taken;
          bytes.push(...chunk.subarray(0, taken));
          return taken;
        };
        for (const line of lines) queue.push(line);
        for (const room of rooms) {
          rig.room = room;
          queue.drain();
        }
        rig.room = Infinity;
        queue.drain();
        const expected = lines.map((line) => line.toWellFormed() + "\n").join("");
        assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(bytes)), expected);
      },
    ),
    { numRuns: 50 },
  );
});
