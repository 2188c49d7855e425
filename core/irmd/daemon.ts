/**
 * The life of the IRM daemon: folder, lock, sockets, configuration file, orderly stop.
 *
 * @module
 */
import { asOuroError, InvalidError, NotFoundError, OuroError } from "../contract/errors.ts";
import { type Pid, pid, type Uid, uid } from "../contract/ids.ts";
import type { Log } from "../contract/ports.ts";
import { queueTimers, systemClock, systemRandom, systemTimers } from "../os/clock.ts";
import { runtimeError } from "../os/c/errno.ts";
import { readTextUpTo } from "../os/files.ts";
import { limitedLog } from "../kit/limited_log.ts";
import { busyMeter, heapSize, shrinkHeap } from "../os/process/heap.ts";
import { LockFile } from "../os/process/lock_file.ts";
import { openLog } from "../os/log/log.ts";
import { ADMIN_GROUP, RuntimeFolder } from "../os/unix/runtime_folder.ts";
import { systemSecurityFiles } from "../os/crypto/security_files.ts";
import { serviceManager, type ServiceState } from "../os/process/service_manager.ts";
import { onStopSignal } from "../os/process/signals.ts";
import { checkFree, UnixListener } from "../os/unix/unix_listener.ts";
import { faultReports } from "../registry/guard/fault_reports.ts";
import { openRegistry } from "../registry/open_registry.ts";
import type { Registry } from "../registry/registry.ts";
import type { Ask } from "../tools/rib/rib.ts";
import type { RoleContext } from "../tools/tool.ts";
import { VERSION } from "../version.ts";
import { Children, type ChildSettings } from "./children.ts";
import { type PlannedRequest, planOf } from "./config/plan.ts";
import { type ConfigFile, parseConfig } from "./config/schema.ts";
import { type Place, placeSaid } from "./config/toml.ts";
import { ControlServer } from "./control_server.ts";
import { keepSmall } from "./heap_keeper.ts";
import { FolderKeeper, ownerToReturn } from "./folder_keeper.ts";
import { Irmd } from "./irmd.ts";
import { MemoryFile } from "../os/unix/memory_file.ts";
import { connectionsFor, DEFAULT_LIMITS } from "./shares/limits.ts";
import { Shares } from "./shares/shares.ts";
import { openFilesLimit } from "../os/process/processes.ts";
import { irmdPlugins } from "./plugins.ts";
import type { PluginProcess } from "./sandbox/plugin_process.ts";

/** Exit status when the configuration file can never be followed as it is (`EX_CONFIG` of sysexits.h). */
const BAD_CONFIGURATION = 78;
/** Longest configuration file, in bytes: what is longer was not written for this. */
const MAX_CONFIG = 1 << 20;

/** Lines on connections that cannot be taken: so many at once, and a second. */
const FAULTS = { burst: 50, rate: 0.2 };
/** This share of a processor is much to do for the IRMd: somebody waits for it. */
const BUSY = 0.2;

/** What the daemon is started with. */
export interface DaemonOptions {
  /** Log to standard output, IPCPs too, instead of the system log. */
  readonly stdout: boolean;
  /** Path of a configuration file. */
  readonly config: string | undefined;
  /** Start without what was bound and registered by command before. */
  readonly forget: boolean;
  /** Folder at which the RIB is mounted. */
  readonly rib: string | undefined;
  /** Files of third parties' plugins. */
  readonly plugin: readonly string[];
}

/** What a daemon that has its folder, its lock and its plugins runs with. */
interface Service extends Pick<DaemonOptions, "forget" | "rib"> {
  readonly settings: ChildSettings;
  readonly registry: Registry;
  /** Third parties' plugins. */
  readonly others: PluginProcess | undefined;
  readonly lock: LockFile;
  readonly log: Log;
  /** Is told how far the daemon is. */
  readonly tellManager: (state: ServiceState) => void;
  readonly config: ConfigFile | undefined;
  /** What the configuration asks for. */
  readonly plan: readonly PlannedRequest[];
}

/** The configuration file can never be followed as it is. */
class BadConfiguration extends InvalidError {}

