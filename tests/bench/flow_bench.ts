/**
 * How quick a local flow is, through the public API and between two processes, against the bare floor measured right before.
 * By itself (`deno run -A tests/bench/flow_bench.ts`) it uses the stand-in of the IRMd, which flows' packets do not meet
 * anyway.
 *
 * @module
 */
import { TestingIrmd } from "../../core/testing/irmd.ts";
import { middle, pairOf, pairs, rate, type Report } from "./children.ts";
import { markdown, type Row } from "./table.ts";

/** What is needed of a host: its runtime folder, and a way to command its IRMd. */
export interface FlowHost {
  /** The runtime folder of the IRMd. */
  readonly folder: string;
  /** Runs a command that must succeed, such as `irm bind process 1 name x`. */
  ok(command: string): Promise<unknown>;
}

const PINGS = 20_000;

/** One way with packets of a size. */
interface Load {
  readonly size: number;
  readonly count: number;
  /** Part of the floor's packets a second that must be reached. */
  readonly required: number;
}

const LOADS: readonly Load[] = [
  { size: 64, count: 4_000_000, required: 0.2 },
  { size: 1500, count: 1_000_000, required: 0.5 },
];
const PING_REQUIRED = 1.6;

/** A kind of flow, one way, against a raw flow. */
interface Kind {
  readonly kind: string;
  readonly what: string;
  readonly count: number;
  /** Part of the raw flow's packets a second that must be reached. */
  readonly required: number;
}

const KIND_SIZE = 1400, RAW_COUNT = 1_000_000;
const KINDS: readonly Kind[] = [
  { kind: "reliable", what: "reliable local flow", count: 1_000_000, required: 0.4 },
  { kind: "encrypted", what: "encrypted local flow (AES-256-GCM)", count: 1_000_000, required: 0.25 },
  {
    kind: "encrypted-runtime",
    what: "encrypted local flow, without libcrypto",
    count: 200_000,
    required: 0.02,
  },
];

/** Measures on a host where flows to `name` reach the process that was bound to it last. */
export async function benchFlows(host: FlowHost, name: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { size, count, required } of LOADS) {
    const { value, floor, ratio } = await pairs(
      () => floorRun(["send", `${size}`, `${count}`]).then(rate),
      () => flowRun(host, name, ["send", `${size}`, `${count}`]).then(rate),
    );
    rows.push({
      what: `local flow, one way, ${size} B`,
      value: `${value.toFixed(2)} M packets/s`,
      floor: `${floor.toFixed(2)} M packets/s`,
      ratio,
      required: `≥ ${required.toFixed(2)} × floor`,
      reached: ratio >= required,
    });
  }
  const { value, floor, ratio } = await pairs(
    () => floorRun(["ping", `${PINGS}`]).then(middle),
    () => flowRun(host, name, ["ping", `${PINGS}`]).then(middle),
  );
  rows.push({
    what: "local flow, ping-pong 64 B, median",
    value: `${value.toFixed(1)} µs`,
    floor: `${floor.toFixed(1)} µs`,
    ratio,
    required: `≤ ${PING_REQUIRED.toFixed(2)} × floor`,
    reached: ratio <= PING_REQUIRED,
  });
  return rows;
}

/** Measures flows that do more than carry packets, against raw ones. */
export async function benchKinds(host: FlowHost, name: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { kind, what, count, required } of KINDS) {
    const { value, floor, ratio } = await pairs(
      () => flowRun(host, name, ["send", `${KIND_SIZE}`, `${RAW_COUNT}`]).then(rate),
      () => flowRun(host, name, ["send", `${KIND_SIZE}`, `${count}`, kind], kind).then(rate),
    );
    rows.push({
      what: `${what}, one way, ${KIND_SIZE} B`,
      value: `${value.toFixed(2)} M packets/s`,
      floor: `${floor.toFixed(2)} M packets/s (raw flow)`,
      ratio,
      required: `≥ ${required.toFixed(2)} × raw flow`,
      reached: ratio >= required,
    });
  }
  return rows;
}

async function floorRun(args: readonly string[]): Promise<Report> {
  const folder = await Deno.makeTempDir({ prefix: "ouro-" });
  const path = `${folder}/floor`;
  try {
    return await pairOf(
      ["floor_stream.ts", "serve", path],
      () => ["floor_stream.ts", args[0], path, ...args.slice(1)],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs a client and a server of the benchmark over a flow. */
export function flowRun(
  host: FlowHost,
  name: string,
  args: readonly string[],
  kind = "raw",
): Promise<Report> {
  return pairOf(["flow_server.ts", host.folder, kind], async (pid) => {
    await host.ok(`irm bind process ${pid} name ${name}`);
    return ["flow_client.ts", host.folder, name, ...args];
  });
}

if (import.meta.main) {
  await using irmd = await TestingIrmd.start();
  const rows = await benchFlows({ folder: irmd.folder, ok: () => Promise.resolve() }, "bench");
  console.log(markdown(rows));
  Deno.exitCode = rows.every(({ reached }) => reached) ? 0 : 1;
}
