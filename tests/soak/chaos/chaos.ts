/**
 * Chaos: two hosts and one between them, with layers over UDP and Ethernet and a unicast layer over both, and six flows over each.
 * Round after round something is killed, cut, moved, stopped or shifted; then everything must be as it was within ten seconds,
 * without a command, and nothing may be left over. Needs root or user namespaces.
 *
 * @module
 */
import { SeededRandom } from "../../../core/kit/seeded_random.ts";
import { Namespaces } from "../../support/namespaces.ts";
import { ChaosHost, type Role, type Running } from "./chaos_host.ts";
import { type Disturbance, disturbances } from "./disturbances.ts";

/** Milliseconds within which all is healed. */
const HEALED_WITHIN = 10_000;
/** A machine whose processors are busy with other things may take so many times as long, at most. */
const MOST_SLOWED = 6;
/** Longest disturbance, in milliseconds. */
const LONGEST = 4000;
/** Milliseconds between two looks. */
const LOOK = 250;
/** Descriptors that a process may have more than at the beginning: flows that are being allocated. */
const SPARE_DESCRIPTORS = 12;
/** A process may need so many times the memory that its like needed at the beginning. */
const MEMORY_FACTOR = 1.5;

const [A, M, B] = ["a", "m", "b"];
const ip = Namespaces.ip4;

/** What the three hosts run. The first cable is between `a` and `m`, the second between `m` and `b`. */
const ROLES: readonly Role[] = [
  {
    letter: A,
    config: `
[udp4.u-am]
bootstrap="u-am"
ip="${ip(A, 1)}" # to-m
peer="${ip(M, 1)}"
[eth-dix.e-am]
bootstrap="e-am"
dev="to-m"
reg=["mem-a"]
[unicast.mem-a]
enrol="mem-m"
autobind=true
conn=["mem-m"]
`,
    applications: [
      { program: "ask-udp", words: ["ask", "svc-u"] },
      { program: "ask-eth", words: ["ask", "svc-e"] },
      { program: "ask-net", words: ["ask", "svc-n"] },
    ],
  },
  {
    letter: M,
    config: `
[name.svc-u]
prog=["/bin/serve-udp"]
[name.svc-e]
prog=["/bin/serve-eth"]
[udp4.u-am]
bootstrap="u-am"
ip="${ip(M, 1)}" # to-a
peer="${ip(A, 1)}"
reg=["svc-u"]
[udp4.u-mb]
bootstrap="u-mb"
ip="${ip(M, 2)}" # to-b
peer="${ip(B, 2)}"
reg=["mem-m"]
[eth-dix.e-am]
bootstrap="e-am"
dev="to-a"
reg=["mem-m", "svc-e"]
[unicast.mem-m]
bootstrap="net"
autobind=true
`,
    applications: [
      { program: "serve-udp", words: ["serve", "serve-udp"] },
      { program: "serve-eth", words: ["serve", "serve-eth"] },
    ],
  },
  {
    letter: B,
    config: `
[name.svc-n]
prog=["/bin/serve-net"]
[udp4.u-mb]
bootstrap="u-mb"
ip="${ip(B, 2)}" # to-m
peer="${ip(M, 2)}"
[eth-dix.e-mb]
bootstrap="e-mb"
dev="to-m"
[unicast.mem-b]
enrol="mem-m"
autobind=true
conn=["mem-m"]
reg=["svc-n"]
`,
    applications: [{ program: "serve-net", words: ["serve", "serve-net"] }],
  },
];

/** How long chaos goes on. */
export interface ChaosLimits {
  /** Rounds at most. */
  readonly rounds?: number;
}

/** Runs chaos for so many seconds; false when something did not heal, or was left over. */
export async function chaos(
  seed = 1,
  seconds = 600,
  { rounds = Infinity }: ChaosLimits = {},
): Promise<boolean> {
  const faults: string[] = [];
  const fault = (text: string) => {
    faults.push(text);
    console.error(`  FAULT: ${text}`);
  };
  await using net = new Namespaces();
  await net.add(A, M, B);
  await net.cable(A, M);
  await net.cable(M, B);
  await using stack = new AsyncDisposableStack();
  const hosts = await Promise.all(ROLES.map(async (role) => stack.use(await ChaosHost.start(role, net))));
  const random = new SeededRandom(seed);
  const start = performance.now();
  console.log(`chaos, seed ${seed}, ${seconds} s`);
  const up = await healed(hosts, 60_000);
  if (up.time === undefined) {
    await explain(hosts, fault, "not up after 60 s");
    return false;
  }
  console.log(`up after ${(up.time / 1000).toFixed(1)} s`);
  const before = hosts.map((host) => host.running());
  const times: { time: number; slowed: number }[] = [];
  for (let round = 1; round <= rounds && performance.now() - start < 1000 * seconds; round++) {
    const these = disturbances(hosts, random);
    const duration = 500 + random.uint32() % LONGEST;
    await play(these, duration);
    const { time, slowed } = await healed(hosts, HEALED_WITHIN);
    const story = `round ${round}, ${duration} ms of ${these.map(({ what }) => what).join(", ")}`;
    const taken = time === undefined ? "NOT HEALED" : `${(time / 1000).toFixed(1)} s`;
    console.log(`${story}: ${taken}${slowed >= 1.5 ? ` (slowed ${slowed.toFixed(1)} times)` : ""}`);
    if (time === undefined) {
      await explain(hosts, fault, story);
      // What does not heal would hide what the next rounds show.
      const later = await healed(hosts, 3 * HEALED_WITHIN);
      if (later.time === undefined) break;
      console.log(`  healed ${((slowed * HEALED_WITHIN + later.time) / 1000).toFixed(1)} s after its end`);
    } else times.push({ time, slowed });
    const left = await leftOver(hosts, before, slowed * HEALED_WITHIN);
    if (left !== undefined) fault(`${story}: ${left}`);
  }
  for (const host of hosts) {
    for (const line of host.faults()) fault(`log of ${host.role.letter}: ${line}`);
    for (const [program, { wrong }] of host.reports()) {
      if (wrong > 0) fault(`${program}: ${wrong} packets came back damaged or out of order`);
    }
  }
  const sum = (what: string, each: readonly number[]) => {
    const sorted = each.toSorted((one, other) => one - other);
    const seconds = (at: number) => ((sorted.at(at) ?? NaN) / 1000).toFixed(1);
    return `${what} median ${seconds(sorted.length >> 1)} s, longest ${seconds(-1)} s`;
  };
  console.log(
    `${times.length} rounds healed,${sum("", times.map(({ time }) => time))}; ` +
      `${sum("with processors of its own", times.map(({ time, slowed }) => time / slowed))}; ` +
      `${faults.length} faults`,
  );
  return faults.length === 0;
}

