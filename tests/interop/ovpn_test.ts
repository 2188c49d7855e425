/** `ovpn` of both, each at the other end of the other's: hosts reach each other by IP through it. @module */
import assert from "node:assert/strict";
import { OURO } from "../support/host.ts";
import type { Process } from "../support/process.ts";
import { interop } from "./interop.ts";
import type { MixedHosts } from "./mixed_hosts.ts";

const scene = { ours: "a", theirs: "b", cables: ["ab"] };
const addressOf = (letter: string) => `10.9.0.${letter === "a" ? 1 : 2}`;

/** Starts `ovpn` on a host, in its network; the server is bound to the name. */
async function vpn(
  hosts: MixedHosts,
  letter: string,
  layer: string,
  words: readonly string[],
): Promise<Process> {
  const all = ["ovpn", ...words, "-i", addressOf(letter), "-m", "255.255.255.0"];
  if (!hosts.isOurs(letter)) {
    if (words.length === 0) return await hosts.serve(letter, "vpn", layer, 1, all);
    await hosts.mayAsk(letter, "vpn");
    // The reference may miss the answer to its first query for a name (quirk 16 of shims).
    for (let attempts = 1;; attempts++) {
      const client = hosts.on(letter).spawn(["stdbuf", "-oL", ...all]);
      const failed = await client.waitFor(/^Flow allocated\.$/).then(() => undefined, (thrown) => thrown);
      if (failed === undefined) return client;
      await hosts.assertAlive();
      if (attempts === 4) throw failed;
    }
  }
  const process = hosts.ours(letter).program([...hosts.net.on(letter), ...OURO, ...all]);
  if (words.length > 0) return process;
  await process.waitFor(/^Waiting for a new flow\.\.\.$/);
  await hosts.on(letter).ok(`irm bind process ${process.pid} name vpn`);
  await hosts.register(letter, "vpn", layer);
  return process;
}

for (const [server, client] of ["ab", "ba"]) {
  interop(`ovpn, the server on ${server === "a" ? "ours" : "theirs"}`, scene, async (hosts) => {
    const layer = await hosts.layerOver("ab", "eth-dix");
    const ends = [await vpn(hosts, server, layer, []), await vpn(hosts, client, layer, ["-n", "vpn"])];
    for (const end of ends) {
      await end.waitFor(/^Starting read\/write threads\.$/);
      assert.match(end.stdout, /^Flow allocated\.\nTunnel device name is tun\d+\.\n/m);
    }
    const within = (letter: string, code: string) =>
      hosts.ours("a").program([...hosts.net.on(letter), Deno.execPath(), "eval", code]);
    const answer = "() => new Response(new Uint8Array(200_000))";
    const web = within("b", `Deno.serve({ hostname: "${addressOf("b")}", port: 80 }, ${answer})`);
    await web.waitFor(/Listening on/);
    const get = `console.log((await (await fetch("http://${addressOf("b")}/")).bytes()).length)`;
    const { stdout, stderr } = await within("a", get).ended;
    assert.equal(stdout, "200000\n", stderr);
  });
}
