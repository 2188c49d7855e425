/**
 * Floods with slow readers over unicast layers. Prints packets, queues and memory.
 *
 * @module
 */
import { start } from "../bench/children.ts";
import { line, settle } from "../bench/unicast_bench.ts";
import { Host } from "../support/host.ts";
import { type Look, look } from "./observer.ts";

/** Milliseconds between two looks. */
const INTERVAL = 5000;
/** Bytes of a packet, and packets that a reader takes in a second. */
const SIZE = 1000;
const RATE = 1000;
/** Packets that may wait on one flow. */
const MAX_QUEUED = 8192;
/** Megabytes by which an IPCP may need more in the second half of a run than in the first one: its young heap doubles in steps of 13 and 26. */
const MAX_GROWTH = 32;

/** What is flooded. */
interface Flood {
  /** Names of the members, each of one letter. */
  readonly members: string;
  readonly congestion: string;
  readonly flows: number;
}

const FLOODS: readonly Flood[] = ["ab", "abc"].flatMap((members) =>
  ["none", "mb-ecn"].flatMap((congestion) => [1, 3].map((flows) => ({ members, congestion, flows })))
);

/** Looks at the members now and then while senders flood as many slow readers. */
async function run({ members, congestion, flows }: Flood, seconds: number): Promise<Look[]> {
  await using host = await Host.start({ logToFile: true });
  await line(host, congestion, members);
  await settle(host, members);
  const children: ReturnType<typeof start>[] = [];
  const looks: Look[] = [];
  try {
    for (let flow = 0; flow < flows; flow++) {
      const reader = start(["./slow_reader.ts", host.folder, `${RATE}`]);
      children.push(reader);
      const [{ pid }] = await reader.lines(1);
      await host.ok(`irm bind process ${pid} name bench`);
      children.push(start(["./flood.ts", host.folder, "bench", `${SIZE}`]));
    }
    for (const end = performance.now() + seconds * 1000; looks.length < 2 || performance.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, INTERVAL));
      looks.push(await look(host, members));
    }
  } finally {
    await Promise.all(children.map((child) => child.end()));
  }
  // The layer serves on.
  await settle(host, members);
  return looks;
}

const most = (looks: readonly Look[], member: number): number =>
  Math.max(...looks.map(({ memory }) => memory[member]));

/** Whether memory stayed about the same and queues had their limit. */
function isBounded(looks: readonly Look[]): boolean {
  const half = looks.length >> 1;
  const [before, after] = [looks.slice(0, half), looks.slice(half)];
  return looks.every(({ queued }) => queued <= MAX_QUEUED) &&
    looks[0].memory.every((_, member) => most(after, member) - most(before, member) <= MAX_GROWTH);
}

function row({ members, congestion, flows }: Flood, looks: readonly Look[]): string {
  const [first, last] = [looks[0], looks[looks.length - 1]];
  const rate = (key: "sent" | "delivered" | "lost") =>
    ((last[key] - first[key]) / (last.at - first.at) * 1000).toFixed(0);
  const memory = first.memory.map((megabytes, member) =>
    `${megabytes.toFixed(0)} / ${most(looks, member).toFixed(0)} / ${last.memory[member].toFixed(0)}`
  );
  const queued = Math.max(...looks.map(({ queued }) => queued));
  const rates = `${rate("sent")} | ${rate("delivered")} | ${rate("lost")}`;
  return `| ${members.length} | ${congestion} | ${flows} | ${rates} | ${queued} | ${memory.join(", ")} |`;
}

/** Runs them, so many seconds each; false when the memory of an IPCP grew or a queue was longer than it may be. */
export async function floods(seconds = 60): Promise<boolean> {
  let bounded = true;
  console.log(
    `${RATE} packets/s of ${SIZE} B are read from each flow.

| IPCPs | congestion | flows | sent/s | delivered/s | lost/s | longest queue | MB of each IPCP: first / most / last |
| ----: | ---------- | ----: | -----: | ----------: | -----: | ------------: | ------------------------------------ |`,
  );
  for (const flood of FLOODS) {
    const looks = await run(flood, seconds);
    console.log(row(flood, looks));
    bounded &&= isBounded(looks);
  }
  if (!bounded) console.error("The memory of an IPCP grew, or a queue was longer than it may be.");
  return bounded;
}
