/**
 * Everything that the IRMd knows, and its ports: what its parts share.
 *
 * @module
 */
import type { Ports } from "../../contract/ports.ts";
import type { LimitedLog } from "../../kit/limited_log.ts";
import type { Accept } from "./accept.ts";
import { AcceptQueues } from "./accept_queues.ts";
import { FormerAddresses } from "./former_addresses.ts";
import type { IrmdPlugins, Machine, Memory, Session } from "./machine.ts";
import { HostSecurity } from "../oap/host_security.ts";
import type { SecurityFiles } from "../../security/policy/security_files.ts";
import { FlowTable } from "./flows.ts";
import { NameHashes } from "./hashes.ts";
import { IpcpTable } from "./ipcps.ts";
import { FaultTable } from "./plugin_faults.ts";
import type { IpcpRecord } from "./records.ts";
import { NameTable } from "./names.ts";
import { ProcessTable } from "./processes.ts";
import { ProgramTable } from "./programs.ts";
import { Shares } from "../shares/shares.ts";
import type { SessionWork } from "./sessions.ts";

/** What the tables are made with. */
export interface StateContext {
  readonly ports: Ports;
  readonly host: Machine;
  readonly plugins: IrmdPlugins;
  /** For the security of flows; left out: there are none. */
  readonly files?: SecurityFiles;
  /** Keeps the addresses of IPCPs for the IRMd that runs after this one; left out: nothing does. */
  readonly addresses?: Memory;
  /** Of the users of the host. */
  readonly shares?: Shares;
}

/** Tables and ports. */
export class State {
  readonly ports: Ports;
  readonly host: Machine;
  readonly plugins: IrmdPlugins;
  readonly names = new NameTable();
  readonly programs = new ProgramTable();
  readonly processes = new ProcessTable();
  readonly ipcps = new IpcpTable();
  readonly flows: FlowTable;
  /** What each connected process has under way. */
  readonly sessions = new Map<Session, SessionWork>();
  /** Who looks for a layer, and wants to know of those that come up. */
  readonly questions = new Set<{ joined(ipcp: IpcpRecord): void }>();
  readonly hashes: NameHashes;
  readonly accepts: AcceptQueues<Accept>;
  readonly security: HostSecurity;
  readonly addresses: FormerAddresses;
  readonly pluginFaults = new FaultTable();
  /** What each user may have. */
  readonly shares: Shares;

  constructor({ ports, host, plugins, files, addresses, shares = new Shares(ports) }: StateContext) {
    this.ports = ports;
    this.host = host;
    this.plugins = plugins;
    this.shares = shares;
    this.flows = new FlowTable(shares);
    this.hashes = new NameHashes((name) => plugins.hash(name));
    this.accepts = new AcceptQueues(ports.log);
    this.security = new HostSecurity(ports, files);
    this.addresses = new FormerAddresses(ports.log, addresses);
  }

  /** Returns the log. */
  get log(): Ports["log"] {
    return this.ports.log;
  }

  /** Returns the log for what a process causes. */
  logOf(session: Session): LimitedLog {
    return this.shares.logOf(session);
  }

  /** Draws a one-time token: 32 hexadecimal digits. */
  token(): string {
    return this.ports.random.bytes(16).toHex();
  }
}
