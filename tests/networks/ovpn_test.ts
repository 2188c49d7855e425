/** IP over a flow: two hosts reach each other through their devices, also after the flow was lost. @module */
import assert from "node:assert/strict";
import { testWithHosts } from "../support/namespaces.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";

testWithHosts(
  "two hosts reach each other by IP over an encrypted flow, and again after the server was killed",
  async () => {
    await using hosts = await NetworkedHosts.start("ab", ["ab"]);
    const layer = await hosts.layerOver("ab", "udp4");
    const [a, b] = [hosts.on("a"), hosts.on("b")];
    const serve = async () => {
      const server = b.program([
        ...hosts.net.on("b"),
        `${b.folder}/bin/ovpn`,
        ..."-i 10.9.0.2 -m 255.255.255.0".split(" "),
      ]);
      await server.waitFor(/^Waiting for a new flow\.\.\.$/);
      await b.ok(`irm bind process ${server.pid} name vpn`);
      return server;
    };
    await b.ok("irm name create vpn");
    await b.ok(`irm name register vpn layer ${layer}`);
    const server = await serve();
    const words = "-n vpn -i 10.9.0.1 -m 255.255.255.0 --encrypt".split(" ");
    const client = a.program([...hosts.net.on("a"), `${a.folder}/bin/ovpn`, ...words]);
    for (const end of [client, server]) await end.waitFor(/^Starting read\/write threads\.$/);
    assert.match(
      client.stdout,
      /^Allocating a flow to vpn\.\nFlow allocated\.\nTunnel device name is tun0\.\n/,
    );
    const listening =
      `Deno.serve({ hostname: "0.0.0.0", port: 80 }, () => new Response(new Uint8Array(300_000)))`;
    const web = b.program([...hosts.net.on("b"), Deno.execPath(), "eval", listening]);
    await web.waitFor(/Listening on/);
    const fetched = async () => {
      const get = `console.log((await (await fetch("http://10.9.0.2/")).bytes()).length)`;
      const { stdout, stderr } = await a.program([...hosts.net.on("a"), Deno.execPath(), "eval", get]).ended;
      assert.equal(stdout, "300000\n", stderr);
    };
    await fetched();
    server.kill("SIGKILL");
    await client.waitFor(/^ovpn: /);
    const again = await serve();
    for (const end of [client, again]) await end.until(() => /threads\.\n$/.test(end.stdout), "another flow");
    await fetched();
    // A second one may not have the device of the first, and says so before it has a flow.
    const second = await a.program([
      ...hosts.net.on("a"),
      `${a.folder}/bin/ovpn`,
      ..."-i 10.9.1.1 -m 255.255.255.0 --device tun0".split(" "),
    ]).ended;
    assert.equal(second.stdout, "Failed to open tunnel device.\n");
    assert.match(second.stderr, /the device tun0 is in use: take another name/);
    assert.equal(second.code, 1);
    again.kill("SIGTERM");
    const { code, stdout } = await again.ended;
    assert.deepEqual([code, stdout.split("\n").at(-2)], [0, "Shutting down..."]);
    await hosts.net.ip("a", "link delete tun0");
    const end = await client.ended;
    assert.match(end.stderr, /the device tun0 is gone: somebody has removed it/);
    assert.equal(end.code, 1);
  },
);
