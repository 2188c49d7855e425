/**
 * The one executable: picks the tool by its name (`irmd`, `irm`, `oping`, … as symbolic links) or by its first word.
 * Each tool is a dynamic import, so that a command pays only for itself. The paths are not literals of `import()`: the
 * runtime would read every file behind those before it starts, called or not.
 *
 * @module
 */
import type { Builtin } from "./core/registry/builtins.ts";
import { TOOLS } from "./core/tools/table.ts";
import type { MainModule, RoleContext, ToolModule } from "./core/tools/tool.ts";

/** What runs where there is no word, or one that is no tool. */
const OURO = "./core/irm/ouro/ouro";
const PLUGINS = "./plugins/builtins";
/** A thread: its file is named, too. */
const WATCHDOG = "./core/os/process/watchdog_worker";

/** `.ts` in a checkout, `.js` where the program was bundled. */
const ending = import.meta.url.slice(import.meta.url.lastIndexOf("."));

const rowOf = (word: string | undefined) => TOOLS.find((tool) => tool.word === word);

const context: RoleContext = {
  builtins: async () => {
    const { BUILTINS }: { BUILTINS: readonly Builtin[] } = await import(PLUGINS + ending);
    return BUILTINS;
  },
  tool: async (word) => {
    const row = rowOf(word);
    if (!row) return undefined;
    const { TOOL }: ToolModule = await import(row.module + ending);
    return TOOL;
  },
  watchdog: new URL(WATCHDOG + ending, import.meta.url),
};

/** The name under which the program was started: the wrapper script passes it on; a compiled file asks the kernel. */
function nameOfCall(): string {
  const path = Deno.env.get("OURO_CALLED_AS") ??
    (Deno.build.standalone ? Deno.readTextFileSync("/proc/self/cmdline").split("\0")[0] : "");
  Deno.env.delete("OURO_CALLED_AS"); // It is not the name of the processes that this one starts.
  return path.slice(path.lastIndexOf("/") + 1);
}

const name = nameOfCall();
const [word, ...rest] = rowOf(name) ? [name, ...Deno.args] : Deno.args;
const row = rowOf(word);
const { run }: MainModule = await import((row?.main ?? row?.module ?? OURO) + ending);
const status = await run(row ? rest : Deno.args, context);
// After the death of a child the runtime may wait for ever for something that has no end.
if (row?.daemon) Deno.exit(status);
Deno.exitCode = status;
