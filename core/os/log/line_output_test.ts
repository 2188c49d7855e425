/**
 * Tests of the output of lines.
 *
 * @module
 */
import assert from "node:assert/strict";
import { LineOutput } from "./line_output.ts";

function start(write: (bytes: Uint8Array) => number) {
  const due: (() => void)[] = [];
  const later: number[] = [];
  const timers = {
    after: (delay: number, run: () => void) => (later.push(delay), due.push(run), { cancel: () => {} }),
  };
  const time = { now: 0 };
  const clock = { now: () => time.now, wall: () => 0 };
  const turns = { afterTurn: (run: () => void) => void due.push(run) };
  return { output: new LineOutput({ writeSync: write }, timers, true, clock, turns), due, later, time };
}

Deno.test("lines of one moment are one write; short writes go on", () => {
  const writes: string[] = [];
  const { output, due } = start((bytes) => {
    writes.push(new TextDecoder().decode(bytes));
    return Math.min(bytes.length, 6);
  });
  output.print("one");
  output.print("two");
  assert.deepEqual(writes, []);
  assert.equal(due.length, 1);
  due.shift()?.();
  assert.deepEqual(writes, ["one\ntwo\n", "o\n"]);
  output.print("µ");
  assert.equal(output.flush(), true);
  assert.equal(writes.at(-1), "µ\n");
});

Deno.test("a line is written at the end of the turn, and those that follow it closely when a millisecond has gone", () => {
  const writes: string[] = [];
  const { output, due, later, time } = start((bytes) => {
    writes.push(new TextDecoder().decode(bytes));
    return bytes.length;
  });
  output.print("one");
  assert.deepEqual([due.length, later], [1, []]);
  due.shift()?.();
  time.now = 0.25;
  output.print("two");
  output.print("three");
  assert.deepEqual([due.length, later], [1, [0.75]]);
  time.now = 1;
  due.shift()?.();
  assert.deepEqual(writes, ["one\n", "two\nthree\n"]);
  time.now = 2;
  output.print("four");
  assert.deepEqual([due.length, later.length], [1, 1]);
});

Deno.test("a reader that went away is told once, quietly", () => {
  let told = 0;
  let writes = 0;
  const { output, due } = start(() => {
    writes += 1;
    throw new Deno.errors.BrokenPipe("gone");
  });
  output.onClosed(() => told += 1);
  output.print("one");
  due.shift()?.();
  output.print("two");
  output.flush();
  assert.deepEqual([told, writes, output.closed, due.length], [1, 1, true, 0]);
});

Deno.test("another fault is told at the end", async () => {
  const { output } = start(() => {
    throw new Error("disk full");
  });
  output.print("one");
  output.flush();
  assert.equal(output.closed, true);
  await assert.rejects(output.finish(), { name: "ExhaustedError", message: /disk full/ });
});

Deno.test("an end that takes nothing now gets it later, in order", async () => {
  let busy = true;
  let got = "";
  const { output, due } = start((bytes) => {
    if (busy) throw new Deno.errors.WouldBlock();
    got += new TextDecoder().decode(bytes);
    return bytes.length;
  });
  output.print("one");
  due.shift()?.();
  output.print("two");
  const finished = output.finish();
  busy = false;
  while (due.length > 0) due.shift()?.();
  await finished;
  assert.equal(got, "one\ntwo\n");
});

Deno.test("lines that nobody takes are bounded and counted", () => {
  let busy = true;
  let got = "";
  const { output } = start((bytes) => {
    if (busy) throw new Deno.errors.WouldBlock();
    got += new TextDecoder().decode(bytes);
    return bytes.length;
  });
  const line = "x".repeat(1024 * 1024);
  for (let n = 0; n < 8; n++) output.print(line);
  output.flush();
  busy = false;
  output.flush();
  assert.equal(got.length, 4 * (line.length + 1) + "(4 lines left out: nobody took them)\n".length);
});
