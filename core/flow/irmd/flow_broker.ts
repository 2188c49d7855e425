/**
 * Gets flows from an IRMd over a control connection: the requests, the data connections, and the news of their end.
 * Applications use it through the client; an IPCP uses it for the flows that it has in the layers below.
 *
 * @module
 */
import {
  FlowDownError,
  IrmdError,
  type OuroError,
  PermissionError,
  ProtocolError,
} from "../../contract/errors.ts";
import type { ByteStream } from "../../kit/byte_stream.ts";
import type { FlowId } from "../../contract/ids.ts";
import type { Clock, Random, Timer, Timers } from "../../contract/ports.ts";
import type { SecurityOptions } from "../../contract/security.ts";
import type { ConnectTo } from "../../wire/local/connect_json.ts";
import { fieldsOf, text } from "../../wire/local/fields.ts";
import { TURNED_AWAY, turnedAwayToJson } from "../../wire/local/turned_away.ts";
import { helloFrame, TOKEN_BYTES } from "../../wire/local/data_frames.ts";
import { qosToJson } from "../../wire/local/qos_json.ts";
import { securityOptionsToJson } from "../../wire/local/security_json.ts";
import type { RpcPeer } from "../../wire/local/rpc_peer.ts";
import { PacketChannel } from "../channel/packet_channel.ts";
import { connectData, DataListener, type Expectation } from "../../os/unix/data/data_socket.ts";
import type { FlowInfo } from "../channel/flow_context.ts";
import type { FlowChannel, Transport } from "../channel/flow_channel.ts";
import {
  type AcceptOptions,
  type AllocateOptions,
  ask,
  checkRequest,
  chooseQos,
  type JoinOptions,
  type Question,
  readConnect,
  readFlowId,
  readFlowInfo,
  Withdrawal,
} from "./request.ts";
import { type SecuredFlow, secureFlow } from "./flow_security.ts";
import { LateFlows } from "./late_flows.ts";
import { makeChannel } from "../channel/make_channel.ts";
import { cancelled } from "./wait_queue.ts";

/** Milliseconds that the IRMd waits for an allocation where no limit is given. */
const ALLOCATE_TIMEOUT = 20_000;
/** Milliseconds in which the other end of an accepted flow must connect. */
const CONNECT_WITHIN = 5000;
/** The same, once the flow is said to be down: the connection may be on its way with packets in it. */
const CONNECT_WHEN_DOWN = 200;
/** Milliseconds for which a call of accept waits for it alone; from then on it waits for the next flow, too. */
const GRACE = 5;

/** A flow that was got: what is known of it, and its data connection, not opened yet. */
export interface DataConnection {
  readonly info: FlowInfo;
  readonly channel: FlowChannel;
}

/** What a broker needs of the data socket of its process. */
type DataSocket = Pick<DataListener, "expect" | "putBack" | "close">;

/** What a broker needs. */
export interface BrokerPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** The data socket of this process, where others listen on it too; left out: the broker opens it. */
  readonly listener?: () => DataSocket;
  /**
   * False where users have other numbers here than for the IRMd (in a user namespace), so that the owner of a socket cannot be
   * compared with what the IRMd says; left out: true.
   */
  readonly sameUsers?: boolean;
  /** Bytes that a reliable flow may have sent and not know to have arrived; left out: 16 MiB. */
  readonly windowBytes?: number;
  /** Data connections are descriptors of this process, where that can be; left out: where it sleeps in a call of its own. */
  readonly own?: boolean;
  /** Puts something between data connections and what is above them; left out: nothing. */
  readonly between?: (connection: Transport) => Transport;
}

interface Known {
  channel?: FlowChannel;
  /** Why the flow is down, where that was told before its data connection was there. */
  down?: string;
  onDown?: () => void;
}

/** Gets flows over one control connection. */
export class FlowBroker {
  readonly #flows = new Map<FlowId, Known>();
  readonly #late = new LateFlows<DataConnection>();
  #listener: DataSocket | undefined;
  #ended: OuroError | undefined;

  /** @param dataPath where this process must listen, from the answer to `hello` */
  constructor(
    private readonly peer: RpcPeer,
    private readonly dataPath: string,
    private readonly ports: BrokerPorts,
  ) {}

  /** Flows that were got and not deallocated. */
  get flows(): number {
    return this.#flows.size;
  }

  /** Allocates a flow to a name. */
  async allocate(name: string, options: AllocateOptions = {}): Promise<DataConnection> {
    const { timeout, signal, data, security = {} } = options;
    const qos = qosToJson(chooseQos(options.qos));
    checkRequest("name", name, timeout);
    const params = { name, qos, timeout, data: data?.toBase64(), security: securityOptionsToJson(security) };
    const question = { method: "flow.allocate", params, timeout, signal, what: `a flow to ${name}` };
    return await this.#request(question, { name, ends: "two" }, security);
  }

