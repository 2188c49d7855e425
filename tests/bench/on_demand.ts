/**
 * How long who asks first waits for a program that is started for that, beyond what it takes the program to start.
 *
 * @module
 */
import { connect } from "../../mod.ts";
import type { LocalHost } from "../support/local_layer.ts";
import { median, type Row } from "./table.ts";

const PAIRS = 20;
const MAX_MORE = 150;

const SERVER = new URL("./answer_one.ts", import.meta.url).pathname;
const COMMAND = ["run", "-A", "-q", SERVER];

/** Measures on a host with a local layer `ll`. */
export async function benchOnDemand(host: LocalHost): Promise<Row[]> {
  const name = "on_demand";
  await host.ok(`irm name register ${name} layer ll`);
  await host.ok(`irm bind program ${Deno.execPath()} name ${name} auto -- ${COMMAND.join(" ")}`);
  await using client = await connect({ runtimeFolder: host.folder, program: "bench" });
  const processes = async () => (await host.status()).processes;
  const before = await processes();
  const asked = async () => {
    const start = performance.now();
    const flow = await client.allocate(name);
    await flow.read();
    const time = performance.now() - start;
    await flow.deallocate();
    // The next one is to be started anew.
    while (await processes() > before) await new Promise((resolve) => setTimeout(resolve, 20));
    return time;
  };
  /** From its start until it is about to accept. */
  const alone = async () => {
    const start = performance.now();
    await using server = host.program([Deno.execPath(), ...COMMAND]);
    await server.waitFor(/^ready$/);
    return performance.now() - start;
  };
  const onDemand: number[] = [], own: number[] = [];
  for (let pair = -2; pair < PAIRS; pair++) {
    const times = [await asked(), await alone()];
    if (pair < 0) continue; // Warm-up.
    onDemand.push(times[0]);
    own.push(times[1]);
  }
  const value = median(onDemand), floor = median(own);
  return [{
    what: "first answer of a program started on demand, median",
    value: `${value.toFixed(0)} ms`,
    floor: `${floor.toFixed(0)} ms (its own start)`,
    ratio: value / floor,
    required: `≤ floor + ${MAX_MORE} ms`,
    reached: value <= floor + MAX_MORE,
  }];
}
