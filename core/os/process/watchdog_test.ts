/** Tests of the watchdog, in processes of their own, which it ends. @module */
import assert from "node:assert/strict";

const at = (path: string): string => new URL(path, import.meta.url).href;

/** Runs a program, to which these modules belong, under a watchdog whose line goes to `log`. */
async function run(log: string, rest: string, program: string) {
  const text = `
    import { watchPlugins } from ${JSON.stringify(at("./watchdog.ts"))};
    import { SILENT } from ${JSON.stringify(at("../../contract/ports.ts"))};
    const worker = new URL(${JSON.stringify(at("./watchdog_worker.ts"))});
    const { guard } = watchPlugins(worker, ${log}, "ouro some", ${rest});
    const plugin = guard.plugin({ kind: "hash", name: "L" }, "l.ts");
    ${program}`;
  const { code, signal, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "-q", "--no-check", `data:text/typescript,${encodeURIComponent(text)}`],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return [code, signal, decoder.decode(stdout), decoder.decode(stderr)];
}

Deno.test("a command at a terminal whose plugin does not return fails as others do, with a line that names both", async () => {
  const program = "plugin.begin(); setTimeout(() => { for (;;); });";
  assert.deepEqual(await run('"stderr"', "SILENT, { seconds: 0.25 }", program), [
    1,
    null,
    "",
    'ouro some: Plugin hash "L" (l.ts) has not returned for 0.25 s: the program ends.\n',
  ]);
});

Deno.test("a daemon whose plugin lets nothing else have its turn, but returns, goes on, and tells that it is slow", async () => {
  const program = `
    const cell = new Int32Array(new SharedArrayBuffer(4));
    while (plugin.faults === 0) {
      const before = plugin.enter();
      Atomics.wait(cell, 0, 0, 20);
      plugin.leave(before);
    }
    console.log(plugin.stats().last.replace(/[0-9.]+ ms/, "T ms"), plugin.out);
    Deno.exit(0);`;
  const log = '{ stdout: true, program: "some", pid: 1 }';
  const [code, , stdout] = await run(log, "SILENT, { seconds: 1 }", program);
  assert.equal(code, 0);
  assert.match(
    String(stdout),
    /^its calls take T ms each on average, \d+ % of the time of the process for 2 s false\n$/,
  );
});
