/**
 * The IRM daemon without its I/O: what connected processes ask for goes in, what they are told comes out.
 *
 * @module
 */
import {
  asOuroError,
  IrmdError,
  type OuroError,
  PermissionError,
  TimedOutError,
} from "../contract/errors.ts";
import type { Pid } from "../contract/ids.ts";
import { DONE, type Done, failure } from "../contract/outcome.ts";
import type { Timer } from "../contract/ports.ts";
import { type Fields, fieldsOf } from "../wire/local/fields.ts";
import { readTurnedAway, TURNED_AWAY } from "../wire/local/turned_away.ts";
import type { RpcId } from "../wire/local/json_rpc.ts";
import { MethodNotFoundError } from "../wire/local/rpc_peer.ts";
import { bindingCommands, Bindings } from "./commands/bindings.ts";
import { call, type Command, type Commands } from "./commands/command.ts";
import { connectionCommands } from "./commands/connections.ts";
import { instrumentCommands } from "./commands/instruments.ts";
import { ipcpCommands } from "./commands/ipcp_commands.ts";
import { IpcpLifecycle } from "./commands/ipcp_lifecycle.ts";
import { LayerCommands } from "./commands/layer_commands.ts";
import { nameCommands } from "./commands/names.ts";
import { registrationCommands } from "./commands/registrations.ts";
import { statusCommands } from "./commands/status.ts";
import { exportCommands } from "./config/export.ts";
import { AutoStart } from "./flows/auto_start.ts";
import { FlowTeardown } from "./flows/flow_teardown.ts";
import { type FlowMethod, flowMethods } from "./flows/flow_methods.ts";
import { Incoming } from "./flows/incoming.ts";
import { takeUpper, upperRequest } from "./flows/upper_methods.ts";
import { follow } from "./intentions/follow.ts";
import type { Wish } from "./intentions/intention.ts";
import { Keeper } from "./intentions/keeper.ts";
import { connectionChanged, keptCommands, plannedIpcp, wishesOf } from "./intentions/kept_commands.ts";
import { Remembered } from "./intentions/remembered.ts";
import type { Caller, Memory, Session } from "./tables/machine.ts";
import type { IpcpRecord } from "./tables/records.ts";
import { SessionWork } from "./tables/sessions.ts";
import { State, type StateContext } from "./tables/state.ts";

/** Children that were asked to end are killed after this many milliseconds. */
const KILL_WAIT = 3000;
/** The shutdown ends after this many milliseconds, whatever is left. */
const SHUTDOWN_WAIT = 6000;
/** What still works during the shutdown. */
const ENDING_METHODS = ["flow.deallocate", "cancel"];

/** What the daemon works with. */
export interface IrmdContext extends StateContext {
  /** Keeps what is bound and registered by command for the IRMd that runs after this one; left out: nothing does. */
  readonly commands?: Memory;
  /** Folder at which the RIB is mounted. */
  readonly rib?: string;
}

/** The IRM daemon. */
export class Irmd {
  readonly #state: State;
  readonly #ends: FlowTeardown;
  readonly #incoming: Incoming;
  readonly #starts: AutoStart;
  readonly #lifecycle: IpcpLifecycle;
  readonly #bindings: Bindings;
  readonly #flowMethods: ReadonlyMap<string, FlowMethod>;
  readonly #keeper: Keeper;
  /** Requests of the configuration file that have not come to an end. */
  #toCome = () => 0;
  readonly #remembered: Remembered;
  readonly #commands: ReadonlyMap<string, Command>;
  #closing: { readonly done: Done; readonly timers: readonly Timer[] } | undefined;

