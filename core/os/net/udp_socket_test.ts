import { NO_BYTES } from "../../kit/bytes.ts";
import assert from "node:assert/strict";
import { ExistsError, InvalidError, NotFoundError, WouldBlockError } from "../../contract/errors.ts";
import type { UdpPort } from "../../contract/network.ts";
import { openLibc } from "../c/libc.ts";
import { netCalls } from "../c/net_calls.ts";
import { portOf, udpEndpoint } from "../../wire/ip_address.ts";
import { TestingNamespace, testWithNamespaces } from "../../testing/namespace.ts";
import { TestingNetworks } from "../../testing/networks.ts";

openLibc();
netCalls();

const NOTHING_LOST = { sent: 0, received: 0 };

/** Collects copies of datagrams and of where they came from. */
function collect(port: UdpPort) {
  const datagrams: Uint8Array[] = [], from: Uint8Array[] = [];
  let wanted = 0, reached = () => {};
  port.onDatagram((datagram, sender) => {
    from.push(sender.slice());
    if (datagrams.push(datagram.slice()) === wanted) reached();
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      wanted = count;
      reached = resolve;
      if (datagrams.length >= count) resolve();
    });
  return { datagrams, from, until };
}

for (const address of ["127.0.0.1", "::1"]) {
  Deno.test(`datagrams go both ways, whole and in order: ${address}`, async () => {
    await using networks = new TestingNetworks();
    const [one, other] = [networks.openUdp(address), networks.openUdp(address)];
    const [atOne, atOther] = [collect(one), collect(other)];
    const header = new Uint8Array([1, 2, 3]);
    const packets = Array.from({ length: 300 }, (_, number) => new Uint8Array(number % 7 * 100).fill(number));
    for (const packet of packets) assert(one.send(packet, header, other.own));
    assert(other.send(NO_BYTES, NO_BYTES, one.own));
    await Promise.all([atOne.until(1), atOther.until(300)]);
    assert.deepEqual(atOne.datagrams, [NO_BYTES]);
    assert.deepEqual(atOne.from, [other.own]);
    for (const [number, packet] of packets.entries()) {
      assert.deepEqual(atOther.datagrams[number], new Uint8Array([...header, ...packet]));
      assert.deepEqual(atOther.from[number], one.own);
    }
    assert.deepEqual([one.lost, other.lost, one.queued], [NOTHING_LOST, NOTHING_LOST, 0]);
  });
}

Deno.test("many datagrams of one length arrive one by one, with a shorter one at the end", async () => {
  await using networks = new TestingNetworks();
  const [one, other] = [networks.openUdp("127.0.0.1"), networks.openUdp("127.0.0.1")];
  const { datagrams, until } = collect(other);
  for (let number = 0; number < 200; number++) {
    one.send(new Uint8Array(1400).fill(number), NO_BYTES, other.own);
  }
  one.send(new Uint8Array(3).fill(200), NO_BYTES, other.own);
  await until(201);
  assert.deepEqual(datagrams.map(({ length }) => length), [...new Array(200).fill(1400), 3]);
  assert(datagrams.every((datagram, number) => datagram.every((byte) => byte === number)));
});

Deno.test("datagrams to several endpoints arrive at theirs", async () => {
  await using networks = new TestingNetworks();
  const [one, two, three] = [
    networks.openUdp("127.0.0.1"),
    networks.openUdp("127.0.0.1"),
    networks.openUdp("127.0.0.1"),
  ];
  const [atTwo, atThree] = [collect(two), collect(three)];
  for (let number = 0; number < 100; number++) {
    one.send(new Uint8Array([number]), NO_BYTES, number % 3 === 0 ? two.own : three.own);
  }
  await Promise.all([atTwo.until(34), atThree.until(66)]);
  assert.deepEqual(atTwo.datagrams.map(([number]) => number), Array.from({ length: 34 }, (_, at) => 3 * at));
  assert(atThree.datagrams.every(([number]) => number % 3 !== 0));
});

testWithNamespaces(import.meta.url)(
  "datagrams that are longer than the way there takes arrive in pieces made by the kernel, in order",
  async () => {
    using namespace = new TestingNamespace();
    namespace.ip("link set lo mtu 1500 up");
    await using networks = new TestingNetworks();
    const [one, other] = [networks.openUdp("127.0.0.1"), networks.openUdp("127.0.0.1")];
    const { datagrams, until } = collect(other);
    const lengths = [1400, 1400, 8984, 8984, 8984, 1473, 1473, 1472, 1472, 1400, 1400];
    for (const length of lengths) assert(one.send(new Uint8Array(length), NO_BYTES, other.own));
    await until(lengths.length);
    assert.deepEqual(datagrams.map(({ length }) => length), lengths);
    assert.deepEqual(one.lost, NOTHING_LOST);
  },
);

