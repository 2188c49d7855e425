/**
 * The RIB as a file system: answers what the kernel asks. It asks IPCPs while others go on; what is open stays as it was when it was
 * opened.
 *
 * @module
 */
import {
  asOuroError,
  ExhaustedError,
  NotFoundError,
  type OuroError,
  PermissionError,
} from "../../contract/errors.ts";
import type { Clock } from "../../contract/ports.ts";
import { BoundedMap } from "../../kit/bounded_map.ts";
import type { Listed, Rib, RibFile, RibFolder } from "../../tools/rib/rib.ts";
import * as answers from "../../wire/fuse/fuse_answer.ts";
import * as requests from "../../wire/fuse/fuse_request.ts";
import type { FuseRequest } from "../../wire/fuse/fuse_request.ts";

const ENOENT = 2, EIO = 5, EBADF = 9, EACCES = 13, ENOTDIR = 20, EISDIR = 21, ENFILE = 23, EROFS = 30;
const ENOSYS = 38, EPROTO = 71, ESTALE = 116;

/** Files and folders that the kernel knows. Those that it has not asked for in the longest time are forgotten: it looks them up again. */
const MAX_NODES = 8192;
/** Files and folders that are open, and bytes of them. */
const MAX_OPEN = 1024, MAX_OPEN_BYTES = 16 << 20;
/** Requests that wait for an IPCP. */
const MAX_WAITING = 64;
/** Bytes of a request; no file is written. */
const MAX_REQUEST = 4096;
/** Bytes of a name. */
const MAX_NAME = 255;
const ROOT = 1;

const SELF_AND_ABOVE: readonly Listed[] = [{ name: ".", kind: "folder" }, { name: "..", kind: "folder" }];

const encoder = new TextEncoder();

/** Whom the files belong to. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

interface Node {
  readonly path: readonly string[];
  /** How often the kernel was told of it, and has not forgotten that. */
  lookups: number;
}

/** What is open. */
interface Open {
  readonly attributes: answers.Attributes;
  readonly bytes: Uint8Array;
  readonly entries: readonly Listed[];
}

/** Why something cannot be done, as a number of the system. */
class Refused extends Error {
  constructor(readonly errno: number) {
    super(`system error ${errno}`);
  }
}

/** Answers the kernel. */
export class RibFiles {
  readonly #nodes: BoundedMap<number, Node>;
  readonly #numbers = new Map<string, number>();
  readonly #open = new Map<number, Open>();
  #openBytes = 0;
  #lastNode = ROOT;
  #lastHandle = 0;
  #waiting = 0;

  /**
   * @param answer takes answers
   * @param most files and folders that the kernel knows
   */
  constructor(
    private readonly rib: Pick<Rib, "find">,
    private readonly owner: Owner,
    private readonly clock: Pick<Clock, "wall">,
    private readonly answer: (message: Uint8Array<ArrayBuffer>) => void,
    private readonly most = MAX_NODES,
  ) {
    this.#nodes = new BoundedMap(most);
  }

  /** Whether as many requests wait as may: no other should be taken before one of them is answered. */
  get full(): boolean {
    return this.#waiting >= MAX_WAITING;
  }

