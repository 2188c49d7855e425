/** Tests of the DNS messages: the recorded ones, any, compression, and damaged ones. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { checkMutations } from "../../../tests/support/mutations.ts";
import { recorded } from "../../../tests/support/pcap.ts";
import { udpDatagrams } from "../../../tests/support/udp_datagrams.ts";
import { InvalidError, ProtocolError } from "../../contract/errors.ts";
import {
  decodeDns,
  DNS_TYPE,
  type DnsMessage,
  dnsQuery,
  dnsRcode,
  dnsRcodeName,
  encodeDns,
  isDnsResponse,
} from "./dns_message.ts";
import { encodeDnsName, readDnsName } from "./dns_name.ts";
import { addressesIn, answersDns, dnsAdd, dnsRemove, dnsRemoveAll, zoneIn } from "./dns_update.ts";

const frames = udpDatagrams(recorded("udp4-ddns")).map(({ payload }) => payload);
const OPING = "7862c6fec5ecaef4aa2e3934725e23b3";
const FOO = "acbd18db4cc2f85cedef654fccc4a4d8";
const ADDRESS = Uint8Array.of(10, 77, 0, 2);

const word = fc.nat(0xffff);
const label = fc.uint8Array({ minLength: 1, maxLength: 20 });
const name = fc.array(label, { maxLength: 5 }).map((labels) =>
  readDnsName(Uint8Array.from([...labels.flatMap((part) => [part.length, ...part]), 0]), 0).name
);
const records = fc.array(
  fc.record({
    name,
    type: word,
    class: word,
    ttl: fc.integer({ min: 0, max: 0xffffffff }),
    data: fc.uint8Array({ maxLength: 40 }),
  }, { noNullPrototype: true }),
  { maxLength: 3 },
);
const messages: fc.Arbitrary<DnsMessage> = fc.record({
  id: word,
  flags: word,
  questions: fc.array(fc.record({ name, type: word, class: word }, { noNullPrototype: true }), {
    maxLength: 2,
  }),
  answers: records,
  authority: records,
  additional: records,
}, { noNullPrototype: true });

Deno.test("what the reference's tools send is written byte for byte", () => {
  const own = [
    dnsQuery(0x936b, OPING, DNS_TYPE.SOA, false),
    dnsAdd(0x9386, ".", { name: OPING, type: DNS_TYPE.A, ttl: 86400, data: ADDRESS }),
    dnsQuery(0xb29e, FOO, DNS_TYPE.A, true),
    dnsQuery(0x8d34, OPING, DNS_TYPE.SOA, false),
    dnsRemoveAll(0xb45f, ".", OPING, DNS_TYPE.A),
  ];
  assert.deepEqual(
    own.map((message) => encodeDns(message).toHex()),
    [0, 2, 4, 6, 8].map((index) => frames[index].toHex()),
  );
});

Deno.test("recorded answers are read: the zone, refusals, no address", () => {
  const [probe, probed, add, added, look, looked, , again, , removed] = frames.map(decodeDns);
  assert.deepEqual([dnsRcodeName(probed), zoneIn(probed, OPING)], ["NXDOMAIN", "."]);
  assert.deepEqual([dnsRcodeName(again), zoneIn(again, OPING)], ["NOERROR", "."]);
  assert.deepEqual([dnsRcode(added), dnsRcode(removed), zoneIn(added, OPING)], [0, 0, undefined]);
  assert.deepEqual([dnsRcode(looked), addressesIn(looked, DNS_TYPE.A)], [3, []]);
  assert.deepEqual([probe, probed, add, added].map(isDnsResponse), [false, true, false, true]);
  const pairs = [[probed, probe], [added, add], [looked, look], [looked, probe], [probe, probe], [
    added,
    look,
  ]];
  assert.deepEqual(pairs.map(([answer, asked]) => answersDns(answer, asked)), [
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("answers of a server give addresses of the wanted kind", () => {
  const asked = dnsQuery(1, OPING, DNS_TYPE.AAAA, true);
  const record = { name: `${OPING}.`, class: 1, ttl: 0 };
  const six = Uint8Array.from({ length: 16 }, (_, index) => index);
  const answer: DnsMessage = {
    ...asked,
    flags: 0x8400,
    questions: [{ name: `${OPING}.`, type: DNS_TYPE.AAAA, class: 1 }],
    answers: [
      { ...record, type: DNS_TYPE.A, data: ADDRESS },
      { ...record, type: DNS_TYPE.AAAA, data: six },
      { ...record, type: DNS_TYPE.AAAA, data: ADDRESS },
    ],
  };
  assert(answersDns(answer, asked));
  assert.deepEqual(addressesIn(decodeDns(encodeDns(answer)), DNS_TYPE.AAAA), [six]);
  assert.deepEqual(addressesIn(answer, DNS_TYPE.A), [ADDRESS]);
});

Deno.test("a record is taken out alone, by its content", () => {
  const bytes = encodeDns(dnsRemove(1, ".", { name: "a.", type: DNS_TYPE.A, data: ADDRESS }));
  assert.equal(bytes.toHex(), "00012800000100000001000000000600010161000001" + "00fe0000000000040a4d0002");
});

Deno.test("the zone is one that the name is in", () => {
  const soa = (owner: string): DnsMessage => ({
    ...dnsQuery(1, "a.b.", DNS_TYPE.SOA, false),
    authority: [{ name: owner, type: DNS_TYPE.SOA, class: 1, ttl: 0, data: new Uint8Array(22) }],
  });
  assert.deepEqual([".", "b.", "a.b.", "ab.", "c."].map((owner) => zoneIn(soa(owner), "A.B")), [
    ".",
    "b.",
    "a.b.",
    undefined,
    undefined,
  ]);
});

Deno.test("pointers in names are followed back only", () => {
  // At 0: "b."; at 3: "a" and a pointer to 0.
  const bytes = Uint8Array.fromHex("0162" + "00" + "0161c000");
  assert.deepEqual(readDnsName(bytes, 3), { name: "a.b.", next: 7 });
  const faults = ["c000", "0161c000", "c00000", "0161c002", "c0", "05", "0561", "40", "01", ""];
  for (const fault of faults) {
    assert.throws(() => readDnsName(Uint8Array.fromHex(fault), 0), ProtocolError, fault);
  }
  const chain = Uint8Array.from([0, 0, ...Array.from({ length: 200 }, (_, i) => [0xc0, 2 * i]).flat()]);
  assert.equal(readDnsName(chain, 2 * 127).name, ".");
  assert.throws(() => readDnsName(chain, 2 * 128), /too many pointers/);
  // Each step goes back, but the name never ends within 255 bytes.
  const long = Uint8Array.from([...Array(5).fill([63, ...Array(63).fill(97)]).flat(), 0]);
  assert.throws(() => readDnsName(long, 0), /longer than 255/);
});

Deno.test("texts that are no names are refused", () => {
  for (const fault of ["", "..", "a..b", "a b", "é", "\\1", "\\256", "a".repeat(64), "ab.".repeat(90)]) {
    assert.throws(() => encodeDnsName(fault), InvalidError, fault);
  }
  assert.equal(encodeDnsName("\\046.\\255").toHex(), "012e" + "01ff" + "00");
  assert.equal(encodeDnsName(".").toHex(), "00");
});

Deno.test("any message survives the way", () => {
  fc.assert(fc.property(messages, (message) => {
    assert.deepEqual(decodeDns(encodeDns(message)), message);
  }));
});

Deno.test("a damaged message is a message or a ProtocolError", () => {
  checkMutations(frames, decodeDns, encodeDns, 2000);
});
