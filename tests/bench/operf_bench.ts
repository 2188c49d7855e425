/**
 * Whether `operf` reports what flows carry: what it measures over a local flow, against the client and server of the benchmark.
 *
 * @module
 */
import { type LocalHost, localHost } from "../support/local_layer.ts";
import { pairs, rate } from "./children.ts";
import { flowRun } from "./flow_bench.ts";
import { markdown, type Row } from "./table.ts";

const SIZES = [64, 1500] as const, COUNT = 2_000_000, REQUIRED = 0.9;
const NAME = "bench_operf";

/** Measures on a host with the local layer `ll` where flows to `name` reach the process that was bound to it last. */
export async function benchOperf(host: LocalHost, name: string): Promise<Row[]> {
  const server = host.spawn(["operf", "--listen"]);
  await server.waitFor(/started/);
  await host.ok(`irm name create ${NAME}`);
  await host.ok(`irm name register ${NAME} layer ll`);
  await host.ok(`irm bind process ${server.pid} name ${NAME}`);
  const rows: Row[] = [];
  for (const size of SIZES) {
    const { value, floor, ratio } = await pairs(
      () => flowRun(host, name, ["send", `${size}`, `${COUNT}`]).then(rate),
      async () => {
        const words = `operf -n ${NAME} -d 3s --flood -s ${size} --json`;
        const { arrived } = JSON.parse(await host.ok(words));
        return arrived.packets / arrived.took / 1000;
      },
    );
    rows.push({
      what: `operf --flood over a local flow, ${size} B`,
      value: `${value.toFixed(2)} M packets/s`,
      floor: `${floor.toFixed(2)} M packets/s (local flow)`,
      ratio,
      required: `≥ ${REQUIRED.toFixed(2)} × local flow`,
      reached: ratio >= REQUIRED,
    });
  }
  await server[Symbol.asyncDispose]();
  return rows;
}

if (import.meta.main) {
  await using host = await localHost("bench", { logToFile: true });
  const rows = await benchOperf(host, "bench");
  console.log(markdown(rows));
  Deno.exitCode = rows.every(({ reached }) => reached) ? 0 : 1;
}
