/**
 * `deno task bench:interval`: round trips of `oping` at a human pace, one packet every few milliseconds, with the bare floor of that
 * interval in the same run, and, with `OURO_REFERENCE=PREFIX`, the same of the reference. `--write` puts the table into
 * docs/performance.md. Figures are of one run: processes that sleep depend on the machine more than those that do not.
 *
 * @module
 */
import { MixedHosts } from "../../interop/mixed_hosts.ts";
import { Namespaces } from "../../support/namespaces.ts";
import { pingTimes } from "../../support/ping_times.ts";
import { REFERENCE } from "../../support/reference_host.ts";
import { pairOf, type Report, start } from "../children.ts";
import { markdown, type Row, writeTable } from "../table.ts";
import { roundTripsOfLine } from "./line.ts";
import { shareOfProcessor } from "./processor.ts";

const WAYS = ["local", "eth-dix", "udp4", "unicast"] as const;
type Way = typeof WAYS[number];
/**
 * Milliseconds between two packets, and packets of each; 0: the next one when the answer is there. Where packets are quick so many are
 * sent that what a new program takes for its first ones, which are told of by themselves, does not decide.
 */
const INTERVALS = [[0, 10_000], [1, 3000], [2, 3000], [10, 300], [100, 30]] as const;
/** The first packets of a program that has just started. */
const FIRST = 300;
/** Kinds of flows that are measured beside raw ones, every 2 ms: a word for oping, or the name of a server that demands encryption. */
const KINDS = { reliable: "-q data", encrypted: "" } as const;
const KIND_INTERVAL = 2, KIND_COUNT = 3000;
/** Milliseconds for which the processors' time is taken, and between the packets of the second row of that. */
const REST = 10_000, STEADY = 10;
/** Members of a line on one host, milliseconds between two packets, packets, and what a hop and back may take in microseconds. */
const LINE = { members: 31, interval: 100, count: 100, required: 90 };
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
  /** Median of the first packets, where more were sent. */
  readonly first?: number;
}

function figures(stdout: string): Figures {
  const times = pingTimes(stdout);
  if (times.length === 0) throw new Error(`no answer: ${stdout}`);
  const first = times.length > FIRST ? figuresOf(times.slice(0, FIRST)).median : undefined;
  return { ...figuresOf(times), first };
}

function figuresOf(times: number[]): Figures {
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
  if (kind === "ours") {
    await hosts.ours(server).secure(`server/encrypted-${way}/enc.conf`, "kex=X25519\nrequire=encryption");
    await hosts.ours("a").secure(`client/encrypted-${way}/enc.conf`, "kex=X25519\nrequire=encryption");
    await hosts.on(server).ok(`irm name create encrypted-${way}`);
  }
  if (way === "local") {
    await hosts.on("a").ok("irm ipcp bootstrap type local name here layer here");
    await hosts.serve("a", name, "here");
    if (kind === "ours") await hosts.serve("a", `encrypted-${way}`, "here");
    return hosts;
  }
  const layer = await hosts.layerOver("ab", way === "unicast" ? "eth-dix" : way);
  if (way === "unicast") {
    await hosts.first("a", { [layer]: 1 });
    await hosts.join("b", "a", { [layer]: 1 });
  }
  await hosts.serve("b", name, way === "unicast" ? "net" : layer);
  if (kind === "ours") await hosts.serve("b", `encrypted-${way}`, way === "unicast" ? "net" : layer);
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
        found.set(interval, await measure(hosts, `ping-${way}`, interval, count));
      }
    } catch (thrown) {
      console.error(String(thrown));
    }
  }
  return found;
}

