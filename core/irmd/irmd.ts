/**
 * The IRM daemon without its I/O: what connected processes ask for goes in, what they are told comes out.
 *
 * @module
 */
import type { Pid } from "../contract/ids.ts";
import type { Done } from "../contract/outcome.ts";
import type { Ports } from "../contract/ports.ts";
import type { RpcId } from "../wire/json_rpc.ts";
import type { Caller, IrmdHost, IrmdPlugins, Session } from "./host.ts";

/** The IRM daemon. */
export class Irmd {
  constructor(ports: Ports, host: IrmdHost, plugins: IrmdPlugins) {
    void [ports, host, plugins];
  }

  /**
   * A process has said a correct `hello`.
   *
   * @throws PermissionError when it may not have that role: the shell answers `hello` with it and closes the connection
   */
  connected(session: Session): void {
    void session;
  }

  /** The connection of a process has ended. Called once for each session that {@link connected} took. */
  ended(session: Session): void {
    void session;
  }

  /**
   * A connected process asks for something.
   *
   * @param reply called exactly once, unless the session ends first; perhaps before this call returns
   * @param id the request's id, for `cancel`
   * @throws OuroError (for a wrong method, role or parameter), which is the answer, instead of calling `reply`
   */
  request(session: Session, method: string, params: unknown, reply: Done<unknown>, id: RpcId): void {
    void [session, method, params, reply, id];
  }

  /** A connected process tells something. What is wrong with it is logged. */
  notification(session: Session, method: string, params: unknown): void {
    void [session, method, params];
  }

  /**
   * A command that no session gives: those of the configuration file. Methods and parameters are those of
   * docs/local-protocol.md §2.3.
   *
   * @param reply called exactly once; also for wrong parameters
   */
  command(caller: Caller, method: string, params: unknown, reply: Done<unknown>): void {
    void [caller, method, params, reply];
  }

  /**
   * A child has ended.
   *
   * @param status its exit status, or the name of the signal that ended it
   */
  childExited(pid: Pid, status: number | string): void {
    void [pid, status];
  }

  /** Ends all children, orderly; `done` when they are gone, at most some seconds later. Sessions are refused from now on. */
  shutdown(done: Done): void {
    void done;
  }
}
