/** Who may do what: an unprivileged user's application may allocate and accept, and may not command. */
import assert from "node:assert/strict";
import { unless, whyNoRoot } from "../../core/testing/left_out.ts";
import { Host } from "../support/host.ts";
import { install } from "../support/install.ts";
import { localHost } from "../support/local_layer.ts";
import type { Process } from "../support/process.ts";

const NOBODY = 65534;
/** Only root can start programs of another user. */
const testAsRoot = unless(whyNoRoot);

let installed: Promise<{ readonly ouro: readonly string[]; readonly cache: string }> | undefined;

/** An installation that another user can read, with a cache of its own; one for all tests. */
async function installation() {
  const place = await Deno.makeTempDir({ prefix: "ouro-nobody-" });
  addEventListener("unload", () => Deno.removeSync(place, { recursive: true }));
  await Deno.chmod(place, 0o755);
  const cache = `${place}/cache`;
  await Deno.mkdir(cache);
  await Deno.chown(cache, NOBODY, NOBODY);
  return { ouro: await install(place), cache };
}

/** Returns what starts `ouro WORDS…` as another user. */
async function nobody(host: Host, runtime = host.folder): Promise<(words: string) => Process> {
  const { ouro, cache } = await (installed ??= installation());
  const options = {
    uid: NOBODY,
    gid: NOBODY,
    env: { DENO_DIR: cache, HOME: cache, OURO_RUNTIME_DIR: runtime },
  };
  return (words) => host.program([...ouro, ...words.split(" ")], options);
}

testAsRoot("a normal start says one line and no warning, as root and as another user", async () => {
  const started = "irmd(II): Ouroboros IPC Resource Manager daemon started...";
  await using host = await Host.start();
  const own = `${host.folder}/own`;
  await Deno.mkdir(own);
  await Deno.chown(own, NOBODY, NOBODY);
  const irmd = (await nobody(host, own))("irmd --stdout");
  await irmd.waitFor(/daemon started/);
  assert.deepEqual([host.log, host.irmd.stderr], [[started], ""]);
  assert.deepEqual([irmd.lines, irmd.stderr], [[`==${String(irmd.pid).padStart(5, "0")}== ${started}`], ""]);
});

testAsRoot("another user pings and serves, and may not command", async () => {
  await using host = await localHost("svc");
  const asNobody = await nobody(host);

  const refused = await asNobody("irm name create mine").ended;
  assert.notEqual(refused.code, 0);
  assert.match(refused.stdout + refused.stderr, /permission|group/i);

  const server = asNobody("oping --listen");
  await host.irmd.waitFor(/accepts flows for/);
  await host.ok(`irm bind process ${server.pid} name svc`);
  const client = await asNobody("oping -n svc -c 2 -i 1ms").ended;
  assert.equal(client.code, 0, client.stdout + client.stderr);
  assert.match(server.stdout, /Received 64 bytes on fd 64\./);
});

Deno.test("an application cannot command through its own socket", async () => {
  await using host = await Host.start();
  const conn = await Deno.connect({ transport: "unix", path: `${host.folder}/irmd.sock` });
  const say = (message: unknown) => conn.write(new TextEncoder().encode(JSON.stringify(message) + "\n"));
  await say({
    jsonrpc: "2.0",
    id: 1,
    method: "hello",
    params: { protocol: 1, program: "x", role: "application" },
  });
  await say({ jsonrpc: "2.0", id: 2, method: "name.create", params: { name: "mine" } });
  const buffer = new Uint8Array(4096);
  let text = "";
  while (text.split("\n").length < 3) {
    text += new TextDecoder().decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
  }
  conn.close();
  const answer = JSON.parse(text.split("\n")[1]);
  assert.equal(answer.id, 2);
  assert(answer.error.code < 0);
  assert.match(await host.ok("irm name list"), /No names in system\./);
});

testAsRoot("a program started for a name has the rights of the one who bound it", async () => {
  await using host = await localHost("svc");
  await host.ok(`irm bind program ${host.programs}/oping name svc auto -- --listen`);
  await host.ok("oping -n svc -c 1 -i 1ms");
  const [, pid] = await host.irmd.waitFor(/Instantiated \S+ as process (\d+)\./);
  assert.match(await Deno.readTextFile(`/proc/${pid}/status`), /^Uid:\t0\t0\t0\t0$/m);

  await Deno.chown(`${host.folder}/admin.sock`, NOBODY, NOBODY);
  await host.ok("irm name create other");
  await host.ok("irm name register other layer ll");
  const asNobody = await nobody(host);
  const sleeper = await Deno.realPath("/bin/sleep");
  const bound = await asNobody(`irm bind program ${sleeper} name other auto -- 60`).ended;
  assert.equal(bound.code, 0, bound.stdout + bound.stderr);
  const client = host.spawn(["oping", "-n", "other", "-c", "1"]);
  const [, started] = await host.irmd.waitFor(/Instantiated \S+ as process (\d+)\./, 2);
  const status = await Deno.readTextFile(`/proc/${started}/status`);
  assert.match(status, /^Uid:\t65534\t65534\t65534\t65534$/m);
  assert.match(status, /^Gid:\t65534\t65534\t65534\t65534$/m);
  assert.match(status, /^Groups:\t *$/m);
  assert.notEqual((await client.ended).code, 0, "sleep accepts no flow");
});
