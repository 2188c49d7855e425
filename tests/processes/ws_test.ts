/** Layers over WebSockets between hosts: through a proxy with TLS, and behind a web server. @module */
import assert from "node:assert/strict";
import { unless, whyNoProgram } from "../../core/testing/left_out.ts";
import { authority } from "../support/certificates.ts";
import { Host } from "../support/host.ts";
import { freePort } from "../support/name_server.ts";
import { readBlocks } from "../support/page_commands.ts";
import { ConnectProxy, ReverseProxy } from "../support/http_proxies.ts";

const PAGE = Deno.readTextFileSync(new URL("../../docs/websockets.md", import.meta.url));

/** The commands of the page by their host, each once. @param instead what stands in the test for words of the page */
function commands(instead: Readonly<Record<string, string>>): (host: string) => string {
  const all = readBlocks(PAGE).flatMap((block) => block.commands);
  return (letter) => {
    const found = all.filter(({ host }) => host === letter);
    assert.equal(found.length, 1);
    return Object.entries(instead).reduce(
      (text, [word, other]) => text.replaceAll(word, other),
      found[0].words,
    );
  };
}

async function ping(from: Host, words: string): Promise<void> {
  const { stdout, stderr } = await from.ping(`-n svc ${words}`);
  assert.match(stdout, /(\d+) packets transmitted, \1 received/, stderr);
}

Deno.test("a member behind an HTTP proxy and one behind a web server reach each other through a hub with TLS", async () => {
  await using proxy = new ConnectProxy();
  await using hub = await Host.start();
  await using server = await Host.start();
  await using client = await Host.start();
  const port = freePort(), place = `localhost:${port}`;
  const issuer = await authority();
  const { certificate, privateKey } = await issuer.issue("hub", { host: "localhost" });
  await hub.secure("crt.pem", certificate);
  await hub.secure("key.pem", privateKey);
  await hub.secure("ca.pem", issuer.certificate);
  await hub.secure("token", "0123456789abcdef\n");
  await using web = new ReverseProxy(`wss://${place}/ouro`, issuer.certificate);
  const page = commands({
    "0.0.0.0:8443": `127.0.0.1:${port}`,
    "hub.example.org:8443": place,
    "http://user:word@proxy.example.org:3128": `${proxy.url} ca ${hub.security}/ca.pem`,
    "/etc/ouroboros/web": hub.security,
  });
  await hub.ok(page("h"));
  await server.ok(page("b").replace(/wss:\S+/, web.url("/layer?of=ours")));
  await server.irmd.waitFor(/ws\(II\): ws:\S+ is up\./);
  await server.ok("irm name create svc");
  const listening = server.spawn(["oping", "--listen"]);
  await server.irmd.waitFor(/New instance \(\d+\) of \S+ added/);
  await server.ok(`irm bind process ${listening.pid} name svc`);
  await server.ok("irm name register svc layer net");

  await client.ok(page("a"));
  await client.irmd.waitFor(/ws\(II\): wss:\S+ is up\./);
  await ping(client, "-c 3 -i 10ms -s 8000");

  // A flow outlives the connection that it goes over.
  const oping = client.spawn(["oping", "-n", "svc", "-c", "100", "-i", "20ms"]);
  await oping.waitFor(/seq=10 /);
  proxy.cut();
  const { stdout } = await oping.ended;
  const [, received] = /100 packets transmitted, (\d+) received/.exec(stdout) ?? [];
  assert(Number(received) >= 50, stdout);
  assert.deepEqual(proxy.asked, [place, place]);

  // Without the token there is no way in, and the log says so.
  await hub.ok(
    `irm ipcp bootstrap type ws name x layer other url wss://${place}/ouro ca ${hub.security}/ca.pem`,
  );
  await hub.irmd.waitFor(/ws\(WW\): There is no way to the hub: localhost:\d+ wants another token\./);
});

unless(whyNoProgram("nginx"))("nginx, set up as the page says, passes a layer on", async () => {
  await using host = await Host.start();
  const [inside, outside] = [freePort(), freePort()];
  const block = /```nginx\n([\s\S]*?)```/.exec(PAGE)?.[1].replace("127.0.0.1:8080", `127.0.0.1:${inside}`);
  const files = "pid nginx.pid; daemon off; master_process off; error_log stderr; events {}";
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path .;`);
  const server = `server { listen 127.0.0.1:${outside}; ${block} }`;
  const file = `${host.folder}/nginx.conf`;
  await Deno.writeTextFile(file, `${files} http { access_log off; ${paths.join(" ")} ${server} }`);
  host.program(["nginx", "-p", host.folder, "-c", file, "-e", "stderr"]);
  await host.ok(`irm ipcp bootstrap type ws name h layer net listen 127.0.0.1:${inside} path /ouro`);
  await host.ok(`irm ipcp bootstrap type ws name m layer net url ws://127.0.0.1:${outside}/ouro`);
  await host.irmd.waitFor(/ws\(II\): ws:\S+ is up\./);
});
