/** Clients: requests, limits, refusals, and what happens when the IRMd goes away. */
import assert from "node:assert/strict";
import {
  CancelledError,
  FlowDownError,
  InvalidError,
  IrmdError,
  NameError,
  NotSupportedError,
  TimedOutError,
} from "../contract/errors.ts";
import { fd } from "../contract/ids.ts";
import { Ouroboros, programName } from "./client.ts";
import { helloFrame } from "../wire/local/data_frames.ts";
import { accept, allocate, join, useClient } from "./default_client.ts";
import { FdTable } from "../kit/number_pool.ts";
import { TestingIrmd } from "../testing/irmd.ts";

async function withClient(run: (ouro: Ouroboros, irmd: TestingIrmd) => Promise<void>): Promise<void> {
  await using irmd = await TestingIrmd.start();
  await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder });
  await run(ouro, irmd);
}

Deno.test("no IRMd: an error that says what to do", async () => {
  await assert.rejects(Ouroboros.connect({ runtimeFolder: "/nowhere" }), (error) => {
    assert(error instanceof IrmdError);
    assert.match(error.message, /\/nowhere\/irmd.sock.*ouro irmd/);
    return true;
  });
});

Deno.test("a signal that is raised ends calls also where no IRMd answers", async () => {
  await using ouro = Ouroboros.lazy({ runtimeFolder: "/nowhere" });
  const signal = AbortSignal.abort();
  for (
    const call of [
      () => ouro.allocate("name", { signal }),
      () => ouro.accept({ signal }),
      () => ouro.join("layer", { signal }),
    ]
  ) await assert.rejects(call(), CancelledError);
});

Deno.test("a window that cannot be is refused, one that can be is used", async () => {
  for (const windowBytes of [0, -1, 1.5, NaN, 2 ** 31]) {
    assert.throws(() => Ouroboros.lazy({ windowBytes }), InvalidError);
  }
  await using irmd = await TestingIrmd.start();
  await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder, windowBytes: 4 * 1024 * 1024 });
  const accepting = ouro.accept();
  await using flow = await ouro.allocate("sink", { qos: "data" });
  await using other = await accepting;
  await flow.write(new Uint8Array(10));
  assert.equal((await other.read()).length, 10);
});

Deno.test("what cannot be: unknown names, empty names, broadcast", () =>
  withClient(async (ouro) => {
    await assert.rejects(ouro.allocate("unknown"), NameError);
    await assert.rejects(ouro.allocate(""), InvalidError);
    await assert.rejects(ouro.allocate("x".repeat(256)), InvalidError);
    await assert.rejects(ouro.accept({ timeout: NaN }), InvalidError);
    await assert.rejects(ouro.join("layer"), NotSupportedError);
  }));

Deno.test("limits and signals end a request, and nothing is left behind", () =>
  withClient(async (ouro, irmd) => {
    await assert.rejects(ouro.allocate("name", { timeout: 1 }), TimedOutError);
    await assert.rejects(ouro.accept({ timeout: 1 }), TimedOutError);
    const stop = new AbortController();
    const waiting = ouro.accept({ signal: stop.signal });
    stop.abort();
    await assert.rejects(waiting, CancelledError);
    await assert.rejects(ouro.allocate("name", { signal: stop.signal }), CancelledError);
    // The cancelled accept is gone: this one is the first.
    const [flow, other] = await Promise.all([ouro.allocate("name"), ouro.accept()]);
    assert.equal(irmd.flows, 2);
    await Promise.all([flow.deallocate(), other.deallocate()]);
    assert.equal(irmd.flows, 0);
  }));

Deno.test("data travels with the request", () =>
  withClient(async (ouro) => {
    const data = new Uint8Array([1, 2, 3]);
    const [flow, other] = await Promise.all([ouro.allocate("name", { data }), ouro.accept()]);
    assert.deepEqual(other.data, data);
    assert.deepEqual(flow.data, new Uint8Array(0));
  }));

