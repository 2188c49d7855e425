/**
 * `ouro labd`: the applications of one host of a lab, started by `ouro lab`; both talk in lines of JSON. It registers names and accepts
 * flows to them, sends as the scenario says, and tells at the end what it has seen.
 *
 * @module
 */
import { asOuroError, OuroError } from "../../contract/errors.ts";
import { Ouroboros } from "../../flow/client.ts";
import type { Flow } from "../../flow/flow.ts";
import { systemClock, systemTimers } from "../../os/clock.ts";
import { readInput, writeOutput } from "../../os/process/line_child.ts";
import { FlowMeter } from "../../sim/play/flow_meter.ts";
import type { ScenarioFlow } from "../../sim/scenario/scenario.ts";
import { parseCommandLine } from "../../tools/command_line.ts";
import { IrmdClient } from "../../tools/irmd_client.ts";
import type { Role, Tool } from "../../tools/tool.ts";

/** What command line, help, manual page and completion tell of it. */
export const TOOL = {
  name: "labd",
  command: "ouro labd",
  description: "Runs the applications of a host of a lab, for ouro lab, which starts it.",
  options: [],
} as const satisfies Tool;

/** What the applications of a host are told. */
export interface AppOrders {
  /** Names to accept flows for, and the members that they are registered with. */
  readonly serve: readonly { readonly name: string; readonly ipcp: string }[];
  /** Flows to ask for: which of the flows of which table, and its name. */
  readonly send: readonly { readonly table: number; readonly index: number; readonly name: string }[];
  readonly flows: readonly ScenarioFlow[];
  readonly duration: number;
  /** Times of events. */
  readonly marks: readonly number[];
}

/** What they have seen of a flow, at one of its ends. */
export interface AppCount {
  readonly table: number;
  readonly index: number;
  readonly sent: number;
  readonly received: number;
  readonly bytes: number;
  readonly delay: { readonly mean: number; readonly p99: number; readonly most: number };
  readonly epochs: readonly { readonly sent: number; readonly received: number; readonly gap: number }[];
}

const RETRY = 1000;
/** Milliseconds after which a sender looks again for what is due. */
const TICK = 1;
/** Bytes of what each packet says of itself. */
const STAMP = 20;

/** Milliseconds since 1970, the same in all processes of the host. */
const wall = () => performance.timeOrigin + systemClock.now();

/** Runs until its input ends. */
export const run: Role = async (words) => {
  const parsed = parseCommandLine(TOOL, words);
  if (!parsed.ok) {
    console.log(parsed.usage.trimEnd());
    return parsed.status;
  }
  let apps: Apps | undefined;
  await readInput((line) => {
    // Whoever starts this has written the line.
    const told: { orders?: AppOrders; origin?: number; renew?: readonly string[]; report?: true } = JSON
      .parse(line);
    if (told.orders) {
      apps = new Apps(told.orders);
      apps.open().then(() => writeOutput('{"ready":true}')).catch(fail);
    } else if (told.origin !== undefined) apps?.start(told.origin);
    else if (told.renew) apps?.renew(told.renew);
    else if (told.report) writeOutput(JSON.stringify({ counts: apps?.counts() ?? [] }));
  });
  return 0;
};

function fail(thrown: unknown): void {
  writeOutput(JSON.stringify({ error: asOuroError(thrown).message }));
}

/** The applications. */
class Apps {
  readonly #ouro = Ouroboros.lazy({ program: "labd", onError: () => {} });
  readonly #meters = new Map<string, FlowMeter>();
  /** Flows that are up, by their names. */
  readonly #flows = new Map<string, Set<Flow>>();
  #origin = Infinity;
  /** When these applications were there; later than 0 after their host was started again. */
  #begun = 0;

  constructor(private readonly orders: AppOrders) {}

  /** Registers the names. */
  async open(): Promise<void> {
    const irmd = new IrmdClient();
    try {
      for (const { name, ipcp } of this.orders.serve) {
        await irmd.call("name.create", { name }).catch(() => undefined); // A restarted host may know it.
        await irmd.call("bind.process", { name, pid: Deno.pid });
        await irmd.call("name.register", { name, layers: [], ipcps: [ipcp] });
      }
    } finally {
      await irmd.close();
    }
    if (this.orders.serve.length > 0) this.#accept();
  }

