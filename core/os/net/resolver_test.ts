import assert from "node:assert/strict";
import { InvalidError } from "../../contract/errors.ts";
import type { Done, Outcome } from "../../contract/outcome.ts";
import { openLibc } from "../c/libc.ts";
import { netCalls } from "../c/net_calls.ts";
import { portOf } from "../../wire/ip_address.ts";
import { TestingNetworks } from "../../testing/networks.ts";

openLibc();
netCalls();

const outcomeOf = <T>(start: (done: Done<T>) => void) => new Promise<Outcome<T>>((done) => start(done));
const QUESTION = new Uint8Array([1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

Deno.test("numeric addresses and names of the hosts file are found", async () => {
  await using networks = new TestingNetworks();
  const { resolver } = networks;
  const lookup = (host: string, family: 4 | 6) =>
    outcomeOf<readonly string[]>((done) => resolver.lookup(host, family, done));
  assert.deepEqual(await lookup("192.0.2.7", 4), { ok: true, value: ["192.0.2.7"] });
  assert.deepEqual(await lookup("2001:db8::7", 6), { ok: true, value: ["2001:db8::7"] });
  for (const name of ["localhost", "localhost."]) {
    const local = await lookup(name, 4);
    assert(local.ok && local.value.includes("127.0.0.1"), name);
  }
});

for (const address of ["127.0.0.1", "::1"]) {
  Deno.test(`a question goes to a server and its answer comes back: ${address}`, async () => {
    await using networks = new TestingNetworks();
    const server = networks.openUdp(address);
    server.onDatagram((question, from) => {
      const answer = question.slice();
      answer[2] |= 0x80;
      server.send(answer, new Uint8Array(0), from);
    });
    const name = `${address === "::1" ? "[::1]" : address}:${portOf(server.own)}`;
    const outcome = await outcomeOf<Uint8Array>((done) => networks.resolver.exchange(name, QUESTION, done));
    const answer = QUESTION.slice();
    answer[2] |= 0x80;
    assert.deepEqual(outcome, { ok: true, value: answer });
  });
}

Deno.test("an answer that was cut is fetched over TCP", async () => {
  await using networks = new TestingNetworks();
  const server = networks.openUdp("127.0.0.1");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: portOf(server.own) });
  server.onDatagram((question, from) => {
    const answer = question.slice();
    answer[2] |= 0x82;
    server.send(answer, new Uint8Array(0), from);
  });
  const served = (async () => {
    using connection = await listener.accept();
    const answer = new Uint8Array(64);
    const count = await connection.read(answer);
    answer[4] |= 0x80;
    await connection.write(answer.subarray(0, count ?? 0));
  })();
  const name = `127.0.0.1:${portOf(server.own)}`;
  const outcome = await outcomeOf<Uint8Array>((done) => networks.resolver.exchange(name, QUESTION, done));
  assert(outcome.ok);
  assert.equal(outcome.value[2], 0x81);
  await served;
});

Deno.test("a server must be an address", async () => {
  await using networks = new TestingNetworks();
  const ask = (server: string) =>
    outcomeOf<Uint8Array>((done) => networks.resolver.exchange(server, QUESTION, done));
  for (const server of ["dns.example", "192.0.2.1:0", "192.0.2.1:99999", "[192.0.2.1"]) {
    const outcome = await ask(server);
    assert(!outcome.ok && outcome.error instanceof InvalidError, server);
  }
});
