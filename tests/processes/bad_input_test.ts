/** What people and broken programs try: a clear error or a closed connection, and the IRMd goes on serving. */
import assert from "node:assert/strict";
import { connect } from "../../mod.ts";
import { Host } from "../support/host.ts";
import { localHost } from "../support/local_layer.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const HELLO =
  '{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocol":1,"program":"x","role":"application"}}\n';

/** Sends bytes to a socket and gives what comes back until the other side closes, or until `enough`. */
async function converse(path: string, data: Uint8Array, enough = (_text: string) => false): Promise<string> {
  const conn = await Deno.connect({ transport: "unix", path });
  let text = "";
  try {
    const writing = (async () => {
      for (let at = 0; at < data.length;) at += await conn.write(data.subarray(at, at + 1_000_000));
    })().catch((thrown) =>
      assert(thrown instanceof Deno.errors.BrokenPipe || thrown instanceof Deno.errors.ConnectionReset)
    );
    const buffer = new Uint8Array(65536);
    while (!enough(text)) {
      const count = await conn.read(buffer);
      if (count === null) break;
      text += new TextDecoder().decode(buffer.subarray(0, count));
    }
    await writing;
  } catch (thrown) {
    assert(thrown instanceof Deno.errors.ConnectionReset, String(thrown));
  } finally {
    conn.close();
  }
  return text;
}

Deno.test("garbage on the control sockets closes that connection only", async () => {
  await using host = await localHost("svc");
  const garbage = [
    "GET / HTTP/1.1\r\n\r\n",
    "\n",
    "{}\n",
    '{"jsonrpc":"2.0","id":1,"method":"flow.allocate","params":{"name":"svc"}}\n',
    HELLO.replace('"protocol":1', '"protocol":99'),
    HELLO.replace("application", "king"),
    HELLO.replace("application", "ipcp"),
    HELLO + "no json\n",
    HELLO + "[]\n",
    HELLO + "\xff\xfe\n",
    "x".repeat(70_000),
    "x".repeat(100_000_000),
  ];
  for (const socket of ["irmd.sock", "admin.sock"]) {
    for (const text of garbage) await converse(`${host.folder}/${socket}`, encode(text));
  }
  assert.match(await host.ok("irm ipcp list"), /\bll\b/);
  assert.equal((await host.status()).processes, 1, "only the IPCP is left");
});

Deno.test("wrong parameters are refused by name and the connection goes on", async () => {
  await using host = await localHost("svc");
  const calls: [string, unknown][] = [
    ["flow.allocate", {}],
    ["flow.allocate", { name: 1 }],
    ["flow.allocate", { name: "" }],
    ["flow.allocate", { name: "x".repeat(256) }],
    ["flow.allocate", { name: "svc", timeout: -1 }],
    ["flow.allocate", { name: "svc", qos: { delay: "soon" } }],
    ["flow.accept", { token: "short" }],
    ["flow.deallocate", { flow: 99 }],
    ["flow.deallocate", null],
    ["nonsense", {}],
    ["layer.bootstrap", {}],
    ["hello", {}],
  ];
  const lines = calls.map(([method, params], index) =>
    JSON.stringify({ jsonrpc: "2.0", id: index + 2, method, params })
  );
  const text = await converse(
    `${host.folder}/irmd.sock`,
    encode(HELLO + lines.join("\n") + "\n"),
    (text) => text.split("\n").length > calls.length + 1,
  );
  const answers = text.trim().split("\n").map((line) => JSON.parse(line)).filter(({ id }) => id > 1);
  assert.equal(answers.length, calls.length);
  for (const { id, error } of answers) {
    assert(
      error && error.code < 0 && error.message.length > 5,
      `${JSON.stringify(calls[id - 2])}: ${JSON.stringify(error)}`,
    );
  }
});

Deno.test("half a message, then nothing: nobody else notices", async () => {
  await using host = await localHost("svc");
  const half = await Deno.connect({ transport: "unix", path: `${host.folder}/admin.sock` });
  const before = await host.ok("irm ipcp list");
  await half.write(encode('{"jsonrpc":"2.0","id":1,"met'));
  assert.equal(await host.ok("irm ipcp list"), before);
  half.close();
  assert.equal(await host.ok("irm ipcp list"), before);
});

Deno.test("a process that puts something in the place of its data socket is cleaned up after like any other", async () => {
  await using host = await localHost("svc");
  const conn = await Deno.connect({ transport: "unix", path: `${host.folder}/irmd.sock` });
  await conn.write(encode(HELLO));
  const buffer = new Uint8Array(65536);
  const count = await conn.read(buffer) ?? 0;
  const { result } = JSON.parse(new TextDecoder().decode(buffer.subarray(0, count)));
  await Deno.mkdir(`${result.data}/folder`, { recursive: true });
  assert.equal((await host.status()).processes, 2);
  conn.close();
  await host.irmd.waitFor(/cannot remove .*flows/);
  assert.equal((await host.status()).processes, 1, "only the IPCP is left");
});

