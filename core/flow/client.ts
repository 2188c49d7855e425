/**
 * The application's way to an IRMd.
 *
 * @module
 */
import {
  CancelledError,
  InvalidError,
  IrmdError,
  type OuroError,
  TimedOutError,
} from "../contract/errors.ts";
import { flowTimers, systemClock, systemTimers } from "../os/clock.ts";
import { processPoller } from "../os/wait/process_poller.ts";
import { RuntimeFolder } from "../os/unix/runtime_folder.ts";
import { FdTable } from "../kit/number_pool.ts";
import { type Flow, makeFlow } from "./flow.ts";
import type { DataConnection, FlowBroker } from "./irmd/flow_broker.ts";
import { type AcceptOptions, type AllocateOptions, chooseQos, type JoinOptions } from "./irmd/request.ts";
import { Session } from "./irmd/session.ts";
import { cancelled } from "./irmd/wait_queue.ts";

/** Milliseconds before the first look for an IRMd that has gone away, and at most between two: it is back within a second. */
const FIRST_LOOK = 50;
const LAST_LOOK = 800;

const LARGEST_WINDOW_BYTES = 2 ** 30;

/** The numbers of the flows of this process. */
const fds = new FdTable();

/** Where and as what to connect. */
export interface ConnectOptions {
  /**
   * The runtime folder of the IRMd; left out: `$OURO_RUNTIME_DIR`, or the usual one of this user, and where no IRMd runs there, that of
   * the system.
   */
  readonly runtimeFolder?: string;
  /** Name under which `irm bind program` knows this program; left out: the main module's, without its ending. */
  readonly program?: string;
  /**
   * Bytes of packets that a reliable flow may have sent and not know to have arrived, on long paths; at its other end up to twice as many
   * wait. Left out: 16 MiB, which is enough for 1 Gb/s with a round trip of 100 ms.
   */
  readonly windowBytes?: number;
  /**
   * Flows can be read and written by calls that wait within the call ({@link Flow.readSync}, {@link Flow.writeSync}). The program needs
   * the right to call the C library (`--allow-ffi`). Calls with promises take longer then; left out: no.
   */
  readonly syncCalls?: boolean;
  /**
   * Told of errors that no call can report any more, as when a flow cannot be handed back after its deallocation was done. Left out:
   * they are written to the console as warnings.
   */
  readonly onError?: (error: OuroError) => void;
}

/**
 * A client of an IRMd. It connects again by itself after the IRMd was restarted, and a call of accept waits on over that; flows
 * end. An idle client does not keep the process alive; a flow, or a call that waits, does.
 *
 * @example
 * ```ts
 * import { Ouroboros } from "./client.ts";
 * import { TestingIrmd } from "../testing/irmd.ts";
 *
 * await using irmd = await TestingIrmd.start(); // In place of a real IRMd.
 * await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder, program: "server" });
 * const accepting = ouro.accept();
 * await using flow = await ouro.allocate("echo", { timeout: 1000 });
 * await using other = await accepting;
 * await flow.write(new Uint8Array(64));
 * console.assert((await other.read()).length === 64);
 * ```
 */
export class Ouroboros implements AsyncDisposable {
  readonly #options: ConnectOptions;
  readonly #flows = new Set<Flow>();
  #session: Promise<Session> | undefined;
  #closed: Promise<void> | undefined;
  /** The folder of the IRMd that has answered: when it does not any more, it is expected back there. */
  #folder: string | undefined;
  /** What ends the pauses between looks for it. */
  readonly #pauses = new Set<() => void>();

  private constructor(options: ConnectOptions) {
    const { windowBytes = 1 } = options;
    if (!Number.isSafeInteger(windowBytes) || windowBytes < 1 || windowBytes > LARGEST_WINDOW_BYTES) {
      throw new InvalidError(`windowBytes is a number of bytes up to 1 GiB; it is ${windowBytes}`);
    }
    this.#options = options;
  }

  /**
   * Connects to the IRMd.
   *
   * @throws IrmdError when none answers
   */
  static async connect(options: ConnectOptions = {}): Promise<Ouroboros> {
    const client = Ouroboros.lazy(options);
    await client.#open();
    return client;
  }

  /** Makes a client that connects when it is first used. */
  static lazy(options: ConnectOptions = {}): Ouroboros {
    return new Ouroboros(options);
  }

