/**
 * A host with a hostile user: all loads at once, and what others notice of them. What programs take of the processors alone slows
 * others down, too, whomever they talk to: the same is measured with programs that take as much and talk to nobody.
 *
 * @module
 */
import { hostileUser } from "../support/hostile/hostile_user.ts";
import type { Host } from "../support/host.ts";
import { localHost } from "../support/local_layer.ts";
import type { Process } from "../support/process.ts";

/** The loads of tests/support/hostile/loads.ts that run at once. */
const LOADS = [
  "requests",
  "notifications",
  "unread",
  "hello",
  "silence",
  "garbage",
  "flows",
  "allocations",
  "sockets",
  "knocks",
  "data-knocks",
  "data-garbage",
];
/** Commands that are timed where there is no load. */
const TIMED = 20;
/** Bytes of memory that the IRMd may have, and may have more than before when all is over; bytes of its log in a minute. */
const MAX_MEMORY = 150 << 20, MAX_KEPT = 20 << 20, MAX_LOG = 1 << 20;
/** Seconds that the IRMd has to give its memory back. */
const GIVE_BACK = 15;
/** Milliseconds between two packets of the flow that is up all the time. */
const PACKETS = 20;

const pause = (seconds: number) => new Promise((resume) => setTimeout(resume, seconds * 1000));

/** Runs all loads for so many seconds; true when others notice little and the IRMd stays small. */
export async function hostile(seconds = 600): Promise<boolean> {
  await using host = await localHost("svc", { logToFile: true });
  await host.ok(`irm bind program ${host.programs}/oping name svc`);
  host.spawn(["oping", "--listen"]);
  const quiet: number[] = [];
  while (quiet.length < TIMED) quiet.push(await timed(host));
  const start = await hostileUser(host);
  const before = await residentBytes(host.irmd.pid);
  const logged = await logSize(host);
  const users = LOADS.map((load) => start(load));
  const running = host.spawn([
    "oping",
    "-n",
    "svc",
    "-c",
    `${seconds * 1000 / PACKETS}`,
    "-i",
    `${PACKETS}ms`,
  ]);
  const loaded: number[] = [];
  let failed = 0, flows = 0, memory = 0;
  const begun = performance.now();
  while (performance.now() < begun + seconds * 1000) {
    loaded.push(await timed(host));
    flows++;
    const { code, stdout, stderr } = await host.run("oping -n svc -c 1 -i 1ms");
    if (code !== 0 && failed++ === 0) console.log(`the first flow that failed: ${stdout}${stderr}`);
    memory = Math.max(memory, await residentBytes(host.irmd.pid));
  }
  const took = performance.now() - begun;
  const processors = (await Promise.all(users.map(({ pid }) => processorTime(pid)))).map((time) =>
    time / took
  );
  const { stdout } = await running.ended;
  const [, lost = "?"] = /(\d+)% packet loss/.exec(stdout) ?? [];
  await end(users);
  const log = (await logSize(host) - logged) * 60_000 / took;
  await pause(GIVE_BACK);
  const kept = await residentBytes(host.irmd.pid) - before;
  const busy = await timedBeside(host, processors.map((share) => start("busy", Math.round(share * 100))));
  console.log(
    `hostile: irm name list ${comparison(loaded, quiet)} as long as on a quiet host, ` +
      `${comparison(loaded, busy)} as long as beside programs that take as much of the processors ` +
      `(${
        processors.reduce((sum, share) => sum + share, 0).toFixed(1)
      } of ${navigator.hardwareConcurrency}); ` +
      `${flows - failed} of ${flows} flows; ${lost} % of the packets of a flow lost; ` +
      `memory ${memory >> 20} MiB, ${kept >> 20} MiB more than before when all is over; log ${
        Math.round(log / 1024)
      } KiB a minute`,
  );
  const [slower, slowest] = ratios(loaded, quiet);
  return slower <= 2 && slowest <= 10 && failed === 0 && lost === "0" && memory <= MAX_MEMORY &&
    kept <= MAX_KEPT && log <= MAX_LOG;
}

/** Milliseconds that a command takes, with the start of its process: so long does a user wait. */
async function timed(host: Host): Promise<number> {
  const begun = performance.now();
  const { code, stderr } = await host.run("irm name list");
  if (code !== 0) throw new Error(`irm name list ended with ${code}: ${stderr}`);
  return performance.now() - begun;
}

async function timedBeside(host: Host, programs: readonly Process[]): Promise<number[]> {
  await Promise.all(programs.map((program) => program.waitFor(/busy/)));
  const times: number[] = [];
  while (times.length < TIMED) times.push(await timed(host));
  await end(programs);
  return times;
}

async function end(programs: readonly Process[]): Promise<void> {
  for (const program of programs) program.kill("SIGKILL");
  await Promise.all(programs.map(({ ended }) => ended));
}

/** How much longer the middle one takes, and the longest one. */
function ratios(times: readonly number[], than: readonly number[]): [number, number] {
  const median = (all: readonly number[]) => all.toSorted((a, b) => a - b)[all.length >> 1];
  return [median(times) / median(than), Math.max(...times) / Math.max(...than)];
}

function comparison(times: readonly number[], than: readonly number[]): string {
  const [middle, longest] = ratios(times, than);
  return `${middle.toFixed(1)} times (slowest ${longest.toFixed(1)} times)`;
}

const logSize = async (host: Host): Promise<number> => (await Deno.stat(`${host.folder}/irmd.log`)).size;

async function residentBytes(pid: number): Promise<number> {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(await Deno.readTextFile(`/proc/${pid}/status`));
  return Number(found?.[1] ?? 0) * 1024;
}

/** Milliseconds of processors that a process has used. */
async function processorTime(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // In clock ticks, a hundred a second.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
