/**
 * Starts and ends the processes of IPCPs.
 *
 * @module
 */
import { ExistsError, InvalidError, IpcpError, IrmdError, type OuroError } from "../../contract/errors.ts";
import type { Pid } from "../../contract/ids.ts";
import { DONE, type Done, failure, success } from "../../contract/outcome.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import type { Timer } from "../../contract/ports.ts";
import { LAYER_TIMES } from "../flows/times.ts";
import type { Session } from "../tables/machine.ts";
import { IpcpRecord } from "../tables/records.ts";
import type { State } from "../tables/state.ts";

/**
 * The process of an IPCP must have connected after this many milliseconds. The reference allows 500; a busy machine
 * needs more, and a process that fails ends by itself long before.
 */
const START_WAIT = 20_000;
/** A process whose connection has ended must have ended itself after this many milliseconds. */
const EXIT_WAIT = 3000;

interface Starting {
  readonly timer: Timer;
  readonly done: Done<IpcpRecord>;
}

/** Starts and ends IPCPs. */
export class IpcpLifecycle {
  readonly #state: State;
  readonly #forget: (record: IpcpRecord, lost: string | undefined) => void;
  readonly #starting = new Map<IpcpRecord, Starting>();
  /** Processes that have not ended yet, and what kills those that should have. */
  readonly #children = new Map<Pid, Timer | undefined>();

  #closing = false;

  /**
   * @param forget called when an IPCP is gone: its flows and requests are to go too. `lost` is the reason where nobody has asked for
   * its end
   */
  constructor(state: State, forget: (record: IpcpRecord, lost: string | undefined) => void) {
    this.#state = state;
    this.#forget = forget;
  }

  /** Returns the processes that have not ended yet. */
  get children(): ReadonlyMap<Pid, unknown> {
    return this.#children;
  }

  /**
   * Returns the type that a word means.
   *
   * @throws PluginError when there is none
   */
  typeOf(word: string): PluginDeclaration {
    return this.#state.plugins.ipcpType(word);
  }

  /**
   * Starts an IPCP; `done` when it is ready for commands.
   *
   * @throws ExistsError, PluginError, NotSupportedError
   */
  create(name: string, word: string, done: Done<IpcpRecord>): void {
    const { ipcps, host, log, ports } = this.#state;
    const declaration = this.typeOf(word);
    const there = ipcps.find(name);
    if (there) {
      log.error("IPCP by that name already exists.");
      throw new ExistsError(
        `there is an IPCP "${name}" already, of type ${there.declaration.name}; take another name or destroy it`,
      );
    }
    const record = new IpcpRecord(name, declaration);
    ipcps.add(record);
    const timer = ports.timers.after(START_WAIT, () => {
      log.error(`IPCP ${record.pid} failed to respond.`);
      if (record.pid !== undefined) host.kill(record.pid);
      this.#gone(record, new IpcpError(`the IPCP "${name}" was not ready within ${START_WAIT} ms`));
    });
    this.#starting.set(record, { timer, done });
    host.startIpcp(declaration.name, name, (outcome) => {
      if (!outcome.ok) return this.#gone(record, outcome.error);
      this.#children.set(outcome.value, undefined);
      if (ipcps.find(name) !== record) return host.kill(outcome.value);
      ipcps.started(record, outcome.value);
    });
  }

  /** Takes the session of an IPCP whose process has connected. */
  connected(session: Session): void {
    const record = this.#state.ipcps.byPid(session.pid);
    const starting = record && this.#starting.get(record);
    if (!record || !starting) return;
    this.#starting.delete(record);
    starting.timer.cancel();
    record.session = session;
    record.state = "created";
    this.#state.log.info(`Created IPCP ${session.pid}.`);
    starting.done(success(record));
  }

  /**
   * Ends an IPCP; `done` when it is gone.
   *
   * @throws InvalidError when it is being ended already
   */
  stop(record: IpcpRecord, done: Done): void {
    if (record.state === "stopping") {
      throw new InvalidError(`the IPCP "${record.name}" is being destroyed already`);
    }
    const { pid, session } = record;
    if (!session) {
      if (pid !== undefined) this.#state.host.kill(pid);
      this.#gone(record, new IrmdError(`the IPCP "${record.name}" was destroyed while it was being created`));
      return done(DONE);
    }
    record.state = "stopping";
    record.onGone.push(done);
    this.#killLater(session.pid, LAYER_TIMES.shutdown);
    session.request("layer.shutdown", {}, (outcome) => {
      if (!outcome.ok && this.#state.ipcps.byPid(session.pid) === record) this.#state.host.kill(session.pid);
    }, LAYER_TIMES.shutdown);
  }

  /** Ends all, at the shutdown: an IPCP after those that have flows over it, so that these can leave their layers in order. */
  stopAll(): void {
    this.#closing = true;
    const { ipcps } = this.#state;
    const left = ipcps.list().filter(({ state }) => state !== "stopping");
    const free = left.filter((record) => !this.#carriesIpcps(record));
    // Those that wait for each other end together.
    const next = free.length > 0 || left.length < ipcps.size ? free : left;
    for (const record of next) {
      if (record.state !== "stopping" && ipcps.find(record.name) === record) {
        this.stop(record, () => this.stopAll());
      }
    }
  }

  /** Removes an IPCP whose connection has ended. */
  ended(session: Session): void {
    const record = this.#state.ipcps.byPid(session.pid);
    if (record?.session !== session) return;
    this.#killLater(session.pid, EXIT_WAIT);
    this.#gone(record, new IpcpError(`the IPCP "${record.name}" is gone`));
  }

  /** Takes the news that a child has ended, perhaps the process of an IPCP. */
  exited(pid: Pid, status: number | string): void {
    this.#children.get(pid)?.cancel();
    const record = this.#state.ipcps.byPid(pid);
    if (record) {
      const how = typeof status === "number" ? `exit status ${status}` : status;
      this.#gone(
        record,
        new IpcpError(`the process of the IPCP "${record.name}" has ended (${how}); see the log`),
      );
    }
    this.#children.delete(pid);
  }

  #carriesIpcps(record: IpcpRecord): boolean {
    for (const { session } of record.flows) {
      const above = this.#state.ipcps.byPid(session.pid);
      if (above && above !== record) return true;
    }
    return false;
  }

  #killLater(pid: Pid, delay: number): void {
    if (!this.#children.has(pid) || this.#children.get(pid)) return;
    this.#children.set(pid, this.#state.ports.timers.after(delay, () => this.#state.host.kill(pid)));
  }

  #gone(record: IpcpRecord, error: OuroError): void {
    const { ipcps, log } = this.#state;
    const { pid, state } = record;
    ipcps.remove(record);
    record.session = undefined;
    const starting = this.#starting.get(record);
    this.#starting.delete(record);
    starting?.timer.cancel();
    if (state === "stopping") {
      if (!this.#closing) log.info(`Destroyed IPCP ${pid}.`);
    } else if (!starting) log.debug(`Dead IPCP removed: ${pid}.`);
    this.#forget(record, state === "stopping" || starting ? undefined : error.message);
    for (const done of record.onGone.splice(0)) done(DONE);
    starting?.done(failure(error));
  }
}