  /**
   * Takes a request.
   *
   * @throws ProtocolError when it is none
   */
  take(message: Uint8Array): void {
    const request = requests.readRequest(message);
    const { operation, unique } = request;
    if (operation === requests.OPERATION.forget || operation === requests.OPERATION.forgetMany) {
      for (const [node, lookups] of requests.forgottenOf(request)) this.#forget(node, lookups);
      return;
    }
    // What is interrupted is answered soon.
    if (operation === requests.OPERATION.interrupt || operation === requests.OPERATION.destroy) return;
    this.#waiting++;
    this.#bodyOf(request).then(
      (body) => answers.answerOf(unique, 0, body),
      (thrown) =>
        answers.answerOf(unique, thrown instanceof Refused ? thrown.errno : errnoOf(asOuroError(thrown))),
    ).then((answer) => {
      this.#waiting--;
      this.answer(answer);
    });
  }

  async #bodyOf(request: FuseRequest): Promise<Uint8Array> {
    const { OPERATION } = requests;
    switch (request.operation) {
      case OPERATION.init:
        return this.#init(request);
      case OPERATION.lookup:
        return await this.#lookup(request);
      case OPERATION.getAttributes:
        return await this.#attributes(request);
      case OPERATION.open:
        if (!requests.isForReading(request)) throw new Refused(EROFS);
        return await this.#openAt(request, "file");
      case OPERATION.openFolder:
        return await this.#openAt(request, "folder");
      case OPERATION.read:
        return this.#read(request);
      case OPERATION.readFolder: {
        const { offset, size } = requests.rangeOf(request);
        return answers.listBody(this.#opened(request).entries, offset, size);
      }
      case OPERATION.release:
      case OPERATION.releaseFolder:
        return this.#release(request);
      case OPERATION.statistics:
        return answers.statisticsBody(MAX_NAME);
      default:
        throw new Refused(ENOSYS);
    }
  }

  #init(request: FuseRequest): Uint8Array {
    const { major, readAhead } = requests.offerOf(request);
    if (major < 7) throw new Refused(EPROTO);
    return answers.initBody(readAhead, MAX_REQUEST);
  }

  async #lookup(request: FuseRequest): Promise<Uint8Array> {
    const path = [...this.#pathOf(request), requests.nameOf(request)];
    const found = await this.rib.find(path);
    const key = path.join("/");
    const number = this.#numbers.get(key) ?? ++this.#lastNode;
    const node = this.#nodes.get(number) ?? { path, lookups: 0 };
    node.lookups++;
    if (this.#nodes.size >= this.most && !this.#nodes.has(number)) this.#drop(firstOf(this.#nodes));
    this.#nodes.set(number, node);
    this.#numbers.set(key, number);
    return answers.entryBody(this.#attributesOf(number, found));
  }

  async #attributes(request: FuseRequest): Promise<Uint8Array> {
    const handle = requests.handleOfAttributes(request);
    const open = handle === undefined ? undefined : this.#open.get(handle);
    const attributes = open?.attributes ??
      this.#attributesOf(request.node, await this.rib.find(this.#pathOf(request)));
    return answers.attributesBody(attributes);
  }

  async #openAt(request: FuseRequest, kind: "folder" | "file"): Promise<Uint8Array> {
    const found = await this.rib.find(this.#pathOf(request), true);
    if (found.kind !== kind) throw new Refused(kind === "file" ? EISDIR : ENOTDIR);
    const bytes = found.kind === "file" ? encoder.encode(found.text) : new Uint8Array();
    const entries = found.kind === "file" ? [] : [...SELF_AND_ABOVE, ...await found.list()];
    const size = sizeOf({ bytes, entries });
    if (this.#open.size >= MAX_OPEN || this.#openBytes + size > MAX_OPEN_BYTES) throw new Refused(ENFILE);
    this.#openBytes += size;
    const handle = ++this.#lastHandle;
    this.#open.set(handle, { attributes: this.#attributesOf(request.node, found), bytes, entries });
    return answers.openBody(handle);
  }

  #read(request: FuseRequest): Uint8Array {
    const { offset, size } = requests.rangeOf(request);
    return this.#opened(request).bytes.subarray(offset, offset + size);
  }

  #release(request: FuseRequest): Uint8Array {
    const open = this.#opened(request);
    this.#openBytes -= sizeOf(open);
    this.#open.delete(requests.handleOf(request));
    return new Uint8Array();
  }

  #opened(request: FuseRequest): Open {
    const open = this.#open.get(requests.handleOf(request));
    if (!open) throw new Refused(EBADF);
    return open;
  }

  #pathOf({ node: number }: FuseRequest): readonly string[] {
    if (number === ROOT) return [];
    const node = this.#nodes.get(number);
    if (!node) throw new Refused(ESTALE);
    // It is the newest again.
    this.#nodes.set(number, node);
    return node.path;
  }

  #attributesOf(node: number, found: RibFolder | RibFile): answers.Attributes {
    const { uid, gid } = this.owner;
    const text = found.kind === "file" ? found.text : "";
    const modified = found.kind === "file" ? found.modified : undefined;
    const size = encoder.encode(text).length;
    return { node, kind: found.kind, uid, gid, size, modified: modified ?? this.clock.wall() };
  }

  #forget(number: number, lookups: number): void {
    const node = this.#nodes.get(number);
    if (!node) return;
    node.lookups -= lookups;
    if (node.lookups <= 0) this.#drop(number);
  }

  #drop(number: number | undefined): void {
    const node = number === undefined ? undefined : this.#nodes.get(number);
    if (number === undefined || !node) return;
    this.#nodes.delete(number);
    this.#numbers.delete(node.path.join("/"));
  }
}

const sizeOf = ({ bytes, entries }: Pick<Open, "bytes" | "entries">): number =>
  bytes.length + entries.reduce((sum, { name }) => sum + name.length, 0);

const firstOf = (nodes: ReadonlyMap<number, Node>): number | undefined => nodes.keys().next().value;

function errnoOf(error: OuroError): number {
  if (error instanceof NotFoundError) return ENOENT;
  if (error instanceof PermissionError) return EACCES;
  if (error instanceof ExhaustedError) return ENFILE;
  return EIO;
}
