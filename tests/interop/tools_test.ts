/** The tools of both, each as the other end of the other's. @module */
import { interop } from "./interop.ts";
import type { MixedHosts } from "./mixed_hosts.ts";

const scene = { ours: "a", theirs: "b", cables: ["ab"] };

/** Runs a client of one host against the server of the other, until its output is right: see `MixedHosts.pinged`. */
async function answered(hosts: MixedHosts, letter: string, words: string, expected: RegExp): Promise<string> {
  let last = "";
  for (let attempts = 0; attempts < 4; attempts++) {
    const client = hosts.on(letter).spawn(words.split(" "));
    const timer = setTimeout(() => client.kill("SIGKILL"), 8000);
    const { stdout, stderr } = await client.ended;
    clearTimeout(timer);
    last = stdout + stderr;
    if (expected.test(stdout)) return stdout;
    await hosts.assertAlive();
  }
  throw new Error(`${words} on ${letter}: ${last}`);
}

for (const [server, client] of ["ba", "ab"]) {
  interop(`oecho and ocbr, the server on ${server === "a" ? "ours" : "theirs"}`, scene, async (hosts) => {
    const layer = await hosts.layerOver("ab", "eth-dix");
    const echo = await hosts.serve(server, "oecho", layer, 1, ["oecho", "-l"]);
    const cbr = await hosts.serve(server, "cbr", layer, 1, ["ocbr", "-l"]);
    if (client === "b") { for (const name of ["oecho", "cbr"]) await hosts.mayAsk("b", name); }
    await answered(hosts, client, "oecho", /^Server replied with Client says hi!$/m);
    await echo.waitFor(/^Message from client is Client says hi!\.$/);
    await answered(
      hosts,
      client,
      "ocbr -n cbr -d 1 -r 100k -s 500",
      /^sent statistics: +2\d packets, +\d+ bytes/m,
    );
    await cbr.waitFor(/^Flow +\d+: +[1-9]\d* packets/);
  });
}

/** Each with a server of its own: theirs may stop reading when the flow of a test before has ended. */
const TESTS = [
  ["one way", "", /^1\d packets transmitted, time: /m],
  ["there and back", " -t bi", /^(\d+) packets transmitted, \1 received[^]*^rtt p50\/p90\/p99\/p99\.9 = /m],
] as const;

for (const [how, words, expected] of TESTS) {
  interop(`operf, ${how}, to their server`, scene, async (hosts) => {
    const layer = await hosts.layerOver("ab", "eth-dix");
    const server = await hosts.serve("b", "perf", layer, 1, ["operf", "-l"]);
    await answered(hosts, "a", `operf -n perf${words} -d 500ms -r 100k -s 500`, expected);
    if (words === "") await server.waitFor(/^Seqno 0 from fd \d+: /);
  });
}