  /** Joins a broadcast layer. */
  async join(layer: string, options: JoinOptions = {}): Promise<DataConnection> {
    const { timeout, signal } = options;
    checkRequest("layer", layer, timeout);
    return await this.#request(
      { method: "flow.join", params: { layer, timeout }, timeout, signal, what: `joining ${layer}` },
      { name: layer, ends: "many" },
    );
  }

  /** Waits for a flow to a name that this process is bound to. */
  async accept(options: AcceptOptions = {}): Promise<DataConnection> {
    const { signal, security } = options;
    checkRequest("name", undefined, options.timeout);
    const { clock } = this.ports;
    const deadline = options.timeout === undefined ? undefined : clock.now() + options.timeout;
    const kind = security === undefined ? "" : JSON.stringify(securityOptionsToJson(security));
    for (let further = false;; further = true) {
      const timeout = deadline === undefined ? undefined : Math.max(0, Math.ceil(deadline - clock.now()));
      const end = this.#late.take(kind) ??
        await this.#acceptSoon(kind, { timeout, signal, security }, further);
      // A requester that went away, or one that wants what this end cannot do, is no reason to stop accepting.
      if (end) return end;
    }
  }

  /** Waits for the next flow; undefined when it is not to be waited for: its other end is slow to connect, or another flow has come. */
  #acceptSoon(
    kind: string,
    options: AcceptOptions,
    further: boolean,
  ): Promise<DataConnection | undefined> {
    const withdrawal = new Withdrawal();
    return new Promise((resolve, reject) => {
      let grace: Timer | undefined;
      let left = false;
      const later = () => {
        // A call that was woken may be given a flow all the same.
        if (left) return;
        left = true;
        resolve(undefined);
        this.#late.add(kind, coming);
      };
      const leave = this.#late.call(kind, () => {
        leave();
        withdrawal.take?.();
        later();
      });
      const coming = this.acceptNext(options, () => {
        leave();
        grace = this.ports.timers.after(GRACE, later);
      }, { withdrawal, further });
      coming.then(resolve, reject).finally(() => {
        leave();
        grace?.cancel();
      });
    });
  }

  /**
   * Waits for the next flow; undefined when its other end went away meanwhile.
   *
   * @param given called when there is a flow, whose other end need not have connected yet: the next one can be waited for
   * @param call.withdrawal takes the call back where there is no flow yet
   * @param call.further it goes on for a call whose flow is slow to come
   */
  async acceptNext(
    options: AcceptOptions,
    given?: () => void,
    call: { readonly withdrawal?: Withdrawal; readonly further?: boolean } = {},
  ): Promise<DataConnection | undefined> {
    const { timeout, signal, security = {} } = options;
    if (this.#ended) throw this.#ended;
    const token = this.ports.random.bytes(TOKEN_BYTES).toHex();
    this.#listener ??= this.ports.listener?.() ??
      DataListener.open(this.dataPath, this.ports.timers, this.ports.own, (all) => {
        this.peer.notify(TURNED_AWAY, turnedAwayToJson(all));
      });
    const expectation = this.#listener.expect(token);
    try {
      const result = await this.#ask({
        method: "flow.accept",
        params: {
          token,
          timeout,
          security: securityOptionsToJson(security),
          ...call.further ? { further: true } : {},
        },
        timeout,
        signal,
        withdrawal: call.withdrawal,
        what: "accepting a flow",
      });
      given?.();
      this.#listener.putBack();
      return await this.#connected(result, expectation, security, signal);
    } catch (thrown) {
      expectation.cancel(new FlowDownError("the flow was not accepted"));
      throw thrown;
    }
  }

  /** Says that this process is done with a flow whose data connection it has closed. */
  async deallocate(id: FlowId): Promise<void> {
    this.#flows.delete(id);
    // The end of the control connection has deallocated everything.
    if (this.#ended) return;
    await new Promise<void>((resolve, reject) =>
      this.peer.request("flow.deallocate", { flow: id }, (outcome) => {
        // Without its connection this process has no flows any more.
        if (outcome.ok || outcome.error instanceof IrmdError) resolve();
        else reject(outcome.error);
      })
    );
  }

  /** Takes the parameters of a `flow.down` notification. @throws InvalidError when they are not valid */
  flowDown(params: unknown): void {
    const fields = fieldsOf(params, "params");
    const known = this.#flows.get(readFlowId(fields));
    if (known) this.#lose(known, text(fields, "reason", 4096));
  }

  /** The control connection has ended: so have all flows. */
  end(error: OuroError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#listener?.close(error);
    for (const known of this.#flows.values()) this.#lose(known, error.message);
    this.#late.close();
  }

  #lose(known: Known, reason: string): void {
    known.down ??= reason;
    known.channel?.lose(reason);
    known.onDown?.();
  }

  #ask(question: Question): Promise<unknown> {
    const { timers } = this.ports;
    return ask(this.peer, timers, question, (result) => this.#giveBack(result), (result) => {
      // The next message may say that the flow is down.
      const id = flowIdOf(result);
      if (id !== undefined) this.#flows.set(id, this.#ended ? { down: this.#ended.message } : {});
    });
  }

  /** Deallocates a flow that came too late or cannot be used. */
  #giveBack(result: unknown): void {
    // Nobody waits for it; a refusal would mean that the flow is gone, which is what is wanted.
    this.deallocate(readFlowId(fieldsOf(result, "the answer"))).catch(() => {});
  }

  async #request(
    question: Question,
    what: Pick<FlowInfo, "name" | "ends">,
    asked: SecurityOptions = {},
  ): Promise<DataConnection> {
    const timeout = question.timeout ?? ALLOCATE_TIMEOUT;
    const result = await this.#ask({ ...question, timeout });
    const { info, connect } = understood(result, what);
    const known = this.#known(info.id);
    let secured: SecuredFlow | undefined;
    try {
      secured = await secureFlow(result, asked, this.ports.random);
      const conn = await connectTo(connect, this.ports, () => known.down === undefined);
      return this.#attach(info, secured, known, conn, helloFrame(connect.token));
    } catch (thrown) {
      secured?.cipher?.close();
      this.#giveBack(result);
      throw thrown;
    }
  }

  async #connected(
    result: unknown,
    expectation: Expectation,
    asked: SecurityOptions,
    signal?: AbortSignal,
  ): Promise<DataConnection | undefined> {
    const info = understoodInfo(result);
    let secured: SecuredFlow | undefined;
    const known = this.#known(info.id);
    const giveUp = () => expectation.cancel(new FlowDownError("the other end did not connect"));
    const timers = [this.ports.timers.after(CONNECT_WITHIN, giveUp)];
    const abort = () => signal && expectation.cancel(cancelled("accepting a flow", signal));
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    known.onDown = () => timers.push(this.ports.timers.after(CONNECT_WHEN_DOWN, giveUp));
    if (known.down !== undefined) known.onDown();
    try {
      secured = await secureFlow(result, asked, this.ports.random);
      const conn = await expectation.connection;
      return this.#attach(info, secured, known, conn);
    } catch (thrown) {
      secured?.cipher?.close();
      this.#giveBack(result);
      if (this.#ended) throw this.#ended;
      if (thrown instanceof FlowDownError) return undefined;
      throw thrown;
    } finally {
      for (const timer of timers) timer.cancel();
      signal?.removeEventListener("abort", abort);
      known.onDown = undefined;
    }
  }

  #known(id: FlowId): Known {
    const known = this.#flows.get(id);
    if (!known) throw this.#ended ?? new FlowDownError("the flow is gone");
    return known;
  }

  #attach(
    info: Omit<FlowInfo, "security">,
    { security, cipher }: SecuredFlow,
    known: Known,
    stream: ByteStream,
    hello?: Uint8Array,
  ): DataConnection {
    const { maxPacket, ends } = info;
    const { timers, between } = this.ports;
    const connection = new PacketChannel(stream, { timers, hello, maxPacket });
    const below = between === undefined ? connection : between(connection);
    known.channel = ends === "many" ? below : makeChannel(below, info, cipher, this.ports);
    if (known.down !== undefined) known.channel.lose(known.down);
    return { info: { ...info, security }, channel: known.channel };
  }
}

