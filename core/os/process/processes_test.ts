import assert from "node:assert/strict";
import fc from "fast-check";
import { type Pid, pid } from "../../contract/ids.ts";
import { openLibc } from "../c/libc.ts";
import {
  ancestryOf,
  liveSince,
  parseStat,
  processStartTime,
  processTree,
  processUid,
  signalAll,
} from "./processes.ts";

openLibc();

const processExists = (of: Pid): boolean => liveSince(of) !== undefined;

Deno.test("a process is there until it has ended", async () => {
  const child = new Deno.Command("cat", { stdin: "piped", stdout: "null" }).spawn();
  const id = pid(child.pid);
  assert.equal(processExists(id), true);
  const started = processStartTime(id);
  assert(started !== undefined && started >= (processStartTime(pid(Deno.pid)) ?? Infinity));
  assert.equal(processUid(id), Deno.uid());
  await child.stdin.close();
  await child.status;
  assert.deepEqual([processExists(id), processStartTime(id), processUid(id)], [false, undefined, undefined]);
});

/** Resolves when the file of /proc says so. */
async function until(file: string, pattern: RegExp): Promise<void> {
  while (!pattern.test(await Deno.readTextFile(file))) await new Promise(setImmediate);
}

Deno.test("a zombie is none", async () => {
  // The shell turns into a program that never waits for its child, and only then the child ends.
  const parent = new Deno.Command("sh", {
    args: ["-c", "exec 3<&0; cat <&3 >/dev/null & echo $!; exec sleep 1000 3<&- </dev/null"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = parent.stdout.getReader();
  const id = pid(Number(new TextDecoder().decode((await reader.read()).value)));
  await until(`/proc/${parent.pid}/cmdline`, /^sleep/);
  assert.equal(processExists(id), true);
  await parent.stdin.close();
  await until(`/proc/${id}/stat`, /\) [ZX]/);
  assert.equal(processExists(id), false);
  parent.kill("SIGKILL");
  await reader.cancel();
  await parent.status;
});

Deno.test("numbers that are no pids are no processes", () => {
  for (const value of [0, -1, 1.5, NaN, 2 ** 22 + 1, 2 ** 32 + Deno.pid]) {
    assert.equal(processExists(pid(value)), false);
  }
});

Deno.test("whatever the name of the program, the fields behind it are found", () => {
  fc.assert(fc.property(fc.string(), fc.nat(), (name, ticks) => {
    const line = `9 (${name}) Z ${"1 ".repeat(18)}${ticks} 0 0`;
    assert.deepEqual(parseStat(line), { state: "Z", startTime: ticks, parent: 1, session: 1 });
  }));
  assert.equal(parseStat(""), undefined);
  assert.equal(parseStat("9 (x) S 1 2"), undefined);
});

Deno.test("what a process has started is found below it, and it above that, also when it is gone and they run on", async () => {
  const script = "sleep 1000 & echo $! >&2; setsid sh -c 'echo $$ >&2; sleep 1000' & read line; exit 0";
  const root = new Deno.Command("sh", {
    args: ["-c", script],
    stdin: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  const id = pid(root.pid);
  const told: number[] = [];
  const lines = root.stderr.pipeThrough(new TextDecoderStream());
  for await (const text of lines) {
    told.push(...text.trim().split("\n").map(Number));
    if (told.length === 2) break;
  }
  const [child, other] = told.map((number) => pid(number));
  assert(ancestryOf(child).includes(id) && ancestryOf(other).includes(id));
  assert(!ancestryOf(pid(Deno.pid)).includes(id));
  const tree = processTree(id);
  assert([id, child, other].every((one) => tree.includes(one)));
  assert(!tree.includes(pid(Deno.pid)));
  await root.stdin.close();
  await root.status;
  assert.deepEqual(processTree(id), [child]);
  assert(ancestryOf(child).includes(id));
  signalAll([...tree, ...processTree(other)], "SIGKILL");
  while (processExists(child) || processExists(other)) await new Promise(setImmediate);
});