testWithNamespaces(import.meta.url)(
  "a port says that its address is gone, and carries datagrams again when it is back",
  async () => {
    using namespace = new TestingNamespace();
    namespace.ip("link set lo up");
    for (const [address, bits] of [["192.0.2.1", 32], ["2001:db8::1", 128]]) {
      const set = (word: string) =>
        namespace.ip(
          `addr ${word} ${address}/${bits} dev lo${bits === 128 && word === "add" ? " nodad" : ""}`,
        );
      set("add");
      await using networks = new TestingNetworks();
      const [one, other] = [networks.openUdp(`${address}`), networks.openUdp(`${address}`)];
      const { until } = collect(other);
      const changes: boolean[] = [];
      const change = () => new Promise<void>((done) => changed = done);
      let changed = () => {};
      one.onChange(() => {
        changes.push(one.up);
        changed();
      });
      let next = change();
      set("del");
      await next;
      for (let count = 0; count < 10; count++) one.send(new Uint8Array(1000), NO_BYTES, other.own);
      next = change();
      set("add");
      await next;
      for (let count = 0; count < 10; count++) one.send(new Uint8Array(1000), NO_BYTES, other.own);
      await until(10);
      assert.deepEqual(changes, [false, true]);
    }
  },
);

Deno.test("what cannot be sent is dropped and counted, and the port lives on", async () => {
  await using networks = new TestingNetworks();
  const [one, other] = [networks.openUdp("127.0.0.1"), networks.openUdp("127.0.0.1")];
  const { until } = collect(other);
  assert.equal(one.send(new Uint8Array(9001), NO_BYTES, other.own), false);
  one.send(NO_BYTES, NO_BYTES, udpEndpoint(new Uint8Array([127, 0, 0, 1]), 0));
  // Nobody is there: the answer to this is an ICMP message.
  one.send(NO_BYTES, NO_BYTES, udpEndpoint(new Uint8Array([127, 0, 0, 1]), 1));
  one.send(NO_BYTES, NO_BYTES, other.own);
  await until(1);
  assert.equal(one.lost.sent, 2);
  const six = udpEndpoint(new Uint8Array(16), 1);
  assert.throws(() => one.send(NO_BYTES, NO_BYTES, six), InvalidError);
});

Deno.test("datagrams that were not read in time are counted", async () => {
  await using networks = new TestingNetworks();
  const [one, other] = [networks.openUdp("127.0.0.1"), networks.openUdp("127.0.0.1")];
  const packet = new Uint8Array(9000);
  for (let turn = 0; other.lost.received === 0; turn++) {
    assert(turn < 1000, "nothing was lost");
    for (let count = 0; count < 100; count++) one.send(packet, NO_BYTES, other.own);
    await new Promise((done) => setImmediate(done));
  }
  one.close();
  const { received } = other.lost;
  other.close();
  assert.equal(other.lost.received >= received, true, "also after the end");
});

Deno.test("a port that is closed while datagrams are handed over gets no more", async () => {
  await using networks = new TestingNetworks();
  const [one, other] = [networks.openUdp("127.0.0.1"), networks.openUdp("127.0.0.1")];
  let datagrams = 0;
  const closed = new Promise<void>((done) =>
    other.onDatagram(() => {
      datagrams++;
      other.close();
      done();
    })
  );
  for (let count = 0; count < 10; count++) one.send(new Uint8Array(100), NO_BYTES, other.own);
  await closed;
  assert.equal(other.send(NO_BYTES, NO_BYTES, one.own), false);
  one.close();
  one.close();
  assert.equal(datagrams, 1);
});

Deno.test("a port is free when it is closed", async () => {
  const open = async (number: number): Promise<number> => {
    // The kernel keeps a socket for as long as somebody looks at it: the wait has ended at the end of this.
    await using networks = new TestingNetworks();
    const port = networks.openUdp("127.0.0.1", number);
    port.onDatagram(() => {});
    return portOf(port.own);
  };
  const port = await open(0);
  assert(port > 0);
  assert.equal(await open(port), port);
});

Deno.test("what cannot be opened says why", async () => {
  await using networks = new TestingNetworks();
  const [one] = [networks.openUdp("127.0.0.1")], port = portOf(one.own);
  const refusal = (name: string, message: RegExp) => ({ name, message });
  assert.throws(
    () => networks.openUdp("127.0.0.1", port),
    refusal(ExistsError.name, /UDP port \d+ of .* in use/),
  );
  assert.throws(
    () => networks.openUdp("192.0.2.1", 0),
    refusal(NotFoundError.name, /this machine has no address 192.0.2.1/),
  );
  assert.throws(() => networks.openUdp("here", 0), refusal(InvalidError.name, /here is not an IPv4 or IPv6/));
  assert.throws(() => networks.openUdp("127.0.0.1", 65536), InvalidError);
  // The same port of IPv6 is another one.
  networks.openUdp("::", port);
});

testWithNamespaces(import.meta.url)(
  "an IPv6 address that the system has yet to look into is not called missing",
  async () => {
    using namespace = new TestingNamespace();
    namespace.ip("link add x type veth peer name y");
    namespace.ip("link set x up");
    // Without a carrier nobody can be asked whether another host has the address.
    namespace.ip("addr add fd77::2/64 dev x");
    await using networks = new TestingNetworks();
    assert.throws(
      () => networks.openUdp("fd77::2", 0),
      {
        name: WouldBlockError.name,
        message: /has yet to find out whether another host has the address fd77::2/,
      },
    );
    assert.throws(() => networks.openUdp("fd77::3", 0), /this machine has no address fd77::3/);
  },
);
