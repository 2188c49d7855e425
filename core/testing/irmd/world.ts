/**
 * A host in virtual time for the tests of the IRMd: processes that connect, IPCPs that answer, a log to read. Messages take
 * 1 ms each way and pass through JSON.
 *
 * @module
 */
import {
  asOuroError,
  IrmdError,
  NotFoundError,
  type OuroError,
  TimedOutError,
} from "../../contract/errors.ts";
import { type Pid, pid, uid } from "../../contract/ids.ts";
import { type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import type { Log } from "../../contract/ports.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import type { AskedBalancer, Machine, Session, Start } from "../../irmd/tables/machine.ts";
import { PLUGINS } from "./plugins.ts";
import { Irmd } from "../../irmd/irmd.ts";
import type { SessionRole } from "../../wire/local/local_protocol.ts";

/** Fields that messages may have; a message has those of its method. */
export interface Message {
  readonly flow: number;
  readonly hash: string;
  readonly token: string;
  readonly qos: unknown;
  readonly maxPacket?: number;
  readonly data: string;
  readonly layer: string;
  readonly destination: string;
  readonly pid: number;
  readonly name: string;
  readonly reason: string;
  readonly flows: number;
  readonly waitingCalls: number;
  readonly waitingRequests: number;
  readonly refusedRequests: number;
  readonly processes: number;
  readonly sessions: number;
  readonly registrations: number;
  readonly linger: number;
  readonly connect: { readonly path: string; readonly token: string; readonly uid: number };
  readonly security?: {
    readonly encryption?: { readonly cipher: string; readonly key: string; readonly role: string };
    readonly peer?: { readonly name: string };
  };
  readonly handshakes: Readonly<Record<string, number>>;
  readonly missing?: readonly Readonly<Record<string, unknown>>[];
  readonly former?: { readonly layer: string; readonly address: number };
}

/** What a process answers to the IRMd. */
export type Answer = (params: Message, reply: Done<unknown>) => void;

/** Pulls a value through JSON, as the wire does. */
const overWire = (value: unknown): Message => JSON.parse(JSON.stringify(value ?? null));

/** A request that was made: its answers, of which there should be one. */
export class Asked {
  readonly answers: Outcome<Message>[] = [];

  /** The error, if it was answered with one. */
  get error(): OuroError | undefined {
    const [answer] = this.answers;
    return answer && !answer.ok ? answer.error : undefined;
  }

  /** The result. @throws when it was refused or not answered */
  get result(): Message {
    const [answer] = this.answers;
    if (!answer) throw new Error("there is no answer");
    if (!answer.ok) throw answer.error;
    return answer.value;
  }
}

/** One connected process. */
export class FakeProcess implements Session {
  readonly uid;
  readonly gid = 100;
  readonly dataPath: string;
  /** What the IRMd told it. */
  readonly notified: { method: string; params: Message }[] = [];
  /** What it answers, by method. */
  readonly answers = new Map<string, Answer>();
  /** What it was asked, in order. */
  readonly requests: { method: string; params: Message }[] = [];
  readonly #world: World;
  readonly #waiting = new Set<(outcome: Outcome<unknown>) => void>();
  #lastId = 0;
  ended = false;

  constructor(
    world: World,
    readonly pid: Pid,
    readonly program: string,
    readonly role: SessionRole,
    readonly socket: "public" | "admin",
    user: number,
    readonly started: number | undefined,
  ) {
    this.#world = world;
    this.uid = uid(user);
    this.dataPath = `/flows/${pid}`;
  }

  request(method: string, params: unknown, done: Done<unknown>, timeout?: number): void {
    const { time } = this.#world;
    const settle = (outcome: Outcome<unknown>) => {
      if (!this.#waiting.delete(settle)) return;
      limit?.cancel();
      done(outcome);
    };
    const limit = timeout === undefined ? undefined : time.after(
      timeout,
      () => settle(failure(new TimedOutError(`${method} was not answered within ${timeout} ms`))),
    );
    this.#waiting.add(settle);
    if (this.ended) return void time.after(0, () => settle(failure(new IrmdError("the session has ended"))));
    const message = overWire(params);
    time.after(1, () => {
      if (this.ended) return;
      this.requests.push({ method, params: message });
      const answer = this.answers.get(method);
      if (!answer) throw new Error(`${this.program} was asked ${method}`);
      answer(
        message,
        (outcome) =>
          void time.after(1, () => settle(outcome.ok ? success(overWire(outcome.value)) : outcome)),
      );
    });
  }

  notify(method: string, params: unknown): void {
    const message = overWire(params);
    this.#world.time.after(1, () => this.ended || this.notified.push({ method, params: message }));
  }

  /** Asks the IRMd. The id of the request is kept in `lastId`. */
  ask(method: string, params: unknown = {}, heard: Done<Message> = () => {}): Asked {
    const asked = new Asked();
    const reply: Done<unknown> = (outcome) => {
      const told = outcome.ok ? success(overWire(outcome.value)) : outcome;
      asked.answers.push(told);
      if (!this.ended) this.#world.time.after(1, () => heard(told));
    };
    try {
      this.#world.irmd.request(this, method, overWire(params), reply, ++this.#lastId);
    } catch (thrown) {
      reply(failure(asOuroError(thrown)));
    }
    return asked;
  }

  /** Id of the last request. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Tells the IRMd something. */
  tell(method: string, params: unknown): void {
    this.#world.time.after(
      1,
      () => this.ended || this.#world.irmd.notification(this, method, overWire(params)),
    );
  }

  /** The connection ends. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const settle of [...this.#waiting]) settle(failure(new IrmdError("the session has ended")));
    this.#world.irmd.ended(this);
  }
}

/** A host. */
export class World {
  readonly time: VirtualTime;
  readonly lines: string[] = [];
  readonly random = new SeededRandom(1);
  readonly programs: { start: Start; pid: Pid }[] = [];
  readonly killed: Pid[] = [];
  /** Processes that others have started. */
  readonly parents = new Map<Pid, Pid>();
  /** When the processes started that have connected and live. */
  readonly starts = new Map<number, number>();
  /** The files that processes run, of those that can be seen. */
  readonly executables = new Map<number, string>();
  /** Users that the system knows by name. */
  readonly users = new Map<string, number>();
  /** Processes that exist without being connected. */
  readonly strangers = new Set<number>();
  readonly irmd: Irmd;
  readonly tool: FakeProcess;
  /** Called with each IPCP that has been started, to give it its answers. */
  animate: (ipcp: FakeProcess) => void = () => {};
  /** Types of IPCPs and policies. */
  declared = PLUGINS.list();
  /** Gives hash functions. */
  hashes = PLUGINS.hash;
  /** What the balancing policy `elsewhere`, of another process, does. */
  chooses: AskedBalancer["ask"] = (_waiting, done) => void this.time.after(100, () => done(0));
  /** What happens when a program is started. */
  startProgram: (start: Start, pid: Pid) => void = () => {};
  /** Started IPCPs, newest last. */
  readonly ipcps: FakeProcess[] = [];
  /** Files of the security folder, by their paths. */
  readonly files = new Map<string, Uint8Array>();
  #lastPid = 5000;

  /** What the IRMd keeps for the one that runs after it. */
  saved: string | undefined;
  /** The same of its commands. */
  commands: string | undefined;

  /**
   * @param wall the clock at the beginning, in milliseconds since 1970
   * @param saved what an IRMd has kept that ran before
   */
  constructor(wall?: number, saved?: string, commands?: string) {
    this.saved = saved;
    this.commands = commands;
    this.time = new VirtualTime(wall);
    const ports = { clock: this.time, timers: this.time, random: this.random, log: this.#log("irmd") };
    this.irmd = new Irmd({
      ports,
      host: this.#host,
      plugins: {
        ...PLUGINS,
        list: () => this.declared,
        ipcpType: (word) =>
          this.declared.find(({ declaration: { kind, name } }) => kind === "ipcp" && name === word)
            ?.declaration ?? PLUGINS.ipcpType(word),
        hash: (name) => this.hashes(name),
        balancer: (name) =>
          name === "elsewhere"
            ? { ask: (waiting, done) => this.chooses(waiting, done) }
            : PLUGINS.balancer(name),
      },
      files: {
        read: (path) => this.files.get(path),
        list: (folder) => {
          const paths = [...this.files.keys()].filter((path) => path.startsWith(`${folder}/`));
          return paths.map((path) => path.slice(folder.length + 1));
        },
      },
      addresses: {
        load: () => this.saved,
        save: (text) => {
          this.saved = text;
        },
      },
      commands: {
        load: () => this.commands,
        save: (text) => {
          this.commands = text;
        },
      },
    });
    this.tool = this.connect("irm", "tool");
  }

  /** A process connects. */
  connect(
    program: string,
    role: SessionRole = "application",
    asPid: number = ++this.#lastPid,
    { uid = 1000, started = this.starts.get(asPid) ?? 1 }: { uid?: number; started?: number } = {},
  ): FakeProcess {
    const process = new FakeProcess(
      this,
      pid(asPid),
      program,
      role,
      role === "application" ? "public" : "admin",
      uid,
      asPid === 0 ? undefined : started,
    );
    if (!this.starts.has(asPid)) this.starts.set(asPid, started);
    this.irmd.connected(process);
    return process;
  }

  /** Gives a command and lets time pass until it is answered. */
  command(method: string, params: unknown = {}): Asked {
    const asked = this.tool.ask(method, params);
    for (let step = 0; step < 30_000 && asked.answers.length === 0; step++) this.time.advance(1);
    return asked;
  }

  /** The result of `status`. */
  status(): {
    missing?: readonly Readonly<Record<string, unknown>>[];
    flows: number;
    waitingCalls: number;
    waitingRequests: number;
    refusedRequests: number;
    processes: number;
    sessions: number;
    handshakes: Readonly<Record<string, number>>;
  } {
    return this.tool.ask("status").result;
  }

  /** Lines of the log since the last call, and lets messages arrive first. */
  log(wait = 10): string[] {
    this.time.advance(wait);
    return this.lines.splice(0);
  }

  readonly #host: Machine = {
    startIpcp: (type, _name, done) => {
      const of = pid(++this.#lastPid);
      const process = new FakeProcess(this, of, `ipcpd-${type}`, "ipcp", "admin", 0, 1);
      this.ipcps.push(process);
      this.starts.set(of, 1);
      this.animate(process);
      done(success(of));
      this.time.after(2, () => process.ended || this.irmd.connected(process));
    },
    startProgram: (start, done) => {
      if (start.path.startsWith("/missing")) return done(failure(new NotFoundError("no such file")));
      const of = pid(++this.#lastPid);
      this.programs.push({ start, pid: of });
      done(success(of));
      this.startProgram(start, of);
    },
    terminate: (of) => this.exit(of, "SIGTERM"),
    kill: (of) => {
      this.killed.push(of);
      this.exit(of, "SIGKILL");
    },
    ancestryOf: (of) => {
      const parent = this.parents.get(of);
      return parent === undefined ? [of] : [of, parent];
    },
    runsFile: (of, path) => this.executables.has(of) ? this.executables.get(of) === path : undefined,
    userId: (name) => this.users.get(name),
    startTime: (of) => this.starts.get(of) ?? (this.strangers.has(of) ? 1 : undefined),
  };

  /** A child ends. */
  exit(of: Pid, status: number | string): void {
    this.time.after(1, () => {
      this.starts.delete(of);
      this.ipcps.find((process) => process.pid === of)?.end();
      this.irmd.childExited(of, status);
    });
  }

  #log(component: string): Log {
    const line = (level: string) => (text: string) => void this.lines.push(`${component}(${level}): ${text}`);
    return {
      error: line("EE"),
      warning: line("WW"),
      info: line("II"),
      debug: line("DB"),
      component: (name) => this.#log(name),
    };
  }
}
