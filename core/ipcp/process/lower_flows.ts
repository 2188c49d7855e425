/**
 * Flows in the layers below: the IPCP process is an application of them.
 *
 * @module
 */
import { asOuroError, IrmdError } from "../../contract/errors.ts";
import type { Fd } from "../../contract/ids.ts";
import type { Lower, LowerFlow } from "../../contract/ipcp.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { Log, Ports } from "../../contract/ports.ts";
import type { QosSpec } from "../../contract/qos.ts";
import type { FdTable } from "../../kit/number_pool.ts";
import type { DataConnection, FlowBroker } from "../../flow/irmd/flow_broker.ts";
import { PacketPort } from "../../flow/channel/packet_port.ts";
import { FLUSH_LIMIT, NMinusOneFlow } from "./lower_flow.ts";

/** Milliseconds until the next try when the IRMd does not let this process accept. */
const RETRY = 1000;

/** {@link Lower} by means of a flow broker. */
export class LowerFlows implements Lower {
  readonly #log: Log;
  #accept: ((flow: LowerFlow) => void) | undefined;
  readonly #open = new Set<PacketPort>();
  #over = false;

  constructor(
    private readonly broker: FlowBroker,
    private readonly fds: FdTable,
    private readonly ports: Ports,
  ) {
    this.#log = ports.log.component("ipcpd/ipcp");
  }

  allocate(name: string, qos: QosSpec, done: Done<LowerFlow>): void {
    this.broker.allocate(name, { qos }).then(
      (end) => this.#take(end, done),
      (thrown) => done(failure(asOuroError(thrown))),
    );
  }

  accept(accept: (flow: LowerFlow) => void): void {
    const first = this.#accept === undefined;
    this.#accept = accept;
    if (first) this.#acceptNext();
  }

  /** Calls `done` once what was sent on N-1 flows is out, or is not taken within the limit. */
  flush(done: () => void): void {
    const waiting = new Set(this.#open);
    const limit = this.ports.timers.after(FLUSH_LIMIT, () => finish());
    let over = false;
    const finish = () => {
      if (over) return;
      over = true;
      limit.cancel();
      done();
    };
    const flushed = (port?: PacketPort) => {
      if (port) waiting.delete(port);
      if (waiting.size === 0) finish();
    };
    for (const port of [...waiting]) port.flush(() => flushed(port));
    flushed();
  }

  /** The IPCP ends: all connections end now, and nothing is accepted any more. */
  end(): void {
    this.#over = true;
    for (const port of this.#open) port.close();
  }

  #acceptNext(): void {
    if (this.#over) return;
    let given = false;
    // A requester that is slow to connect does not keep others waiting.
    const next = () => {
      given = true;
      this.#acceptNext();
    };
    this.broker.acceptNext({}, next).then((end) => {
      if (!end) return;
      this.#take(end, (outcome) => {
        if (outcome.ok) this.#accept?.(outcome.value);
        else this.#log.warning(`An N-1 flow was not taken: ${outcome.error.message}`);
      });
    }, (thrown) => {
      if (this.#over || thrown instanceof IrmdError) return;
      this.#log.debug(`No N-1 flow can be accepted now: ${asOuroError(thrown).message}`);
      if (!given) this.ports.timers.after(RETRY, () => this.#acceptNext());
    });
  }

  #take({ info, channel }: DataConnection, done: Done<LowerFlow>): void {
    let fd: Fd;
    try {
      fd = this.fds.take();
    } catch (thrown) {
      channel.close();
      this.#giveBack(info.id);
      return done(failure(asOuroError(thrown)));
    }
    const port = new PacketPort(channel);
    this.#open.add(port);
    done(success(
      new NMinusOneFlow(fd, info.qos, port, this.ports.timers, () => {
        this.#open.delete(port);
        this.fds.release(fd);
        this.#giveBack(info.id);
      }),
    ));
  }

  #giveBack(id: DataConnection["info"]["id"]): void {
    this.broker.deallocate(id).catch((thrown) => {
      this.#log.debug(`N-1 flow ${id} was gone already: ${asOuroError(thrown).message}`);
    });
  }
}
