/**
 * One end of the flows of the chaos soak, a program of its own that knows no more than any application does: `serve PROGRAM` echoes
 * what comes on all its flows; `ask NAME` keeps some flows to a name and says five times a second, as a line of JSON, how they are.
 * A flow that goes down is allocated again; nothing else is done to heal anything.
 *
 * @module
 */
import { type Flow, Ouroboros, QOS, type QosSpec } from "../../../mod.ts";

/** How the flows of one kind are, as the asking end says it. Times are milliseconds since 1970. */
export interface FlowReport {
  /** When this was said. */
  readonly at: number;
  /** The oldest among the last packets that came back, one of each flow: when it was written. */
  readonly echoed: number;
  /** Packets that came back damaged, or on a reliable flow out of order. */
  readonly wrong: number;
  /** Flows that were allocated so far. */
  readonly allocated: number;
  /** What went wrong last, of each flow. */
  readonly errors: readonly string[];
}

const QUALITIES: readonly QosSpec[] = [QOS.raw, QOS.raw, QOS.best, QOS.best, QOS.data, QOS.data];
/** Milliseconds between the packets of a flow. */
const PACE = 50;
/** Milliseconds until an application that was refused tries again. */
const PAUSE = 100;
/** Number and time. */
const PACKET_BYTES = 16;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const messageOf = (thrown: unknown) => thrown instanceof Error ? thrown.message : String(thrown);

async function echo(flow: Flow): Promise<void> {
  try {
    for await (const packet of flow) await flow.write(packet);
  } catch {
    // The other end or the layer has ended it.
  }
  await flow.deallocate().catch(() => {});
}

async function serve(program: string): Promise<void> {
  const ouro = Ouroboros.lazy({ program });
  for (;;) {
    try {
      echo(await ouro.accept());
    } catch {
      // The IRMd has gone; the next call connects again.
      await pause(PAUSE);
    }
  }
}

/** One flow that is always wanted. */
class WantedFlow {
  echoed = 0;
  wrong = 0;
  allocated = 0;
  error = "";
  readonly #packet = new Uint8Array(PACKET_BYTES);
  readonly #view = new DataView(this.#packet.buffer);

  constructor(private readonly name: string, private readonly qos: QosSpec) {}

  async keep(): Promise<void> {
    const ouro = Ouroboros.lazy({ program: "ask" });
    for (;;) {
      try {
        const flow = await ouro.allocate(this.name, { qos: this.qos });
        this.allocated++;
        await this.#use(flow);
      } catch (thrown) {
        this.error = `${new Date().toISOString()} ${messageOf(thrown)}`;
      }
      await pause(PAUSE);
    }
  }

  async #use(flow: Flow): Promise<void> {
    let number = 0;
    const timer = setInterval(() => {
      this.#view.setUint32(0, number + 1);
      this.#view.setFloat64(8, Date.now());
      try {
        if (flow.tryWrite(this.#packet)) number++;
      } catch {
        // The reader hears of it.
      }
    }, PACE);
    try {
      let expected = 1;
      for await (const packet of flow) {
        const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
        const right = packet.length === PACKET_BYTES && (!flow.reliable || view.getUint32(0) === expected);
        if (!right) this.wrong++;
        else this.echoed = Math.max(this.echoed, view.getFloat64(8));
        expected++;
      }
      this.error = `${new Date().toISOString()} ended by the other side`;
    } finally {
      clearInterval(timer);
      flow.deallocate().catch(() => {});
    }
  }
}

function ask(name: string): void {
  const flows = QUALITIES.map((qos) => new WantedFlow(name, qos));
  for (const flow of flows) flow.keep();
  const sum = (count: (flow: WantedFlow) => number) => flows.reduce((total, flow) => total + count(flow), 0);
  setInterval(() => {
    const report: FlowReport = {
      at: Date.now(),
      echoed: Math.min(...flows.map(({ echoed }) => echoed)),
      wrong: sum(({ wrong }) => wrong),
      allocated: sum(({ allocated }) => allocated),
      errors: flows.map(({ error }) => error),
    };
    console.log(JSON.stringify(report));
  }, 200);
}

if (import.meta.main) {
  const [what, name] = Deno.args;
  if (what === "serve") await serve(name);
  else ask(name);
}
