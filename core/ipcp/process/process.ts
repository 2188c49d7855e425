/**
 * The IPCP process: joins the host to the IRMd, the sockets and the log.
 *
 * @module
 */
import { IrmdError, OuroError } from "../../contract/errors.ts";
import { pid } from "../../contract/ids.ts";
import type { Networks } from "../../contract/network.ts";
import type { Outcome } from "../../contract/outcome.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import type { Log, Ports } from "../../contract/ports.ts";
import { FdTable } from "../../kit/number_pool.ts";
import { FlowBroker } from "../../flow/irmd/flow_broker.ts";
import { systemClock, systemRandom, systemTimers } from "../../os/clock.ts";
import { ControlConnection } from "../../os/unix/control_connection.ts";
import { type LogOptions, openLog } from "../../os/log/log.ts";
import { processPoller, sleepHere } from "../../os/wait/process_poller.ts";
import { onStopSignal } from "../../os/process/signals.ts";
import { faultReports } from "../../registry/guard/fault_reports.ts";
import type { RoleContext } from "../../tools/tool.ts";
import { NO_NETWORKS } from "../../contract/network.ts";
import { openRegistry } from "../../registry/open_registry.ts";
import type { Registry } from "../../registry/registry.ts";
import { fieldsOf, integer, optional, text } from "../../wire/local/fields.ts";
import { VERSION } from "../../version.ts";
import { hello } from "../../wire/local/local_protocol.ts";
import { MethodNotFoundError } from "../../wire/local/rpc_peer.ts";
import { IpcpHost, type IpcpHostContext } from "../host/host.ts";
import { ImpairedChannel } from "../instruments/impaired_channel.ts";
import { Impairments } from "../instruments/impairments.ts";
import { TURNED_AWAY, turnedAwayToJson } from "../../wire/local/turned_away.ts";
import { DataServer } from "./data_server.ts";
import { LowerFlows } from "./lower_flows.ts";

/** Milliseconds in which the IRMd must answer the first message. */
const HELLO_WITHIN = 5000;
const MAX_PID = 0x7fffffff;
/** What log lines of the process itself begin with. */
const COMPONENT = "ipcpd/ipcp";

/** What the program is made of. */
type RuntimeParts = Pick<RoleContext, "builtins" | "watchdog">;

/** What an IPCP process is started with. */
export interface IpcpdSettings {
  /** Type of the IPCP. */
  readonly type: string;
  /** Name of the IPCP. */
  readonly name: string;
  /** Path of the IRMd's socket. */
  readonly admin: string;
  /** Log to standard output, not to the system log. */
  readonly stdout: boolean;
  /** Files of third parties' plugins. */
  readonly plugins: readonly string[];
}

/** Runs the IPCP; resolves with the exit status when it has ended. */
export async function runIpcp(settings: IpcpdSettings, context: RuntimeParts): Promise<number> {
  sleepHere(false);
  const program = `ipcpd-${settings.type}`;
  const output = { stdout: settings.stdout, program, pid: Deno.pid };
  const { log, flush } = openLog(output);
  const ports = { clock: systemClock, timers: systemTimers, random: systemRandom, log };
  // Only third parties' plugins need a watchdog.
  const watched = settings.plugins.length === 0
    ? undefined
    : await underWatch(context.watchdog, output, log, settings);
  let status = 0;
  try {
    const registry = await openRegistry(context.builtins, settings.plugins, log, {
      guard: watched?.guard,
      timers: systemTimers,
    });
    const type = await registry.prepare("ipcp", settings.type);
    const networks = await networksFor(type);
    const members = await membersFor(type, registry, ports);
    await new IpcpProcess(settings, registry, type, { networks, members }, ports).run(
      type.program ?? program,
    );
  } catch (thrown) {
    if (!(thrown instanceof OuroError)) throw thrown;
    log.component(COMPONENT).error(thrown.message);
    status = 1;
  }
  await flush();
  watched?.watchdog.exit(status);
  return status;
}

/** The code of the watchdog takes memory that most processes have no use for. */
async function underWatch(module: URL, output: LogOptions, log: Log, { name, admin }: IpcpdSettings) {
  const { watchPlugins } = await import("../../os/process/watchdog.ts");
  return watchPlugins(module, output, COMPONENT, log.component(COMPONENT), { ipcp: { name, admin } });
}

/** The code for networks takes memory that most types have no use for. */
async function networksFor(type: PluginDeclaration<"ipcp">): Promise<Networks> {
  if (type.networks === false) return NO_NETWORKS;
  const { systemNetworks } = await import("../../os/net/networks.ts");
  return systemNetworks();
}

/** The code for members is loaded for types that have some. */
async function membersFor(
  { name, abilities = [] }: PluginDeclaration<"ipcp">,
  { policies }: Registry,
  ports: Ports,
): Promise<IpcpHostContext["members"]> {
  if (!abilities.includes("enrol") && !abilities.includes("connect")) return undefined;
  const { Membership } = await import("../connection/membership.ts");
  return (lower, part, news) => new Membership(ports, lower, name, { policies, part }, news);
}

