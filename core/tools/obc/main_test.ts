/** `ouro obc` as a process: words and statuses. @module */
import assert from "node:assert/strict";
import { TestingIrmd } from "../../testing/irmd.ts";
import { usageOf } from "../command_line.ts";
import { TOOL } from "./tool.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

async function run(folder: string, ...words: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "-q", MAIN, "obc", ...words],
    env: { OURO_RUNTIME_DIR: folder, NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return [code, text.decode(stdout), text.decode(stderr)];
}

Deno.test("help, no name, and a layer that cannot be joined have the statuses of the reference", async () => {
  await using irmd = await TestingIrmd.start();
  const usage = usageOf(TOOL);
  const [help, none, refused] = await Promise.all([
    run(irmd.folder, "--help"),
    run(irmd.folder, "--listen"),
    run(irmd.folder, "-n", "all", "-m", "hello"),
  ]);
  assert.deepEqual(help, [0, usage, ""]);
  assert.deepEqual(none, [1, `Please specify a name.\n\n${usage}`, ""]);
  assert.deepEqual(refused, [255, "Failed to join broadcast.\n", "obc: there is no broadcast layer here\n"]);
});
