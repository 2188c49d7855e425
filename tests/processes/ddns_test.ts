/** Layers over UDP whose directory is a real DNS server: names are added, found and taken back. @module */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { unless } from "../../core/testing/left_out.ts";
import { Host } from "../support/host.ts";
import { freePort, NameServer, whyNoNameServer } from "../support/name_server.ts";

const test = unless(whyNoNameServer);
const SVC = createHash("md5").update("svc").digest("hex");

test("a name is registered in the DNS, found by another host, and taken back", async () => {
  await using dns = await NameServer.start();
  await using client = await Host.start();
  await using server = await Host.start();
  const layer = `layer net port ${freePort()} dns ${dns.option}`;
  await client.ok(`irm ipcp bootstrap type udp4 name c ${layer} ip 127.0.0.1`);
  await server.ok(`irm ipcp bootstrap type udp4 name s ${layer} ip 127.0.0.2`);
  await server.ok("irm name create svc");
  const oping = server.spawn(["oping", "--listen"]);
  await server.irmd.waitFor(/New instance \(\d+\) of \S+ added/);
  await server.ok(`irm bind process ${oping.pid} name svc`);
  await server.ok("irm name register svc layer net");
  assert.deepEqual(await dns.addresses(SVC), ["127.0.0.2"]);

  const { stdout, stderr } = await client.ping("-n svc -c 3 -i 10ms");
  assert.match(stdout, /3 packets transmitted, 3 received/, stderr);

  await server.ok("irm name unregister svc layer net");
  assert.deepEqual(await dns.addresses(SVC), []);

  await server.ok("irm name register svc layer net");
  assert.deepEqual(await dns.addresses(SVC), ["127.0.0.2"]);
  await server.ok("irm ipcp destroy name s");
  await dns.untilGone(SVC);
});

test("IPv6 addresses are registered as such", async () => {
  await using dns = await NameServer.start();
  await using host = await Host.start();
  await host.ok(`irm ipcp bootstrap type udp6 name s layer net port ${freePort()} dns ${dns.option} ip ::1`);
  await host.ok("irm name create svc");
  await host.ok("irm name register svc layer net");
  assert.deepEqual([await dns.addresses(SVC, "AAAA"), await dns.addresses(SVC)], [["::1"], []]);
  await host.ok("irm name unregister svc layer net");
  assert.deepEqual(await dns.addresses(SVC, "AAAA"), []);
});

test("a name that the server refuses is not registered, and whoever asked is told", async () => {
  await using dns = await NameServer.start({ updates: false });
  await using host = await Host.start();
  await host.ok(
    `irm ipcp bootstrap type udp4 name s layer net port ${freePort()} dns ${dns.option} ip 127.0.0.1`,
  );
  await host.ok("irm name create svc");
  const { code, stderr } = await host.run("irm name register svc layer net");
  assert.equal(code, 1);
  assert.match(stderr, /could not register "svc" with the IPCP "s": DNS server \S+: it answered REFUSED/);
  await host.irmd.waitFor(/udp4\(WW\): Could not add \w+ in the DNS: .*REFUSED\.$/);
});
