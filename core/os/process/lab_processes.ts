/**
 * Processes of a lab: started in the network of a host, found again by a variable of their environment, and ended.
 *
 * @module
 */
import { InvalidError, NotFoundError } from "../../contract/errors.ts";
import { type Pid, pid } from "../../contract/ids.ts";
import { runtimeError } from "../c/errno.ts";
import { runningProgram, selfCommand, selfEnvironment } from "./self_command.ts";

/** Runs a program to its end; returns what it has printed. @throws OuroError when there is none, or it fails */
export async function runToEnd(...words: readonly string[]): Promise<string> {
  const [program, ...args] = words;
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, { args, stdin: "null" }).output();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) {
      throw new NotFoundError(`there is no program ${program} on this host`, { cause: thrown });
    }
    throw runtimeError(thrown, `cannot start ${program}`);
  }
  const [out, error] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (output.success) return out;
  throw new InvalidError(`${words.join(" ")}: ${error.trim() || `exit status ${output.code}`}`);
}

/**
 * Starts this program in a role, in a session of its own; it goes on when this process ends. Its outputs go to a file.
 *
 * @param within words in front of the program
 * @param env variables beside those of this process
 */
export function startSelf(
  within: readonly string[],
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  log: string,
): void {
  const self = selfCommand(runningProgram());
  const whole = [...within, self.program, ...self.words, ...words];
  try {
    new Deno.Command("sh", {
      args: ["-c", 'log=$1; shift; exec "$@" >>"$log" 2>&1', "sh", log, ...whole],
      env: selfEnvironment(Deno.env.toObject(), env),
      clearEnv: true,
      detached: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn().unref();
  } catch (thrown) {
    throw runtimeError(thrown, `cannot start ${words.join(" ")}`);
  }
}

/** Returns the processes whose environment has all of these variables, but this one. */
export function processesWith(variables: Readonly<Record<string, string>>): Pid[] {
  const wanted = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    const number = Number(name);
    if (!Number.isInteger(number) || number === Deno.pid) return [];
    try {
      const found = Deno.readTextFileSync(`/proc/${number}/environ`).split("\0");
      return wanted.every((one) => found.includes(one)) ? [pid(number)] : [];
    } catch {
      return []; // It has ended, or is another user's.
    }
  });
}
