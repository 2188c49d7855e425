/**
 * The one executable: picks the role by its name (`irmd`, `irm`, `oping`, … as symbolic links) or by its first word.
 * Each role is a dynamic import, so that a command pays only for itself.
 *
 * @module
 */
import type { Role, RoleContext } from "./core/role.ts";

const ROLES: Record<string, () => Promise<{ run: Role }>> = {
  irm: () => import("./core/irm/main.ts"),
  irmd: () => import("./core/irmd/main.ts"),
  ipcpd: () => import("./core/ipcp/main.ts"),
  oping: () => import("./core/tools/oping/main.ts"),
  plugins: () => import("./core/irm/plugins_main.ts"),
  help: () => import("./core/irm/help_main.ts"),
};

const context: RoleContext = {
  builtins: async () => (await import("./plugins/builtins.ts")).BUILTINS,
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
const load = Object.hasOwn(ROLES, word) ? ROLES[word] : ROLES.help;
const role = await load();
Deno.exitCode = await role.run(load === ROLES.help ? Deno.args : args, context);
