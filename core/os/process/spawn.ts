/**
 * Starts child processes: this program in another role, and programs on behalf of who has bound them. Each has a
 * session of its own, so that a Ctrl-C at the daemon's terminal does not reach it, and nothing on its standard input.
 *
 * @module
 */
import {
  InvalidError,
  IrmdError,
  NotFoundError,
  type OuroError,
  PermissionError,
} from "../../contract/errors.ts";
import { type Pid, pid } from "../../contract/ids.ts";
import { runtimeError } from "../c/errno.ts";
import { userAccount } from "../c/libc.ts";
import { programEnvironment } from "./program_environment.ts";
import { type Running, runningProgram, selfCommand, selfEnvironment } from "./self_command.ts";

/** How a process ended. */
export interface Exit {
  /** Exit status; 128 and the number of the signal where a signal ended it. */
  readonly code: number;
  readonly signal: Deno.Signal | null;
}

/** A process that was started. */
export interface Child {
  readonly pid: Pid;
  /** Resolves when it has ended. */
  readonly exited: Promise<Exit>;
  /** Sends a signal. False: it has ended already. */
  kill(signal: Deno.Signal): boolean;
  /** From now on, this process may end before the child does. */
  unref(): void;
}

/** Where a child's outputs go: where the daemon's go, or nowhere. */
export interface ChildOutput {
  readonly stdout?: "inherit" | "null";
  readonly stderr?: "inherit" | "null";
}

/** Options of {@link spawnSelf}. */
export interface SelfOptions extends ChildOutput {
  /** Variables beside or in place of this process' own. */
  readonly env?: Readonly<Record<string, string>>;
  /** How the program is started; left out: as this one was. */
  readonly running?: Running;
}

/** Options of {@link startProgram}. */
export interface ProgramOptions extends ChildOutput {
  /** The rights that the program gets. */
  readonly uid: number;
  readonly gid: number;
  /** Where the program finds the IRMd. */
  readonly runtimeFolder: string;
}

/**
 * Starts this program in a role, with this process' rights; its outputs go nowhere unless asked for.
 *
 * @throws IrmdError when its files are gone
 * @throws an error of the catalogue when the system cannot start a process
 */
export function spawnSelf(role: string, args: readonly string[], options: SelfOptions = {}): Child {
  const running = options.running ?? runningProgram();
  checkThere(running, role);
  const { program, words } = selfCommand(running);
  try {
    return start(program, [...words, role, ...args], options, {
      env: selfEnvironment(Deno.env.toObject(), options.env),
    });
  } catch (thrown) {
    throw runtimeError(thrown, `cannot start ${program} as ${role}`);
  }
}

/**
 * Starts a program with the rights of a user and one group, and no other groups; in the folder `/`, with an environment
 * that tells a program of another user nothing of the daemon's.
 *
 * @throws PermissionError when this process may not give those rights, or those rights do not allow to execute it
 * @throws NotFoundError when there is no such program
 * @throws InvalidError when it is no absolute path
 */
export function startProgram(path: string, args: readonly string[], options: ProgramOptions): Child {
  const { uid, gid, runtimeFolder } = options;
  if (!path.startsWith("/")) throw new InvalidError(`a program to start must be an absolute path: "${path}"`);
  const same = uid === Deno.uid();
  const sameRights = same && gid === Deno.gid();
  if (!sameRights && Deno.uid() !== 0) {
    throw new PermissionError(
      `cannot start ${path} for user ${uid}, group ${gid}: this IRMd runs as user ${Deno.uid()}, group ${Deno.gid()}, ` +
        "and only one that runs as root can start programs for others",
    );
  }
  try {
    return start(path, args, options, {
      cwd: "/",
      env: programEnvironment(Deno.env.toObject(), runtimeFolder, {
        same,
        account: same ? undefined : userAccount(uid),
      }),
      // With a user given, a root process also drops its supplementary groups.
      ...(sameRights ? {} : { uid, gid }),
    });
  } catch (thrown) {
    throw whyNot(thrown, path);
  }
}

function checkThere({ standalone, entry }: Running, role: string): void {
  if (standalone || !entry.startsWith("file:")) return;
  const file = new URL(entry);
  try {
    Deno.statSync(file);
  } catch (cause) {
    const path = decodeURIComponent(file.pathname);
    throw new IrmdError(
      `cannot start ${role}: ${path} is gone, the program was removed or replaced while it runs; restart the IRMd`,
      { cause },
    );
  }
}

function start(
  program: string,
  args: readonly string[],
  { stdout = "null", stderr = "null" }: ChildOutput,
  more: Deno.CommandOptions,
): Child {
  const child = new Deno.Command(program, {
    ...more,
    args: [...args],
    clearEnv: true,
    detached: true,
    stdin: "null",
    stdout,
    stderr,
  }).spawn();
  return {
    pid: pid(child.pid),
    exited: child.status.then(({ code, signal }) => ({ code, signal })),
    kill: (signal) => kill(child, signal),
    unref: () => child.unref(),
  };
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): boolean {
  try {
    child.kill(signal);
    return true;
  } catch (thrown) {
    // The runtime says TypeError where it has seen the end, and NotFound where the system says it first.
    if (thrown instanceof TypeError || thrown instanceof Deno.errors.NotFound) return false;
    throw runtimeError(thrown, `cannot send ${signal} to process ${child.pid}`);
  }
}

function whyNot(thrown: unknown, path: string): OuroError {
  if (thrown instanceof Deno.errors.NotFound) {
    return new NotFoundError(`Program ${path} does not exist.`, { cause: thrown });
  }
  if (thrown instanceof Deno.errors.PermissionDenied) {
    return new PermissionError(`Program ${path} is not executable.`, { cause: thrown });
  }
  return runtimeError(thrown, `cannot start ${path}`);
}
