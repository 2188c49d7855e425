/** Five hosts at a switch with a broadcast layer: a line that becomes a ring, and a member that dies. @module */
import assert from "node:assert/strict";
import { testWithHosts } from "../support/namespaces.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";

const HOSTS = [..."abcde"];

testWithHosts(
  "what one host says all hear once, in a line, in a ring, and when a member is back",
  async () => {
    await using hosts = await NetworkedHosts.start("abcde", []);
    await hosts.net.switched(HOSTS);
    for (const [index, letter] of HOSTS.entries()) {
      const host = hosts.on(letter);
      await host.ok("irm ipcp bootstrap type eth-dix name eth layer lan dev eth0");
      const before = HOSTS[index - 1];
      const how = before === undefined ? "bootstrap" : "enroll";
      const through = before === undefined ? "" : `dst m-${before} `;
      await host.ok(`irm ipcp ${how} type broadcast name m-${letter} layer all ${through}autobind`);
      await host.ok(`irm name register m-${letter} layer lan`);
      if (before !== undefined) await host.ok(`irm ipcp connect name m-${letter} dst m-${before}`);
    }
    const readers = HOSTS.map((letter) => hosts.on(letter).spawn(["obc", "-n", "all", "-l"]));
    for (const reader of readers) await reader.waitFor(/^New flow\.$/);
    /** Says something on a host; all others hear it. */
    const say = async (letter: string, text: string) => {
      assert.equal((await hosts.on(letter).run(["obc", "-n", "all", "-m", text])).stdout, "");
      await Promise.all(readers.map((reader) => reader.waitFor(new RegExp(`^Message is ${text}\\.$`))));
    };
    await say("a", "in a line");
    await hosts.on("a").ok("irm ipcp connect name m-a dst m-e component dt");
    await say("c", "in a ring");
    // The reader of c goes down with its member; the others hear what comes the other way round.
    const lost = readers.splice(2, 1)[0];
    const [, pid] = /^\|\s+(\d+) \|\s+m-c \|/m.exec(await hosts.on("c").ok("irm ipcp list")) ?? [];
    assert(pid);
    Deno.kill(Number(pid), "SIGKILL");
    assert.equal((await lost.ended).code, 255);
    // Nobody commands anything: the member is in its layer again, and both its connections are.
    await untilLinked(hosts, "c", 2);
    readers.push(hosts.on("c").spawn(["obc", "-n", "all", "-l"]));
    await readers[4].waitFor(/^New flow\.$/);
    await say("d", "to all again");
    const heard = readers.map(({ lines }) => lines.filter((line) => line.startsWith("Message")));
    for (const lines of heard) assert.equal(new Set(lines).size, lines.length, lines.join("\n"));
  },
);

/** Waits until the member of a host has so many neighbours. */
async function untilLinked(hosts: NetworkedHosts, letter: string, count: number): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    const { code, stdout } = await hosts.on(letter).irm(`ipcp stats name m-${letter} as JSON`);
    const links: unknown = code === 0 ? JSON.parse(stdout).broadcast["data transfer"]?.links : undefined;
    if (Array.isArray(links) && links.length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (Date.now() > end) throw new Error(`host ${letter} has no ${count} neighbours: ${stdout}`);
  }
}
