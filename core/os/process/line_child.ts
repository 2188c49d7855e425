/**
 * This program in another role, as a child that is talked to in lines.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import { LineSplitter } from "../../wire/local/line_splitter.ts";
import { runtimeError } from "../c/errno.ts";
import { runningProgram, selfCommand, selfEnvironment } from "./self_command.ts";

/** What comes from the child. */
export interface LineChildEvents {
  /** A line on its standard output. */
  line(text: string): void;
  /** It has ended; called once, after the last line. `how` says it in words. */
  ended(how: string): void;
}

/** A child that was started. */
export interface LineChild {
  /** Writes a line to its standard input. */
  send(line: string): void;
  /** Ends it at once. */
  kill(): void;
}

const encoder = new TextEncoder();

/**
 * Starts this program in a role. Its standard error goes nowhere.
 *
 * @param running names the entry point; left out: the one of this process
 * @throws OuroError when the system cannot start a process
 */
export function spawnLineChild(
  role: string,
  env: Readonly<Record<string, string>>,
  events: LineChildEvents,
  running = runningProgram(),
): LineChild {
  const { program, words } = selfCommand(running);
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...words, role],
      env: selfEnvironment(Deno.env.toObject(), env),
      clearEnv: true,
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
  } catch (thrown) {
    throw runtimeError(thrown, `cannot start ${program} as ${role}`);
  }
  const writer = child.stdin.getWriter();
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch (thrown) {
      // It has ended already.
      if (!(thrown instanceof TypeError || thrown instanceof Deno.errors.NotFound)) throw thrown;
    }
  };
  follow(child, writer, events, kill);
  return {
    // Whoever has ended reads no more: that is told by `ended`.
    send: (line) => void writer.write(encoder.encode(line + "\n")).catch(() => undefined),
    kill,
  };
}

async function follow(
  child: Deno.ChildProcess,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  events: LineChildEvents,
  kill: () => void,
): Promise<void> {
  const splitter = new LineSplitter();
  try {
    for await (const bytes of child.stdout) splitter.push(bytes, (line) => events.line(line));
  } catch (thrown) {
    if (!(thrown instanceof ProtocolError)) throw thrown;
    kill();
  }
  const { code, signal } = await child.status;
  await writer.close().catch(() => undefined);
  events.ended(signal ?? `exit status ${code}`);
}

/** Calls `line` for each line of the standard input of this process; resolves at its end. */
export async function readInput(line: (text: string) => void): Promise<void> {
  const splitter = new LineSplitter();
  for await (const bytes of Deno.stdin.readable) splitter.push(bytes, line);
}

/** Writes a line to the standard output of this process. */
export function writeOutput(line: string): void {
  const bytes = encoder.encode(line + "\n");
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

/** Gives rights of this process up, for good: names of permissions of the runtime. */
export function giveUpRights(names: readonly string[]): void {
  // The right to import from elsewhere has a name that the types do not have.
  for (const name of names) Deno.permissions.revokeSync({ name: name as Deno.PermissionName });
}
