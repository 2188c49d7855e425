/**
 * A network namespace for the thread that tests run in, so that they may make devices and change them.
 *
 * @module
 */
import assert from "node:assert/strict";

const CLONE_NEWNET = 0x40000000, O_RDONLY = 0;

const libc = Deno.build.os === "linux"
  ? Deno.dlopen("libc.so.6", {
    open: { parameters: ["buffer", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
    unshare: { parameters: ["i32"], result: "i32" },
    setns: { parameters: ["i32", "i32"], result: "i32" },
  }).symbols
  : undefined;

/** A namespace of this thread's own, until the end of the block. What is in it then goes with it. */
export class TestingNamespace implements Disposable {
  readonly #before: number;

  /** Needs root. */
  constructor() {
    assert(libc);
    this.#before = libc.open(new TextEncoder().encode("/proc/thread-self/ns/net\0"), O_RDONLY);
    assert(this.#before >= 0, "cannot open the network namespace");
    assert.equal(libc.unshare(CLONE_NEWNET), 0, "cannot make a network namespace");
  }

  /** Runs `ip WORDS` in it. */
  ip(words: string): void {
    const { success, stderr } = new Deno.Command("ip", { args: words.split(" ") }).outputSync();
    assert(success, `ip ${words}: ${new TextDecoder().decode(stderr)}`);
  }

  [Symbol.dispose](): void {
    assert.equal(libc?.setns(this.#before, CLONE_NEWNET), 0, "cannot go back to the network namespace");
    libc?.close(this.#before);
  }
}

/** Whether this process may make one. */
export const mayMakeNamespace = Deno.uid() === 0;
