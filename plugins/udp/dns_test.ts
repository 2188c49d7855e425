/** Tests of names in the DNS: what is asked, updates that fail, and that are no longer wanted. @module */
import assert from "node:assert/strict";
import { nameHash } from "../../core/contract/ids.ts";
import type { Outcome } from "../../core/contract/outcome.ts";
import type { Log } from "../../core/contract/ports.ts";
import { SimulatedDns } from "../../core/sim/network/dns_server.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { UdpNetwork } from "../../core/sim/network/udp_network.ts";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { dnsOpcode } from "../../core/wire/dns/dns_message.ts";
import { parseIp, versionOf } from "../../core/wire/ip_address.ts";
import { DnsClient } from "./dns_client.ts";
import { DnsRegistrar } from "./dns_registrar.ts";

const HASH = nameHash("7862c6fec5ecaef4aa2e3934725e23b3");
const SERVER = "10.0.0.53";

function setUp(own: string) {
  const time = new VirtualTime();
  const network = new UdpNetwork(time);
  const dns = new SimulatedDns();
  network.servers.set(SERVER, dns.answer);
  const { resolver } = network.host([]);
  const address = parseIp(own);
  const client = new DnsClient(
    { resolver, random: new SeededRandom(1) },
    SERVER,
    versionOf(address),
    address,
  );
  const warnings: string[] = [];
  const silent = () => {};
  const log: Log = {
    error: silent,
    warning: (text) => void warnings.push(text),
    info: silent,
    debug: silent,
    component: () => log,
  };
  const registrar = new DnsRegistrar(client, time, log);
  const ask = <T>(start: (done: (outcome: Outcome<T>) => void) => void): Outcome<T> | undefined => {
    const outcomes: Outcome<T>[] = [];
    start((outcome) => outcomes.push(outcome));
    time.advance(100);
    assert(outcomes.length <= 1);
    return outcomes[0];
  };
  return { time, network, dns, client, warnings, registrar, ask };
}

for (const own of ["10.77.0.2", "fd77::2"]) {
  Deno.test(`${own} is registered, found and taken back`, () => {
    const { dns, client, registrar, ask, warnings } = setUp(own);
    assert.deepEqual(ask((done) => client.lookup(HASH, done)), { ok: true, value: [] });
    ask((done) => registrar.register(HASH, done));
    assert.deepEqual(dns.addresses(`${HASH}.`), [own]);
    assert.deepEqual(ask((done) => client.lookup(HASH, done)), { ok: true, value: [parseIp(own)] });
    ask((done) => registrar.register(HASH, done));
    ask((done) => registrar.unregister(HASH, done));
    assert.deepEqual([dns.records, registrar.pending, warnings], [[], 0, []]);
    // Look-up, probe and update, look-up, update: nothing is done twice.
    assert.deepEqual(dns.asked.map(dnsOpcode), [0, 0, 5, 0, 5]);
  });
}

Deno.test("other members' addresses for a name stay", () => {
  const { dns, registrar, ask } = setUp("10.77.0.2");
  dns.records.push({ name: `${HASH}.`, type: 1, class: 1, ttl: 0, data: parseIp("10.77.0.9") });
  ask((done) => registrar.register(HASH, done));
  assert.deepEqual(dns.addresses(`${HASH}.`), ["10.77.0.9", "10.77.0.2"]);
  ask((done) => registrar.unregister(HASH, done));
  assert.deepEqual(dns.addresses(`${HASH}.`), ["10.77.0.9"]);
});

Deno.test("a name that the DNS does not take is not registered, and that is told", () => {
  const { time, dns, registrar, ask, warnings } = setUp("10.77.0.2");
  dns.readOnly = true;
  const refused = ask((done) => registrar.register(HASH, done));
  assert(refused?.ok === false && /it answered REFUSED/.test(refused.error.message));
  assert.equal(warnings[0], "Could not add 7862c6fe in the DNS: DNS server 10.0.0.53: it answered REFUSED.");
  time.advance(60_000);
  assert.deepEqual([registrar.pending, time.armed], [0, 0]);
  dns.readOnly = false;
  assert(ask((done) => registrar.register(HASH, done))?.ok);
  assert.deepEqual(dns.addresses(`${HASH}.`), ["10.77.0.2"]);
});

