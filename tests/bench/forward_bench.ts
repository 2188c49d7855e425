/**
 * What `ouro forward` carries and how quickly it opens connections: one TCP stream to one forwarder, a flow, and a TCP stream from the
 * other forwarder, against a bare TCP relay in their place.
 *
 * @module
 */
import { type LocalHost, localHost } from "../support/local_layer.ts";
import { pairs, type Report, start } from "./children.ts";
import { markdown, type Row } from "./table.ts";

const ENDS = "tcp_ends.ts";
const BYTES = 1e9, REQUIRED = 0.4, GIGABITS = 1;
const CONNECTIONS = 1000, SECONDS = 5;

const gigabits = ({ bytes, ms }: Report): number => bytes * 8 / ms / 1e6;

/** Measures on a host with the local layer `ll`. */
export async function benchForward(host: LocalHost): Promise<Row[]> {
  const { value, floor, ratio } = await pairs(
    () => throughRelay(`${BYTES}`).then(gigabits),
    () => throughForward(host, ["send"], `${BYTES}`).then(gigabits),
  );
  const { ms } = await throughForward(host, ["open"], `${CONNECTIONS}`);
  return [{
    what: "forward, one TCP stream over a local flow",
    value: `${value.toFixed(2)} Gb/s`,
    floor: `${floor.toFixed(2)} Gb/s (bare TCP relay)`,
    ratio,
    required: `≥ ${REQUIRED.toFixed(2)} × floor, ≥ ${GIGABITS} Gb/s`,
    reached: ratio >= REQUIRED && value >= GIGABITS,
  }, {
    what: `forward, ${CONNECTIONS} connections opened at once`,
    value: `${(ms / 1000).toFixed(2)} s`,
    required: `≤ ${SECONDS} s`,
    reached: ms <= SECONDS * 1000,
  }];
}

/** Starts a server of the ends and uses `middle` to reach its port. */
async function withServer(middle: (port: number) => Promise<Report>, wait: boolean): Promise<Report> {
  const server = start([ENDS, "serve"]);
  try {
    const [{ port }] = await server.lines(1);
    const report = await middle(port);
    return wait ? Object.assign({}, report, ...await server.lines()) : report;
  } finally {
    await server.end();
  }
}

/** Runs a client of the ends. */
async function client(...args: readonly string[]): Promise<Report> {
  return Object.assign({}, ...await start([ENDS, ...args]).lines());
}

function throughRelay(bytes: string): Promise<Report> {
  return withServer(async (port) => {
    const relay = start(["floor_tcp_relay.ts", `${port}`]);
    try {
      const [{ port: at }] = await relay.lines(1);
      return await client("send", `${at}`, bytes);
    } finally {
      await relay.end();
    }
  }, true);
}

function throughForward(host: LocalHost, [role]: readonly string[], count: string): Promise<Report> {
  return withServer(async (port) => {
    const offer = host.spawn([
      "forward",
      "-Q",
      "--to",
      `tcp:127.0.0.1:${port}`,
      "--as",
      "bench_forward",
      "--layer",
      "ll",
    ]);
    await offer.waitFor(/^Offering/);
    const reach = host.spawn(["forward", "-Q", "bench_forward", "--listen", "tcp:127.0.0.1:0"]);
    const [, at] = await reach.waitFor(/^Listening at .*:(\d+)\.$/);
    try {
      return await client(role, at, count);
    } finally {
      for (const process of [reach, offer]) await process[Symbol.asyncDispose]();
    }
  }, role === "send");
}

if (import.meta.main) {
  await using host = await localHost("bench", { logToFile: true });
  const rows = await benchForward(host);
  console.log(markdown(rows));
  Deno.exitCode = rows.every(({ reached }) => reached) ? 0 : 1;
}
