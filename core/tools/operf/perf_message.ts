/**
 * The messages of operf (reference: `src/tools/operf`, 0.23.0), in the order of bytes of the machines that the reference runs on:
 * little-endian. First comes one with the kind of the test alone; then, a second later, packets that begin with their number.
 *
 * What the reference does not have is a question for what has arrived, a packet of 8 bytes, and the answer to it.
 *
 * @module
 */

/** One way, or there and back. */
export type Test = "uni" | "bi";

const TESTS: readonly Test[] = ["uni", "bi"];
const QUESTION = 0x70616e73;
const ANSWER = 0x70616e74;
const QUESTION_BYTES = 8;
const ANSWER_BYTES = 32;

/** What a server has got in a test. */
export interface Arrived {
  readonly packets: number;
  readonly bytes: number;
  /** Milliseconds from the first to the last. */
  readonly took: number;
}

/** Returns the message that begins a test. */
export function testMessage(test: Test): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(4);
  new DataView(message.buffer).setInt32(0, TESTS.indexOf(test), true);
  return message;
}

/** Reads the message that begins a test; undefined when it is none. */
export const testIn = (message: Uint8Array): Test | undefined =>
  message.length === 4 ? TESTS[viewOf(message).getInt32(0, true)] : undefined;

/** Returns the number of a packet; undefined when it is too short for one. */
export const numberIn = (packet: Uint8Array): number | undefined =>
  packet.length >= 4 ? (packet[0] | packet[1] << 8 | packet[2] << 16 | packet[3] << 24) >>> 0 : undefined;

/** Writes the number of a packet into it. */
export function writeNumber(packet: Uint8Array, number: number): void {
  for (let at = 0; at < 4; at++) packet[at] = number >>> 8 * at;
}

/** Returns the question for what has arrived. */
export function question(): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(QUESTION_BYTES);
  viewOf(message).setUint32(0, QUESTION, true);
  return message;
}

/** Whether a packet is the question for what has arrived: packets of a test are longer. */
export const isQuestion = (packet: Uint8Array): boolean =>
  packet.length === QUESTION_BYTES && viewOf(packet).getUint32(0, true) === QUESTION;

/** Returns the answer. */
export function answer({ packets, bytes, took }: Arrived): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(ANSWER_BYTES);
  const view = viewOf(message);
  view.setUint32(0, ANSWER, true);
  [packets, bytes, took].forEach((value, index) => view.setFloat64(8 + 8 * index, value, true));
  return message;
}

/**
 * Reads the answer; undefined when it is none.
 *
 * @example
 * ```ts
 * import { answer, arrivedIn } from "./perf_message.ts";
 * import assert from "node:assert/strict";
 * const arrived = { packets: 17, bytes: 1700, took: 2.5 };
 * assert.deepEqual(arrivedIn(answer(arrived)), arrived);
 * assert.equal(arrivedIn(new Uint8Array(32)), undefined);
 * ```
 */
export function arrivedIn(message: Uint8Array): Arrived | undefined {
  const view = viewOf(message);
  if (message.length !== ANSWER_BYTES || view.getUint32(0, true) !== ANSWER) return undefined;
  const [packets, bytes, took] = [8, 16, 24].map((at) => view.getFloat64(at, true));
  return [packets, bytes, took].every((value) => value >= 0 && Number.isFinite(value))
    ? { packets, bytes, took }
    : undefined;
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);
