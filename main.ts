/**
 * The one executable: picks the role by its name (`irmd`, `irm`, `oping`, … as symbolic links) or by its first word.
 * Each role is a dynamic import, so that a command pays only for itself. The paths are not literals of `import()`: the
 * runtime would read every file behind those before it starts, called or not.
 *
 * @module
 */
import type { Builtin } from "./core/registry/builtins.ts";
import type { Role, RoleContext } from "./core/role.ts";

/** The module of each role, without the ending. */
const ROLES: Record<string, string> = {
  irm: "./core/irm/main",
  irmd: "./core/irmd/main",
  ipcpd: "./core/ipcp/process/main",
  oping: "./core/tools/oping/main",
  capture: "./core/tools/capture/main",
  impair: "./core/irm/impair_main",
  plugins: "./core/irm/plugins_main",
  help: "./core/irm/help_main",
};
const PLUGINS = "./plugins/builtins";

/** `.ts` in a checkout, `.js` where the program was bundled. */
const ending = import.meta.url.slice(import.meta.url.lastIndexOf("."));

const context: RoleContext = {
  builtins: async () => {
    const { BUILTINS }: { BUILTINS: readonly Builtin[] } = await import(PLUGINS + ending);
    return BUILTINS;
  },
};

/** The name under which the program was started: the wrapper script passes it on; a compiled file asks the kernel. */
function nameOfCall(): string {
  const path = Deno.env.get("OURO_CALLED_AS") ??
    (Deno.build.standalone ? Deno.readTextFileSync("/proc/self/cmdline").split("\0")[0] : "");
  Deno.env.delete("OURO_CALLED_AS"); // It is not the name of the processes that this one starts.
  return path.slice(path.lastIndexOf("/") + 1);
}

const name = nameOfCall();
const [word, args] = Object.hasOwn(ROLES, name)
  ? [name, Deno.args]
  : [Deno.args[0] ?? "help", Deno.args.slice(1)];
const path = Object.hasOwn(ROLES, word) ? ROLES[word] : ROLES.help;
const { run }: { run: Role } = await import(path + ending);
Deno.exitCode = await run(path === ROLES.help ? Deno.args : args, context);