async function measure(
  hosts: MixedHosts,
  name: string,
  interval: number,
  count: number,
  kind = "",
): Promise<Figures> {
  const pace = interval === 0 ? "-f" : `-i ${interval}ms`;
  return figures(await hosts.pinged("a", name, `-c ${count} ${pace} ${kind}`.trimEnd()));
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

const show = ({ median, average, p99, first }: Figures) =>
  `${median.toFixed(0)} (${average.toFixed(0)}, ${p99.toFixed(0)}) µs` +
  (first === undefined ? "" : `; the first ${FIRST}: ${first.toFixed(0)} µs`);

const rows: Row[] = [];

/** Adds the row of one kind of flows at one interval. */
async function addRow(hosts: MixedHosts, way: Way, interval: number, count: number, of: {
  readonly name: string;
  readonly kind?: string;
  readonly words?: string;
  readonly theirs?: Figures;
}): Promise<void> {
  const bare = await floor(hosts, way, interval, count);
  const ours = await measure(hosts, of.name, interval, count, of.words);
  const ratio = ours.median / bare.median;
  const pace = interval === 0 ? "at once" : `every ${interval} ms`;
  const what = `${way}${of.kind ? `, ${of.kind}` : ""}, ${pace}: median (average, p99)`;
  const demanded = way !== "unicast" && interval === KIND_INTERVAL && !of.kind;
  console.error(
    `${what}: floor ${show(bare)}, ours ${show(ours)}, theirs ${of.theirs ? show(of.theirs) : "-"}`,
  );
  rows.push({
    what: of.theirs ? `${what}; the reference ${show(of.theirs)}` : what,
    value: show(ours),
    floor: `${show(bare)}: ${FLOORS[way]}`,
    ratio,
    required: demanded ? `≤ ${MOST.toFixed(2)} × floor` : "–",
    reached: !demanded || ratio <= MOST,
  });
}

/** Adds the rows of what all processes of both hosts take of a processor, at rest and with some packets. */
async function addShares(hosts: MixedHosts, way: Way): Promise<void> {
  const idle = () => new Promise((resolve) => setTimeout(resolve, REST));
  const rest = await shareOfProcessor(idle);
  const client = await hosts.pinging("a", `ping-${way}`, `-i ${STEADY}ms -c 100000`);
  const steady = await shareOfProcessor(idle);
  client.kill("SIGTERM");
  const processes = way === "local" ? "IRMd, IPCP, server" : "two IRMds, their IPCPs, server";
  const what = `${way}: share of a processor that ${processes} take`;
  console.error(
    `${what}: ${rest.toFixed(2)} % at rest, ${steady.toFixed(1)} % with oping every ${STEADY} ms`,
  );
  rows.push(
    { what: `${what}, at rest`, value: `${rest.toFixed(2)} %`, required: "–", reached: true },
    {
      what: `${what}, and oping every ${STEADY} ms`,
      value: `${steady.toFixed(1)} %`,
      required: "–",
      reached: true,
    },
  );
}

/** Adds the row of a line of members. */
async function addLine(): Promise<void> {
  const { members, interval, count, required } = LINE;
  const whole = figuresOf(await roundTripsOfLine(members, interval, count));
  const hop = whole.median / (members - 1);
  const what = `${members} unicast members in a line on one host, every ${interval} ms: a hop and back`;
  console.error(`${what}: ${hop.toFixed(0)} µs, all ${show(whole)}`);
  rows.push({
    what,
    value: `${hop.toFixed(0)} µs; all of them ${show(whole)}`,
    required: `≤ ${required} µs`,
    reached: hop <= required,
  });
}

for (const way of WAYS) {
  const theirs = await theirsIn(way);
  await using hosts = await hostsOf("ours", way);
  for (const [interval, count] of INTERVALS) {
    await addRow(hosts, way, interval, count, { name: `ping-${way}`, theirs: theirs.get(interval) });
  }
  for (const [kind, words] of Object.entries(KINDS)) {
    const name = kind === "encrypted" ? `encrypted-${way}` : `ping-${way}`;
    await addRow(hosts, way, KIND_INTERVAL, KIND_COUNT, { name, kind, words });
  }
  await addShares(hosts, way);
}
await addLine();
console.log(markdown(rows));
if (Deno.args.includes("--write")) await writeTable("bench:interval", rows);
Deno.exitCode = rows.every(({ reached }) => reached) ? 0 : 1;
