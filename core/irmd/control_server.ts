/**
 * One control socket of the IRMd: says hello to each process that connects, and makes it a session of the daemon.
 *
 * @module
 */
import {
  asOuroError,
  ExhaustedError,
  InvalidError,
  type OuroError,
  ProtocolError,
} from "../contract/errors.ts";
import { pid, type Uid, uid } from "../contract/ids.ts";
import { type Done, failure, success } from "../contract/outcome.ts";
import type { Random, Timer, Timers } from "../contract/ports.ts";
import { ControlConnection, type Restraint } from "../os/unix/control_connection.ts";
import type { ControlStream } from "../os/unix/own_conn.ts";
import type { PeerCredentials } from "../os/unix/peer_credentials.ts";
import { fieldsOf, integer, name, text } from "../wire/local/fields.ts";
import type { RpcId } from "../wire/local/json_rpc.ts";
import { PROTOCOL_VERSION, ROLES } from "../wire/local/local_protocol.ts";
import type { Shares, Who } from "./shares/shares.ts";
import type { Session } from "./tables/machine.ts";
import type { Irmd } from "./irmd.ts";

/** A connection that has not said hello within this many milliseconds is closed. */
const HELLO_LIMIT = 10_000;
/** Bytes of a hello that is not complete, at most. */
const MAX_HELLO = 4096;
/** A new connection counts as so many messages: what it costs here, with its hello and its end. */
const CONNECTION_COST = 25;
/** A request for a flow costs as much as so many others, beside itself. */
const FLOW_COST = 9;
/** Characters of a message that count as one more message. */
const LONG = 1024;
/** Milliseconds for which a new connection would have to wait for its turn, so that it is refused instead. */
const TOO_LATE = 2000;

/**
 * Milliseconds after which a user is told that he gets no connection, since who is told at once tries again at once, and how many
 * connections of one user and of all wait for that. Others are told at once.
 */
const TOLD_AFTER = 500, TOLD = { each: 64, all: 256 };

/** What all control sockets of an IRMd share. */
export interface ControlContext {
  readonly irmd: Irmd;
  readonly version: string;
  /** Folder of the data sockets. */
  readonly flowsFolder: string;
  /** Removes the data socket that a process has left behind. */
  removeDataSocket(path: string): void;
  readonly timers: Timers;
  readonly shares: Shares;
  readonly random: Random;
}

/** Takes the connections of one control socket. */
export class ControlServer {
  readonly #context: ControlContext;
  readonly #which: Session["socket"];
  readonly #clients = new Set<ControlClient>();
  /** Ends the wait of those who are to be told that they get no connection. */
  readonly #refused = new Set<() => void>();
  /** How many of them there are of each user. */
  readonly #refusedOf = new Map<Uid, number>();
  /** What was last said to many. */
  #words:
    | { readonly user: Uid; readonly late: boolean; readonly bytes: Uint8Array<ArrayBuffer> }
    | undefined;

  constructor(context: ControlContext, which: Session["socket"]) {
    this.#context = context;
    this.#which = which;
  }

