import assert from "node:assert/strict";
import fc from "fast-check";
import { type LinkNews, readLinkNews } from "./netlink.ts";

const NEW = 16, DELETED = 17, AF_BRIDGE = 7;
/** MTU 9000; a name "eth0"; an address. */
const MTU = [8, 0, 4, 0, 0x28, 0x23, 0, 0];
const NAME = [9, 0, 3, 0, 0x65, 0x74, 0x68, 0x30, 0, 0, 0, 0];
const ADDRESS = [10, 0, 1, 0, 2, 0, 0, 0, 0, 9, 0, 0];

/** A message about device 3, which is up and running. */
function message(type: number, attributes: readonly number[], family = 0): number[] {
  const length = 32 + attributes.length;
  const header = [length & 0xff, length >> 8, 0, 0, type, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
  return [...header, family, 0, 1, 0, 3, 0, 0, 0, 0x43, 0x10, 1, 0, 0, 0, 0, 0, ...attributes];
}

function read(bytes: readonly number[] | Uint8Array): LinkNews[] {
  const news: LinkNews[] = [];
  readLinkNews(Uint8Array.from(bytes), (one) => news.push(one));
  return news;
}

Deno.test("a message tells number, flags, name, MTU and address of a device", () => {
  assert.deepEqual(read(message(NEW, [...NAME, ...MTU, ...ADDRESS])), [{
    index: 3,
    gone: false,
    flags: 0x11043,
    name: "eth0",
    mtu: 9000,
    address: new Uint8Array([2, 0, 0, 0, 0, 9]),
  }]);
});

Deno.test("what is not told is not there", () => {
  const [news] = read(message(NEW, []));
  assert.deepEqual([news.name, news.mtu, news.address], [undefined, undefined, undefined]);
});

Deno.test("all messages of a datagram are read, and those about other things left out", () => {
  const other = message(20, MTU);
  const bytes = [...message(NEW, NAME), ...other, ...message(DELETED, [])];
  assert.deepEqual(read(bytes).map(({ gone }) => gone), [false, true]);
});

Deno.test("a device that leaves a bridge is not gone", () => {
  assert.deepEqual(read(message(DELETED, NAME, AF_BRIDGE)), []);
});

Deno.test("lengths that lie end the reading", () => {
  const good = message(NEW, MTU);
  for (const length of [0, 15, good.length + 1]) {
    assert.deepEqual(read([length, ...good.slice(1)]), [], `message of ${length}`);
  }
  assert.deepEqual(read(message(NEW, []).slice(0, 31)), []);
  for (const length of [0, 3, 9]) {
    const [news] = read(message(NEW, [length, ...MTU.slice(1)]));
    assert.equal(news.mtu, undefined, `attribute of ${length}`);
  }
  assert.equal(read(message(NEW, [6, 0, 4, 0, 1, 1, 0, 0]))[0].mtu, undefined, "an MTU of two bytes");
});

Deno.test("no bytes make it throw, or read what is not there", () => {
  const good = [...message(NEW, [...NAME, ...MTU, ...ADDRESS]), ...message(DELETED, MTU)];
  const change = fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255) });
  fc.assert(fc.property(fc.array(change, { maxLength: 4 }), fc.nat(good.length), (changes, end) => {
    const bytes = Uint8Array.from(good);
    for (const { at, byte } of changes) bytes[at] = byte;
    readLinkNews(bytes.subarray(0, end), ({ address }) => assert((address?.length ?? 0) <= end));
  }));
});
