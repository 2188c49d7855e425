/**
 * What a file system answers the kernel (fuse(4), protocol 7.31).
 *
 * @module
 */

/** Version of the protocol. */
const MAJOR = 7, MINOR = 31;
/** Bytes in front of an answer. */
const HEADER = 16;
/** A file is read at once, whatever size it was said to have. */
const DIRECT = 1;
/** Nobody but the owner may look. */
const FOLDER_MODE = 0o040_500, FILE_MODE = 0o100_400;
const BLOCK = 4096;
/** The kernel takes no number of a file from a list. */
const NO_NUMBER = 0xffff_ffffn;
/** Kinds in a list. */
const FOLDER_KIND = 4, FILE_KIND = 8;

const encoder = new TextEncoder();

/** What the kernel shows of a file or folder. */
export interface Attributes {
  readonly node: number;
  readonly kind: "folder" | "file";
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** Makes an answer. @param errno 0, or why it cannot be done */
export function answerOf(
  unique: bigint,
  errno: number,
  body: Uint8Array = new Uint8Array(),
): Uint8Array<ArrayBuffer> {
  const answer = new Uint8Array(HEADER + body.length);
  const view = new DataView(answer.buffer);
  view.setUint32(0, answer.length, true);
  view.setInt32(4, -errno, true);
  view.setBigUint64(8, unique, true);
  answer.set(body, HEADER);
  return answer;
}

/** Agrees on the protocol: nothing of what the kernel offers is taken. @param most bytes of a request */
export function initBody(readAhead: number, most: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(64));
  view.setUint32(0, MAJOR, true);
  view.setUint32(4, MINOR, true);
  view.setUint32(8, readAhead, true);
  view.setUint32(20, most, true);
  view.setUint32(24, 1, true); // Times are exact to the nanosecond.
  return new Uint8Array(view.buffer);
}

/** Tells what was looked up: its attributes, which the kernel asks for again each time. */
export function entryBody(attributes: Attributes): Uint8Array {
  const view = new DataView(new ArrayBuffer(40 + 88));
  view.setBigUint64(0, BigInt(attributes.node), true);
  writeAttributes(view, 40, attributes);
  return new Uint8Array(view.buffer);
}

/** Tells attributes. */
export function attributesBody(attributes: Attributes): Uint8Array {
  const view = new DataView(new ArrayBuffer(16 + 88));
  writeAttributes(view, 16, attributes);
  return new Uint8Array(view.buffer);
}

function writeAttributes(view: DataView, at: number, attributes: Attributes): void {
  const { node, kind, uid, gid, size, modified } = attributes;
  const mode = kind === "folder" ? FOLDER_MODE : FILE_MODE;
  view.setBigUint64(at, BigInt(node), true);
  view.setBigUint64(at + 8, BigInt(size), true);
  view.setBigUint64(at + 16, BigInt(Math.ceil(size / 512)), true);
  const seconds = BigInt(Math.floor(modified / 1000));
  const nanoseconds = Math.floor(modified % 1000) * 1_000_000;
  for (let time = 0; time < 3; time++) {
    view.setBigUint64(at + 24 + 8 * time, seconds, true);
    view.setUint32(at + 48 + 4 * time, nanoseconds, true);
  }
  // More than one link of a folder would say how many folders are in it.
  [mode, 1, uid, gid, 0, BLOCK].forEach((word, index) => view.setUint32(at + 60 + 4 * index, word, true));
}

/** Tells that something is open. */
export function openBody(handle: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  view.setBigUint64(0, BigInt(handle), true);
  view.setUint32(8, DIRECT, true);
  return new Uint8Array(view.buffer);
}

/** Tells of the file system as a whole: it has no room, and names have so many bytes. */
export function statisticsBody(nameBytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(80));
  view.setUint32(40, BLOCK, true);
  view.setUint32(44, nameBytes, true);
  view.setUint32(48, BLOCK, true);
  return new Uint8Array(view.buffer);
}

/** Lists what fits into so many bytes. @param from the place to begin at */
export function listBody(
  entries: readonly { readonly name: string; readonly kind: "folder" | "file" }[],
  from: number,
  most: number,
): Uint8Array {
  const list = new Uint8Array(most);
  const view = new DataView(list.buffer);
  let at = 0;
  for (let index = from; index < entries.length; index++) {
    const { name, kind } = entries[index];
    const bytes = encoder.encode(name);
    const end = at + ((24 + bytes.length + 7) & ~7);
    if (end > most) break;
    view.setBigUint64(at, NO_NUMBER, true);
    view.setBigUint64(at + 8, BigInt(index + 1), true);
    view.setUint32(at + 16, bytes.length, true);
    view.setUint32(at + 20, kind === "folder" ? FOLDER_KIND : FILE_KIND, true);
    list.set(bytes, at + 24);
    at = end;
  }
  return list.subarray(0, at);
}
