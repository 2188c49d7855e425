/** Tests of names that peers are asked for: losses, forged answers, peers with names. @module */
import assert from "node:assert/strict";
import { nameHash } from "../../core/contract/ids.ts";
import type { UdpEndpoint } from "../../core/contract/network.ts";
import type { Log } from "../../core/contract/ports.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { at, UdpNetwork } from "../../core/sim/network/udp_network.ts";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { formatEndpoint } from "../../core/wire/ip_address.ts";
import type { UdpQuery } from "./udp_management.ts";
import { PeerHosts } from "./peer_hosts.ts";
import { PeerNames } from "./peer_names.ts";
import type { HostPort } from "./settings.ts";

const HASH = nameHash("7862c6fec5ecaef4aa2e3934725e23b3");
const B = { host: "10.0.0.2", port: 3435 };

function setUp(peers: readonly HostPort[]) {
  const time = new VirtualTime();
  const host = new UdpNetwork(time).host([]);
  const warnings: string[] = [];
  const silent = () => {};
  const log: Log = {
    error: silent,
    warning: (text) => void warnings.push(text),
    info: silent,
    debug: silent,
    component: () => log,
  };
  const hosts = new PeerHosts({ clock: time, log, resolver: host.resolver }, 4, peers);
  const sent: { query: UdpQuery; to: string; at: number }[] = [];
  const names = new PeerNames(
    { clock: time, timers: time, random: new SeededRandom(1) },
    hosts,
    (query, to) => sent.push({ query, to: formatEndpoint(to), at: time.now() }),
  );
  const ask = () => {
    const found: (readonly UdpEndpoint[] | string)[] = [];
    names.ask(HASH, (outcome) => found.push(outcome.ok ? outcome.value : outcome.error.message));
    return found;
  };
  return { time, host, warnings, sent, names, ask };
}

Deno.test("without peers there is nobody to ask", () => {
  const { ask, time } = setUp([]);
  assert.deepEqual([ask(), time.armed], [[[]], 0]);
});

Deno.test("all peers are asked again and again; silence for 3 s is no answer, and who was silent is said", () => {
  const { ask, sent, time } = setUp([B, { host: "10.0.0.3", port: 7 }]);
  const found = ask();
  time.advance(2999);
  assert.deepEqual(sent.filter(({ to }) => to === "10.0.0.2:3435").map(({ at }) => at), [
    0,
    60,
    160,
    360,
    760,
    1560,
  ]);
  assert.deepEqual([found, sent.length], [[], 12]);
  time.advance(1000);
  assert.deepEqual([found, sent.length, time.armed], [
    ["peer 10.0.0.2, 10.0.0.3 did not answer within 3000 ms"],
    12,
    0,
  ]);
});

Deno.test("a name that all peers deny is unknown as soon as they have said so", () => {
  const { ask, sent, names, time } = setUp([B, { host: "10.0.0.3", port: 7 }]);
  const found = ask();
  const { nonce } = sent[0].query;
  time.advance(20);
  const deny = (from: UdpEndpoint) => names.answered({ code: "unknown", hash: HASH, nonce }, from);
  assert.deepEqual([deny(at(B.host, B.port)), deny(at("10.0.0.9", 7)), found], [true, false, []]);
  deny(at("10.0.0.3", 7));
  assert.deepEqual([found, time.armed], [[[]], 0]);
});

Deno.test("all addresses of a peer are asked, and the one that answers is used", () => {
  for (const addresses of [["10.0.0.130", "10.0.0.2"], ["10.0.0.2", "10.0.0.130"]]) {
    const { ask, sent, host, names, time } = setUp([{ host: "b", port: 9 }]);
    host.names.set("b", addresses);
    const found = ask();
    time.advance(10);
    assert.deepEqual(sent.map(({ to }) => to), addresses.map((address) => `${address}:9`));
    const from = at("10.0.0.2", 9);
    names.answered({ code: "answer", hash: HASH, nonce: sent[0].query.nonce }, from);
    assert.deepEqual(found, [[from]]);
  }
});

Deno.test("the silence that counts follows the round trips to the peers, up to 10 s", () => {
  for (const [trip, silence] of [[20, 3000], [1200, 3600], [2900, 8700]]) {
    const { ask, sent, names, time } = setUp([B]);
    ask();
    time.advance(trip);
    const from = at(B.host, B.port);
    names.answered({ code: "answer", hash: HASH, nonce: sent[0].query.nonce }, from);
    const found = ask();
    time.advance(silence - 1);
    assert.equal(found.length, 0);
    time.advance(1);
    assert.equal(found.length, 1);
  }
});

Deno.test("the answer of a peer counts once; forged ones do not", () => {
  const { ask, sent, names, time } = setUp([B]);
  const found = ask();
  const { nonce } = sent[0].query;
  const from = at(B.host, B.port);
  assert.equal(names.answered({ code: "answer", hash: HASH, nonce }, at("10.0.0.9", B.port)), false);
  assert.equal(names.answered({ code: "answer", hash: HASH, nonce }, at(B.host, 1)), false);
  assert.equal(names.answered({ code: "answer", hash: HASH, nonce: nonce ^ 1 }, from), false);
  assert.equal(names.answered({ code: "answer", hash: nameHash("00".repeat(16)), nonce }, from), false);
  assert.deepEqual(found, []);
  assert.equal(names.answered({ code: "answer", hash: HASH, nonce }, from), true);
  assert.equal(names.answered({ code: "answer", hash: HASH, nonce }, from), false);
  assert.deepEqual([found, time.armed], [[[from]], 0]);
});

Deno.test("peers with names are asked as soon as their addresses are known, and looked up again", () => {
  const { ask, sent, host, time } = setUp([{ host: "b", port: 9 }]);
  host.names.set("b", ["0.0.0.0", "224.0.0.1", "10.0.0.2"]);
  ask();
  assert.equal(sent.length, 0);
  time.advance(10);
  assert.deepEqual(sent.map(({ to }) => to), ["10.0.0.2:9"]);
  time.advance(2000);
  assert.deepEqual(host.lookups, ["b"]);
  host.names.set("b", ["10.0.0.3"]);
  time.advance(60_000);
  ask();
  time.advance(100);
  assert.deepEqual([host.lookups.length, sent.at(-1)?.to], [2, "10.0.0.3:9"]);
});

Deno.test("a peer that is not known is told once, and used when it is", () => {
  const { ask, sent, host, time, warnings } = setUp([{ host: "b", port: 9 }]);
  for (let i = 0; i < 3; i++) {
    ask();
    time.advance(4000);
  }
  assert.deepEqual(warnings, ["Peer b cannot be asked: it has no IPv4 address."]);
  assert.equal(sent.length, 0);
  host.names.set("b", ["10.0.0.2"]);
  ask();
  time.advance(10);
  assert.equal(sent.length, 1);
});

Deno.test("questions are bounded; shutdown ends them", () => {
  const { ask, names, time } = setUp([B]);
  for (let i = 0; i < 1024; i++) assert.deepEqual(ask(), []);
  assert.deepEqual(ask(), ["1024 names are being looked for already"]);
  names.shutdown();
  assert.equal(time.armed, 0);
});
