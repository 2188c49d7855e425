/**
 * One control connection of a client, from its hello to its end.
 *
 * @module
 */
import { IrmdError, type OuroError, ProtocolError } from "../../contract/errors.ts";
import { flowTimers, systemClock, systemRandom } from "../../os/clock.ts";
import { ControlConnection } from "../../os/unix/control_connection.ts";
import { afterTurn } from "../../os/turn.ts";
import { readUid } from "../../wire/local/connect_json.ts";
import { fieldsOf, integer, optional, text } from "../../wire/local/fields.ts";
import { hello, PROTOCOL_VERSION } from "../../wire/local/local_protocol.ts";
import { MethodNotFoundError } from "../../wire/local/rpc_peer.ts";
import { FlowBroker } from "./flow_broker.ts";

/** Milliseconds in which the IRMd must answer the first message. */
const HELLO_WITHIN = 5000;

/** What a client says of itself. */
export interface Identity {
  /** Where the IRMd may be: the first of these runtime folders that has one is taken. */
  readonly folders: readonly string[];
  /** Base name of the program, for `irm bind program`. */
  readonly program: string;
  /** Bytes that a reliable flow may have sent and not know to have arrived; left out: 16 MiB. */
  readonly windowBytes?: number;
  /** Data connections are descriptors of this process, where that can be. */
  readonly own: boolean | undefined;
}

/** A control connection that has said hello. */
export class Session {
  /** Gets flows. */
  readonly broker: FlowBroker;
  /** Requests that wait and flows that are allocated: while there are any, the process stays alive. */
  #holds = 0;
  #ended = false;

  private constructor(
    private readonly control: ControlConnection,
    dataPath: string,
    of: Pick<Identity, "own" | "windowBytes"> & { readonly sameUsers: boolean },
  ) {
    this.broker = new FlowBroker(control.peer, dataPath, {
      clock: systemClock,
      timers: flowTimers,
      random: systemRandom,
      ...of,
    });
    control.keepAlive(false);
  }

  /**
   * Connects to the IRMd and says hello.
   *
   * @throws IrmdError when there is none, ProtocolError when it speaks another version
   */
  static async open(identity: Identity): Promise<Session> {
    let session: Session | undefined;
    let ended: OuroError | undefined;
    const control = await ControlConnection.connect(identity.folders.map((folder) => `${folder}/irmd.sock`), {
      request(method) {
        throw new MethodNotFoundError(`an application has no method ${method}`);
      },
      notification(method, params) {
        // Others are of later versions, and news only.
        if (method === "flow.down") session?.broker.flowDown(params);
      },
    }, (error) => {
      ended = error;
      if (session) session.#end(error);
    });
    // The first use of it takes milliseconds: now, not between two packets.
    afterTurn(() => {});
    try {
      const said = await control.call("hello", hello(identity.program, "application"), HELLO_WITHIN);
      const answer = fieldsOf(said, "the answer to hello");
      integer(answer, "protocol", PROTOCOL_VERSION, PROTOCOL_VERSION);
      const user = optional(answer, "uid", readUid) ?? Deno.uid();
      const of = { sameUsers: user === Deno.uid(), own: identity.own, windowBytes: identity.windowBytes };
      session = new Session(control, text(answer, "data", 4096), of);
    } catch (cause) {
      if (ended) throw ended;
      const why = cause instanceof Error ? cause.message : String(cause);
      const error = new ProtocolError(`the IRMd at ${control.path} refused hello: ${why}`, {
        cause,
      });
      control.close(error);
      throw error;
    }
    if (ended) session.#end(ended);
    return session;
  }

  /** The runtime folder of its IRMd. */
  get folder(): string {
    return this.control.path.slice(0, this.control.path.lastIndexOf("/"));
  }

  /** The connection is at its end. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Keeps the process alive until {@link release}. */
  hold(): void {
    if (this.#holds++ === 0 && !this.#ended) this.control.keepAlive(true);
  }

  /** Takes one {@link hold} back. */
  release(): void {
    if (--this.#holds === 0 && !this.#ended) this.control.keepAlive(false);
  }

  /** Ends the connection: the IRMd takes this process for gone. */
  close(): void {
    this.control.close(new IrmdError("the client was closed"));
  }

  #end(error: OuroError): void {
    this.#ended = true;
    this.broker.end(error);
  }
}
