/** The configuration file, and plugins of third parties. */
import assert from "node:assert/strict";
import { Host } from "../support/host.ts";

const PLUGINS = new URL("../../core/irm/plugin/skeletons/", import.meta.url).pathname;

Deno.test("a configuration file sets up a host, with a plugin that stands beside it", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/plugins`);
  await Deno.copyFile(`${PLUGINS}hash.ts`, `${folder}/plugins/fnv_hash.ts`);
  const file = `${folder}/irmd.conf`;
  await Deno.writeTextFile(
    file,
    `plugins = ["plugins/fnv_hash.ts"]
[limits]
flows = 7
[name.svc]
lb = "round-robin"
[local.one]
bootstrap = "ll"
hash = "FNV1A_64"
reg = ["svc", "other"]
`,
  );
  await using host = await Host.start({ args: ["--config", file] });
  await host.irmd.waitFor(/Registered other in ll/);
  assert.match(await host.ok("irm ipcp list"), /\| +one \| +local \| +ll \|/);
  assert.match(await host.ok("irm name list"), /svc \| +round-robin/);
  assert.match(await host.ok("plugins"), /FNV1A_64/);
  const exported = await host.ok("irm config export");
  assert(
    exported.includes(`\nplugins = ["${folder}/plugins/fnv_hash.ts"]\n\n[limits]\nflows = 7\n`),
    exported,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a configuration that can never be followed ends the IRMd with a status of its own", async () => {
  const file = await Deno.makeTempFile({ suffix: ".conf" });
  await using host = await Host.start({ idle: true });
  const cases: [string, RegExp][] = [
    ["[local.x", /line 1, column 2/],
    ["[nonsense.x]\nbootstrap = 'l'", /Unknown toplevel key: nonsense/],
    ["[local.x]\nbootstrap = 'l'\nhash = 'MD4'", /MD4/],
    ["[local.x]\nbotstrap = 'l'", /local\.x: botstrap is not known here; did you mean bootstrap\?/],
    ["[udp4.x]\nbootstrap = 'l'\nip = '192.0.2.300'", /\.conf: line 3, column 1: .*192\.0\.2\.300/],
    ["\nplugins = ['/nowhere/plugin.ts']", /\.conf: line 2, column 1: .*\/nowhere\/plugin\.ts/],
  ];
  for (const [text, message] of cases) {
    await Deno.writeTextFile(file, text);
    const { code, stdout, stderr } = await host.run(["irmd", "--stdout", "--config", file]);
    assert.equal(code, 78, text);
    assert.match(stdout + stderr, message);
  }
  const aFolder = await host.run(["irmd", "--stdout", "--config", PLUGINS]);
  assert.equal(aFolder.code, 78);
  assert.match(aFolder.stdout + aFolder.stderr, /skeletons\/: Is a directory/);
  const missing = await host.run("irmd --stdout --config /nowhere/irmd.conf");
  assert.equal(missing.code, 1);
  assert.match(missing.stdout + missing.stderr, /\/nowhere\/irmd\.conf/);
  await Deno.remove(file);
});

Deno.test("what was made by hand is exported as a file, and an IRMd that is started with it is the same", async () => {
  const file = await Deno.makeTempFile({ suffix: ".conf" });
  {
    await using host = await Host.start({ args: ["--plugin", `${PLUGINS}hash.ts`] });
    await host.ok("irm ipcp bootstrap type local name low layer ll hash FNV1A_64");
    await host.ok("irm ipcp bootstrap type unicast name one layer net ttl 9 routing lfa autobind");
    await host.ok("irm name register one ipcp low");
    await host.ok("irm ipcp enroll name two dst one");
    await host.ok("irm ipcp connect name two dst one comp mgmt");
    await host.ok("irm bind program /bin/true name svc auto -- -l");
    await host.ok("irm name register svc ipcp one");
    await Deno.writeTextFile(file, await host.ok("irm config export"));
  }
  const exported = await Deno.readTextFile(file);
  assert.match(exported, /^max_ttl = 9$/m);
  assert.match(exported, /^conn = \[\{ dst = "one", comp = "mgmt" \}\]$/m);
  await using host = await Host.start({ args: ["--config", file] });
  await host.irmd.waitFor(/Established .* connection between IPCP \d+ and one\./);
  await host.irmd.waitFor(/Registered svc in net/);
  assert.equal(await host.ok("irm config export"), exported);
  assert.match(await host.ok("irm ipcp list"), /\| +two \| +unicast \| +net \|/);
  await Deno.remove(file);
});

Deno.test("a third party's type of IPCP carries pings", async () => {
  await using host = await Host.start({ args: ["--plugin", `${PLUGINS}ipcp.ts`] });
  const [, type] = /^ *([\w-]+)\b.*ipcp\.ts/m.exec(await host.ok("plugins")) ?? ["", "loop"];
  await host.ok(`irm ipcp bootstrap type ${type} name l layer ll`);
  await host.ok("irm name register svc layer ll");
  const server = host.spawn(["oping", "--listen"]);
  await host.irmd.waitFor(/New instance \(\d+\) of oping added/);
  await host.ok(`irm bind process ${server.pid} name svc`);
  const { code, stdout } = await host.ping("-n svc -c 3 -i 1ms");
  assert.equal(code, 0, stdout);
});

Deno.test("kill -9 of an IRMd with a configuration file: the next one sets everything up again, also after a wrong file", async () => {
  const file = await Deno.makeTempFile({ suffix: ".conf" });
  await Deno.writeTextFile(
    file,
    `[name.svc]
prog = ["/bin/true"]
[local.one]
bootstrap = "ll"
reg = ["svc", "member"]
[unicast.member]
bootstrap = "net"
autobind = true
`,
  );
  await using host = await Host.start({ args: ["--config", file] });
  const address = async () => {
    await host.irmd.waitFor(/Bootstrapped IPCP \d+ in layer net/);
    return JSON.parse(await host.ok("irm ipcp stats name member as JSON")).unicast.address;
  };
  const before = await address();
  await host.ok("irm name create byhand");
  host.irmd.kill("SIGKILL");
  await host.irmd.ended;
  const wrong = await host.run(["irmd", "--stdout", "--config", new URL(import.meta.url).pathname]);
  assert.equal(wrong.code, 78, wrong.stdout);
  await host.startIrmd();
  assert.equal(await address(), before);
  assert.match(await host.ok("irm name list"), /\| +byhand \|/);
  assert.doesNotMatch(await host.ok("irm ipcp list"), /Wanted/);
  await Deno.remove(file);
});