Deno.test("a silent server and one that says nonsense are told", () => {
  const { time, network, registrar, client, ask, warnings } = setUp("10.77.0.2");
  network.servers.set(SERVER, () => undefined);
  assert.equal(ask((done) => registrar.register(HASH, done)), undefined);
  time.advance(5000);
  assert.match(warnings.join(), /does not answer/);
  network.servers.set(SERVER, () => Uint8Array.of(1, 2, 3));
  const nonsense = ask((done) => client.lookup(HASH, done));
  assert(nonsense?.ok === false && /shorter than it says/.test(nonsense.error.message));
  network.servers.set(SERVER, (asked) => asked.with(2, asked[2] | 0x80).with(0, asked[0] ^ 1));
  const other = ask((done) => client.lookup(HASH, done));
  assert(other?.ok === false && /something that was not asked/.test(other.error.message));
  registrar.shutdown();
  time.advance(60_000);
  assert.equal(time.armed, 0);
});

Deno.test("a server that has no zone for such names is told so", () => {
  const { network, registrar, ask, warnings } = setUp("10.77.0.2");
  network.servers.set(SERVER, new SimulatedDns("example.").answer);
  ask((done) => registrar.register(HASH, done));
  assert.match(warnings.join(), /must be authoritative for the root zone/);
  // The name itself may be a zone.
  network.servers.set(SERVER, new SimulatedDns(`${HASH}.`).answer);
  ask((done) => registrar.register(HASH, done));
  assert.equal(registrar.pending, 0);
});

Deno.test("a name that is taken back while it is being added is taken back after that", () => {
  const { time, dns, registrar } = setUp("10.77.0.2");
  let answers = 0;
  registrar.register(HASH, () => answers++);
  registrar.unregister(HASH, () => answers++);
  time.advance(100);
  assert.deepEqual([dns.records, registrar.pending, answers], [[], 0, 2]);
  registrar.unregister(HASH, () => answers++);
  assert.equal(answers, 3);
});

Deno.test("an answer that was lost leaves a name that is taken back all the same", () => {
  const { time, network, dns, registrar, ask } = setUp("10.77.0.2");
  network.servers.set(SERVER, (message) => {
    const answer = dns.answer(message);
    return message[2] === 0x28 ? undefined : answer;
  });
  registrar.register(HASH, () => {});
  time.advance(100);
  assert.equal(dns.records.length, 1);
  time.advance(5000);
  network.servers.set(SERVER, dns.answer);
  ask((done) => registrar.unregister(HASH, done));
  time.advance(20_000);
  assert.deepEqual([dns.records, registrar.pending], [[], 0]);
});

Deno.test("who takes a name back does not wait for a silent server", () => {
  const { time, network, registrar, ask } = setUp("10.77.0.2");
  ask((done) => registrar.register(HASH, done));
  network.servers.delete(SERVER);
  let answers = 0;
  registrar.unregister(HASH, () => answers++);
  time.advance(299);
  assert.equal(answers, 0);
  time.advance(1);
  assert.equal(answers, 1);
  time.advance(60_000);
  assert.deepEqual([answers, time.armed], [1, 0]);
});

Deno.test("a name that cannot be taken back is given up, with a warning", () => {
  const { time, dns, registrar, ask, warnings } = setUp("10.77.0.2");
  ask((done) => registrar.register(HASH, done));
  dns.readOnly = true;
  ask((done) => registrar.unregister(HASH, done));
  time.advance(60_000);
  assert.equal(warnings.length, 4);
  assert.match(warnings[3], /Could not remove 7862c6fe in the DNS: .* REFUSED\. It stays there\.$/);
  assert.deepEqual([registrar.pending, time.armed], [0, 0]);
});

Deno.test("what is registered is taken back at shutdown", () => {
  const { time, dns, registrar, ask } = setUp("10.77.0.2");
  ask((done) => registrar.register(HASH, done));
  registrar.shutdown();
  time.advance(100);
  assert.deepEqual(dns.records, []);
});