  constructor(context: IrmdContext) {
    const state = new State(context);
    this.#state = state;
    this.#ends = new FlowTeardown(state);
    this.#starts = new AutoStart(state, (name, trouble) => this.#incoming.notStarted(name, trouble));
    this.#incoming = new Incoming(state, this.#ends, this.#starts);
    this.#lifecycle = new IpcpLifecycle(state, (ipcp, lost) => {
      this.#incoming.ipcpGone(ipcp);
      this.#ends.ipcpGone(ipcp);
      if (lost !== undefined) this.#keeper.lost(ipcp.name, lost);
    });
    this.#bindings = new Bindings(state, this.#incoming);
    const methods = {
      ...flowMethods(state, this.#ends, this.#incoming),
      "upper.request": upperRequest(state, this.#incoming),
    };
    this.#flowMethods = new Map(Object.entries(methods));
    const commands: Commands = {
      ...ipcpCommands(state, this.#lifecycle),
      ...new LayerCommands(state, this.#lifecycle, this.#bindings).commands(),
      ...instrumentCommands(state),
      ...connectionCommands(state),
      ...nameCommands(state),
      ...registrationCommands(state),
      ...bindingCommands(state, this.#bindings),
      ...statusCommands(state, this.#incoming),
    };
    this.#keeper = new Keeper(state, commands);
    const kept = {
      ...keptCommands(state, this.#keeper, commands),
      ...exportCommands(state, this.#keeper, { rib: context.rib, toCome: () => this.#toCome() }),
    };
    this.#remembered = new Remembered(state, this.#keeper, kept, context.commands);
    this.#commands = new Map(Object.entries(this.#remembered.commands()));
  }

  /**
   * Begins the session of a process that has said a correct `hello`.
   *
   * @throws PermissionError when it may not have that role: the shell answers `hello` with it and closes the connection
   * @throws IrmdError during the shutdown
   */
  connected(session: Session): void {
    if (this.#closing) throw new IrmdError("the IRMd is shutting down");
    const { sessions, processes, ipcps, ports } = this.#state;
    const ipcp = ipcps.byPid(session.pid);
    if (session.role === "ipcp" && (session.socket !== "admin" || ipcp?.state !== "starting")) {
      throw new PermissionError("only a process that the IRMd has started as an IPCP may say that it is one");
    }
    sessions.set(session, new SessionWork(session, this.#state.shares.calls));
    if (session.role === "tool") return;
    const process = processes.join(session);
    if (process.program === undefined) {
      this.#bindings.announced(process, ipcp?.program ?? session.program, this.#starts.fileOf(session.pid));
    }
    if (session.role !== "ipcp") return;
    // Not before its hello is answered.
    ports.timers.after(0, () => {
      if (sessions.has(session)) this.#lifecycle.connected(session);
    });
  }

  /** Ends the session of a process whose connection has ended. Called once for each session that {@link connected} took. */
  ended(session: Session): void {
    const { sessions, processes } = this.#state;
    const work = sessions.get(session);
    if (!work) return;
    work.cancelAll(new IrmdError("the connection has ended"));
    const process = processes.leave(session);
    if (process?.sessions.size === 0) {
      if (session.role === "ipcp") processes.remove(process);
      else this.#bindings.disconnected(process);
    }
    this.#ends.sessionGone(session, [...work.flows]);
    sessions.delete(session);
    if (session.role === "ipcp") this.#lifecycle.ended(session);
  }

  /**
   * Answers what a connected process asks for.
   *
   * @param reply called exactly once; perhaps before this call returns, perhaps when the session has ended
   * @param id the request's id, for `cancel`
   * @throws OuroError (for a wrong method, role or parameter), which is the answer, instead of calling `reply`
   */
  request(session: Session, method: string, params: unknown, reply: Done<unknown>, id: RpcId): void {
    if (this.#closing && !ENDING_METHODS.includes(method)) throw new IrmdError("the IRMd is shutting down");
    const fields = fieldsOf(params ?? {}, "params");
    const flowMethod = this.#flowMethods.get(method);
    if (flowMethod) return flowMethod(session, fields, reply, id);
    const command = this.#command(method);
    if (session.socket !== "admin" || session.role !== "tool") {
      throw new PermissionError(
        `${method} is for tools on the admin socket only; your user may not use it here`,
      );
    }
    command(session, fields, reply);
  }

  /** Takes what a connected process tells. What is wrong with it is logged. */
  notification(session: Session, method: string, params: unknown): void {
    try {
      if (method === TURNED_AWAY) {
        return this.#state.shares.turnedAway(readTurnedAway(fieldsOf(params, "params")));
      }
      const connection = (ipcp: IpcpRecord, told: Fields) => connectionChanged(this.#keeper, ipcp.name, told);
      takeUpper(this.#state, this.#ends, connection, session, method, fieldsOf(params ?? {}, "params"));
    } catch (thrown) {
      const { message } = asOuroError(thrown);
      this.#state.logOf(session).warning(
        `Notification ${method} of process ${session.pid} ignored: ${message}.`,
      );
    }
  }

  /** Takes faults of the IRMd's own plugins. @throws InvalidError for wrong parameters */
  pluginFault(params: unknown): void {
    this.#state.pluginFaults.report(fieldsOf(params, "a fault"));
  }

  /**
   * Carries out what a configuration file asks for. What cannot be done yet is tried again until it can be, while the rest goes on.
   * Methods and parameters are those of docs/local-protocol.md §2.3.
   *
   * @param fault called with what can never work
   */
  follow<Request extends Wish>(
    caller: Caller,
    plan: readonly Request[],
    fault: (error: OuroError, request: Request) => void,
  ): void {
    this.#keeper.prepare(caller, plan.flatMap(plannedIpcp));
    const { timers } = this.#state.ports;
    this.#toCome = follow(plan, timers, (request, answer) => this.ask(caller, request, answer), fault);
  }

  /**
   * Gives what was bound and registered by command at the IRMd before again, where nothing else is there by now.
   *
   * @param forget forgets it instead
   */
  restore(forget: boolean): void {
    this.#remembered.restore(forget);
  }

  /** Carries out one request of the IRMd's own user. */
  ask(caller: Caller, request: Wish, answer: Done<unknown>): void {
    try {
      if (this.#closing) throw new IrmdError("the IRMd is shutting down");
      const wanted = wishesOf(request);
      if (!wanted) return call(this.#command(request.method), caller, request.params, answer);
      for (const [index, { wish, key }] of wanted.wishes.entries()) {
        const last = index === wanted.wishes.length - 1;
        this.#keeper.want(caller, wanted.ipcp, wish, key, last ? answer : () => {});
      }
    } catch (thrown) {
      answer(failure(asOuroError(thrown)));
    }
  }

  /**
   * Takes the news that a child has ended.
   *
   * @param status its exit status, or the name of the signal that ended it
   */
  childExited(pid: Pid, status: number | string): void {
    if (status !== 0 && !this.#closing) {
      this.#state.log.debug(`Child process ${pid} died, error ${status}.`);
    }
    this.#lifecycle.exited(pid, status);
    this.#starts.exited(pid, status);
    this.#checkClosed();
  }

  /**
   * Ends all children, orderly; `done` when they are gone, at most some seconds later: then with an error that names those
   * that are left. Sessions are refused from now on. Called once.
   */
  shutdown(done: Done): void {
    const { host, ports } = this.#state;
    const timers = [
      ports.timers.after(KILL_WAIT, () => this.#children().forEach((pid) => host.kill(pid))),
      ports.timers.after(SHUTDOWN_WAIT, () => {
        this.#close(new TimedOutError(`these processes did not end: ${this.#children().join(", ")}`));
      }),
    ];
    this.#closing = { done, timers };
    this.#keeper.close();
    this.#bindings.close();
    this.#starts.close();
    this.#lifecycle.stopAll();
    for (const pid of this.#starts.running) host.terminate(pid);
    this.#checkClosed();
  }

  #command(method: string): Command {
    const command = this.#commands.get(method);
    if (!command) throw new MethodNotFoundError(`there is no method ${method.slice(0, 60)}`);
    return command;
  }

  #children(): Pid[] {
    return [...this.#lifecycle.children.keys(), ...this.#starts.running];
  }

  #checkClosed(): void {
    if (this.#closing && this.#children().length === 0) this.#close();
  }

  #close(error?: TimedOutError): void {
    const { done, timers } = this.#closing ?? {};
    if (!timers) return;
    this.#closing = { done: () => {}, timers: [] };
    for (const timer of timers) timer.cancel();
    done?.(error ? failure(error) : DONE);
  }
}
