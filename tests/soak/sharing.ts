/**
 * A line of limited rate between two hosts, shared by two reliable flows over udp4, and by one and a TCP connection of the kernel
 * (CUBIC). Prints what each got; needs root, for the hosts.
 *
 * @module
 */
import { Host } from "../support/host.ts";
import { command, Namespaces } from "../support/namespaces.ts";
import type { Process } from "../support/process.ts";

const END = new URL("sharing_end.ts", import.meta.url).pathname;
/** Milliseconds from one to the other, and seconds that do not count at the beginning. */
const LATER = 1500;
const START = 10;
/** Each must get so much of what the other one gets. */
const LEAST = 0.3;

/** A line: its rate, and how long packets may wait for it. */
interface Line {
  readonly rate: string;
  readonly latency: string;
}

const LINES: readonly Line[] = [
  { rate: "10mbit", latency: "50ms" },
  { rate: "10mbit", latency: "200ms" },
  { rate: "100mbit", latency: "50ms" },
];

/** Runs for so many seconds each; false when one got too little. */
export async function sharing(seconds = 40): Promise<boolean> {
  let fair = true;
  console.log(
    `In Mb/s after the first ${START} s:\n\n| line | queue | who | first | second |\n| ---: | ----: | --- | ----: | -----: |`,
  );
  for (const line of LINES) {
    for (const tcp of [false, true]) {
      const [one, two] = await share(line, tcp, seconds);
      const who = tcp ? "a flow and TCP" : "two flows";
      console.log(`| ${line.rate} | ${line.latency} | ${who} | ${one.toFixed(1)} | ${two.toFixed(1)} |`);
      fair &&= one > LEAST * two && two > LEAST * one;
    }
  }
  if (!fair) console.error("One got too little.");
  return fair;
}

async function share({ rate, latency }: Line, tcp: boolean, seconds: number): Promise<[number, number]> {
  await using net = new Namespaces();
  await net.add("a", "b");
  await net.switched(["a", "b"]);
  const shape = `qdisc add dev port-b root tbf rate ${rate} burst 5kb latency ${latency}`;
  await command(...net.on("switch"), "tc", ...shape.split(" "));
  await net.ip("a", `route add ${Namespaces.ip4("b")}/32 dev eth0 congctl cubic`);
  await using a = await Host.start({ within: net.on("a") });
  await using b = await Host.start({ within: net.on("b") });
  for (const [host, own, peer] of [[a, "a", "b"], [b, "b", "a"]] as const) {
    const addresses = `ip ${Namespaces.ip4(own)} peer ${Namespaces.ip4(peer)}`;
    await host.ok(`irm ipcp bootstrap type udp4 name line layer line ${addresses}`);
  }
  const start = async (host: Host, ...words: readonly string[]): Promise<Process> => {
    const process = host.program([Deno.execPath(), "run", "-A", "-q", END, ...words]);
    if (words[0].endsWith("receive")) await process.waitFor(/"pid"/);
    return process;
  };
  const receiver = await start(b, "receive", b.folder);
  await b.ok(`irm bind process ${receiver.pid} name sink`);
  await b.ok("irm name register sink layer line");
  await start(a, "send", a.folder, "sink");
  const other = tcp ? await startIn(net, b, "b", "tcp-receive") : receiver;
  await new Promise((resolve) => setTimeout(resolve, LATER));
  if (tcp) await startIn(net, a, "a", "tcp-send", Namespaces.ip4("b"));
  else await start(a, "send", a.folder, "sink");
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return [got(receiver, "flow 1"), got(other, tcp ? "TCP" : "flow 2")];
}

/** Starts a program that needs the network of its host, not only its IRMd. */
async function startIn(
  net: Namespaces,
  host: Host,
  letter: string,
  ...words: readonly string[]
): Promise<Process> {
  const process = host.program([...net.on(letter), Deno.execPath(), "run", "-A", "-q", END, ...words]);
  if (words[0].endsWith("receive")) await process.waitFor(/"pid"/);
  return process;
}

/** Megabits a second that somebody got, by what a receiver has printed. */
function got(receiver: Process, who: string): number {
  const seconds = receiver.lines.map((line) => JSON.parse(line)).filter((said) => said.who === who).slice(
    START,
  );
  return seconds.reduce((sum, { bytes }) => sum + bytes, 0) * 8 / 1e6 / Math.max(1, seconds.length);
}
