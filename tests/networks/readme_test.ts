/**
 * The commands of the README's sections about two machines, as they stand there, on two hosts; and its programs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { writePrograms } from "../support/bin.ts";
import { Host } from "../support/host.ts";
import { Namespaces, testWithHosts } from "../support/namespaces.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";
import type { Process } from "../support/process.ts";

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

/** As npx runs what it has got: in a shell below itself, which finds the program on its own PATH. */
const NPX = `#!/bin/sh
[ "$1 $2" = "-y RUNTIME" ] || exit 64
shift 2
PATH="$NPX_BIN:$PATH" sh -c 'deno "$@"; exit $?' deno "$@"
`;

Deno.test("the README's programs run as it says, where nothing but npx is installed", async () => {
  const readme = await Deno.readTextFile(README);
  const scripts = await Deno.readTextFile(new URL("package.json", README));
  const [, , , section = ""] = /\n## (Use it from a program)\n(([\s\S]*?))\n## /.exec(readme) ?? [];
  const [, runtime = ""] = /npx -y (deno@\S+)/.exec(scripts) ?? [];
  await using host = await Host.start();
  await host.ok("irm ipcp bootstrap type local name local_1 layer local_layer");
  const [programs, runtimes] = [`${host.folder}/bin`, `${host.folder}/runtimes`];
  await Promise.all([programs, runtimes].map((folder) => Deno.mkdir(folder)));
  await writePrograms(programs, ["irm"]);
  await Deno.writeTextFile(`${programs}/npx`, NPX.replace("RUNTIME", runtime), { mode: 0o755 });
  await Deno.symlink(Deno.execPath(), `${runtimes}/deno`);
  const api = JSON.stringify(new URL("mod.ts", README).href);
  for (const [, text, name] of section.matchAll(/```ts ignore\n(#!.*\n\/\/ (\w+\.ts)\n[\s\S]*?)```/g)) {
    await Deno.writeTextFile(`${host.folder}/${name}`, text.replace('"./mod.ts"', api));
  }
  const env = { PATH: `${programs}:/usr/bin:/bin`, NPX_BIN: runtimes };
  let server: Process | undefined;
  let last = "";
  for (const [, words, output] of section.matchAll(/^ {4}\$ (.*)\n((?: {4}[^$ ].*\n)*)/gm)) {
    // Without exec: what npx starts is not what the shell knows, either.
    const process = host.program(["setsid", "sh", "-c", words.replace(/ &$/, "")], { cwd: host.folder, env });
    if (words.endsWith(" &")) {
      await process.waitFor(new RegExp(`^${output.trim()}$`));
      server = process;
      continue;
    }
    const { code, stdout, stderr } = await process.ended;
    assert.equal(code, 0, `${words}: ${stdout}${stderr}`);
    last = stdout;
    assert.equal(stdout, output.replaceAll(/^ {4}/gm, ""), words);
  }
  assert.equal(last, "hello\n");
  assert(server);
  Deno.kill(-server.pid, "SIGTERM");
  await server.ended;
});
