/**
 * Reaches names from programs of other networks: each connection becomes a flow.
 *
 * @module
 */
import {
  asOuroError,
  NameError,
  NotFoundError,
  type OuroError,
  ProtocolError,
  TimedOutError,
} from "../../contract/errors.ts";
import type { Ouroboros } from "../../flow/client.ts";
import type { Flow } from "../../flow/flow.ts";
import { systemClock, systemTimers } from "../../os/clock.ts";
import { type ByteEnd, listenStreams, standardStream } from "../../os/streams/stream_sockets.ts";
import type { Output } from "../environment.ts";
import { pause } from "../traffic/sender.ts";
import { Connections } from "./connections.ts";
import { DatagramDoor } from "./datagrams.ts";
import { Door, type DoorResult } from "./door.ts";
import { type DatagramEndpoint, type Endpoint, endpointText, type StreamEndpoint } from "./endpoint.ts";
import { ended } from "./offer.ts";
import type { ForwardSettings } from "./settings.ts";
import { relay } from "./stream_relay.ts";
import { Turns } from "./turns.ts";
import { UdpPlaces } from "./udp_places.ts";

/** Milliseconds in which a program must say to the proxy what it wants. */
const GREETING = 10_000;
/** Milliseconds after an accept that failed. */
const AFTER_FAILURE = 1000;
/** Milliseconds for which a server that is not there is waited for, and between two attempts. */
const RETURN = 10_000, AGAIN = 100;
/** Flows that are asked for at once. Where there are more they wait here, since a request waits at its other end for seconds only. */
const ALLOCATIONS = 64;

/** Carries one connection to its end; says why it did not come to it. */
type Carry = (end: ByteEnd) => Promise<OuroError | undefined>;

/** Forwards connections, and what it needs for that. */
export class Reacher {
  readonly #connections: Connections;
  readonly #allocations = new Turns(ALLOCATIONS);

  constructor(
    private readonly ouro: Ouroboros,
    private readonly settings: ForwardSettings,
    private readonly output: Output,
    private readonly stop: AbortSignal,
  ) {
    this.#connections = new Connections(output, settings.most, settings.quiet);
  }

  /** Forwards what comes at an endpoint to a name until `stop` is raised. Resolves with the exit status. */
  async reach(name: string, listen: Endpoint): Promise<number> {
    if (listen.kind === "udp") return await this.#datagrams(name, listen);
    const carry: Carry = async (end) => {
      try {
        return await relay(end, await this.#allocate(name));
      } catch (thrown) {
        end.close();
        return asOuroError(thrown);
      }
    };
    if (listen.kind === "stdio") return ended(await carry(standardStream()), this.output);
    return await this.#accept(listen, `goes to ${name}`, carry);
  }

  /** Is a proxy until `stop` is raised. */
  async proxy(listen: StreamEndpoint): Promise<number> {
    return await this.#accept(listen, "comes to the proxy", (end) => this.#serve(end));
  }

  async #accept(at: StreamEndpoint, what: string, carry: Carry): Promise<number> {
    const text = endpointText(at);
    if (at.kind === "stdio") return ended(await carry(standardStream()), this.output);
    const listener = await listenStreams(at, text);
    this.stop.addEventListener("abort", () => listener.close());
    if (this.stop.aborted) listener.close();
    const shown = at.kind === "tcp" ? endpointText({ ...at, port: listener.port }) : text;
    this.output.print(`Listening at ${shown}.`);
    for (;;) {
      await this.#connections.room();
      try {
        const end = await listener.accept();
        if (!end) return 0;
        this.#connections.begin(`one at ${text} ${what}`, () => carry(end));
      } catch (thrown) {
        this.output.complain(asOuroError(thrown).message);
        await pause(systemTimers, AFTER_FAILURE, this.stop);
      }
    }
  }

  async #datagrams(name: string, at: DatagramEndpoint): Promise<number> {
    const port = await new UdpPlaces().listen(at);
    this.output.print(`Listening at ${endpointText(at)}.`);
    const what = `one at ${endpointText(at)} goes to ${name}`;
    const door = new DatagramDoor(port, (work) => {
      if (this.#connections.full) return false;
      this.#connections.begin(what, () => work(() => this.#allocate(name)));
      return true;
    });
    await new Promise<void>((resolve) => {
      if (this.stop.aborted) resolve();
      else this.stop.addEventListener("abort", () => resolve());
    });
    door.close();
    return 0;
  }

  /** Serves one program at the proxy. */
  async #serve(end: ByteEnd): Promise<OuroError | undefined> {
    let late = false;
    const timer = systemTimers.after(GREETING, () => {
      late = true;
      end.close();
    });
    try {
      const door = new Door();
      const buffer = new Uint8Array(4096);
      for (;;) {
        const count = await end.read(buffer);
        if (count === null) return new ProtocolError("the program has gone before it said what it wants");
        const step = door.take(buffer.subarray(0, count));
        if (step.answer instanceof Uint8Array) await writeAll(end, step.answer);
        if (step.kind === "refused") return new ProtocolError(step.reason);
        if (step.kind === "wanted") {
          timer.cancel();
          const flow = await this.#reached(step.name, (result) => writeAll(end, step.answer(result)));
          return await relay(end, flow, step.rest);
        }
      }
    } catch (thrown) {
      return late
        ? new TimedOutError(`the program has not said within ${GREETING / 1000} s what it wants`)
        : asOuroError(thrown);
    } finally {
      timer.cancel();
      end.close();
    }
  }

  async #reached(name: string, answer: (result: DoorResult) => Promise<void>): Promise<Flow> {
    let flow: Flow;
    try {
      flow = await this.#allocate(name);
    } catch (thrown) {
      await answer(thrown instanceof NameError ? "unknown" : "failed");
      throw thrown;
    }
    await answer("reached");
    return flow;
  }

  /** Allocates a flow; a name that nobody serves may be served again soon. */
  async #allocate(name: string): Promise<Flow> {
    const { qos, security } = this.settings;
    const options = { qos, security, signal: this.stop };
    for (const end = systemClock.now() + RETURN;;) {
      try {
        return await this.#allocations.run(() => this.ouro.allocate(name, options));
      } catch (thrown) {
        if (!(thrown instanceof NotFoundError) || this.stop.aborted || systemClock.now() > end) throw thrown;
      }
      await pause(systemTimers, AGAIN, this.stop);
    }
  }
}

async function writeAll(end: ByteEnd, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await end.write(bytes.subarray(at));
}