  /**
   * Allocates a flow to a name and waits until the other end has accepted it. (Reference: `flow_alloc`.)
   *
   * @throws NameError, IpcpError, TimedOutError, CancelledError, NotSupportedError, CryptError, AuthError, IrmdError
   */
  allocate(name: string, options: AllocateOptions = {}): Promise<Flow> {
    const check = () => chooseQos(options.qos);
    return this.#get(
      `allocating a flow to ${name}`,
      options,
      (broker) => broker.allocate(name, options),
      check,
    );
  }

  /**
   * Waits for a flow to a name that this program or process is bound to. (Reference: `flow_accept`.) When the IRMd ends meanwhile,
   * the call waits until there is one again, and goes on.
   *
   * @throws TimedOutError, CancelledError
   * @throws IrmdError when no IRMd has ever answered, or one refuses the call
   * @throws AuthError, CryptError when the security options cannot be used
   */
  async accept(options: AcceptOptions = {}): Promise<Flow> {
    const { timeout, signal } = options;
    const end = systemClock.now() + (timeout ?? Infinity);
    if (signal?.aborted) throw cancelled("accepting a flow", signal);
    for (let look = FIRST_LOOK;; look = Math.min(2 * look, LAST_LOOK)) {
      const session = await this.#find();
      if (session) {
        look = FIRST_LOOK;
        const left = timeout === undefined ? undefined : Math.max(0, end - systemClock.now());
        try {
          return await this.#use(session, (broker) => broker.accept({ ...options, timeout: left }));
        } catch (thrown) {
          if (!session.ended || this.#closed || !(thrown instanceof IrmdError)) throw thrown;
        }
      }
      await this.#pause(Math.min(look, end - systemClock.now()), signal);
      if (signal?.aborted) throw cancelled("accepting a flow", signal);
      if (systemClock.now() >= end) {
        throw new TimedOutError(`no flow arrived within ${timeout} ms: no IRMd answers`);
      }
    }
  }

  /**
   * Joins a broadcast layer: what one member writes, all others read. (Reference: `flow_join`.)
   *
   * @throws IpcpError, NotSupportedError, TimedOutError, CancelledError, IrmdError
   */
  join(layer: string, options: JoinOptions = {}): Promise<Flow> {
    return this.#get(`joining ${layer}`, options, (broker) => broker.join(layer, options));
  }

  /**
   * Deallocates all flows, waits until they are handed back ({@link Flow.released}) and disconnects; calls that wait fail.
   *
   * @throws what deallocating a flow throws, after all is closed
   */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  /** As {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const resume of this.#pauses) resume();
    const session = this.#session;
    const ends = [...this.#flows].flatMap((flow) => [flow[Symbol.asyncDispose](), flow.released]);
    const results = await Promise.allSettled(ends);
    // A connection that could not be made needs no closing; who asked for it was told.
    (await session?.catch(() => undefined))?.close();
    await processPoller().ended();
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  async #open(): Promise<Session> {
    if (this.#closed) throw new CancelledError("this client was closed");
    const opening = this.#session ??= this.#connect();
    try {
      const session = await opening;
      this.#folder = session.folder;
      if (!session.ended) return session;
    } catch (thrown) {
      this.#forget(opening);
      throw thrown;
    }
    this.#forget(opening);
    return this.#open();
  }

  /** Returns the session; undefined when the IRMd has gone away. @throws what {@link #open} does when there was none before */
  async #find(): Promise<Session | undefined> {
    try {
      return await this.#open();
    } catch (thrown) {
      if (this.#folder === undefined || this.#closed || !(thrown instanceof IrmdError)) throw thrown;
      return undefined;
    }
  }

  /** Waits, unless the client is closed or the signal is raised meanwhile. */
  #pause(time: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const resume = () => {
        timer.cancel();
        this.#pauses.delete(resume);
        signal?.removeEventListener("abort", resume);
        resolve();
      };
      const timer = systemTimers.after(time, resume);
      this.#pauses.add(resume);
      signal?.addEventListener("abort", resume);
      if (signal?.aborted) resume();
    });
  }

  #forget(session: Promise<Session>): void {
    if (this.#session === session) this.#session = undefined;
  }

  #connect(): Promise<Session> {
    const { runtimeFolder = this.#folder } = this.#options;
    return Session.open({
      folders: runtimeFolder === undefined ? RuntimeFolder.search().map(({ path }) => path) : [runtimeFolder],
      program: this.#options.program ?? programName(),
      windowBytes: this.#options.windowBytes,
      own: this.#options.syncCalls,
    });
  }

  /** @param what names the call in errors */
  async #get(
    what: string,
    { signal }: { readonly signal?: AbortSignal },
    ask: (broker: FlowBroker) => Promise<DataConnection>,
    check?: () => void,
  ): Promise<Flow> {
    check?.();
    // Who tries again until the signal is raised must hear of that, also where no IRMd answers.
    if (signal?.aborted) throw cancelled(what, signal);
    return await this.#use(await this.#open(), ask);
  }

  async #use(session: Session, ask: (broker: FlowBroker) => Promise<DataConnection>): Promise<Flow> {
    session.hold();
    try {
      const end = await ask(session.broker);
      try {
        if (this.#closed) throw new CancelledError("this client was closed");
        return this.#adopt(end, session);
      } catch (thrown) {
        end.channel.close();
        await session.broker.deallocate(end.info.id);
        throw thrown;
      }
    } finally {
      session.release();
    }
  }

  #adopt(end: DataConnection, session: Session): Flow {
    const fd = fds.take();
    session.hold();
    const flow: Flow = makeFlow({
      fd,
      info: end.info,
      channel: end.channel,
      timers: flowTimers,
      failedLate: (error) => this.#failLate(error),
      release: async () => {
        this.#flows.delete(flow);
        fds.release(fd);
        try {
          await session.broker.deallocate(end.info.id);
        } finally {
          session.release();
        }
      },
    });
    this.#flows.add(flow);
    return flow;
  }

  #failLate(error: OuroError): void {
    if (this.#closed) return; // It throws the error.
    if (this.#options.onError) this.#options.onError(error);
    else console.warn(`ouro: ${error.message}`);
  }
}

/**
 * Connects to the IRMd: as {@link Ouroboros.connect}.
 *
 * @example
 * ```ts
 * import { connect } from "./client.ts";
 * import { TestingIrmd } from "../testing/irmd.ts";
 *
 * await using irmd = await TestingIrmd.start(); // In place of a real IRMd.
 * await using ouro = await connect({ runtimeFolder: irmd.folder });
 * const refused = await ouro.allocate("unknown name").catch((error) => error);
 * console.assert(refused.code === "OURO_NAME");
 * ```
 * @throws IrmdError when none answers
 */
export function connect(options: ConnectOptions = {}): Promise<Ouroboros> {
  return Ouroboros.connect(options);
}

/** Returns the name of the program that a client is in: the base name of its main module, without its ending. */
export function programName(module: string = Deno.mainModule): string {
  const base = module.replace(/[?#].*$/, "").replace(/\/+$/, "").split("/").pop() ?? "";
  return base.replace(/(.)\.[^.]*$/, "$1") || "program";
}
