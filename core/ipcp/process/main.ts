/**
 * Runs `ouro ipcpd`. What is handed out has nearly all that it imports in one file (`.ci/role_bundle.ts`): a host starts many IPCPs.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import { parseCommandLine } from "../../tools/command_line.ts";
import type { Role } from "../../tools/tool.ts";
import type { IpcpdSettings } from "./process.ts";
import { ipcpdSettings, TOOL } from "./tool.ts";

/** Runs an IPCP until the IRMd ends it or is gone. */
export const run: Role = async (words, context) => {
  const parsed = parseCommandLine(TOOL, words);
  if (!parsed.ok && parsed.fault === undefined) {
    console.log(parsed.usage.trimEnd());
    return 0;
  }
  let settings: IpcpdSettings;
  try {
    settings = ipcpdSettings(words);
  } catch (thrown) {
    console.error(asOuroError(thrown).message);
    return 1;
  }
  const { runIpcp } = await import("./process.ts");
  return await runIpcp(settings, context);
};
