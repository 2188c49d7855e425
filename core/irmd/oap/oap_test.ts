/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { AuthError, CryptError } from "../../contract/errors.ts";
import { SeededRandom } from "../../sim/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { decodeOapHeader, encodeOapHeader, type OapHeader } from "../../wire/oap_header.ts";
import { ClientExchange } from "./client.ts";
import { requestHash } from "./digest.ts";
import { OapServer } from "./server.ts";

const EPOCH = 1_795_160_415_426;
const NO_DATA = new Uint8Array(0);
const DATA = Uint8Array.of(1, 2, 3);

function both() {
  const clock = new VirtualTime(EPOCH);
  const random = new SeededRandom(1);
  const client = (data = NO_DATA) => new ClientExchange({ clock, random }, data);
  return { clock, client, server: new OapServer(clock) };
}

/** The same header with other fields. */
const changed = (bytes: Uint8Array, change: Partial<OapHeader>, hashLength = 0): Uint8Array =>
  encodeOapHeader({ ...decodeOapHeader(bytes, hashLength), ...change });

const refusedFor = (Class: typeof AuthError | typeof CryptError, words: RegExp) => (thrown: unknown) =>
  thrown instanceof Class && words.test(thrown.message);

Deno.test("the digest of a recorded request is that of its recorded response", () => {
  const request = "ca499570e764419b02ec29eb9854175c18e9b0e2fc533d92" + "00".repeat(12);
  assert.equal(
    requestHash(0, Uint8Array.fromHex(request)).toHex(),
    "9143d330b6119562176518ac13b8af6f94fb381c1ea519c627fe6ee70cc496edb2d74ab8d514187f681787213d92447a",
  );
});

Deno.test("without data a request has 36 bytes and a response 84", () => {
  const { client, server } = both();
  const exchange = client();
  const response = server.receive(exchange.request).respond(NO_DATA);
  assert.deepEqual([exchange.request.length, response.length], [36, 84]);
  assert.equal(exchange.request.subarray(24).toHex(), "00".repeat(12));
  assert.deepEqual(exchange.check(response), NO_DATA);
});

Deno.test("data of the applications travels both ways", () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const { client, server } = both();
  fc.assert(fc.property(bytes, bytes, (asked, answered) => {
    const exchange = client(asked);
    const received = server.receive(exchange.request);
    assert.deepEqual(received.data, asked);
    assert.deepEqual(exchange.check(received.respond(answered)), answered);
  }));
});

Deno.test("a request is taken once, until 20 s later it is too old", () => {
  const { clock, client, server } = both();
  const { request } = client();
  server.receive(request);
  for (const wait of [0, 10_000, 9999]) {
    clock.advance(wait);
    assert.throws(() => server.receive(request), refusedFor(AuthError, /received before/));
  }
  clock.advance(2);
  assert.throws(() => server.receive(request), refusedFor(AuthError, /20001 ms old.*set the clocks/));
});

Deno.test("the same id at another time is another request", () => {
  const { client, server } = both();
  const { request } = client();
  server.receive(request);
  const { timestamp } = decodeOapHeader(request, 0);
  server.receive(changed(request, { timestamp: timestamp - 1n }));
});

Deno.test("clocks may differ by 100 ms one way and by 20 s the other", () => {
  for (const [ahead, taken] of [[90, true], [100, true], [300, false], [-19_000, true], [-21_500, false]]) {
    const { client, server } = both();
    const timestamp = BigInt(EPOCH + Number(ahead)) * 1_000_000n;
    const request = changed(client().request, { timestamp });
    if (taken) server.receive(request);
    else assert.throws(() => server.receive(request), refusedFor(AuthError, /set the clocks/));
  }
});

Deno.test("what is beyond the exchange without credentials is refused, and that is said", () => {
  const { client, server } = both();
  const request = () => client().request;
  const certified = changed(request(), { certificate: DATA, signature: DATA });
  assert.throws(() => server.receive(certified), refusedFor(AuthError, /certificate/));
  const encrypted = changed(request(), { keyExchange: DATA, cipher: 901 });
  assert.throws(() => server.receive(encrypted), refusedFor(CryptError, /encryption/));
  const exchange = client();
  const response = server.receive(exchange.request).respond(NO_DATA);
  assert.throws(
    () => exchange.check(changed(response, { certificate: DATA }, 48)),
    refusedFor(AuthError, /certificate/),
  );
  assert.throws(
    () => exchange.check(changed(response, { keyExchange: DATA }, 48)),
    refusedFor(CryptError, /encryption/),
  );
});

Deno.test("a cipher without key exchange is ignored; the digest that a request names is used", () => {
  const { client, server } = both();
  for (const digest of [672, 1097, 673, 1056]) {
    const request = changed(client().request, { cipher: 901, kdf: 672, digest });
    const hash = requestHash(digest, request);
    const response = decodeOapHeader(server.receive(request).respond(NO_DATA), hash.length);
    assert.deepEqual(response.requestHash.toHex(), hash.toHex());
    assert.deepEqual([response.cipher, response.kdf, response.digest], [0, 0, 0]);
  }
});

Deno.test("an answer to another request, or to a changed one, is refused", () => {
  const { client, server } = both();
  const [one, other] = [client(), client()];
  const response = server.receive(one.request).respond(NO_DATA);
  assert.throws(() => other.check(response), refusedFor(CryptError, /another request/));
  const swapped = server.receive(changed(other.request, { data: DATA })).respond(NO_DATA);
  assert.throws(() => other.check(swapped), refusedFor(CryptError, /changed/));
  assert.throws(() => one.check(NO_DATA), refusedFor(CryptError, /cannot be read/));
  assert.throws(() => one.check(response.subarray(1)), CryptError);
});

Deno.test("any bytes are an exchange or an error of the catalogue", () => {
  const { client, server } = both();
  const exchange = client();
  const valid = server.receive(exchange.request).respond(NO_DATA);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc.tuple(fc.constantFrom(client().request, valid), fc.nat(83), fc.nat(255)).map(([base, at, value]) =>
      base.with(at % base.length, value)
    ),
  );
  fc.assert(fc.property(bytes, (given) => {
    for (const take of [() => server.receive(given), () => exchange.check(given)]) {
      try {
        take();
      } catch (thrown) {
        if (!(thrown instanceof AuthError || thrown instanceof CryptError)) throw thrown;
      }
    }
  }));
});