async function connectTo(
  { path, uid }: ConnectTo,
  { sameUsers = true, own }: BrokerPorts,
  wanted: () => boolean,
): Promise<ByteStream> {
  try {
    return await connectData(path, sameUsers ? uid : undefined, wanted, own);
  } catch (cause) {
    if (cause instanceof PermissionError) {
      throw new FlowDownError(`the other end of the flow is not what the IRMd knows: ${cause.message}`, {
        cause,
      });
    }
    throw new FlowDownError("the other end of the flow went away before it was connected", { cause });
  }
}

/** The flow in an answer; undefined when there is none, which whoever waits for it will say. */
function flowIdOf(result: unknown): FlowId | undefined {
  const flow = typeof result === "object" && result !== null && "flow" in result ? result.flow : undefined;
  return Number.isInteger(flow) ? readFlowId({ flow }) : undefined;
}

function understood(
  result: unknown,
  { name, ends }: Pick<FlowInfo, "name" | "ends">,
): { info: Omit<FlowInfo, "security">; connect: ConnectTo } {
  try {
    return { info: { ...readFlowInfo(result, name), ends }, connect: readConnect(result) };
  } catch (cause) {
    throw new ProtocolError(`the IRMd answered what cannot be understood: ${String(cause)}`, { cause });
  }
}

function understoodInfo(result: unknown): Omit<FlowInfo, "security"> {
  try {
    return readFlowInfo(result);
  } catch (cause) {
    throw new ProtocolError(`the IRMd answered what cannot be understood: ${String(cause)}`, { cause });
  }
}