  /**
   * Returns why a user gets no connection, as he is told; undefined: he gets one, or there is room for one more who is told later.
   * Counts it.
   */
  refusal(user: Uid): Uint8Array<ArrayBuffer> | undefined {
    const { connections } = this.#context.shares;
    const who: Who = { uid: user, socket: this.#which };
    const late = this.#late(who);
    if (this.#tells(user) || !late && connections.fits(who)) return undefined;
    connections.refused();
    if (this.#words?.user !== user || this.#words.late !== late) {
      const bytes = ControlConnection.refusal(late ? this.#tooMany(user) : connections.refusal(who));
      this.#words = { user, late, bytes };
    }
    return this.#words.bytes;
  }

  /** Takes the connection of a process, or turns it away: false. */
  admit(conn: ControlStream, credentials: PeerCredentials): boolean {
    const { shares } = this.#context;
    const who: Who = { uid: credentials.uid, socket: this.#which };
    try {
      if (this.#late(who)) {
        shares.connections.refused();
        throw this.#tooMany(who.uid);
      }
      shares.connections.take(who);
      shares.spend(who, CONNECTION_COST);
    } catch (thrown) {
      this.#turnAway(conn, who.uid, asOuroError(thrown));
      return false;
    }
    const client: ControlClient = new ControlClient(this.#context, this.#which, conn, credentials, () => {
      this.#clients.delete(client);
      shares.connections.give(who);
    });
    this.#clients.add(client);
    return true;
  }

  #tooMany(user: Uid): ExhaustedError {
    const { messages } = this.#context.shares.limits;
    return new ExhaustedError(
      `user ${user} asks for more than ${messages} messages a second: try again in some seconds`,
    );
  }

  #late(who: Who): boolean {
    return this.#context.shares.spend(who, 0) > TOO_LATE;
  }

  /** Whether one more connection of this user can wait for being told. */
  #tells(user: Uid): boolean {
    return (this.#refusedOf.get(user) ?? 0) < TOLD.each && this.#refused.size < TOLD.all;
  }

  #turnAway(conn: ControlStream, user: Uid, error: OuroError): void {
    if (!this.#tells(user)) return conn.close();
    const count = (by: number) => {
      const now = (this.#refusedOf.get(user) ?? 0) + by;
      if (now > 0) this.#refusedOf.set(user, now);
      else this.#refusedOf.delete(user);
    };
    const tell = () => {
      timer.cancel();
      this.#refused.delete(tell);
      count(-1);
      ControlConnection.turnAway(conn, error);
    };
    const timer = this.#context.timers.after(TOLD_AFTER, tell);
    this.#refused.add(tell);
    count(1);
  }

  /** Ends all connections, once what is to be sent has been sent. */
  async close(): Promise<void> {
    for (const tell of [...this.#refused]) tell();
    await Promise.all([...this.#clients].map((client) => client.finish()));
  }
}

/** A connected process, before and after its hello. */
class ControlClient {
  readonly #context: ControlContext;
  readonly #socket: Session["socket"];
  readonly #credentials: PeerCredentials;
  readonly #connection: ControlConnection;
  readonly #helloTimer: Timer;
  readonly #who: Who;
  #session: Session | undefined;

  constructor(
    context: ControlContext,
    socket: Session["socket"],
    conn: ControlStream,
    credentials: PeerCredentials,
    gone: () => void,
  ) {
    this.#context = context;
    this.#socket = socket;
    this.#credentials = credentials;
    this.#who = { uid: credentials.uid, socket };
    const { shares } = context;
    this.#helloTimer = context.timers.after(
      HELLO_LIMIT,
      () => this.#refuse(new ProtocolError("no hello came")),
    );
    this.#connection = new ControlConnection(conn, {
      request: (method, params, reply, id) => this.#request(method, params, reply, id),
      notification: (method, params) => {
        if (this.#session) context.irmd.notification(this.#session, method, params);
        else this.#refuse(new ProtocolError(`${method} came before hello`));
      },
    }, (error) => {
      gone();
      this.#ended(error);
    }, shares.privileged(this.#who) ? undefined : this.#restraint());
  }

  finish(): Promise<void> {
    return this.#connection.finish();
  }

  #request(method: string, params: unknown, reply: Done<unknown>, id: RpcId): void {
    if (this.#session) {
      if (method === "hello") throw new ProtocolError("hello was said already");
      this.#ask(this.#session, method, params, reply, id);
      return;
    }
    try {
      if (method !== "hello") throw new ProtocolError(`${method} came before hello`);
      const session = this.#readHello(params);
      this.#context.irmd.connected(session);
      this.#session = session;
      this.#helloTimer.cancel();
      reply(success({
        protocol: PROTOCOL_VERSION,
        version: this.#context.version,
        pid: session.pid,
        uid: session.uid,
        data: session.dataPath,
      }));
    } catch (thrown) {
      reply(failure(asOuroError(thrown)));
      this.#context.timers.after(0, () => this.#connection.finish());
    }
  }

  #restraint(): Restraint {
    const { shares } = this.#context;
    const who = this.#who;
    return {
      user: who.uid,
      spend: (length) => shares.spend(who, 1 + Math.floor(length / LONG)),
      hold: (bytes) => bytes < 0 ? shares.bytes.give(who, -bytes) : shares.bytes.take(who, bytes),
      checkUnfinished: (bytes) => {
        if (bytes > MAX_HELLO && !this.#session) {
          throw new ProtocolError(`a hello is longer than ${MAX_HELLO} bytes`);
        }
      },
    };
  }

  /** Passes a request on, and counts it until it is answered. @throws ExhaustedError when too much of its user waits */
  #ask(session: Session, method: string, params: unknown, reply: Done<unknown>, id: RpcId): void {
    const { irmd, shares } = this.#context;
    const who = this.#who;
    if (shares.privileged(who)) return irmd.request(session, method, params, reply, id);
    if (method === "flow.allocate" || method === "flow.join") shares.spend(who, FLOW_COST);
    const bytes = this.#connection.messageLength;
    shares.bytes.take(who, bytes);
    let waits = true;
    const answered = () => {
      if (waits) shares.bytes.give(who, bytes);
      waits = false;
    };
    try {
      irmd.request(session, method, params, (outcome) => {
        answered();
        reply(outcome);
      }, id);
    } catch (thrown) {
      answered();
      throw thrown;
    }
  }

  #readHello(params: unknown): Session {
    const fields = fieldsOf(params, "params");
    const protocol = integer(fields, "protocol", 0, Number.MAX_SAFE_INTEGER);
    if (protocol !== PROTOCOL_VERSION) {
      throw new ProtocolError(
        `this IRMd speaks version ${PROTOCOL_VERSION} of the local protocol, not ${protocol}`,
      );
    }
    const role = ROLES.find((known) => known === text(fields, "role"));
    if (!role) throw new InvalidError(`role must be one of: ${ROLES.join(", ")}`);
    const { peer } = this.#connection;
    return {
      pid: pid(this.#credentials.pid),
      uid: uid(this.#credentials.uid),
      gid: this.#credentials.gid,
      started: this.#credentials.started,
      program: name(fields, "program"),
      role,
      socket: this.#socket,
      dataPath: `${this.#context.flowsFolder}/${this.#context.random.bytes(8).toHex()}`,
      request: (...asked) => void peer.request(...asked),
      notify: (...told) => peer.notify(...told),
    };
  }

  #refuse(error: OuroError): void {
    this.#connection.close(error);
  }

  #ended(error: OuroError): void {
    this.#helloTimer.cancel();
    const who = `process ${this.#credentials.pid}`;
    if (error instanceof ProtocolError) {
      this.#context.shares.logOf(this.#who).warning(`Connection of ${who} closed: ${error.message}.`);
    }
    if (!this.#session) return;
    this.#context.irmd.ended(this.#session);
    this.#context.removeDataSocket(this.#session.dataPath);
  }
}
