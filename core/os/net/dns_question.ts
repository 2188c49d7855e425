/**
 * One DNS message to one server and its answer: over UDP, and over TCP when the answer was cut (RFC 1035 §4.2).
 *
 * @module
 */
import { InvalidError, ProtocolError, TimedOutError } from "../../contract/errors.ts";
import type { UdpEndpoint, UdpPort } from "../../contract/network.ts";
import { type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import type { Timer, Timers } from "../../contract/ports.ts";
import { runtimeError } from "../c/errno.ts";
import { NO_BYTES, sameBytes } from "../../kit/bytes.ts";

/** Milliseconds in which an answer must come, and how often the question is sent. */
const WAIT = 2000, TRIES = 2;
const HEADER = 12;
/** Bits of the third byte: an answer; cut. */
const ANSWER = 0x80, CUT = 0x02;
/** Where a question goes. */
export interface DnsServer {
  /** As the user wrote it. */
  readonly name: string;
  readonly endpoint: UdpEndpoint;
  /** Opens a TCP connection to it. */
  connect(): Promise<DnsConnection>;
}

/** A TCP connection. */
export interface DnsConnection {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** A question under way. */
export class DnsQuestion {
  readonly #message: Uint8Array;
  #timer: Timer | undefined;
  #connection: DnsConnection | undefined;
  #tries = 0;
  #ended = false;

  /** @param socket a socket of its own, which it closes */
  constructor(
    private readonly server: DnsServer,
    private readonly socket: UdpPort,
    private readonly timers: Timers,
    message: Uint8Array,
    private readonly done: Done<Uint8Array>,
  ) {
    this.#message = message.slice();
  }

  /** Asks. */
  ask(): void {
    if (this.#message.length < HEADER) {
      return this.#end(failure(new InvalidError("a DNS message has at least 12 bytes")));
    }
    this.socket.onDatagram((datagram, from) => {
      if (sameBytes(from, this.server.endpoint) && this.#answers(datagram)) this.#answered(datagram.slice());
    });
    this.#send();
  }

  #send(): void {
    if (this.#tries++ === TRIES) return this.#late();
    this.socket.send(this.#message, NO_BYTES, this.server.endpoint);
    this.#timer = this.timers.after(WAIT, () => this.#send());
  }

  #late(): void {
    this.#end(failure(new TimedOutError(`the DNS server ${this.server.name} does not answer`)));
  }

  /** Whether these bytes are an answer to this question. */
  #answers(bytes: Uint8Array): boolean {
    return bytes.length >= HEADER && bytes[0] === this.#message[0] && bytes[1] === this.#message[1] &&
      (bytes[2] & ANSWER) !== 0;
  }

  #answered(answer: Uint8Array): void {
    if ((answer[2] & CUT) === 0) return this.#end(success(answer));
    this.socket.close();
    this.#timer?.cancel();
    this.#timer = this.timers.after(WAIT, () => this.#late());
    this.#overTcp().then(
      (whole) => this.#end(success(whole)),
      (thrown) => this.#end(failure(runtimeError(thrown, `cannot ask the DNS server ${this.server.name}`))),
    );
  }

  async #overTcp(): Promise<Uint8Array> {
    const connection = await this.server.connect();
    if (this.#ended) connection.close();
    this.#connection = connection;
    const { length } = this.#message;
    const question = new Uint8Array([length >> 8, length & 0xff, ...this.#message]);
    for (let at = 0; at < question.length;) at += await connection.write(question.subarray(at));
    const head = await read(connection, 2);
    const answer = await read(connection, head[0] << 8 | head[1]);
    if (this.#answers(answer)) return answer;
    throw new ProtocolError("it answered another question");
  }

  #end(outcome: Outcome<Uint8Array>): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer?.cancel();
    this.socket.close();
    this.#connection?.close();
    this.done(outcome);
  }
}

async function read(connection: DnsConnection, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = await connection.read(bytes.subarray(at));
    if (count === null) throw new ProtocolError("it closed the connection before it answered");
    at += count;
  }
  return bytes;
}
