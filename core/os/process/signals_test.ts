import assert from "node:assert/strict";
import { STOP_SIGNALS } from "./signals.ts";

const SCRIPT = `
import { onStopSignal } from "${new URL("./signals.ts", import.meta.url).href}";
let count = 0;
const undo = onStopSignal((signal) => {
  if (++count === 2) undo();
  console.log(signal);
});
const alive = setInterval(() => {}, 1000);
console.log("ready");`;

Deno.test("stop signals reach the callback, and do what they do by themselves once it is undone", async () => {
  for (const signal of STOP_SIGNALS) {
    // Not in this process: the test runner takes signals for its own.
    const child = new Deno.Command(Deno.execPath(), { args: ["eval", SCRIPT], stdout: "piped" }).spawn();
    const lines = [];
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      lines.push(part.trim());
      child.kill(signal);
    }
    assert.deepEqual(lines, ["ready", signal, signal]);
    assert.equal((await child.status).signal, signal);
  }
});

Deno.test("SIGPIPE is ignored by the runtime", async () => {
  const mask = /SigIgn:\s+([0-9a-f]+)/.exec(await Deno.readTextFile("/proc/self/status"))?.[1];
  assert.notEqual(BigInt(`0x${mask}`) & (1n << 12n), 0n);
});
