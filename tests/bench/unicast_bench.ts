/**
 * How quick a flow over a unicast layer is: application, IPCP, local layer, IPCP, application; and with a third IPCP in the
 * middle. The floor has as many processes: source, bare relays that only parse and forward frames, sink.
 *
 * @module
 */
import { Host } from "../support/host.ts";
import { middle, pairOf, pairs, rate, type Report, start } from "./children.ts";
import { markdown, type Row } from "./table.ts";

const PINGS = 10_000;
const PING_REQUIRED = 1.6;
const LOADS = [
  { size: 64, count: 6_000_000, required: 0.3 },
  { size: 1400, count: 2_000_000, required: 0.4 },
];

/** A layer `net` of IPCPs in a line, `a` to `b` or to `c`, over a local layer; `bench` is registered at the last one. */
export async function line(host: Host, congestion: string, members: string): Promise<void> {
  await host.ok("irm ipcp bootstrap type local name l layer ll");
  await host.ok(`irm ipcp bootstrap type unicast name a layer net congestion ${congestion} autobind`);
  for (const name of ["a", "net"]) await host.ok(`irm name register ${name} layer ll`);
  for (let index = 1; index < members.length; index++) {
    const name = members[index], before = members[index - 1];
    await host.ok(`irm ipcp enroll name ${name} layer net dst ${before} autobind`);
    await host.ok(`irm name register ${name} layer ll`);
    await host.ok(`irm ipcp connect name ${name} dst ${before}`);
  }
  await host.ok("irm name create bench");
  await host.ok(`irm name register bench ipcp ${members[members.length - 1]}`);
}

/** Waits until the client's flows take the whole way: the first ones may come before routes and directory are complete. */
export async function settle(host: Host, members: string): Promise<void> {
  for (let attempts = 0; attempts < 50; attempts++) {
    await flowRun(host, ["ping", "10"]);
    const stats = await Promise.all(
      [...members].map((name) => host.ok(`irm ipcp stats name ${name} as JSON`)),
    );
    const sent = stats.map((text) =>
      JSON.parse(text).unicast["data transfer"].flows[0].cubes[0].sent.packets
    );
    if (sent.every((packets: number) => packets >= 10)) return;
  }
  throw new Error(`flows do not take the way through ${[...members].join(", ")}`);
}

/** One run over the layer. */
function flowRun(host: Host, args: readonly string[]): Promise<Report> {
  return pairOf(["flow_server.ts", host.folder], async (pid) => {
    await host.ok(`irm bind process ${pid} name bench`);
    return ["flow_client.ts", host.folder, "bench", ...args];
  });
}

/** The same through bare relays. */
async function floorRun(relays: number, args: readonly string[]): Promise<Report> {
  const folder = await Deno.makeTempDir({ prefix: "ouro-" });
  const path = (hop: number) => `${folder}/${hop}`;
  const children: ReturnType<typeof start>[] = [];
  try {
    return await pairOf(["floor_stream.ts", "serve", path(relays)], async () => {
      for (let hop = relays; hop > 0; hop--) {
        const relay = start(["floor_relay.ts", path(hop - 1), path(hop)]);
        children.push(relay);
        await relay.lines(1);
      }
      return ["floor_stream.ts", args[0], path(0), ...args.slice(1)];
    });
  } finally {
    await Promise.all(children.map((child) => child.end()));
    await Deno.remove(folder, { recursive: true });
  }
}

/** Measures one policy over so many IPCPs. */
async function measure(congestion: string, members: string): Promise<Row[]> {
  await using host = await Host.start({ logToFile: true });
  await line(host, congestion, members);
  await settle(host, members);
  const what = `unicast layer of ${members.length} IPCPs, ${congestion}`;
  const rows: Row[] = [];
  for (const { size, count, required } of LOADS) {
    const args = ["send", `${size}`, `${count}`];
    const { value, floor, ratio } = await pairs(
      () => floorRun(members.length, args).then(rate),
      () => flowRun(host, args).then(rate),
    );
    rows.push({
      what: `${what}: one way, ${size} B`,
      value: `${value.toFixed(2)} M packets/s`,
      floor: `${floor.toFixed(2)} M packets/s (${members.length} relays)`,
      ratio,
      required: `≥ ${required.toFixed(2)} × floor`,
      reached: ratio >= required,
    });
  }
  const { value, floor, ratio } = await pairs(
    () => floorRun(members.length, ["ping", `${PINGS}`]).then(middle),
    () => flowRun(host, ["ping", `${PINGS}`]).then(middle),
  );
  rows.push({
    what: `${what}: ping-pong 64 B, median`,
    value: `${value.toFixed(1)} µs`,
    floor: `${floor.toFixed(1)} µs (${members.length} relays)`,
    ratio,
    required: `≤ ${PING_REQUIRED.toFixed(2)} × floor`,
    reached: ratio <= PING_REQUIRED,
  });
  return rows;
}

/** Measures both policies, over two IPCPs and over three. */
export async function benchUnicast(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const members of ["ab", "abc"]) {
    for (const congestion of ["none", "mb-ecn"]) rows.push(...await measure(congestion, members));
  }
  return rows;
}

if (import.meta.main) console.log(markdown(await benchUnicast()));