/** What exists once the IRMd has answered `hello`. */
interface Running {
  readonly pid: number;
  readonly host: IpcpHost;
  readonly broker: FlowBroker;
  readonly lower: LowerFlows;
  readonly server: DataServer;
}

class IpcpProcess {
  readonly #ended = Promise.withResolvers<void>();
  #running: Running | undefined;
  /** Why it ends by itself. */
  #failure: OuroError | undefined;

  constructor(
    private readonly settings: IpcpdSettings,
    private readonly registry: Registry,
    private readonly type: PluginDeclaration<"ipcp">,
    private readonly below: Pick<IpcpHostContext, "networks" | "members">,
    private readonly ports: Ports,
  ) {}

  /**
   * Resolves when the IPCP has ended, by `layer.shutdown`, SIGTERM or the end of the connection.
   *
   * @throws OuroError when it could not become an IPCP of the IRMd, or a plugin has failed without which it cannot be one
   */
  async run(program: string): Promise<void> {
    const connection = await ControlConnection.connect([this.settings.admin], {
      request: (method, params, reply) => {
        if (!this.#running) throw new MethodNotFoundError(`${method} came before the answer to hello`);
        this.#running.host.handleRequest(method, params, reply);
      },
      notification: (method, params) => {
        // Other news are of later versions.
        if (method === "flow.down") this.#running?.broker.flowDown(params);
      },
    }, (error) => this.#end(error));
    const undo = onStopSignal((signal) => {
      // The others come from a terminal that is the IRMd's, not ours.
      if (signal === "SIGTERM") this.#stop(connection);
    });
    // The IRMd's first request may come with its answer to hello: the host must be there in the same turn.
    const said = hello(program, "ipcp");
    connection.peer.request("hello", said, (outcome) => this.#begin(connection, outcome), HELLO_WITHIN);
    try {
      await this.#ended.promise;
    } finally {
      undo();
    }
  }

  #begin(connection: ControlConnection, outcome: Outcome<unknown>): void {
    try {
      if (!outcome.ok) throw outcome.error;
      const answer = fieldsOf(outcome.value, "the answer to hello");
      const version = optional(answer, "version", text);
      if (version !== undefined && version !== VERSION) {
        throw new IrmdError(
          `this IPCP is of ouro ${VERSION} and the IRMd of ouro ${version}: the program was replaced while it runs; restart the IRMd`,
        );
      }
      this.registry.guard.onFault = faultReports(
        this.ports.timers,
        (method, params) => connection.peer.notify(method, params),
      );
      // Not from within a call of the plugin.
      this.registry.guard.onGiveUp = (error) =>
        void this.ports.timers.after(0, () => this.#giveUp(connection, error));
      this.#running = this.#make(connection, integer(answer, "pid", 1, MAX_PID), text(answer, "data"));
    } catch (thrown) {
      this.#ended.reject(thrown);
      connection.close();
    }
  }

  #make(connection: ControlConnection, own: number, dataPath: string): Running {
    const { peer } = connection;
    const ports = this.ports;
    const fds = new FdTable();
    const server = new DataServer(
      dataPath,
      ports.timers,
      (all) => peer.notify(TURNED_AWAY, turnedAwayToJson(all)),
    );
    const impairments = new Impairments(ports);
    const broker = new FlowBroker(peer, dataPath, {
      ...ports,
      listener: server.listener,
      between: (connection) => new ImpairedChannel(connection, impairments),
    });
    const lower = new LowerFlows(broker, fds, ports);
    const host = new IpcpHost({
      name: this.settings.name,
      pid: pid(own),
      type: this.type,
      ports,
      irmd: {
        request: (method, params, done) => void peer.request(method, params, done),
        notify: (method, params) => peer.notify(method, params),
      },
      connections: server,
      lower,
      ...this.below,
      impairments,
      fds,
      plugins: () => this.registry.guard.used(),
      waiting: () => processPoller().way,
      create: (context) => this.registry.make("ipcp", this.type.name, context),
      onShutdown: () => this.#stop(connection),
    });
    return { pid: own, host, broker, lower, server };
  }

  /** A plugin is out of use that the IPCP cannot do without. */
  #giveUp(connection: ControlConnection, error: OuroError): void {
    this.#failure ??= error;
    this.#stop(connection);
  }

  #stop(connection: ControlConnection): void {
    const finish = () => void connection.finish().catch((thrown) => this.#ended.reject(thrown));
    if (!this.#running) return finish();
    this.#running.host.shutdown();
    // What others are told at the end goes out before the connection to the IRMd, and all with it, ends.
    this.#running.lower.flush(finish);
  }

  /** The connection has ended, in whatever way. */
  #end(error: OuroError): void {
    const running = this.#running;
    if (running) {
      running.host.shutdown();
      running.lower.end();
      running.broker.end(error);
      running.server.close();
      this.ports.log.component(COMPONENT).info(`IPCP ${running.pid} out.`);
      if (this.#failure) this.#ended.reject(this.#failure);
      else this.#ended.resolve();
    } else this.#ended.reject(error);
  }
}
