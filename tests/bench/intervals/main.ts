/**
 * `deno task bench:interval`: round trips of `oping` at a human pace, one packet every few milliseconds, with the bare floor of that
 * interval in the same run, and, with `OURO_REFERENCE=PREFIX`, the same of the reference. `--write` puts the table into
 * docs/performance.md. Figures are of one run: processes that sleep depend on the machine more than those that do not.
 *
 * @module
 */
import { MixedHosts } from "../../interop/mixed_hosts.ts";
import { Namespaces } from "../../support/namespaces.ts";
import { REFERENCE } from "../../support/reference_host.ts";
import { pairOf, type Report, start } from "../children.ts";
import { markdown, type Row, writeTable } from "../table.ts";

const WAYS = ["local", "eth-dix", "udp4", "unicast"] as const;
type Way = typeof WAYS[number];
/** Milliseconds between two packets, and packets of each. */
const INTERVALS = [[1, 600], [2, 600], [10, 200], [100, 30]] as const;
/** Hosts of the reference that are tried: its daemons die now and then. */
const TRIES = 3;
/** How much more than the floor a median may be. */
const MOST = 1.5;
const FLOORS: Record<Way, string> = {
  local: "two programs, one Unix socket",
  "eth-dix": "four programs, veth between",
  udp4: "four programs, UDP between",
  unicast: "as eth-dix",
};

/** Median, average and the one of hundred that is slowest, in microseconds. */
interface Figures {
  readonly median: number;
  readonly average: number;
  readonly p99: number;
}

function figures(stdout: string): Figures {
  const times = [...stdout.matchAll(/time=([\d.]+) ms/g)].map(([, ms]) => Number(ms) * 1000);
  if (times.length === 0) throw new Error(`no answer: ${stdout}`);
  times.sort((one, other) => one - other);
  return {
    median: times[times.length >> 1],
    average: times.reduce((all, one) => all + one) / times.length,
    p99: times[Math.floor(times.length * 0.99)],
  };
}

/** Hosts a and b of one kind, with a server that is reached in this way. */
async function hostsOf(kind: "ours" | "theirs", way: Way): Promise<MixedHosts> {
  const hosts = await MixedHosts.start(
    { ours: "", theirs: "", cables: ["ab"], [kind]: "ab" },
    REFERENCE ?? "",
  );
  const name = `ping-${way}`, server = way === "local" ? "a" : "b";
  await hosts.on(server).ok(`irm name create ${name}`);
  if (way === "local") {
    await hosts.on("a").ok("irm ipcp bootstrap type local name here layer here");
    await hosts.serve("a", name, "here");
    return hosts;
  }
  const layer = await hosts.layerOver("ab", way === "unicast" ? "eth-dix" : way);
  if (way === "unicast") {
    await hosts.first("a", { [layer]: 1 });
    await hosts.join("b", "a", { [layer]: 1 });
  }
  await hosts.serve("b", name, way === "unicast" ? "net" : layer);
  await hosts.settled();
  return hosts;
}

/** What the reference takes, where it lives long enough for that. */
async function theirsIn(way: Way): Promise<Map<number, Figures>> {
  const found = new Map<number, Figures>();
  for (let tries = 0; REFERENCE !== undefined && tries < TRIES && found.size < INTERVALS.length; tries++) {
    try {
      await using hosts = await hostsOf("theirs", way);
      for (const [interval, count] of INTERVALS) {
        found.set(interval, await measure(hosts, way, interval, count));
      }
    } catch (thrown) {
      console.error(String(thrown));
    }
  }
  return found;
}

async function measure(hosts: MixedHosts, way: Way, interval: number, count: number): Promise<Figures> {
  return figures(await hosts.pinged("a", `ping-${way}`, `-c ${count} -i ${interval}ms`));
}

/** The floor over the same cable. */
async function floor(hosts: MixedHosts, way: Way, interval: number, count: number): Promise<Figures> {
  const folder = await Deno.makeTempDir({ prefix: "ouro-floor-" });
  const [near, far] = [`${folder}/near`, `${folder}/far`];
  const places = { server: hosts.net.on(way === "local" ? "a" : "b"), client: hosts.net.on("a") };
  const ping = (path: string) => ["intervals/floor.ts", "ping", path, `${count}`, `${interval}`];
  const relays: ReturnType<typeof start>[] = [];
  try {
    const { median, average, p99 } = await pairOf(["intervals/floor.ts", "echo", far], async () => {
      if (way === "local") return ping(far);
      const [a, b] = [`${Namespaces.ip4("a")}:3998`, `${Namespaces.ip4("b")}:3998`];
      for (const [how, path, letter, peer] of [["connect", far, "b", "a"], ["accept", near, "a", "b"]]) {
        const where = way === "udp4"
          ? ["udp", letter === "a" ? a : b, letter === "a" ? b : a]
          : ["eth", `to-${peer}`];
        const relay = start(["intervals/floor.ts", "relay", how, path, ...where], hosts.net.on(letter));
        relays.push(relay);
        await relay.lines(1);
      }
      return ping(near);
    }, places) as Report & Figures;
    return { median, average, p99 };
  } finally {
    for (const relay of relays) await relay.end();
    await Deno.remove(folder, { recursive: true });
  }
}

const show = ({ median, average, p99 }: Figures) =>
  `${median.toFixed(0)} (${average.toFixed(0)}, ${p99.toFixed(0)}) µs`;

const rows: Row[] = [];
for (const way of WAYS) {
  const theirs = await theirsIn(way);
  await using hosts = await hostsOf("ours", way);
  for (const [interval, count] of INTERVALS) {
    const bare = await floor(hosts, way, interval, count);
    const ours = await measure(hosts, way, interval, count);
    const other = theirs.get(interval);
    const ratio = ours.median / bare.median;
    const what = `${way}, every ${interval} ms: median (average, p99)`;
    console.error(
      `${way} ${interval}: floor ${show(bare)}, ours ${show(ours)}, theirs ${other ? show(other) : "-"}`,
    );
    rows.push({
      what: other ? `${what}; the reference ${show(other)}` : what,
      value: show(ours),
      floor: `${show(bare)}: ${FLOORS[way]}`,
      ratio,
      required: way === "unicast" ? "–" : `≤ ${MOST.toFixed(2)} × floor`,
      reached: way === "unicast" || ratio <= MOST,
    });
  }
}
console.log(markdown(rows));
if (Deno.args.includes("--write")) await writeTable("bench:interval", rows);
Deno.exitCode = rows.every(({ reached }) => reached) ? 0 : 1;