/** Runs the daemon; resolves with the exit status. */
export async function runDaemon(given: DaemonOptions, context: RoleContext): Promise<number> {
  // Each flow sets several limits, hardly any of which is ever reached.
  queueTimers();
  let folder: RuntimeFolder, lock: LockFile, config: ConfigFile | undefined;
  try {
    config = given.config === undefined ? undefined : await loadConfig(given.config);
    folder = RuntimeFolder.find();
    await ownerToReturn(folder);
    folder.create();
    lock = LockFile.acquire(folder.lock);
  } catch (thrown) {
    console.error(asOuroError(thrown).message);
    return statusOf(thrown);
  }
  const { log, flush } = openLog({ stdout: given.stdout, program: "irmd", pid: Deno.pid });
  const irmdLog = log.component("irmd");
  const tellManager = serviceManager(irmdLog);
  let status = 0;
  try {
    const ofConfig = (path: string) => absolute(path, folderOf(absolute(given.config ?? "")));
    const plugins = (config?.plugins ?? []).map(ofConfig).concat(
      given.plugin.map((file) => absolute(file)),
    );
    const rib = given.rib !== undefined
      ? absolute(given.rib)
      : config?.rib === undefined
      ? undefined
      : ofConfig(config.rib);
    const registry = await openRegistry(context.builtins, [], irmdLog);
    const others = await openOthers(plugins, registry, irmdLog)
      .catch((thrown) =>
        Promise.reject(config?.plugins.length ? blamed(thrown, config.where(["plugins"])) : thrown)
      );
    try {
      await serve({
        settings: { folder, stdout: given.stdout, plugins },
        registry,
        others,
        lock,
        log: irmdLog,
        forget: given.forget,
        rib,
        tellManager,
        config,
        plan: config ? planned(config, registry) : [],
      });
    } finally {
      others?.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof OuroError)) throw thrown;
    irmdLog.error(thrown.message);
    if (!given.stdout) console.error(thrown.message);
    status = statusOf(thrown);
  }
  lock.release();
  await flush();
  return status;
}

/** Loads third parties' plugins, in a process of their own. */
async function openOthers(
  files: readonly string[],
  registry: Registry,
  log: Log,
): Promise<PluginProcess | undefined> {
  if (files.length === 0) return undefined;
  const { openPluginProcess } = await import("./sandbox/open_plugin_process.ts");
  return await openPluginProcess(files, registry, log);
}

const statusOf = (thrown: unknown): number => thrown instanceof BadConfiguration ? BAD_CONFIGURATION : 1;

/** Says of an error that the configuration file is at fault, and where it is, unless the error says so. */
function blamed(thrown: unknown, where?: string): unknown {
  if (!(thrown instanceof OuroError)) return thrown;
  const message = where === undefined ? thrown.message : `${where}: ${thrown.message}`;
  return new BadConfiguration(message, { cause: thrown });
}

async function loadConfig(path: string): Promise<ConfigFile> {
  try {
    return parseConfig(await readTextUpTo(path, MAX_CONFIG), path);
  } catch (thrown) {
    // What is not there, or may not be read, may be there later.
    throw thrown instanceof InvalidError ? blamed(thrown) : thrown;
  }
}

function planned(config: ConfigFile, registry: Registry): PlannedRequest[] {
  try {
    const types = registry.declarations("ipcp").map(({ declaration }) => declaration);
    return planOf(config, types, registry.policies);
  } catch (thrown) {
    throw blamed(thrown);
  }
}

/**
 * Runs until a signal comes, or the configuration fails.
 *
 * @throws OuroError when it cannot start, or what the configuration asks for is refused
 */
