/**
 * The rows of the tables that name each other: IPCPs, ends of flows, and requests that wait for a process.
 *
 * @module
 */
import { IpcpError, IpcpStateError } from "../../contract/errors.ts";
import type { FlowId, NameHash, Pid } from "../../contract/ids.ts";
import type { Done } from "../../contract/outcome.ts";
import type { IpcpAbility, PluginDeclaration } from "../../contract/plugin.ts";
import type { Timer } from "../../contract/ports.ts";
import type { ServerHandshake } from "../oap/server_handshake.ts";
import type { Sharing } from "../shares/shares.ts";
import type { Session } from "./machine.ts";
import type { Name } from "./names.ts";

/** The layer that an IPCP is in, as the IPCP tells it. */
export interface LayerInfo {
  /** Name of the layer. */
  readonly layer: string;
  /** Name of the hash plugin of the layer. */
  readonly hash: string;
}

/**
 * Where an IPCP stands: `starting` (its process has not connected yet), `created`, `joining` (it is being bootstrapped or
 * enrolled), `operational`, `stopping`.
 */
export type IpcpState = "starting" | "created" | "joining" | "operational" | "stopping";

/** One IPCP. */
export class IpcpRecord {
  readonly name: string;
  readonly declaration: PluginDeclaration;
  state: IpcpState = "starting";
  /** Known once the process is started. */
  pid: Pid | undefined;
  /** There while its process is connected. */
  session: Session | undefined;
  /** There when it is operational. */
  layer: LayerInfo | undefined;
  /** Names registered through it, by their hash in its layer. */
  readonly registrations = new Map<NameHash, string>();
  /** Flows that it carries, or is asked to. */
  readonly flows = new Set<FlowRecord>();
  /** Those that carried its flows when it came into its layer. */
  readonly joinedOver = new Set<IpcpRecord>();
  /** Requests of its layer that wait for a process that accepts. */
  readonly requests = new Set<IncomingRequest>();
  /** Called when it is gone. */
  readonly onGone: Done[] = [];

  constructor(name: string, declaration: PluginDeclaration) {
    this.name = name;
    this.declaration = declaration;
  }

  /** Base name of its program. */
  get program(): string {
    return this.declaration.program ?? `ipcpd-${this.declaration.name}`;
  }

  /** Returns whether its type has this ability. */
  can(ability: IpcpAbility): boolean {
    return this.declaration.abilities?.includes(ability) ?? false;
  }

  /**
   * Returns what is needed to ask the IPCP something.
   *
   * @throws IpcpError when its process is not connected
   */
  connection(): { pid: Pid; session: Session } {
    const { pid, session } = this;
    if (pid === undefined || !session) throw new IpcpError(`the IPCP "${this.name}" does not run`);
    return { pid, session };
  }

  /**
   * Returns the same, and the layer of the IPCP.
   *
   * @throws IpcpStateError when it is not operational
   */
  member(): { pid: Pid; session: Session; layer: LayerInfo } {
    const { layer } = this;
    if (!layer || this.state !== "operational") {
      throw new IpcpStateError(`the IPCP "${this.name}" is in no layer; bootstrap or enroll it first`);
    }
    return { ...this.connection(), layer };
  }
}

/** Somebody who waits for the layer's word on a flow. */
export interface Allocating {
  /** Takes the answer of the layer. */
  allocated(ipcp: IpcpRecord, answer: LayerAnswer): void;
  /** Takes the news that the IPCP that was asked is gone, or has lost the flow. */
  lost(reason: string): void;
}

/** What an IPCP tells of a flow that was asked for (`upper.allocated`). */
export interface LayerAnswer {
  /** 0, or a negative error number. */
  readonly response: number;
  /** Longest life of a packet in the layer, in milliseconds. */
  readonly mpl: number;
  /** Largest packet of the flow, in bytes, where the IPCP says it. */
  readonly maxPacket: number | undefined;
  /** The response of the allocation protocol. */
  readonly data: Uint8Array;
  /** The other end, when both ends are on this host and shall talk without the IPCP. */
  readonly splice: FlowId | undefined;
}

/** One end of a flow. */
export class FlowRecord {
  readonly id: FlowId;
  /** The process that uses it. */
  readonly session: Session;
  /** What it counts for. */
  readonly share: Sharing;
  /** The IPCP that carries it; undefined before a layer is chosen and after the IPCP has gone. */
  ipcp: IpcpRecord | undefined;
  /** `pending`: nobody above knows of it yet; `ended`: nobody above uses it any more. */
  state: "pending" | "allocated" | "ended" = "pending";
  /** Who waits for the layer, on the side that asked. */
  allocating: Allocating | undefined;
  /** On the side that accepts: what the other side presents when it connects. */
  token: string | undefined;
  /** Longest life of a packet, in milliseconds, where the layer has said so. */
  mpl: number | undefined;
  /** Why it is down; undefined while it is not. */
  down: string | undefined;
  /** The other end, when the processes talk to each other without the IPCP. */
  peer: FlowRecord | undefined;
  /** IPCPs that have not yet said that they are done with the id. */
  holds = 0;

  constructor(id: FlowId, session: Session, share: Sharing) {
    this.id = id;
    this.share = share;
    this.session = session;
  }
}

/** A quality of service as it goes into messages. */
export type QosJson = Readonly<Record<string, number | string>>;

/** What `upper.request` is asked with. */
export interface IncomingParams {
  readonly hash: NameHash;
  readonly qos: QosJson;
  /** The request of the allocation protocol. */
  readonly data: Uint8Array;
  /** Longest life of a packet in the layer, in milliseconds, where the IPCP says it. */
  readonly mpl: number | undefined;
  /** Largest packet of the flow, in bytes, where the IPCP says it. */
  readonly maxPacket: number | undefined;
}

/** A request that waits for a process that accepts. */
export interface IncomingRequest extends IncomingParams {
  readonly ipcp: IpcpRecord;
  readonly name: Name;
  /** What the request of the allocation protocol has come to. */
  readonly handshake: ServerHandshake;
  readonly reply: Done<{ readonly flow: FlowId }>;
  timer: Timer | undefined;
}
