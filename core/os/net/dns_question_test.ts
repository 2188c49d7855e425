import assert from "node:assert/strict";
import { InvalidError, ProtocolError, TimedOutError } from "../../contract/errors.ts";
import type { UdpEndpoint, UdpPort } from "../../contract/network.ts";
import type { Outcome } from "../../contract/outcome.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { type DnsConnection, DnsQuestion } from "./dns_question.ts";
import { udpEndpoint } from "../../wire/ip_address.ts";

const SERVER = udpEndpoint(new Uint8Array([192, 0, 2, 53]), 53);
const OTHER = udpEndpoint(new Uint8Array([192, 0, 2, 54]), 53);

/** A message of 12 bytes and some. */
const message = (id: number, flags: number, rest: readonly number[] = []) =>
  new Uint8Array([id >> 8, id & 255, flags, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...rest]);
const QUESTION = message(0x1234, 0x01), ANSWER = message(0x1234, 0x81, [7]);

/** A connection that answers with these bytes, a few at a time, and takes two at a time. */
class Tcp implements DnsConnection {
  readonly written: number[] = [];
  closed = false;
  readonly #answer: number[];

  constructor(answer: Iterable<number>) {
    this.#answer = [...answer];
  }

  read(into: Uint8Array): Promise<number | null> {
    const part = this.#answer.splice(0, Math.min(3, into.length));
    into.set(part);
    return Promise.resolve(part.length === 0 ? null : part.length);
  }

  write(bytes: Uint8Array): Promise<number> {
    const part = bytes.subarray(0, 2);
    this.written.push(...part);
    return Promise.resolve(part.length);
  }

  close(): void {
    this.closed = true;
  }
}

function ask(question = QUESTION, tcp?: Tcp) {
  const time = new VirtualTime();
  const sent: Uint8Array[] = [], outcomes: Outcome<Uint8Array>[] = [];
  let receive: ((datagram: Uint8Array, from: UdpEndpoint) => void) | undefined, closed = false;
  const socket: UdpPort = {
    own: OTHER,
    queued: 0,
    up: true,
    onChange: () => {},
    lost: { sent: 0, received: 0 },
    send(packet, _header, to) {
      assert.deepEqual(to, SERVER);
      return sent.push(packet.slice()) > 0;
    },
    onDatagram: (take) => receive = take,
    onDrained() {},
    onGone() {},
    close: () => closed = true,
  };
  const connect = () => tcp ? Promise.resolve(tcp) : Promise.reject(new Deno.errors.ConnectionRefused("no"));
  const server = { name: "192.0.2.53", endpoint: SERVER, connect };
  new DnsQuestion(server, socket, time, question, (outcome) => outcomes.push(outcome)).ask();
  return {
    time,
    sent,
    outcomes,
    answer: (datagram: Uint8Array, from = SERVER) => receive?.(datagram, from),
    isClosed: () => closed,
  };
}

const settled = () => new Promise((done) => setImmediate(done));

function failureOf(outcomes: readonly Outcome<Uint8Array>[]): Error {
  assert.equal(outcomes.length, 1);
  const [outcome] = outcomes;
  assert(!outcome.ok);
  return outcome.error;
}

Deno.test("the answer of the server is the outcome, once", () => {
  const { sent, outcomes, answer, isClosed, time } = ask();
  assert.deepEqual(sent, [QUESTION]);
  answer(ANSWER);
  answer(ANSWER);
  assert.deepEqual(outcomes, [{ ok: true, value: ANSWER }]);
  assert(isClosed());
  time.advance(10_000);
  assert.equal(sent.length, 1);
});

Deno.test("what is no answer to it, or comes from somebody else, is passed over", () => {
  const { outcomes, answer } = ask();
  answer(ANSWER, OTHER);
  answer(message(0x1235, 0x81));
  answer(message(0x1234, 0x01));
  answer(ANSWER.subarray(0, 11));
  answer(new Uint8Array(0));
  assert.deepEqual(outcomes, []);
  answer(ANSWER);
  assert.equal(outcomes.length, 1);
});

Deno.test("it is asked twice, then given up", () => {
  const { time, sent, outcomes, isClosed } = ask();
  time.advance(1999);
  assert.equal(sent.length, 1);
  time.advance(1);
  assert.deepEqual(sent, [QUESTION, QUESTION]);
  time.advance(1999);
  assert.equal(outcomes.length, 0);
  time.advance(1);
  const error = failureOf(outcomes);
  assert(error instanceof TimedOutError);
  assert.match(error.message, /the DNS server 192.0.2.53 does not answer/);
  assert(isClosed());
});

Deno.test("an answer that was cut is fetched whole over TCP", async () => {
  const whole = message(0x1234, 0x81, new Array(700).fill(9));
  const tcp = new Tcp([whole.length >> 8, whole.length & 255, ...whole]);
  const { outcomes, answer } = ask(QUESTION, tcp);
  answer(message(0x1234, 0x83));
  await settled();
  assert.deepEqual(outcomes, [{ ok: true, value: whole }]);
  assert.deepEqual(tcp.written, [0, QUESTION.length, ...QUESTION]);
  assert(tcp.closed);
});

Deno.test("TCP that fails, ends early or answers something else is told", async () => {
  const refused = ask();
  refused.answer(message(0x1234, 0x83));
  await settled();
  assert.match(failureOf(refused.outcomes).message, /cannot ask the DNS server 192.0.2.53: no/);
  for (const bytes of [[], [0, 12, 1, 2], [0, 12, ...message(0x1235, 0x81)], [0, 0]]) {
    const tcp = new Tcp(bytes);
    const { outcomes, answer } = ask(QUESTION, tcp);
    answer(message(0x1234, 0x83));
    await settled();
    assert(failureOf(outcomes) instanceof ProtocolError);
    assert(tcp.closed);
  }
});

Deno.test("TCP that says nothing is given up after the same time", async () => {
  class Silent extends Tcp {
    override read(): Promise<never> {
      return new Promise(() => {});
    }
  }
  const tcp = new Silent([]);
  const { time, outcomes, answer } = ask(QUESTION, tcp);
  answer(message(0x1234, 0x83));
  await settled();
  time.advance(2000);
  assert(failureOf(outcomes) instanceof TimedOutError);
  assert(tcp.closed);
});

Deno.test("what is too short to be a question is refused", () => {
  const { sent, outcomes } = ask(QUESTION.subarray(0, 11));
  assert(failureOf(outcomes) instanceof InvalidError);
  assert.deepEqual(sent, []);
});
