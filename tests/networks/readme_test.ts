/** The commands of the README's section about two machines, as they stand there, on two hosts. @module */
import assert from "node:assert/strict";
import { Namespaces, testWithHosts } from "../support/namespaces.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";

const README = new URL("../../README.md", import.meta.url);

testWithHosts("two machines are joined over UDP by the README's five commands", async () => {
  const [, section = ""] = (await Deno.readTextFile(README)).split("\n## Two machines\n");
  const commands = [...section.matchAll(/^ {4}([ab])\$ (.*)$/gm)].slice(0, 5);
  await using hosts = await NetworkedHosts.start("ab", ["ab"]);
  let last = "";
  for (const [, letter, words] of commands) {
    const host = hosts.on(letter);
    const here = words.replaceAll(/192\.0\.2\.([12])/g, (_, number) => Namespaces.ip4("ab"[number - 1]));
    const command = ["sh", "-c", `PATH=${host.folder}/bin:$PATH; exec ${here}`];
    const { code, stdout, stderr } = await host.program(command).ended;
    assert.equal(code, 0, `${here}: ${stdout}${stderr}`);
    last = stdout;
  }
  assert.match(last, /^Pinging oping_server with 64 bytes of data \(4 packets\):$/m);
  assert.match(last, /4 packets transmitted, 4 received/);
});