Deno.test("many flows at once: each has its own number, and both ends find each other", () =>
  withClient(async (ouro) => {
    const accepting = Promise.all(Array.from({ length: 40 }, () => ouro.accept()));
    const flows = await Promise.all(Array.from({ length: 40 }, (_, i) => ouro.allocate(`n${i}`)));
    const others = await accepting;
    assert.equal(new Set([...flows, ...others].map(({ fd }) => fd)).size, 80);
    await Promise.all(flows.map((flow) => flow.write(new TextEncoder().encode(flow.name))));
    for (const other of others) assert.equal(new TextDecoder().decode(await other.read()), other.name);
  }));

/** A client by hand, which allocates flows and does not connect. */
async function silentClient(folder: string, flows: number) {
  const conn = await Deno.connect({ transport: "unix", path: `${folder}/irmd.sock` });
  const say = (message: object) => conn.write(new TextEncoder().encode(JSON.stringify(message) + "\n"));
  const hello = { protocol: 1, program: "x", role: "application" };
  await say({ jsonrpc: "2.0", id: 1, method: "hello", params: hello });
  const reader = conn.readable.pipeThrough(new TextDecoderStream()).getReader();
  let read = "";
  const answers: string[] = [];
  for (let id = 2; id < flows + 2; id++) {
    await say({ jsonrpc: "2.0", id, method: "flow.allocate", params: { name: "name" } });
  }
  /** Waits until so many flows are allocated; says where to connect for them. */
  const allocated = async (count: number) => {
    while (answers.length < count) {
      read += (await reader.read()).value ?? assert.fail("the connection is closed");
      const lines = read.split("\n");
      read = lines.pop() ?? "";
      answers.push(...lines.filter((line) => line.includes('"connect"')));
    }
    return answers.map((line): { path: string; token: string } => JSON.parse(line).result.connect);
  };
  return { allocated, close: () => reader.cancel() };
}

Deno.test("a requester that dies before it connects does not stop the one who accepts", async () => {
  await using irmd = await TestingIrmd.start();
  await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder });
  const accepting = ouro.accept();
  const silent = await silentClient(irmd.folder, 1);
  await silent.allocated(1);
  await silent.close();
  const [flow, other] = await Promise.all([ouro.allocate("name"), accepting]);
  await flow.write(new Uint8Array([1]));
  assert.equal((await other.read())[0], 1);
});

Deno.test("requesters that allocate and do not connect keep no other waiting, and one that connects late gets its flow", async () => {
  await using irmd = await TestingIrmd.start();
  await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder });
  const silent = await silentClient(irmd.folder, 20);
  const accepting = ouro.accept();
  const [flow, other] = await Promise.all([ouro.allocate("name"), accepting]);
  await flow.write(new Uint8Array([1]));
  assert.equal((await other.read())[0], 1);
  assert.equal(irmd.flows, 2 * 21, "the server waits for the others still");
  const late = ouro.accept();
  const connects = await silent.allocated(20);
  const { path, token } = connects[7];
  const conn = await Deno.connect({ transport: "unix", path });
  await conn.write(helloFrame(token));
  await using _late = await late;
  conn.close();
  await silent.close();
});

Deno.test("the IRMd goes away: flows end after what has arrived, calls fail, a new one is found", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ouro-" });
  const first = await TestingIrmd.start({}, folder);
  await using ouro = await Ouroboros.connect({ runtimeFolder: folder });
  const [flow, other] = await Promise.all([ouro.allocate("name"), ouro.accept()]);
  await other.write(new Uint8Array([1]));
  await first.kill();
  assert.equal((await flow.read())[0], 1);
  await assert.rejects(flow.read(), FlowDownError);
  await assert.rejects(other.read(), FlowDownError);
  await Promise.all([flow.deallocate(), other.deallocate()]);
  await assert.rejects(ouro.allocate("name"), IrmdError);
  await Deno.remove(`${folder}/flows`); // Fails unless the data socket is gone from it.
  await using _second = await TestingIrmd.start({}, folder);
  const [again, once] = await Promise.all([ouro.allocate("name"), ouro.accept()]);
  await again.write(new Uint8Array([2]));
  assert.equal((await once.read())[0], 2);
});

