/**
 * What the kernel asks a file system: requests as `/dev/fuse` gives them (fuse(4), protocol 7.31; numbers are little-endian on every
 * machine that the runtime is built for).
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";

/** What is asked. Those that are left out change something, or a file system may do without. */
export const OPERATION = {
  lookup: 1,
  forget: 2,
  getAttributes: 3,
  open: 14,
  read: 15,
  statistics: 17,
  release: 18,
  init: 26,
  openFolder: 27,
  readFolder: 28,
  releaseFolder: 29,
  interrupt: 36,
  destroy: 38,
  forgetMany: 42,
} as const;

/** Bytes in front of what a request is about. */
const HEADER = 40;
/** Bytes that a request is about, at least: what is left out is zero. */
const BODY = 48;
const O_ACCMODE = 3;
/** The attributes are those of an open file. */
const OF_HANDLE = 1;

const decoder = new TextDecoder();

/** A request. */
export interface FuseRequest {
  readonly operation: number;
  /** What the answer names. */
  readonly unique: bigint;
  /** The file or folder that it is about. */
  readonly node: number;
  readonly body: DataView;
}

/** Reads a request. @throws ProtocolError when it is none */
export function readRequest(message: Uint8Array): FuseRequest {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  if (message.length < HEADER || view.getUint32(0, true) !== message.length) {
    throw new ProtocolError(`a request of ${message.length} bytes is no request of a file system`);
  }
  const body = new Uint8Array(Math.max(BODY, message.length - HEADER));
  body.set(message.subarray(HEADER));
  return {
    operation: view.getUint32(4, true),
    unique: view.getBigUint64(8, true),
    node: Number(view.getBigUint64(16, true)),
    body: new DataView(body.buffer),
  };
}

/** Reads the name that is looked up. */
export function nameOf({ body }: FuseRequest): string {
  const bytes = new Uint8Array(body.buffer);
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Reads the version and the flags that the kernel offers. */
export const offerOf = ({ body }: FuseRequest) => ({
  major: body.getUint32(0, true),
  minor: body.getUint32(4, true),
  readAhead: body.getUint32(8, true),
});

/** Tells whether a file shall be opened to be read only. */
export const isForReading = ({ body }: FuseRequest): boolean => (body.getUint32(0, true) & O_ACCMODE) === 0;

/** Reads the handle of an open file or folder that is read or released. */
export const handleOf = ({ body }: FuseRequest): number => Number(body.getBigUint64(0, true));

/** Reads the handle of the open file whose attributes are asked for; undefined: the file is named by its node alone. */
export const handleOfAttributes = ({ body }: FuseRequest): number | undefined =>
  body.getUint32(0, true) & OF_HANDLE ? Number(body.getBigUint64(8, true)) : undefined;

/** Reads where and how much is read. */
export const rangeOf = ({ body }: FuseRequest) => ({
  offset: Number(body.getBigUint64(8, true)),
  size: body.getUint32(16, true),
});

/** Reads which nodes are forgotten, and how many lookups of each. */
export function* forgottenOf({ operation, node, body }: FuseRequest): Generator<readonly [number, number]> {
  if (operation === OPERATION.forget) return yield [node, Number(body.getBigUint64(0, true))];
  const count = Math.min(body.getUint32(0, true), Math.floor((body.byteLength - 8) / 16));
  for (let at = 8; at < 8 + 16 * count; at += 16) {
    yield [Number(body.getBigUint64(at, true)), Number(body.getBigUint64(at + 8, true))];
  }
}
