/** Tests of what a service manager is told, with a socket in its place. @module */
import assert from "node:assert/strict";
import type { Log } from "../../contract/ports.ts";
import { openLibc } from "../c/libc.ts";
import { serviceManager } from "./service_manager.ts";

openLibc();

/** Prints what comes to a datagram socket. */
const MANAGER = `
  const socket = Deno.listenDatagram({ transport: "unixpacket", path: Deno.args[0] });
  console.log("listens");
  for await (const [bytes] of socket) {
    const text = new TextDecoder().decode(bytes);
    console.log(text);
    if (text === "STOPPING=1") Deno.exit();
  }`;

function recorder() {
  const lines: string[] = [];
  const note = (text: string) => void lines.push(text);
  const log: Log = { error: note, warning: note, info: note, debug: note, component: () => log };
  return { log, lines };
}

Deno.test("a service manager is told what it asks for, and the processes that are started are not to tell it", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/notify`;
  const manager = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--unstable-net", MANAGER, "--", path],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const told = manager.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await told.read()).value, "listens\n");
  const { log, lines } = recorder();
  Deno.env.set("NOTIFY_SOCKET", path);
  const tell = serviceManager(log);
  assert.equal(Deno.env.get("NOTIFY_SOCKET"), undefined);
  for (const state of ["READY=1", "STOPPING=1"] as const) {
    tell(state);
    assert.equal((await told.read()).value, `${state}\n`);
  }
  await told.cancel();
  await manager.status;
  assert.deepEqual(lines, []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a service manager that does not listen is told of in the log; without one nothing is said", () => {
  const { log, lines } = recorder();
  serviceManager(log)("READY=1");
  assert.deepEqual(lines, []);
  Deno.env.set("NOTIFY_SOCKET", "/nowhere/notify");
  serviceManager(log)("READY=1");
  assert.deepEqual(lines, [
    "Cannot tell the service manager at /nowhere/notify READY=1: No such file or directory.",
  ]);
});
