/**
 * oping's server: flows and a timer around {@link PingServer}.
 *
 * @module
 */
import {
  asOuroError,
  CancelledError,
  FlowDownError,
  IrmdError,
  NotAllocatedError,
  TimedOutError,
} from "../../contract/errors.ts";
import type { Fd } from "../../contract/ids.ts";
import type { Timer } from "../../contract/ports.ts";
import type { Ouroboros } from "../../flow/client.ts";
import type { Flow } from "../../flow/flow.ts";
import { systemClock, systemTimers } from "../../os/clock.ts";
import type { Output } from "../environment.ts";
import { PingServer, SWEEP_INTERVAL } from "./server_core.ts";
import type { ServerSettings } from "./settings.ts";

/** Milliseconds for replies that a client does not take. */
const LINGER = 100;

/** Serves until `stop` is raised or the IRMd goes away. Resolves with the exit status. */
export async function runServer(
  ouro: Pick<Ouroboros, "accept">,
  settings: ServerSettings,
  output: Output,
  stop: AbortSignal,
): Promise<number> {
  return await new PingService(settings, output).run(ouro, stop);
}

/** The server with its flows. */
class PingService {
  readonly #core: PingServer;
  readonly #output: Output;
  readonly #flows = new Map<Fd, Flow>();
  readonly #serving = new Set<Promise<void>>();
  #sweep: Timer | undefined;

  constructor(settings: ServerSettings, output: Output) {
    this.#core = new PingServer(settings, systemClock, (line) => output.print(line));
    this.#output = output;
  }

  async run(ouro: Pick<Ouroboros, "accept">, stop: AbortSignal): Promise<number> {
    this.#sweepLater();
    try {
      for (;;) {
        const flow = await this.#accept(ouro, stop);
        if (flow) this.#begin(flow);
      }
    } catch (thrown) {
      if (thrown instanceof CancelledError && stop.aborted) return 0;
      this.#complain(thrown);
      return 1;
    } finally {
      this.#sweep?.cancel();
      for (const flow of this.#flows.values()) this.#end(flow);
      await Promise.all(this.#serving);
    }
  }

  /** Returns the next flow; undefined where one could not be had, which is said and is no reason to stop. */
  async #accept(ouro: Pick<Ouroboros, "accept">, stop: AbortSignal): Promise<Flow | undefined> {
    try {
      return await ouro.accept({ signal: stop });
    } catch (thrown) {
      if (thrown instanceof CancelledError || thrown instanceof IrmdError) throw thrown;
      const error = asOuroError(thrown);
      this.#output.print(`Failed to accept flow: ${-error.errno} `);
      this.#output.complain(error.message);
      // Where every attempt fails at once, the pause keeps the server from doing nothing else.
      await new Promise<void>((resolve) => systemTimers.after(SWEEP_INTERVAL, resolve));
      return undefined;
    }
  }

  #begin(flow: Flow): void {
    this.#flows.set(flow.fd, flow);
    this.#core.handleFlow(flow.fd);
    const serving = this.#serve(flow);
    this.#serving.add(serving);
    serving.then(() => this.#serving.delete(serving));
  }

  async #serve(flow: Flow): Promise<void> {
    try {
      for (;;) {
        const packet = flow.tryRead() ?? await flow.read();
        if (this.#core.handlePacket(flow.fd, packet) && !flow.tryWrite(packet)) await flow.write(packet);
      }
    } catch (thrown) {
      // Not when the sweep or the end of the server has deallocated it.
      if (!(thrown instanceof NotAllocatedError)) this.#core.handleDown(flow.fd);
      if (!(thrown instanceof NotAllocatedError || thrown instanceof FlowDownError)) this.#complain(thrown);
    }
    this.#flows.delete(flow.fd);
    await this.#end(flow);
  }

  /** Deallocates a flow; what its client does not take is lost. */
  async #end(flow: Flow): Promise<void> {
    try {
      await flow.deallocate({ linger: LINGER });
    } catch (thrown) {
      if (!(thrown instanceof TimedOutError)) this.#complain(thrown);
    }
  }

  #complain(thrown: unknown): void {
    this.#output.complain(asOuroError(thrown).message);
  }

  #sweepLater(): void {
    this.#sweep = systemTimers.after(SWEEP_INTERVAL, () => {
      for (const fd of this.#core.silent()) {
        const flow = this.#flows.get(fd);
        if (flow) this.#end(flow);
      }
      this.#sweepLater();
    });
  }
}
