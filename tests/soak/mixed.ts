/**
 * A host with mixed load for a long time: round trips of three kinds of flows, a transfer at a constant rate, flows that come and go, and
 * in parts of the time peers that behave badly. Memory and descriptors of all daemons stay as they are, nothing is lost, and round trips
 * of others stay what they were. A flood takes two processors, its sender's and its receiver's, which makes all others slower whatever
 * they do: they are compared with what they are beside two programs that talk to nobody.
 *
 * @module
 */
import { connect } from "../../mod.ts";
import { pingTimes } from "../support/ping_times.ts";
import type { Process } from "../support/process.ts";
import { UnicastHost } from "../support/unicast_layer.ts";
import { resident } from "./observer.ts";

/** Flows that are measured, by what is behind `oping`. */
const WAYS: Readonly<Record<string, string>> = {
  local: "-n near",
  unicast: "-n svc",
  reliable: "-n svc -q data",
};
/** A part of the time: what runs in it, and the part that its round trips are compared with. */
interface Part {
  readonly name: string;
  readonly peers?: readonly ("by-byte" | "deaf" | "flood")[];
  readonly busy?: number;
  readonly than: string;
}

const PARTS: readonly Part[] = [
  { name: "quiet", than: "quiet" },
  { name: "slow peers", peers: ["by-byte", "deaf"], than: "quiet" },
  { name: "busy programs", busy: 2, than: "busy programs" },
  { name: "flooded", peers: ["by-byte", "deaf", "flood"], than: "busy programs" },
];
/** Packets of a measurement, and milliseconds between two of them. */
const COUNT = 500, INTERVAL = 10;
/** Milliseconds between two flows that come and go. */
const COMING = 100;
/** Bits a second of the transfer. */
const RATE = "8M";
/** How often a round trip may be that of the other part; megabytes and descriptors more in the second half of a part. */
const MOST = 2, MAX_GROWTH = 16, MAX_DESCRIPTORS = 4;

const DENO = [Deno.execPath(), "run", "-A", "-q"];
const file = (path: string) => new URL(path, import.meta.url).pathname;

/** What a process has. */
interface Held {
  readonly megabytes: number;
  readonly descriptors: number;
}

async function held(pid: number): Promise<Held> {
  return {
    megabytes: await resident(pid),
    descriptors: (await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`))).length,
  };
}

const median = (numbers: readonly number[]) =>
  numbers.toSorted((one, other) => one - other)[numbers.length >> 1];

/** Allocates and deallocates flows until it is told to end. @returns how many */
async function comeAndGo(folder: string, goesOn: () => boolean): Promise<number> {
  await using client = await connect({ runtimeFolder: folder, program: "coming" });
  let count = 0;
  for (; goesOn(); count++) {
    await (await client.allocate("near")).deallocate();
    await new Promise((resume) => setTimeout(resume, COMING));
  }
  return count;
}

/** Runs the load for so many seconds; false when something grew, was lost or became slow. */
export async function mixed(seconds = 600): Promise<boolean> {
  await using layer = await UnicastHost.start({ logToFile: true });
  const { host } = layer;
  await layer.line("a", "b");
  for (const name of ["near", "victim"]) {
    await host.ok(`irm name create ${name}`);
    await host.ok(`irm bind program ${host.programs}/oping name ${name}`);
    await host.ok(`irm name register ${name} layer ll`);
  }
  await layer.pinged();
  const daemons: Record<string, number> = { irmd: host.irmd.pid };
  for (const name of ["l", "a", "b"]) daemons[name] = await layer.pid(name);
  // The transfer has a server of its own.
  const counter = host.spawn(["ocbr", "--listen"]);
  await host.ok("irm name create counted");
  await host.ok("irm name register counted ipcp b");
  await host.ok(`irm bind process ${counter.pid} name counted`);

  let fine = true;
  let lost = 0;
  const found: Record<string, Record<string, number>> = {};
  console.log(
    "| part | way | round trip, median of medians (µs) | × | of part |\n| --- | --- | ---: | ---: | --- |",
  );
  const growth: string[] = [];
  for (const { name: part, peers = [], busy = 0, than } of PARTS) {
    const end = performance.now() + seconds * 1000 / PARTS.length;
    const bad: Process[] = [
      ...peers.map((kind) => host.program([...DENO, file("./bad_peer.ts"), host.folder, "victim", kind])),
      ...Array.from(
        { length: busy },
        () => host.program([...DENO, file("../support/hostile/loads.ts"), host.folder, "busy", "100"]),
      ),
    ];
    await Promise.all(bad.map((peer) => peer.waitFor(/ready|busy/)));
    const transfer = host.spawn(["ocbr", "-n", "counted", "-r", RATE, "-d", `${seconds}`]);
    const coming = comeAndGo(host.folder, () => performance.now() < end);
    const medians: Record<string, number[]> = {};
    const looks: Record<string, Held[]> = {};
    do {
      await Promise.all(
        Object.entries(WAYS).map(async ([way, words]) => {
          const { stdout } = await host.run(`oping ${words} -c ${COUNT} -i ${INTERVAL}ms`);
          const times = pingTimes(stdout);
          lost += COUNT - times.length;
          (medians[way] ??= []).push(median(times));
        }),
      );
      for (const [name, pid] of Object.entries(daemons)) (looks[name] ??= []).push(await held(pid));
    } while (performance.now() < end);
    await coming;
    for (const process of [transfer, ...bad]) process.kill("SIGKILL");
    await Promise.all([transfer, ...bad].map(({ ended }) => ended));
    for (const [way, times] of Object.entries(medians)) {
      const now = median(times);
      (found[part] ??= {})[way] = now;
      const ratio = now / found[than][way];
      fine &&= ratio <= MOST;
      console.log(`| ${part} | ${way} | ${now.toFixed(0)} | ${ratio.toFixed(2)} | ${than} |`);
    }
    for (const [name, all] of Object.entries(looks)) {
      const half = all.length >> 1;
      const most = (some: readonly Held[], key: keyof Held) => Math.max(...some.map((one) => one[key]));
      const more = (key: keyof Held) =>
        half === 0 ? 0 : most(all.slice(half), key) - most(all.slice(0, half), key);
      fine &&= more("megabytes") <= MAX_GROWTH && more("descriptors") <= MAX_DESCRIPTORS;
      growth.push(
        `| ${part} | ${name} | ${most(all, "megabytes").toFixed(0)} | ${more("megabytes").toFixed(1)} | ` +
          `${most(all, "descriptors")} | ${more("descriptors")} |`,
      );
    }
  }
  console.log(
    "\n| part | process | MB at most | more in its second half | descriptors at most | more in its second half |\n" +
      `| --- | --- | ---: | ---: | ---: | ---: |\n${growth.join("\n")}\n\n${lost} packets lost`,
  );
  return fine && lost === 0;
}