Deno.test("calls of accept go on when the IRMd is back, also those that begin while it is away", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ouro-" });
  const first = await TestingIrmd.start({}, folder);
  await using server = await Ouroboros.connect({ runtimeFolder: folder });
  const before = server.accept();
  await first.kill();
  const during = server.accept();
  await Deno.remove(`${folder}/flows`, { recursive: true });
  await using _second = await TestingIrmd.start({}, folder);
  await using client = await Ouroboros.connect({ runtimeFolder: folder });
  const flows = await Promise.all([client.allocate("a"), client.allocate("b")]);
  await Promise.all(flows.map((flow) => flow.write(Uint8Array.of(1))));
  for (const flow of await Promise.all([before, during])) assert.deepEqual([...await flow.read()], [1]);
});

Deno.test("while the IRMd is away a call of accept ends by its limit, its signal or with the client", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ouro-" });
  const irmd = await TestingIrmd.start({}, folder);
  const ouro = await Ouroboros.connect({ runtimeFolder: folder });
  const stop = new AbortController();
  const waiting = [
    assert.rejects(ouro.accept({ timeout: 20 }), TimedOutError),
    assert.rejects(ouro.accept({ signal: stop.signal }), CancelledError),
    assert.rejects(ouro.accept(), CancelledError),
  ];
  await irmd.kill();
  await assert.rejects(ouro.accept({ timeout: 1 }), TimedOutError);
  stop.abort();
  await Promise.all(waiting.slice(0, 2));
  await assert.rejects(ouro.accept({ signal: stop.signal }), CancelledError);
  await ouro.close();
  await Promise.all(waiting);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a closed client deallocates its flows, ends what waits, and stays closed", async () => {
  await using irmd = await TestingIrmd.start();
  const ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder });
  await Promise.all([ouro.allocate("name"), ouro.accept()]);
  const waiting = assert.rejects(ouro.accept(), IrmdError);
  await ouro.close();
  await waiting;
  assert.equal(irmd.flows, 0);
  await assert.rejects(ouro.allocate("name"), CancelledError);
});

Deno.test("the functions of the module share one client", async () => {
  await using irmd = await TestingIrmd.start({ shared: true });
  const [flow, other] = await Promise.all([allocate("name"), accept()]);
  await flow.write(new Uint8Array([4]));
  assert.equal((await other.read())[0], 4);
  await assert.rejects(join("layer"), NotSupportedError);
  assert.equal(irmd.flows, 2);
  await useClient(undefined);
  assert.equal(irmd.flows, 0);
});

Deno.test("an idle client lets its process end; a flow, and a call that waits, do not", async () => {
  await using irmd = await TestingIrmd.start();
  const client = new URL("./client.ts", import.meta.url).href;
  const run = (code: string) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        "--no-check",
        `import { Ouroboros } from "${client}";
         const ouro = await Ouroboros.connect({ runtimeFolder: "${irmd.folder}" });
         ${code}`,
      ],
    }).output();
  assert.equal((await run("")).code, 0);
  await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder });
  const served = run(
    "const flow = await ouro.accept(); console.log((await flow.read())[0]); await flow.deallocate();",
  );
  const flow = await ouro.allocate("name");
  await flow.write(new Uint8Array([42]));
  const { stdout } = await served;
  assert.equal(new TextDecoder().decode(stdout), "42\n");
});

Deno.test("numbers of flows: from 64, lowest free first", () => {
  const fds = new FdTable();
  assert.deepEqual([fds.take(), fds.take(), fds.take()], [64, 65, 66]);
  fds.release(fd(64));
  fds.release(fd(65));
  fds.release(fd(65));
  assert.deepEqual([fds.take(), fds.take(), fds.take()], [64, 65, 67]);
});

Deno.test("the name of a program is that of its main module", () => {
  assert.equal(programName("file:///home/me/echo.server.ts"), "echo.server");
  assert.equal(programName("file:///usr/bin/oping"), "oping");
  assert.equal(programName("https://example.org/a/tool.ts?x=1#y"), "tool");
  assert.equal(programName("data:,"), "data:,");
});
