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

const UNDONE = SCRIPT.replace('console.log("ready")', 'undo();\nconsole.log("ready")');

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

Deno.test("stop signals that were ignored at the start stay ignored, also after the others are not listened for any more", async () => {
  for (const signal of STOP_SIGNALS) {
    const others = STOP_SIGNALS.filter((other) => other !== signal && other !== "SIGQUIT");
    for (const undone of [false, true]) {
      const child = new Deno.Command("/bin/sh", {
        args: [
          "-c",
          `trap '' ${signal.slice(3)}; exec "$0" eval "$1"`,
          Deno.execPath(),
          undone ? UNDONE : SCRIPT,
        ],
        stdout: "piped",
      }).spawn();
      const lines = child.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
      assert.equal((await lines.next()).value?.trim(), "ready");
      child.kill(signal);
      if (undone) {
        child.kill(others[0]);
        assert.equal((await child.status).signal, others[0]);
      } else {
        // Signals are told in the order of their numbers, not of their sending: the next is sent when this one is told.
        for (const other of others) {
          child.kill(other);
          assert.equal((await lines.next()).value?.trim(), other);
          if (other === others[1]) break;
        }
        child.kill("SIGKILL");
        await child.status;
      }
      await lines.return?.();
    }
  }
});

Deno.test("SIGPIPE is ignored by the runtime", async () => {
  const mask = /SigIgn:\s+([0-9a-f]+)/.exec(await Deno.readTextFile("/proc/self/status"))?.[1];
  assert.notEqual(BigInt(`0x${mask}`) & (1n << 12n), 0n);
});