async function serve(service: Service): Promise<void> {
  const { settings, registry, others, lock, log, forget, rib, tellManager, config, plan } = service;
  const { folder } = settings;
  // The lock says that there is no other IRMd, unless somebody has removed its file.
  for (const path of [folder.adminSocket, folder.irmdSocket]) await checkFree(path);
  const stale = folder.removeStale();
  if (lock.crashed !== undefined) {
    log.info("IRMd didn't properly shut down last time.");
    if (stale > 0) log.info("Stale resources cleaned.");
  }
  const ports = { clock: systemClock, timers: systemTimers, random: systemRandom, log };
  const children = new Children(settings, (of, status) => irmd.childExited(of, status));
  const shares = new Shares(
    ports,
    { ...DEFAULT_LIMITS, ...config?.limits },
    connectionsFor(openFilesLimit()),
    Deno.uid() ?? undefined,
  );
  const files = [new MemoryFile(folder.addresses), new MemoryFile(folder.commands)];
  const irmd = new Irmd({
    ports,
    host: children.host,
    plugins: await irmdPlugins(registry, others),
    files: systemSecurityFiles(),
    addresses: files[0],
    shares,
    commands: files[1],
    rib,
  });
  registry.guard.onFault = faultReports(systemTimers, (_method, params) => irmd.pluginFault(params));
  if (others) others.onFault = (fields) => irmd.pluginFault(fields);
  const shared = {
    ...ports,
    irmd,
    shares,
    version: VERSION,
    flowsFolder: folder.flows,
    removeDataSocket: (path: string) => removeDataSocket(path, log),
  };
  const servers = {
    public: new ControlServer(shared, "public"),
    admin: new ControlServer(shared, "admin"),
  };
  const sockets = await listen(folder, servers, log);
  const keeper = new FolderKeeper({ folder, lock, files, sockets }, systemTimers, log);
  const letGrow = keepSmall(
    { size: heapSize, busy: busyMeter(systemClock, BUSY), shrink: shrinkHeap },
    systemTimers,
  );
  const stopped = new Promise<void>((resolve) => onStopSignal(() => resolve()));
  log.info("Ouroboros IPC Resource Manager daemon started...");
  const mounted = rib === undefined ? undefined : mountRib(rib, irmd, log);
  try {
    const followed = follow(irmd, plan, (place) => config?.where(place));
    // What the file asks for at once is there by now, and counts more.
    irmd.restore(forget);
    tellManager("READY=1");
    await Promise.race([stopped, followed]);
  } finally {
    log.info("IRMd shutting down...");
    tellManager("STOPPING=1");
    letGrow();
    await (await mounted)?.();
    for (const socket of await keeper.stop()) socket.close();
    await new Promise<void>((resolve) => irmd.shutdown(() => resolve()));
    await Promise.all([servers.public.close(), servers.admin.close()]);
    log.info("Bye.");
  }
}

async function listen(
  { irmdSocket, adminSocket }: RuntimeFolder,
  servers: Record<"public" | "admin", ControlServer>,
  log: Log,
): Promise<UnixListener[]> {
  const limited = limitedLog(log, systemClock, FAULTS, "connections");
  const fault = (error: OuroError) => limited.warning(`${error.message}.`);
  const open = async (path: string, mode: number, server: ControlServer, group?: string) => {
    const listener = await UnixListener.listen({ path, mode, group }, {
      accept: (conn, credentials) => server.admit(conn, credentials),
      refusal: (user) => server.refusal(user),
      fault,
    });
    const { groupFault } = listener;
    // A host without the group is an ordinary one: who may not command the IRMd is told of it.
    if (groupFault && !(groupFault instanceof NotFoundError) && Deno.uid() === 0) fault(groupFault);
    return listener;
  };
  const admin = await open(adminSocket, 0o660, servers.admin, ADMIN_GROUP);
  return [admin, await open(irmdSocket, 0o666, servers.public)];
}

/** The IRMd's own user, who asks for what the configuration file wants. */
const self = (): { pid: Pid; uid: Uid; gid: number } => ({
  pid: pid(Deno.pid),
  uid: uid(Deno.uid() ?? 0),
  gid: Deno.gid() ?? 0,
});

/** Mounts the RIB; gives what ends it. */
async function mountRib(folder: string, irmd: Irmd, log: Log): Promise<() => Promise<void>> {
  const { openRib } = await import("./rib/open_rib.ts");
  const ask: Ask = (method, params) =>
    new Promise((resolve, reject) =>
      irmd.ask(
        self(),
        { method, params },
        (outcome) => outcome.ok ? resolve(outcome.value) : reject(outcome.error),
      )
    );
  return await openRib(folder, ask, systemTimers, log);
}

/** Carries out what the configuration file asks for; rejects when it can never be done. */
function follow(
  irmd: Irmd,
  plan: readonly PlannedRequest[],
  where: (place: Place) => string | undefined,
): Promise<never> {
  return new Promise((_, reject) =>
    irmd.follow(
      self(),
      plan,
      (error, { place }) => reject(blamed(error, where(placeSaid(place, error.message)))),
    )
  );
}

const absolute = (path: string, folder = Deno.cwd()): string =>
  path.startsWith("/") ? path : `${folder}/${path}`;

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

function removeDataSocket(path: string, log: Log): void {
  try {
    Deno.removeSync(path);
  } catch (thrown) {
    // Most processes never listen, and those that end in order remove it themselves.
    if (thrown instanceof Deno.errors.NotFound) return;
    // A process may put there what it likes: a folder with content, say.
    log.warning(`${runtimeError(thrown, `cannot remove ${path}`).message}.`);
  }
}
