/**
 * Network namespaces, so that tests may make devices and change them: for root, or in a user namespace where the kernel lets
 * everybody make one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { leaveOut, type Register, unless } from "./left_out.ts";

const CLONE_NEWNET = 0x40000000, O_RDONLY = 0;

/** Makes a user namespace in which an ordinary user is root. */
export const USER_NAMESPACE: readonly string[] = ["unshare", "--user", "--map-root-user"];

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

  /** Needs root, or a process that {@link testWithNamespaces} has started. */
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

  /** Makes a device that is no Ethernet device; false where this user may not: that part of the test is left out. */
  tun(device: string): boolean {
    if (leaveOut(whyNoTun)) return false;
    this.ip(`tuntap add dev ${device} mode tun`);
    return true;
  }

  [Symbol.dispose](): void {
    assert.equal(libc?.setns(this.#before, CLONE_NEWNET), 0, "cannot go back to the network namespace");
    libc?.close(this.#before);
  }
}

/** Why tests with devices that carry packets to a process are left out; undefined: they are not. */
export const whyNoTun: string | undefined = opens("/dev/net/tun") ? undefined : "no /dev/net/tun";

/** How network namespaces are made here: by this user, in a user namespace, or not. */
export const namespaces: "own" | "user" | "none" = works("unshare", "--net", "ip", "link")
  ? "own"
  : works(...USER_NAMESPACE, "--net", "--mount", "ip", "link")
  ? "user"
  : "none";

/** Words for `nsenter` that enter the user namespace of a process too, where there is one. */
export const ENTER_USER_NAMESPACE: readonly string[] = namespaces === "user"
  ? ["--user", "--preserve-credentials"]
  : [];

/** Why tests with network namespaces are left out; undefined: they are not. */
export const whyNoNamespaces: string | undefined = namespaces === "none"
  ? "no network namespaces"
  : undefined;

/**
 * Gives what registers tests of a file (its `import.meta.url`) that use {@link TestingNamespace}. A thread cannot enter a user
 * namespace: an ordinary user's tests run in a process each, which begins in one.
 */
export function testWithNamespaces(file: string): Register {
  if (namespaces !== "user") return unless(whyNoNamespaces);
  return (name) => Deno.test(name, () => inUserNamespace(new URL(file).pathname, name));
}

async function inUserNamespace(file: string, name: string): Promise<void> {
  const filter = `/^${name.replace(/[^\w ]/g, "\\$&")}$/`;
  const test = [Deno.execPath(), "test", "-A", "-q", "--no-check", "--filter", filter, file];
  const [program, ...args] = [...USER_NAMESPACE, "--net", "--mount", ...test];
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const decoder = new TextDecoder();
  const output = decoder.decode(stdout) + decoder.decode(stderr);
  assert(success && output.includes("1 passed"), output);
}

function works(...[program, ...args]: readonly string[]): boolean {
  try {
    return new Deno.Command(program, { args, stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

function opens(path: string): boolean {
  try {
    Deno.openSync(path, { read: true, write: true }).close();
    return true;
  } catch {
    return false;
  }
}
