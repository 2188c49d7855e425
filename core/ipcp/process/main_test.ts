/** Tests of the IPCP process, under an IRMd that a test plays. @module */
import assert from "node:assert/strict";
import { success } from "../../contract/outcome.ts";
import { PacketChannel } from "../../flow/channel/packet_channel.ts";
import { DataListener } from "../../os/unix/data/data_socket.ts";
import { systemTimers } from "../../os/clock.ts";
import { ControlConnection } from "../../os/unix/control_connection.ts";
import { fieldsOf } from "../../wire/local/fields.ts";
import { VERSION } from "../../version.ts";
import { helloFrame } from "../../wire/local/data_frames.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;
const LOOP = new URL("../../irm/plugin/skeletons/ipcp.ts", import.meta.url).pathname;
const HASH = "ab".repeat(32);
const TOKENS = ["11".repeat(16), "22".repeat(16)];

function start(args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "-q", MAIN, "ipcpd", ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function outputOf(
  child: Deno.ChildProcess,
): Promise<{ code: number; lines: string[]; errors: string }> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    code,
    lines: decoder.decode(stdout).split("\n").slice(0, -1),
    errors: decoder.decode(stderr),
  };
}

/** An IRMd with one IPCP, played by a test. */
class Stage implements AsyncDisposable {
  /** What the IPCP has asked and told. */
  readonly told: [method: string, params: unknown][] = [];
  readonly folder: string;
  readonly child: Deno.ChildProcess;
  readonly #listener: Deno.UnixListener;
  #control: ControlConnection | undefined;
  #nextFlow = 100;
  #watch: () => void = () => {};

  private constructor(folder: string, words: readonly string[]) {
    this.folder = folder;
    const path = `${folder}/admin.sock`;
    this.#listener = Deno.listen({ transport: "unix", path });
    const [type, ...rest] = words;
    this.child = start([type, "--name", "x", "--admin", path, "--stdout", ...rest]);
  }

  /** Starts an IPCP and lets it say hello. */
  static async start(...words: string[]): Promise<Stage> {
    const stage = new Stage(await Deno.makeTempDir(), words);
    stage.#control = await stage.next();
    return stage;
  }

