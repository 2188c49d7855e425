/** Tests of the watchdog, in processes of their own, which it ends. @module */
import assert from "node:assert/strict";

const at = (path: string): string => new URL(path, import.meta.url).href;

Deno.test("a command at a terminal whose plugin does not return fails as others do, with a line that names both", async () => {
  const program = `
    import { watchPlugins } from ${JSON.stringify(at("./watchdog.ts"))};
    import { SILENT } from ${JSON.stringify(at("../../contract/ports.ts"))};
    const { guard } = watchPlugins(new URL(${
    JSON.stringify(at("./watchdog_worker.ts"))
  }), "stderr", "ouro some", SILENT, 0.25);
    guard.plugin({ kind: "hash", name: "L" }, "l.ts").begin();
    setTimeout(() => { for (;;); });`;
  const { code, signal, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "-q", "--no-check", `data:text/typescript,${encodeURIComponent(program)}`],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assert.deepEqual([code, signal, new TextDecoder().decode(stderr)], [
    1,
    null,
    'ouro some: Plugin hash "L" (l.ts) has not returned for 0.25 s: the program ends.\n',
  ]);
});
