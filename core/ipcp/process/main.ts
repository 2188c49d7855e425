/**
 * `ouro ipcpd TYPE`: an IPCP as a process, started by the IRMd.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type { Role } from "../../role.ts";
import { type IpcpdSettings, parseCommandLine } from "./command_line.ts";

/** Runs an IPCP until the IRMd ends it or is gone. */
export const run: Role = async (args, context) => {
  let settings: IpcpdSettings;
  try {
    settings = parseCommandLine(args);
  } catch (thrown) {
    console.error(asOuroError(thrown).message);
    return 1;
  }
  const { runIpcp } = await import("./process.ts");
  return await runIpcp(settings, context.builtins);
};
