/**
 * Tests of `ouro oping` as a process: words, statuses, streams and signals.
 *
 * @module
 */
import assert from "node:assert/strict";
import { TestingIrmd } from "../../testing/irmd.ts";
import { usageOf } from "../command_line.ts";
import { TOOL } from "./tool.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

function command(words: string, folder: string): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "-q", MAIN, "oping", ...words.split(" ").filter((word) => word !== "")],
    env: { OURO_RUNTIME_DIR: folder, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function run(words: string, folder = "/nonexistent") {
  const { code, stdout, stderr } = await command(words, folder).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** Collects a stream as text; resolves `seen` once the pattern is in it. */
function follow(stream: ReadableStream<Uint8Array<ArrayBuffer>>, pattern: RegExp) {
  const seen = Promise.withResolvers<void>();
  const all = (async () => {
    let text = "";
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (pattern.test(text)) seen.resolve();
    }
    seen.reject(new Error(`it ended without ${pattern}: ${text}`));
    return text;
  })();
  return { seen: seen.promise, all };
}

Deno.test("--help and wrong words give the usage text on standard output, status 1", async () => {
  const usage = usageOf(TOOL);
  const [help, wrong, missing, none] = await Promise.all(
    ["--help", "--flod", "-n", "-c 3"].map((words) => run(words)),
  );
  assert.deepEqual(help, { code: 1, stdout: usage, stderr: "" });
  assert.deepEqual(wrong, {
    code: 1,
    stdout: usage,
    stderr: "oping: unknown option '--flod' (Did you mean --flood?)\n",
  });
  assert.deepEqual([missing.code, missing.stdout], [1, usage]);
  assert.deepEqual(none, { code: 1, stdout: `No server specified.\n${usage}`, stderr: "" });
});

Deno.test("values that are none, and no IRMd: a sentence, status 1", async () => {
  const [unit, irmd] = await Promise.all(
    ["-n x -i 3w", "-n x"].map((words) => run(words)),
  );
  assert.deepEqual(unit, { code: 1, stdout: "", stderr: "oping: Unknown time unit: w.\n" });
  assert.deepEqual([irmd.code, irmd.stdout], [1, ""]);
  assert.match(irmd.stderr, /^oping: no IRMd answers .*\n$/);
});

Deno.test("server and client: lines come at once, each signal ends them with status 0", async () => {
  await using irmd = await TestingIrmd.start();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    await using server = command("--listen", irmd.folder).spawn();
    const served = follow(server.stdout, /Received 64 bytes on fd 64/);
    await using client = command("-n oping_server -i 1ms", irmd.folder).spawn();
    const pinged = follow(client.stdout, /seq=1 /);
    await Promise.all([served.seen, pinged.seen]);
    client.kill(signal);
    assert.equal((await client.status).code, 0);
    assert.match(
      await pinged.all,
      /\n\n--- oping_server ping statistics ---\n.*% packet loss.*\nrtt .*\n$/,
    );
    server.kill(signal);
    assert.equal((await server.status).code, 0);
    assert.match(
      await served.all,
      /^Ouroboros ping server started\.\nNew flow 64\.\n(.*\n)*Flow 64 closed by peer\.\n$/,
    );
    await Promise.all([server.stderr.cancel(), client.stderr.cancel()]);
  }
});

Deno.test("a reader that goes away ends oping quietly", async () => {
  await using irmd = await TestingIrmd.start();
  await using server = command("--listen -Q", irmd.folder).spawn();
  await using client = command("-n oping_server -f", irmd.folder).spawn();
  const reader = client.stdout.getReader();
  await reader.read();
  await reader.cancel();
  assert.equal(await new Response(client.stderr).text(), "");
  assert.equal((await client.status).code, 0);
  server.kill();
  await Promise.all([server.stdout.cancel(), server.stderr.cancel(), server.status]);
});

Deno.test("a full disk behind standard output is said in words", async () => {
  const oping = [Deno.execPath(), "run", "-A", "-q", MAIN, "oping", "--help"];
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", '"$@" >/dev/full', "sh", ...oping],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  assert.equal(code, 1);
  assert.match(
    new TextDecoder().decode(stderr),
    /^oping: the output could not be written: No space left.*\n$/,
  );
});
