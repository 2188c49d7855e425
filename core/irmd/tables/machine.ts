/**
 * What the IRMd's logic needs from the process around it, and the other way round: connected processes, children,
 * plugins. The shell implements these; tests fake them.
 *
 * @module
 */
import type { Pid, Uid } from "../../contract/ids.ts";
import type { OptionDeclaration, OptionValues } from "../../contract/options.ts";
import type { Done } from "../../contract/outcome.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import type { Balancer, Waiting } from "../../contract/policies/small_policies.ts";
import type { ListedPlugin } from "../../registry/registry.ts";
import type { ConnectTo } from "../../wire/local/connect_json.ts";
import type { SessionRole } from "../../wire/local/local_protocol.ts";

/** Who gives a command: `bind program … auto` starts programs with these rights. */
export interface Caller {
  readonly pid: Pid;
  readonly uid: Uid;
  readonly gid: number;
  /** The path at which a connected process listens for data connections; the configuration file has none. */
  readonly dataPath?: string;
  /** The same command has failed before, which is logged already. */
  readonly again?: boolean;
  /** The IRMd gives the command by itself: what it did before is gone. */
  readonly remakes?: boolean;
}

/**
 * One connected process after its `hello`. A process may have several; bindings belong to the process, flows and accepts to
 * the session.
 */
export interface Session extends Caller {
  /** When the process started, which with the pid says which one it is; undefined where that is not known. */
  readonly started: number | undefined;
  /** Base name of the program. */
  readonly program: string;
  readonly role: SessionRole;
  /** The socket through which it came: `public` is `irmd.sock`, `admin` is `admin.sock`. */
  readonly socket: "public" | "admin";
  /** The path at which it listens for data connections. */
  readonly dataPath: string;
  /**
   * Asks the process. `done` is called once, never before this call has returned; with an error when the session ends.
   *
   * @param timeout milliseconds; left out: no limit
   * @param unhurried nobody waits for the answer: it may go out with a later message
   */
  request(method: string, params: unknown, done: Done<unknown>, timeout?: number, unhurried?: boolean): void;
  /** Tells the process something, which may go out with a later message when it is unhurried; nothing happens when the session has ended. */
  notify(method: string, params: unknown, unhurried?: boolean): void;
}

/** Returns what the process that connects to a session is told. */
export const connectTo = ({ dataPath: path, uid }: Session, token: string): ConnectTo => ({
  path,
  token,
  uid,
});

/** Returns how an application is told: the owner apart, as clients of earlier versions know two fields of `connect`. */
export const connectResult = ({ path, token, uid }: ConnectTo) => ({ connect: { path, token }, owner: uid });

/** Rights and operands of a program to start. */
export interface Start {
  /** Absolute path. */
  readonly path: string;
  readonly arguments: readonly string[];
  readonly uid: Uid;
  readonly gid: number;
}

/** The processes of this host. */
export interface Machine {
  /**
   * Starts `ouro ipcpd TYPE`. `done` comes before {@link Irmd.connected} of that process; it says that the process
   * was started, not that it works.
   */
  startIpcp(type: string, name: string, done: Done<Pid>): void;
  /** Starts a program. Its exit is reported with {@link Irmd.childExited}, when all that it has started has ended, too. */
  startProgram(start: Start, done: Done<Pid>): void;
  /** Asks a child to end (SIGTERM), a program with all that it has started; nothing happens when it has ended or was not started here. */
  terminate(pid: Pid): void;
  /** Ends a child now (SIGKILL), a program with all that it has started; nothing happens when it has ended or was not started here. */
  kill(pid: Pid): void;
  /** Returns a process, its session, and the processes that have started it, with their sessions, as far as that can be seen. */
  ancestryOf(pid: Pid): readonly Pid[];
  /**
   * Returns whether a process runs the program in that file, itself or as a script; undefined where that cannot be told: the process
   * cannot be seen, or the file hands over to others.
   */
  runsFile(pid: Pid, path: string): boolean | undefined;
  /** Returns the number of a user; undefined when the system does not know the name. */
  userId(name: string): number | undefined;
  /** Returns when the process with this pid started, also one that was not started here; undefined when there is none. */
  startTime(pid: Pid): number | undefined;
}

/** What an IRMd tells the one that runs after it. */
export interface Memory {
  /** Returns what was saved last; undefined: nothing, or nothing that could be read. */
  load(): string | undefined;
  /** Saves a text in place of the one before. */
  save(text: string): void;
}

/** A hash function, perhaps of another process. */
export interface AskedHash {
  /** Gives the digest, at once where the function is built in. */
  digest(bytes: Uint8Array, done: Done<Uint8Array>): void;
}

/** A balancing policy of another process. */
export interface AskedBalancer {
  /** As {@link Balancer.choose}. `done` is called once, after this call has returned, with an index in any case. */
  ask(waiting: readonly Waiting[], done: (index: number) => void): void;
}

/** What the IRMd uses of the plugin registry. */
export interface IrmdPlugins {
  /** Lists all plugins, in the order of lists. */
  list(): readonly ListedPlugin[];
  /** Returns the hash function of that name. @throws PluginError when there is none */
  hash(name: string): AskedHash;
  /** Makes an instance of the balancing policy of that name. @throws PluginError when there is none */
  balancer(name: string): Balancer | AskedBalancer;
  /** Returns the IPCP type of that name or alias. @throws PluginError that names the known types, when there is none */
  ipcpType(word: string): PluginDeclaration;
  /**
   * Checks all options that go with an IPCP type, those of its policies included, and fills defaults in.
   *
   * @throws InvalidError that names the word at fault
   */
  checkOptions(
    declarations: readonly OptionDeclaration[],
    given: Readonly<Record<string, string>>,
  ): OptionValues;
}
