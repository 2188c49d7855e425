/**
 * Tests of oping's client and server over real sockets, with a stand-in for the IRMd.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Ouroboros } from "../../flow/client.ts";
import { TestingIrmd } from "../../testing/irmd.ts";
import { ResultOutput } from "../result_output.ts";
import { runClient } from "./client.ts";
import { runServer } from "./server.ts";
import type { ClientSettings } from "./settings.ts";

const SETTINGS: ClientSettings = {
  name: "oping_server",
  qos: "raw",
  count: 3,
  interval: 1,
  size: 64,
  flood: false,
  floodTime: undefined,
  quiet: false,
  timeOfDay: false,
};

/** Collects lines, with numbers that differ from run to run taken out, and lets one wait for them. */
class Lines extends ResultOutput {
  readonly lines: string[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(json = false) {
    const print = (line: string) => {
      this.lines.push(line.replaceAll(/\d+\.\d+( ms| µs)?/g, "T"));
      for (const look of this.#waiting) look();
    };
    super({ print, complain: (sentence) => print(`oping: ${sentence}`) }, json);
  }

  /** Resolves when so many lines match. */
  has(pattern: RegExp, count = 1): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.lines.filter((line) => pattern.test(line)).length < count) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** A server at work and a client that may ping it. */
async function start() {
  const irmd = await TestingIrmd.start();
  const options = { runtimeFolder: irmd.folder };
  const [near, far] = await Promise.all([Ouroboros.connect(options), Ouroboros.connect(options)]);
  const stop = new AbortController();
  const server = new Lines();
  const serving = runServer(far, { quiet: false, busy: false }, server, stop.signal);
  let killed = false;
  return {
    irmd,
    near,
    server,
    killIrmd: () => {
      killed = true;
      return irmd.kill();
    },
    /** Stops the server; gives its exit status. */
    stopServer: () => {
      stop.abort();
      return serving;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await serving;
      await Promise.all([near.close(), far.close()]);
      await (killed ? Deno.remove(irmd.folder, { recursive: true }) : irmd[Symbol.asyncDispose]());
    },
  };
}

const never = new AbortController().signal;

Deno.test("three pings: what both ends print, and nothing is left", async () => {
  await using host = await start();
  const client = new Lines();
  assert.equal(await runClient(host.near, SETTINGS, client, never), 0);
  assert.deepEqual(client.lines, [
    "Pinging oping_server with 64 bytes of data (3 packets):",
    "",
    "64 bytes from oping_server: seq=0 time=T",
    "64 bytes from oping_server: seq=1 time=T",
    "64 bytes from oping_server: seq=2 time=T",
    "",
    "--- oping_server ping statistics ---",
    "3 packets transmitted, 3 received, 0 out-of-order, 0% packet loss, time: T",
    "rtt min/avg/max/mdev = T/T/T/T",
  ]);
  await host.server.has(/^Flow \d+ closed by peer\.$/);
  assert.equal(await host.stopServer(), 0);
  const fd = /New flow (\d+)\./.exec(host.server.lines[1])?.[1];
  assert.deepEqual(host.server.lines, [
    "Ouroboros ping server started.",
    `New flow ${fd}.`,
    ...Array.from({ length: 3 }, () => `Received 64 bytes on fd ${fd}.`),
    `Flow ${fd} closed by peer.`,
  ]);
  assert.equal(host.irmd.flows, 0);
});

Deno.test("a flood, and packets without an interval: all are answered", async () => {
  await using host = await start();
  for (const changes of [{ flood: true, count: 2000 }, { interval: 0, count: 2000, size: 1500 }]) {
    const client = new Lines();
    assert.equal(await runClient(host.near, { ...SETTINGS, quiet: true, ...changes }, client, never), 0);
    assert.equal(
      client.lines[2],
      "2000 packets transmitted, 2000 received, 0 out-of-order, 0% packet loss, time: T",
    );
  }
});

Deno.test("Ctrl-C ends a client that waits, with statistics", async () => {
  await using host = await start();
  const client = new Lines();
  const stop = new AbortController();
  const pinging = runClient(host.near, { ...SETTINGS, count: 1_000_000 }, client, stop.signal);
  await client.has(/seq=2 /);
  stop.abort();
  assert.equal(await pinging, 0);
  assert.match(client.lines.at(-2) ?? "", /packets transmitted/);
  await host.server.has(/closed by peer/);
});

Deno.test("the server's end is flow-down at the client: said, with statistics and status 1", async () => {
  await using host = await start();
  for (const flood of [false, true]) {
    const client = new Lines();
    const pinging = runClient(host.near, { ...SETTINGS, count: 1_000_000, flood }, client, never);
    await client.has(/seq=2 /);
    if (flood) await host.stopServer();
    else host.irmd.takeDown("the layer is gone");
    assert.equal(await pinging, 1);
    assert.match(client.lines.find((line) => line.startsWith("Flow")) ?? "", /^Flow \d+ is down: the /);
    assert.match(client.lines.at(-2) ?? "", /packets transmitted/);
  }
});

Deno.test("a flow that cannot be had: the reference's line with the number, and why", async () => {
  await using host = await start();
  const client = new Lines();
  assert.equal(await runClient(host.near, { ...SETTINGS, name: "unknown" }, client, never), 1);
  assert.deepEqual(client.lines, ["Failed to allocate flow: -1007.", "oping: no such name: unknown"]);
  const json = new Lines(true);
  assert.equal(await runClient(host.near, { ...SETTINGS, name: "unknown" }, json, never), 1);
  assert.deepEqual(json.lines, ["oping: no such name: unknown"], "nothing is printed that is no JSON");
});

Deno.test("the IRMd's end is not the end of the server, which waits for the next one and can be stopped meanwhile", async () => {
  await using host = await start();
  await host.server.has(/started/);
  await host.killIrmd();
  assert.equal(await host.stopServer(), 0);
});
