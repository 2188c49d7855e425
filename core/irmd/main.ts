/**
 * `ouro irmd`: the IRM daemon as a process.
 *
 * @module
 */
import { asOuroError } from "../contract/errors.ts";
import type { Role } from "../role.ts";
import { VERSION_LINE } from "../version.ts";
import { IRMD_USAGE, type IrmdArguments, parseIrmdArguments } from "./arguments.ts";

/** Runs the daemon until it is told to stop. */
export const run: Role = async (words, context) => {
  let given: IrmdArguments;
  try {
    given = parseIrmdArguments(words);
  } catch (thrown) {
    console.error(asOuroError(thrown).message);
    console.log(IRMD_USAGE);
    return 1;
  }
  if (given.version || given.help) {
    console.log(given.version ? VERSION_LINE : IRMD_USAGE);
    return 0;
  }
  const { runDaemon } = await import("./daemon.ts");
  return await runDaemon(given, context);
};
