/** Tests of the simulated network of UDP and its DNS server. @module */
import { NO_BYTES } from "../../kit/bytes.ts";
import assert from "node:assert/strict";
import { parseIp } from "../../wire/ip_address.ts";
import { decodeDns, DNS_TYPE, dnsQuery, dnsRcodeName, encodeDns } from "../../wire/dns/dns_message.ts";
import { addressesIn, dnsAdd, dnsRemoveAll, zoneIn } from "../../wire/dns/dns_update.ts";
import { formatEndpoint } from "../../wire/ip_address.ts";
import { SimulatedDns } from "./dns_server.ts";
import { at, hostOf, UdpNetwork } from "./udp_network.ts";
import { VirtualTime } from "../virtual_time.ts";

Deno.test("datagrams arrive after their delay, header first; lost ones do not", () => {
  const time = new VirtualTime();
  const network = new UdpNetwork(time, 10);
  const one = network.host(["10.0.0.1"]).openUdp("10.0.0.1", 1);
  const other = network.host(["10.0.0.2"]).openUdp("10.0.0.2", 2);
  const received: string[] = [];
  other.onDatagram((datagram, from) => received.push(`${datagram.toHex()} ${formatEndpoint(from)}`));
  one.send(Uint8Array.of(2), Uint8Array.of(1), other.own);
  time.advance(9);
  assert.deepEqual(received, []);
  time.advance(1);
  assert.deepEqual(received, ["0102 10.0.0.1:1"]);
  network.onSend = () => false;
  one.send(Uint8Array.of(3), NO_BYTES, other.own);
  network.onSend = () => true;
  one.send(Uint8Array.of(4), NO_BYTES, other.own);
  other.close();
  time.advance(10);
  assert.equal(received.length, 1);
});

Deno.test("a host behind address translation is seen under another address, and answers find it", () => {
  const time = new VirtualTime();
  const network = new UdpNetwork(time);
  const inside = network.host(["192.168.0.1"], "203.0.113.1").openUdp("192.168.0.1", 3435);
  const outside = network.host(["10.0.0.2"]).openUdp("10.0.0.2", 3435);
  outside.onDatagram((datagram, from) => outside.send(datagram, NO_BYTES, from));
  const answers: string[] = [];
  const seen: string[] = [];
  inside.onDatagram((datagram) => answers.push(datagram.toHex()));
  network.onSend = ({ from }) => seen.push(hostOf(from)) > 0;
  inside.send(Uint8Array.of(7), NO_BYTES, at("10.0.0.2", 3435));
  time.advance(10);
  assert.deepEqual([answers, seen], [["07"], ["203.0.113.1", "10.0.0.2"]]);
});

Deno.test("a blocked host queues up to a limit and tells when it has sent", () => {
  const network = new UdpNetwork(new VirtualTime());
  const host = network.host(["10.0.0.1"]);
  const port = host.openUdp("10.0.0.1", 1);
  let drained = 0;
  port.onDrained(10, () => drained++);
  host.blocked = true;
  let taken = 0;
  while (port.send(NO_BYTES, NO_BYTES, port.own)) taken++;
  assert.deepEqual([taken, port.queued, port.lost.sent, drained], [512, 512, 1, 0]);
  host.blocked = false;
  assert.deepEqual([port.queued, drained], [0, 1]);
});

Deno.test("ports are opened on own addresses, once", () => {
  const host = new UdpNetwork(new VirtualTime()).host(["10.0.0.1"]);
  assert.throws(() => host.openUdp("10.0.0.2", 1), { name: "NotFoundError" });
  host.openUdp("10.0.0.1", 1).onDatagram(() => {});
  assert.throws(() => host.openUdp("10.0.0.1", 1), { name: "ExistsError" });
  assert.throws(() => host.openEthernet("eth0"), { name: "NotFoundError" });
});

Deno.test("the DNS server answers for its zone and takes updates", () => {
  const dns = new SimulatedDns();
  const address = parseIp("10.0.0.1");
  const ask = (message: Parameters<typeof encodeDns>[0]) => decodeDns(dns.answer(encodeDns(message)));
  const probe = ask(dnsQuery(1, "a.", DNS_TYPE.SOA, false));
  assert.deepEqual([dnsRcodeName(probe), zoneIn(probe, "a.")], ["NXDOMAIN", "."]);
  const record = { name: "a.", type: DNS_TYPE.A, ttl: 1, data: address };
  for (let i = 0; i < 2; i++) assert.equal(dnsRcodeName(ask(dnsAdd(2, ".", record))), "NOERROR");
  assert.deepEqual(addressesIn(ask(dnsQuery(3, "a.", DNS_TYPE.A, true)), DNS_TYPE.A), [address]);
  assert.equal(dnsRcodeName(ask(dnsAdd(4, "b.", record))), "NOTAUTH");
  ask(dnsRemoveAll(5, ".", "a.", DNS_TYPE.A));
  dns.readOnly = true;
  assert.equal(dnsRcodeName(ask(dnsAdd(6, ".", record))), "REFUSED");
  assert.deepEqual([dns.records, dns.asked.length], [[], 7]);
});
