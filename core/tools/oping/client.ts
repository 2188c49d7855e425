/**
 * oping's client: a flow and timers around {@link PingClient}.
 *
 * @module
 */
import { asOuroError, FlowDownError, TimedOutError } from "../../contract/errors.ts";
import type { Ouroboros } from "../../flow/client.ts";
import type { Flow } from "../../flow/flow.ts";
import { systemClock, systemTimers } from "../../os/clock.ts";
import type { ResultOutput } from "../result_output.ts";
import { PingClient } from "./client_core.ts";
import type { ClientSettings } from "./settings.ts";

/** Milliseconds for packets that are not sent yet when the run is over. */
const LINGER = 100;

/** Pings until done or until `stop` is raised. Resolves with the exit status. */
export async function runClient(
  ouro: Pick<Ouroboros, "allocate">,
  settings: ClientSettings,
  output: ResultOutput,
  stop: AbortSignal,
): Promise<number> {
  let flow: Flow;
  try {
    flow = await ouro.allocate(settings.name, { qos: settings.qos, signal: stop });
  } catch (thrown) {
    const error = asOuroError(thrown);
    output.print(`Failed to allocate flow: ${-error.errno}.`);
    output.complain(error.message);
    return 1;
  }
  return await new PingRun(flow, settings, output).run(stop);
}

/** One run over one flow. */
class PingRun {
  readonly #flow: Flow;
  readonly #core: PingClient;
  readonly #flood: boolean;
  readonly #complain: (sentence: string) => void;
  readonly #over = new AbortController();
  #deallocated: Promise<void> | undefined;

  constructor(flow: Flow, settings: ClientSettings, output: ResultOutput) {
    this.#flow = flow;
    this.#core = new PingClient(settings, flow.fd, systemClock, output);
    this.#flood = settings.flood;
    this.#complain = (sentence) => output.complain(sentence);
  }

  async run(stop: AbortSignal): Promise<number> {
    const end = () => void this.#end();
    stop.addEventListener("abort", end);
    if (stop.aborted) end();
    const watch = this.#watch();
    try {
      await Promise.all([this.#receive(), this.#flood ? undefined : this.#send()]);
    } catch (thrown) {
      if (thrown instanceof FlowDownError) this.#core.handleDown(thrown);
      // The end of the run deallocates the flow, which ends what waits for it.
      else if (!this.#over.signal.aborted) throw thrown;
    } finally {
      stop.removeEventListener("abort", end);
      this.#end();
    }
    const status = this.#core.finish();
    await Promise.all([this.#end(), watch]);
    return status;
  }

  /** Takes replies. In a flood each of them is the moment to send the next packet. */
  async #receive(): Promise<void> {
    if (this.#flood) await this.#sendNext();
    while (!this.#core.done) {
      this.#core.handlePacket(this.#flow.tryRead() ?? await this.#flow.read());
      if (this.#flood && this.#core.sendAt !== Infinity) await this.#sendNext();
    }
    this.#end();
  }

  /** Sends packets when they are due. */
  async #send(): Promise<void> {
    while (!this.#over.signal.aborted && this.#core.sendAt !== Infinity) {
      const wait = this.#core.sendAt - systemClock.now();
      if (wait > 0) await this.#pause(wait);
      else await this.#sendNext();
    }
  }

  #sendNext(): Promise<void> {
    return this.#flow.write(this.#core.nextPacket());
  }

  /** Ends the run when the server is silent for too long. */
  async #watch(): Promise<void> {
    while (!this.#over.signal.aborted) {
      const wait = this.#core.deadline - systemClock.now();
      if (wait > 0) await this.#pause(wait);
      else {
        this.#core.handleSilence();
        this.#end();
      }
    }
  }

  /** Resolves after `wait` milliseconds, or at the end of the run. */
  #pause(wait: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        this.#over.signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = systemTimers.after(wait, done);
      this.#over.signal.addEventListener("abort", done);
    });
  }

  /** Ends the run: whatever waits for the flow fails. */
  #end(): Promise<void> {
    if (!this.#deallocated) {
      this.#over.abort();
      this.#deallocated = this.#deallocate();
    }
    return this.#deallocated;
  }

  async #deallocate(): Promise<void> {
    try {
      await this.#flow.deallocate({ linger: LINGER });
    } catch (thrown) {
      // A packet that a stuck server does not take is no loss once the run is over.
      if (!(thrown instanceof TimedOutError)) this.#complain(asOuroError(thrown).message);
    }
  }
}
