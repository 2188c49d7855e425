/** The commands of the README's sections about two machines, as they stand there, on two hosts. @module */
import assert from "node:assert/strict";
import { Namespaces, testWithHosts } from "../support/namespaces.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";

const README = new URL("../../README.md", import.meta.url);

/** The commands of a section, each with the host that it is for. */
const commandsOf = (readme: string, title: string) => {
  const [, section = ""] = readme.split(`\n## ${title}\n`);
  return [...section.split("\n## ")[0].matchAll(/^ {4}([ab])\$ (.*)$/gm)];
};

testWithHosts(
  "two machines are joined by the README's commands, and a web server is reached by name",
  async () => {
    const readme = await Deno.readTextFile(README);
    const commands = commandsOf(readme, "Two machines").slice(0, 5);
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

    const serve = `Deno.serve({ hostname: "127.0.0.1", port: 8080 }, () => new Response("hello from b"))`;
    const server = hosts.on("b").program([...hosts.net.on("b"), Deno.execPath(), "eval", serve]);
    await server.waitFor(/Listening on/);
    for (const [, letter, words] of commandsOf(readme, "Programs that know nothing of it")) {
      const host = hosts.on(letter);
      const within = [
        ...hosts.net.on(letter),
        "env",
        `PATH=${host.folder}/bin:${Deno.env.get("PATH")}`,
        "sh",
        "-c",
      ];
      const running = host.program([...within, `exec ${words}`]);
      if (words.startsWith("ouro forward")) await running.waitFor(/^(Offering|Listening at) .*\.$/);
      else assert.equal((await running.ended).stdout, "hello from b", words);
    }
  },
);