Deno.test("garbage on a data socket ends that connection, the flows go on", async () => {
  await using host = await localHost("svc");
  await using server = await connect({ runtimeFolder: host.folder });
  await host.ok(`irm bind process ${Deno.pid} name svc`);
  await using client = await connect({ runtimeFolder: host.folder });
  const [there, here] = await Promise.all([server.accept(), client.allocate("svc")]);
  const [{ name }] = await Array.fromAsync(Deno.readDir(`${host.folder}/flows`));
  const wrongToken = new Uint8Array(20);
  wrongToken.set([0x81, 0, 0, 16]);
  for (
    const bytes of [
      encode("GET / HTTP/1.1\r\n\r\n"),
      new Uint8Array(100).fill(255),
      wrongToken,
      new Uint8Array(3),
    ]
  ) {
    await converse(`${host.folder}/flows/${name}`, bytes, () => bytes.length === 3);
  }
  await here.write(encode("still here"));
  assert.equal(new TextDecoder().decode(await there.read()), "still here");
  await Promise.all([here.deallocate(), there.deallocate()]);
});

Deno.test("commands that cannot work say why, and end with a status that is not 0", async () => {
  await using host = await localHost("svc");
  const cases: [string, RegExp][] = [
    ["irm frobnicate", /"frobnicate" is unknown, try "irm help"/],
    ["irm ipcp create type nonsense name x", /nonsense/],
    ["irm ipcp create type local name l", /\bl\b.*(exists|already)/i],
    [`irm ipcp create type local name ${"x".repeat(256)}`, /255|long/],
    ["irm ipcp destroy name nobody", /nobody/],
    ["irm ipcp bootstrap type local name l layer again", /\bl\b/],
    ["irm ipcp bootstrap type local name l2 layer x hash MD4", /MD4/],
    ["irm ipcp bootstrap type local name l2 layer x colour red", /colour/],
    ["irm name register svc layer nowhere", /nowhere/],
    ["irm name unregister nothing layer ll", /nothing/],
    ["irm name destroy nothing", /nothing/],
    ["irm bind process 999999999 name svc", /999999999/],
    ["irm bind process zero name svc", /zero/],
    ["irm bind program nonesuch name svc", /nonesuch/],
    ["irm bind ipcp nobody name svc", /nobody/],
    ["irm ipcp connect name l dst x", /local|connect/],
    ["oping -n nothing -c 1", /Failed to allocate flow/],
    ["oping", /No server specified\./],
    ["frobnicate", /frobnicate/],
  ];
  await Promise.all(cases.map(async ([words, pattern]) => {
    const { code, stdout, stderr } = words.startsWith("irm ")
      ? await host.irm(words.slice(4))
      : await host.run(words);
    assert.notEqual(code, 0, `${words}\n${stdout}${stderr}`);
    assert.match(stdout + stderr, pattern, words);
    assert.doesNotMatch(stdout + stderr, /^\s+at .*:\d+:\d+/m, `${words}: a stack trace\n${stderr}`);
  }));
  const empty = await host.run(["irm", "name", "create", ""]);
  assert.notEqual(empty.code, 0);
  assert.match(await host.ok("irm name list"), /svc/);
});

Deno.test("a second IRMd, an unwritable folder, a path that is too long: refused in words", async () => {
  await using host = await Host.start();
  const second = await host.run("irmd --stdout");
  assert.notEqual(second.code, 0);
  assert.match(
    second.stdout + second.stderr,
    /IRMd already running \(\d+\), exiting\. .* set OURO_RUNTIME_DIR /,
  );
  await host.ok("irm ipcp list");

  await Deno.remove(`${host.folder}/irmd.lock`); // As a cleaner of temporary folders does.
  const unlocked = await host.run("irmd --stdout");
  assert.equal(unlocked.code, 1);
  // The first one puts the lock back, and writes into it after that.
  const refusal = /somebody listens|IRMd already running \((\d+|pid unknown)\), exiting\./;
  assert.match(unlocked.stdout + unlocked.stderr, refusal);
  await host.ok("irm ipcp list");

  await Deno.writeTextFile(`${host.folder}/file`, "");
  for (const folder of [`${host.folder}/file`, "/proc/ouro", `/tmp/${"long/".repeat(30)}`]) {
    const { code, stdout, stderr } = await host.run("irmd --stdout", { env: { OURO_RUNTIME_DIR: folder } });
    assert.notEqual(code, 0);
    assert.ok((stdout + stderr).includes(folder.slice(0, 20)), stdout + stderr);
    assert.doesNotMatch(stdout + stderr, /^\s+at .*:\d+:\d+/m);
  }
});

Deno.test("without an IRMd every command says so", async () => {
  await using host = await Host.start({ idle: true });
  for (const words of ["irm ipcp list", "irm name create x", "oping -n x"]) {
    const { code, stdout, stderr } = await host.run(words);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /Failed to communicate|no IRMd/, words);
  }
});