async function play(these: readonly Disturbance[], duration: number): Promise<void> {
  // A command on a host that sleeps answers when it is awake.
  const begun = these.map(async ({ begin }) => await begin());
  await pause(duration);
  await Promise.all([...begun, ...these.map(async ({ end }) => await end())]);
}

/**
 * Waits until packets that were written from now on have come back on all flows. Gives the milliseconds, unless they were too many, and
 * how many times as long everything took because processors were busy with other things: that much more time there is.
 */
async function healed(
  hosts: readonly ChaosHost[],
  within: number,
): Promise<{ readonly time?: number; readonly slowed: number }> {
  const wall = Date.now();
  const start = performance.now();
  const before = new Map(hosts.flatMap((host) => host.running().map((one) => [one.pid, one])));
  for (;;) {
    const past = performance.now() - start;
    const asking = hosts.flatMap(({ role }) => role.applications).filter(({ words: [what] }) =>
      what === "ask"
    );
    const reports = hosts.flatMap((host) => [...host.reports().values()]);
    if (reports.length === asking.length && reports.every(({ echoed }) => echoed > wall)) {
      return { time: past, slowed: slowedSince(before, hosts) };
    }
    if (past > within) {
      const slowed = slowedSince(before, hosts);
      if (past > within * slowed) return { slowed };
    }
    await pause(LOOK);
  }
}

function slowedSince(before: ReadonlyMap<number, Running>, hosts: readonly ChaosHost[]): number {
  let ran = 1, waited = 0;
  for (const now of hosts.flatMap((host) => host.running())) {
    const was = before.get(now.pid);
    ran += now.ran - (was?.ran ?? 0);
    waited += now.waited - (was?.waited ?? 0);
  }
  return Math.min(MOST_SLOWED, (ran + waited) / ran);
}

/** Says what does not work. */
async function explain(
  hosts: readonly ChaosHost[],
  fault: (text: string) => void,
  story: string,
): Promise<void> {
  const now = Date.now();
  const silent = hosts.flatMap((host) =>
    [...host.reports()].filter(([, { echoed }]) => now - echoed > 1000)
      .map(([program, { echoed, errors }]) =>
        `${program} ${echoed === 0 ? "never answered" : `silent for ${now - echoed} ms`}: ${
          [...new Set(errors)].join(" | ")
        }`
      )
  );
  fault(`${story}: ${silent.join("; ") || "no report of an application"}`);
  for (const host of hosts) {
    console.error(`  --- ${host.role.letter}\n${await host.ask("irm ipcp list") ?? "irm ipcp list fails"}`);
    console.error(await host.ask(`irm ipcp stats name mem-${host.role.letter}`) ?? "no statistics");
    console.error(host.faults().join("\n"));
    console.error(host.log(25).map((line) => `  ${line}`).join("\n"));
  }
}

/** What should not be there, once all had time to go; undefined: nothing. */
async function leftOver(
  hosts: readonly ChaosHost[],
  before: readonly Running[][],
  within: number,
): Promise<string | undefined> {
  const end = performance.now() + within;
  for (;;) {
    const found = hosts.map((host, index) => stale(host, before[index])).find((text) => text !== undefined);
    if (found === undefined || performance.now() > end) return found;
    await pause(LOOK);
  }
}

function stale(host: ChaosHost, before: readonly Running[]): string | undefined {
  const { letter } = host.role;
  const now = host.running();
  const names = (list: readonly Running[]) => list.map(({ what }) => what).sort().join(" ");
  if (names(now) !== names(before)) return `${letter} runs ${names(now)} in place of ${names(before)}`;
  for (const { what, memory, descriptors } of now) {
    const was = before.find((running) => running.what === what);
    if (!was) continue;
    if (descriptors > was.descriptors + SPARE_DESCRIPTORS) {
      return `${what} on ${letter} has ${descriptors} descriptors, ${was.descriptors} at the beginning`;
    }
    if (memory > MEMORY_FACTOR * was.memory + 10) {
      return `${what} on ${letter} needs ${memory.toFixed(0)} MB, ${was.memory.toFixed(0)} at the beginning`;
    }
  }
  return undefined;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