  /** Takes the next connection, and lets it say hello. */
  async next(): Promise<ControlConnection> {
    const conn = await this.#listener.accept();
    const hello = Promise.withResolvers<void>();
    const control = new ControlConnection(conn, {
      request: (method, params, reply) => {
        this.#note(method, params);
        if (method === "hello") {
          const data = `${this.folder}/data.sock`;
          reply(success({ protocol: 1, version: VERSION, pid: this.child.pid, data }));
          hello.resolve();
        } else reply(success({ flow: this.#nextFlow++ }));
      },
      notification: (method, params) => this.#note(method, params),
    }, () => {});
    await hello.promise;
    return control;
  }

  #note(method: string, params: unknown): void {
    this.told.push([method, params]);
    this.#watch();
  }

  ask(method: string, params: unknown = {}): Promise<unknown> {
    if (!this.#control) throw new Error("no IPCP is connected");
    return this.#control.call(method, params);
  }

  /** Waits until the IPCP has said that. */
  async heard(method: string): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.told.find(([said]) => said === method);
      if (found) return fieldsOf(found[1], method);
      await new Promise<void>((resolve) => this.#watch = resolve);
    }
  }

  /** Ends the connection, as a dying IRMd does. */
  hangUp(): void {
    this.#control?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hangUp();
    this.#listener.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("by hand it says how IPCPs are made", async () => {
  const { code, errors } = await outputOf(start(["local"]));
  assert.equal(code, 1);
  assert.match(errors, /started by the IRMd.*irm ipcp create name NAME type TYPE/);
});

Deno.test("without an IRMd, a type or its plugin it ends with a line in the log", async () => {
  const rest = ["--name", "x", "--admin", "/nowhere/admin.sock", "--stdout"];
  const bad: [string[], RegExp][] = [
    [["local"], /ipcpd\/ipcp\(EE\): no IRMd answers at \/nowhere\/admin\.sock/],
    [["ring"], /\(EE\): there is no plugin ipcp "ring"; known: unicast, /],
    [
      ["local", "--plugin", "/nowhere/plugin.ts"],
      /\(EE\): plugin file \/nowhere\/plugin\.ts cannot be loaded/,
    ],
  ];
  await Promise.all(bad.map(async ([words, line]) => {
    const { code, lines } = await outputOf(start([...words, ...rest]));
    assert.equal(code, 1);
    assert.match(lines.join("\n"), line);
  }));
});

const HANGS: Readonly<Record<string, [text: string, line: RegExp]>> = {
  "loops": [
    "for (;;);",
    /Plugin file \S+, which is being loaded, has not returned for 4 s: the process ends/,
  ],
  "waits for ever": [
    "await new Promise(() => {});",
    /\(EE\): plugin file \S+ cannot be loaded: it waits for something that has not come for 4000 ms/,
  ],
  "leaves a timer and is no plugin": [
    "setInterval(() => {}, 1000); export default 7;",
    /\(EE\): \S+ is not a plugin that can be used: a plugin must be an object/,
  ],
};

Deno.test("an IPCP with a plugin file that loops or waits for ever when it is loaded ends, with a line that names it", async () => {
  const rest = ["--name", "x", "--admin", "/nowhere/admin.sock", "--stdout"];
  const folder = await Deno.makeTempDir();
  await Promise.all(
    Object.entries(HANGS).map(async ([what, [text, line]]) => {
      const file = `${folder}/${what.replaceAll(" ", "-")}.ts`;
      await Deno.writeTextFile(file, text);
      const { code, lines } = await outputOf(start(["local", "--plugin", file, ...rest]));
      assert.notEqual(code, 0);
      assert.match(lines.join("\n"), line, what);
    }),
  );
  await Deno.remove(folder, { recursive: true });
});

/** A type of IPCP that loops when it is asked for a layer of that name, and fails in many other ways before. */
const HANGING = `
const layer = (name) => ({
  name, hash: "SHA3_256", register: () => { throw "boom"; }, unregister() {}, allocate() {}, respond() {},
  query(_hash, done) { Promise.reject(new RangeError("late")); setTimeout(() => { throw 7; }, 1); done({ ok: true, value: false }); },
  deallocate() {}, shutdown() {}, stats: () => JSON.parse("{"),
});
export default {
  kind: "ipcp", name: "hang", apiVersion: 1, description: "hangs", options: [],
  create: (_host, { timers }) => ({
    bootstrap({ layer: name }, done) {
      if (name === "fails") for (let count = 0; count < 20; count++) timers.after(1, () => { throw new Error("boom"); });
      if (name === "loop") for (;;);
      if (name === "promises") return (async () => { for (;;) await undefined; })();
      done({ ok: true, value: layer(name) });
    },
  }),
};`;

Deno.test("a type of IPCP that fails here and there goes on; one that fails for ever ends in order, one that loops at once, with a line that names it", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/hang.ts`;
  await Deno.writeTextFile(file, HANGING);
  {
    await using stage = await Stage.start("hang", "--plugin", file);
    await stage.ask("layer.bootstrap", { layer: "l", options: {} });
    await assert.rejects(stage.ask("layer.register", { hash: HASH }), /boom/);
    await stage.ask("layer.query", { hash: HASH });
    const told = await stage.heard("upper.fault");
    assert.equal(told.kind, "ipcp");
    assert.equal(told.file, file);
    const { plugins } = fieldsOf(await stage.ask("layer.stats"), "stats");
    assert(Array.isArray(plugins) && plugins[0].faults > 0);
    await stage.ask("layer.shutdown");
    const { code, lines } = await outputOf(stage.child);
    assert.equal(code, 0);
    assert.match(
      lines.join("\n"),
      /Plugin ipcp "hang" \(\S+\) failed in a callback: it threw RangeError: late \(line \d+:\d+\)/,
    );
  }
  const loops = {
    loop: "has not returned for 4 s",
    promises: "ran last, and nothing else had its turn for 4 s since",
  };
  await Promise.all(
    Object.entries(loops).map(async ([layer, what]) => {
      await using stage = await Stage.start("hang", "--plugin", file);
      stage.ask("layer.bootstrap", { layer, options: {} }).catch(() => {});
      // The thread that ends it has a connection of its own.
      const last = stage.next();
      const { code, lines } = await outputOf(stage.child);
      await last;
      const { kind, name, file: of, faults, last: said, outOfUse } = await stage.heard("upper.fault");
      assert.deepEqual([kind, name, of, faults, outOfUse], ["ipcp", "hang", file, 1, false]);
      assert.equal(said, `a call: it ${what}, and the IPCP "x" was ended for it`);
      assert.notEqual(code, 0);
      assert.match(
        lines.join("\n"),
        /ipcpd\/ipcp\(EE\): Plugin ipcp "hang" \(\S+\) [^\n]*: the process ends/,
      );
      assert(lines.some((line) => line.includes(what)), lines.join("\n"));
    }),
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a local IPCP lives from hello to shutdown with the reference's lines", async () => {
  await using stage = await Stage.start("local");
  assert.deepEqual(stage.told[0], ["hello", { protocol: 1, program: "ipcpd-local", role: "ipcp" }]);
  const options = { hash: "SHA3_256" };
  assert.deepEqual(await stage.ask("layer.bootstrap", { layer: "l", options }), {
    layer: "l",
    hash: "SHA3_256",
  });
  await stage.ask("layer.register", { hash: HASH });
  await stage.ask("layer.allocate", { flow: 0, token: TOKENS[0], hash: HASH });
  await stage.ask("layer.respond", { flow: 100, response: 0 });
  assert.deepEqual((await stage.heard("upper.allocated")).splice, 100);
  await stage.ask("layer.deallocate", { flow: 0 });
  await stage.ask("layer.unregister", { hash: HASH });
  await assert.rejects(
    stage.ask("layer.allocate", { flow: 1, token: TOKENS[0], hash: HASH }),
    /not registered/,
  );
  await assert.rejects(stage.ask("layer.dance"), /no method layer\.dance/);
  await stage.ask("layer.shutdown");
  const { code, lines } = await outputOf(stage.child);
  const pid = stage.child.pid;
  assert.equal(code, 0);
  assert.deepEqual(lines.map((line) => line.replace(`==${String(pid).padStart(5, "0")}== `, "")), [
    `ipcpd-local(II): Bootstrapped local IPCP with pid ${pid}.`,
    "ipcpd-local(II): Registered abababab.",
    "ipcpd-local(DB): Allocating flow to abababab on fd 64.",
    "ipcpd-local(II): Pending local allocation request on fd 64.",
    "ipcpd-local(II): Flow allocation completed, fds (64, 65).",
    "ipcpd-local(II): Flow with fd 64 deallocated.",
    "ipcpd-local(II): Unregistered abababab.",
    "ipcpd-local(DB): Allocating flow to abababab on fd 64.",
    "ipcpd-local(DB): Flow allocation failed: -1007",
    `ipcpd/ipcp(II): IPCP ${pid} shutting down.`,
    `ipcpd/ipcp(II): IPCP ${pid} out.`,
  ]);
});

Deno.test("it ignores the terminal, and ends with its IRMd or by SIGTERM", async () => {
  await using hung = await Stage.start("local");
  await using asked = await Stage.start("local");
  for (const { child } of [hung, asked]) {
    for (const signal of ["SIGINT", "SIGHUP", "SIGQUIT"] as const) child.kill(signal);
  }
  await hung.ask("layer.bootstrap", { layer: "l", options: { hash: "SHA3_256" } });
  await asked.ask("layer.stats");
  hung.hangUp();
  asked.child.kill("SIGTERM");
  for (const { child } of [hung, asked]) {
    const { code, lines } = await outputOf(child);
    assert.equal(code, 0);
    assert.match(lines.at(-1) ?? "", /ipcpd\/ipcp\(II\): IPCP \d+ out\.$/);
  }
});

Deno.test("a third party's type carries packets between processes above", async () => {
  await using stage = await Stage.start("loop", "--plugin", LOOP);
  await stage.ask("layer.bootstrap", { layer: "l", options: { hash: "SHA3_256", delay: 0 } });
  await stage.ask("layer.register", { hash: HASH });
  const above = DataListener.open(`${stage.folder}/above.sock`, systemTimers);
  const expected = above.expect(TOKENS[1]);
  await stage.ask("layer.allocate", { flow: 0, token: TOKENS[0], hash: HASH });
  await stage.heard("upper.request");
  const connect = { path: `${stage.folder}/above.sock`, token: TOKENS[1] };
  await stage.ask("layer.respond", { flow: 100, response: 0, connect });
  await stage.heard("upper.allocated");
  const conn = await Deno.connect({ transport: "unix", path: `${stage.folder}/data.sock` });
  const requester = new PacketChannel(conn, { timers: systemTimers, hello: helloFrame(TOKENS[0]) });
  const responder = new PacketChannel(await expected.connection, { timers: systemTimers });
  const received: number[] = [];
  const all = Promise.withResolvers<void>();
  const events = { onReadable: () => {}, onWritable: () => {}, onDown: () => {} };
  responder.open({
    ...events,
    onReadable: () => {
      for (let packet; (packet = responder.take());) responder.transmit(packet);
    },
  });
  requester.open({
    ...events,
    onReadable: () => {
      for (let packet; (packet = requester.take());) received.push(packet[0]);
      if (received.length === 50) all.resolve();
    },
  });
  for (let i = 0; i < 50; i++) requester.transmit(Uint8Array.of(i));
  await all.promise;
  assert.deepEqual(received, Array.from({ length: 50 }, (_, i) => i));
  await stage.ask("layer.deallocate", { flow: 0 });
  assert.equal((await stage.heard("upper.down")).flow, 100);
  await stage.ask("layer.shutdown");
  assert.equal((await outputOf(stage.child)).code, 0);
  requester.close();
  responder.close();
  above.close();
});