  /** The times of the scenario count from then. @param origin milliseconds since 1970 */
  start(origin: number): void {
    this.#origin = origin;
    this.#begun = Math.max(0, this.#now);
    for (const { table, index, name } of this.orders.send) {
      const spec = this.orders.flows[table];
      const start = spec.start + index * spec.every;
      if (start < spec.stop) this.#after(start, () => this.#send(spec, table, index, name).catch(fail));
    }
    for (const mark of [...this.orders.marks, this.orders.duration]) {
      this.#after(mark, () => {
        for (const meter of this.#meters.values()) meter.silence(this.#now);
      });
    }
  }

  /** The applications that accept flows to these names were started again: flows to their former selves carry nothing any more. */
  renew(names: readonly string[]): void {
    for (const name of names) {
      for (const flow of this.#flows.get(name) ?? []) flow[Symbol.asyncDispose]().catch(fail);
    }
  }

  /** Returns what was seen. */
  counts(): AppCount[] {
    return [...this.#meters].map(([key, meter]) => {
      const [table, index] = key.split(".").map(Number);
      const { sent, received, bytes, mean, longest, epochs, delays } = meter;
      const delay = { mean, p99: Math.min(longest, delays.percentile(0.99)), most: longest };
      return { table, index, sent, received, bytes, delay, epochs };
    });
  }

  get #now(): number {
    return wall() - this.#origin;
  }

  #after(time: number, run: () => void): void {
    systemTimers.after(Math.max(0, time - this.#now), run);
  }

  #meter(table: number, index: number): FlowMeter {
    const key = `${table}.${index}`;
    const { start, every, stop } = this.orders.flows[table];
    const from = Math.max(start + index * every, this.#begun);
    const meter = this.#meters.get(key) ??
      new FlowMeter(this.orders.duration, this.orders.marks, from, stop);
    this.#meters.set(key, meter);
    return meter;
  }

  async #accept(): Promise<void> {
    for (;;) {
      try {
        const flow = await this.#ouro.accept();
        this.#serve(flow).catch(() => flow[Symbol.asyncDispose]());
      } catch (thrown) {
        fail(thrown);
        await new Promise<void>((done) => systemTimers.after(RETRY, done));
      }
    }
  }

  async #serve(flow: Flow): Promise<void> {
    for (;;) {
      const packet = await flow.read();
      if (packet.length < STAMP) continue;
      const { sent, index, table } = read(packet);
      const spec = this.orders.flows[table];
      if (spec?.kind === "ping") await flow.write(packet);
      else if (spec) this.#meter(table, index).receive(this.#now, sent, packet.length);
    }
  }

  async #send(spec: ScenarioFlow, table: number, index: number, name: string): Promise<void> {
    const meter = this.#meter(table, index);
    const flows = this.#flows.get(name) ?? new Set();
    this.#flows.set(name, flows);
    while (this.#now < spec.stop) {
      let flow: Flow | undefined;
      try {
        flow = await this.#ouro.allocate(name, { qos: spec.qos, timeout: 5 * RETRY });
        meter.upAt ??= this.#now;
        flows.add(flow);
        if (spec.kind === "ping") this.#hear(flow, meter).catch(() => undefined); // The end of the flow ends it.
        await this.#fill(flow, spec, table, index, meter);
        // The flow stays until this process ends: what is still in its sockets is under way.
        return;
      } catch (thrown) {
        if (!(thrown instanceof OuroError)) throw thrown;
        meter.lost++;
        if (flow) flows.delete(flow);
        await flow?.[Symbol.asyncDispose]();
        await new Promise<void>((done) => systemTimers.after(RETRY, done));
      }
    }
  }

  async #hear(flow: Flow, meter: FlowMeter): Promise<void> {
    for (;;) {
      const packet = await flow.read();
      if (packet.length >= STAMP) meter.receive(this.#now, read(packet).sent, packet.length);
    }
  }

  /** Sends until the flow stops. @throws OuroError when it is lost */
  async #fill(
    flow: Flow,
    { kind, size, interval, stop }: ScenarioFlow,
    table: number,
    index: number,
    meter: FlowMeter,
  ) {
    const packet = new Uint8Array(size);
    const view = new DataView(packet.buffer);
    view.setUint32(8, index);
    view.setUint32(16, table);
    let due = this.#now;
    while (this.#now < stop) {
      const now = this.#now;
      if (kind !== "greedy" && now < due) {
        await new Promise<void>((done) => systemTimers.after(Math.max(TICK, due - now), done));
        continue;
      }
      // What a busy machine was late with is left out.
      due = Math.max(due + interval, now - 100 * interval);
      view.setFloat64(0, now);
      view.setUint32(12, meter.sent);
      await flow.write(packet);
      meter.send(now);
    }
  }
}

function read(packet: Uint8Array): { readonly sent: number; readonly index: number; readonly table: number } {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  return { sent: view.getFloat64(0), index: view.getUint32(8), table: view.getUint32(16) };
}
