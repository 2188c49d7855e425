/** The RIB as a file system, asked by a kernel of the test: what it answers, what it remembers, and that it never grows. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { IpcpError, OuroError, ProtocolError } from "../../contract/errors.ts";
import { askOf, ribHost, WALL } from "../../testing/rib.ts";
import { Rib } from "../../tools/rib/rib.ts";
import { OPERATION } from "../../wire/fuse/fuse_request.ts";
import { RibFiles } from "./rib_files.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a kernel does: it asks, one request at a time or many, and reads the answers. */
class Kernel {
  readonly host = ribHost();
  readonly asked: string[] = [];
  /** What asking the IRMd gives instead, while it is set. */
  instead: (() => Promise<unknown>) | undefined;
  now = 0;
  readonly files: RibFiles;
  readonly #waiting = new Map<bigint, (answer: Uint8Array) => void>();
  #unique = 0n;

  /** @param most nodes */
  constructor(most?: number) {
    const clock = { now: () => this.now, wall: () => WALL };
    const ask = askOf(this.host, this.asked);
    const rib = new Rib((method, params) => this.instead?.() ?? ask(method, params), clock, 100);
    this.files = new RibFiles(rib, { uid: 7, gid: 8 }, clock, (answer) => {
      const view = new DataView(answer.buffer);
      assert.equal(view.getUint32(0, true), answer.length);
      const unique = view.getBigUint64(8, true);
      this.#waiting.get(unique)?.(answer);
      assert(this.#waiting.delete(unique), "an answer that nobody waits for");
    }, most);
  }

  /** Sends a request. */
  ask(operation: number, node: number, body: Uint8Array = new Uint8Array()): Promise<Answer> {
    const unique = ++this.#unique;
    const answer = new Promise<Uint8Array>((resolve) => this.#waiting.set(unique, resolve));
    this.files.take(requestOf(operation, node, body, unique));
    return answer.then((bytes) => new Answer(bytes));
  }

  /** Sends what has no answer. */
  tell(operation: number, node: number, body: Uint8Array): void {
    this.files.take(requestOf(operation, node, body, ++this.#unique));
  }

  lookup(node: number, name: string): Promise<Answer> {
    return this.ask(OPERATION.lookup, node, encoder.encode(`${name}\0`));
  }

  /** Walks along a path; gives the node at its end. */
  async walk(path: string): Promise<number> {
    let node = 1;
    for (const name of path.split("/")) node = (await this.lookup(node, name)).node;
    return node;
  }

  async open(path: string, operation: number = OPERATION.open): Promise<bigint> {
    return (await this.ask(operation, await this.walk(path), words(0, 0))).handle;
  }

  read(handle: bigint, offset = 0, size = 1 << 16, operation: number = OPERATION.read): Promise<Answer> {
    const body = new DataView(new ArrayBuffer(40));
    body.setBigUint64(0, handle, true);
    body.setBigUint64(8, BigInt(offset), true);
    body.setUint32(16, size, true);
    return this.ask(operation, 1, new Uint8Array(body.buffer));
  }

  release(handle: bigint): Promise<Answer> {
    return this.ask(OPERATION.release, 1, longs(handle, 0n, 0n));
  }
}

/** An answer. */
class Answer {
  readonly errno: number;
  readonly body: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.errno = Math.abs(view.getInt32(4, true));
    this.body = bytes.subarray(16);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset + 16, bytes.length - 16);
  }

  get text(): string {
    return decoder.decode(this.body);
  }

  get node(): number {
    assert.equal(this.errno, 0);
    return Number(this.#view.getBigUint64(0, true));
  }

  get handle(): bigint {
    assert.equal(this.errno, 0);
    return this.#view.getBigUint64(0, true);
  }

  /** Attributes, which stand at `at`. */
  attributes(at: number) {
    const word = (index: number) => this.#view.getUint32(at + 60 + 4 * index, true);
    return {
      number: Number(this.#view.getBigUint64(at, true)),
      size: Number(this.#view.getBigUint64(at + 8, true)),
      modified: Number(this.#view.getBigUint64(at + 32, true)),
      mode: word(0).toString(8),
      links: word(1),
      owner: [word(2), word(3)],
    };
  }

  /** Names of a list, each with the place to go on at. */
  get names(): [string, number][] {
    const names: [string, number][] = [];
    for (let at = 0; at < this.body.length;) {
      const length = this.#view.getUint32(at + 16, true);
      const name = decoder.decode(this.body.subarray(at + 24, at + 24 + length));
      names.push([name, Number(this.#view.getBigUint64(at + 8, true))]);
      at += (24 + length + 7) & ~7;
    }
    return names;
  }
}

function requestOf(operation: number, node: number, body: Uint8Array, unique: bigint): Uint8Array {
  const bytes = new Uint8Array(40 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint32(4, operation, true);
  view.setBigUint64(8, unique, true);
  view.setBigUint64(16, BigInt(node), true);
  bytes.set(body, 40);
  return bytes;
}

const words = (...values: readonly number[]) => new Uint8Array(Uint32Array.from(values).buffer);
const longs = (...values: readonly bigint[]) => new Uint8Array(BigUint64Array.from(values).buffer);

Deno.test("the kernel agrees on the version of the protocol", async () => {
  const kernel = new Kernel();
  const { errno, body } = await kernel.ask(OPERATION.init, 0, words(7, 41, 131072, 0xffffffff));
  assert.equal(errno, 0);
  assert.deepEqual([...new Uint32Array(body.slice(0, 16).buffer)], [7, 31, 131072, 0]);
  assert.equal((await kernel.ask(OPERATION.init, 0, words(6, 0, 0, 0))).errno, 71);
});

Deno.test("folders and files are looked up, with owner, size and time", async () => {
  const kernel = new Kernel();
  const member = await kernel.lookup(1, "normal_1");
  assert.deepEqual(member.attributes(40), {
    number: member.node,
    size: 0,
    modified: WALL / 1000,
    mode: "40500",
    links: 1,
    owner: [7, 8],
  });
  const dht = await kernel.lookup(member.node, "dht");
  const stats = (await kernel.lookup(dht.node, "stats")).attributes(40);
  assert.deepEqual([stats.mode, stats.size, stats.links], ["100400", 545, 1]);
  const lsdb = await kernel.lookup(member.node, "lsdb");
  const adjacency = await kernel.lookup(lsdb.node, "ea.c7.9c.42--e1.87.b3.66");
  assert.equal(adjacency.attributes(40).modified, WALL / 1000 - 1);
  assert.equal((await kernel.lookup(1, "nono")).errno, 2);
  assert.equal((await kernel.lookup(stats.number, "x")).errno, 2);
  assert.equal(
    (await kernel.ask(OPERATION.getAttributes, 1, words(0, 0, 0, 0))).attributes(16).mode,
    "40500",
  );
});

Deno.test("a file is read in pieces and stays as it was when it was opened", async () => {
  const kernel = new Kernel();
  const handle = await kernel.open("normal_1/dht/stats");
  const whole = (await kernel.read(handle)).text;
  assert.match(whole, /^DHT: 16475c20812f26da\n/);
  kernel.host.delete("normal_1");
  kernel.now = 1000;
  assert.equal((await kernel.read(handle, 5, 16)).text, "16475c20812f26da");
  assert.equal((await kernel.read(handle, 545)).text, "");
  const open = await kernel.ask(OPERATION.getAttributes, 99, longs(1n, handle));
  assert.equal(open.attributes(16).size, 545);
  assert.equal((await kernel.lookup(1, "normal_1")).errno, 2);
  assert.equal((await kernel.release(handle)).errno, 0);
  assert.equal((await kernel.read(handle)).errno, 9);
});

Deno.test("what is opened is asked for at that time, whatever was known a moment ago", async () => {
  const kernel = new Kernel();
  await kernel.walk("normal_1/_state");
  const before = kernel.asked.length;
  kernel.host.set("normal_1", { ipcp: { name: "normal_1", type: "unicast", pid: 4363, state: "shutdown" } });
  assert.equal((await kernel.read(await kernel.open("normal_1/_state"))).text, "shutdown\n");
  assert.deepEqual(kernel.asked.slice(before), ["ipcp.list", "ipcp.stats"]);
});

Deno.test("a folder is listed in pieces that end at whole names", async () => {
  const kernel = new Kernel();
  const handle = await kernel.open("normal_1", OPERATION.openFolder);
  const { readFolder } = OPERATION;
  const whole = (await kernel.read(handle, 0, 4096, readFolder)).names.map(([name]) => name);
  assert.deepEqual(whole.slice(0, 5), [".", "..", "_layer", "_state", "_type"]);
  const pieces: string[] = [];
  for (let offset = 0;;) {
    const { names } = await kernel.read(handle, offset, 64, readFolder);
    if (names.length === 0) break;
    pieces.push(...names.map(([name]) => name));
    offset = names.at(-1)?.[1] ?? 0;
  }
  assert.deepEqual(pieces, whole);
});

Deno.test("nothing is written, made or opened as what it is not", async () => {
  const kernel = new Kernel();
  const file = await kernel.walk("normal_1/_state");
  const folder = await kernel.walk("normal_1");
  assert.equal((await kernel.ask(OPERATION.open, file, words(1, 0))).errno, 30);
  assert.equal((await kernel.ask(OPERATION.open, folder, words(0, 0))).errno, 21);
  assert.equal((await kernel.ask(OPERATION.openFolder, file, words(0, 0))).errno, 20);
  for (const operation of [4, 9, 16, 22, 25, 34, 46]) {
    assert.equal((await kernel.ask(operation, file, longs(0n, 0n, 0n))).errno, 38, String(operation));
  }
});

Deno.test("an IPCP that does not answer is an input/output error", async () => {
  const kernel = new Kernel();
  const node = await kernel.walk("normal_1/_state");
  kernel.instead = () => Promise.reject(new IpcpError("the IPCP gave no statistics"));
  kernel.now = 1000;
  assert.equal((await kernel.ask(OPERATION.open, node, words(0, 0))).errno, 5);
  assert.equal((await kernel.ask(OPERATION.getAttributes, node, words(0, 0, 0, 0))).errno, 5);
});

Deno.test("no request is taken while many wait for IPCPs", async () => {
  const kernel = new Kernel();
  const node = await kernel.walk("normal_1/_state");
  const silent = Promise.withResolvers<unknown>();
  kernel.instead = () => silent.promise;
  kernel.now = 1000;
  const opens: Promise<Answer>[] = [];
  while (!kernel.files.full) opens.push(kernel.ask(OPERATION.open, node, words(0, 0)));
  assert.equal(opens.length, 64);
  silent.reject(new IpcpError("it is gone"));
  assert((await Promise.all(opens)).every(({ errno }) => errno === 5));
  assert.equal(kernel.files.full, false);
});

Deno.test("only so many files are open at a time", async () => {
  const kernel = new Kernel();
  const node = await kernel.walk("normal_1/_state");
  const handles: bigint[] = [];
  for (;;) {
    const answer = await kernel.ask(OPERATION.open, node, words(0, 0));
    if (answer.errno !== 0) {
      assert.equal(answer.errno, 23);
      break;
    }
    handles.push(answer.handle);
  }
  assert.equal(handles.length, 1024);
  await kernel.release(handles[0]);
  assert.equal((await kernel.ask(OPERATION.open, node, words(0, 0))).errno, 0);
});

Deno.test("a node is known until the kernel has forgotten each of its lookups", async () => {
  const kernel = new Kernel();
  const node = await kernel.walk("normal_1");
  assert.equal(await kernel.walk("normal_1"), node);
  const state = async () => (await kernel.ask(OPERATION.getAttributes, node, words(0, 0, 0, 0))).errno;
  kernel.tell(OPERATION.forget, node, longs(1n));
  assert.equal(await state(), 0);
  kernel.tell(
    OPERATION.forgetMany,
    0,
    new Uint8Array([...words(2, 0), ...longs(999n, 1n, BigInt(node), 1n)]),
  );
  assert.equal(await state(), 116);
  assert.notEqual(await kernel.walk("normal_1"), node);
});

Deno.test("of more nodes than it remembers, those that were not asked for longest are stale", async () => {
  const kernel = new Kernel(3);
  const first = await kernel.walk("normal_1");
  const second = await kernel.walk("odd%2fname");
  const lsdb = await kernel.walk("normal_1/lsdb");
  const dt = (await kernel.lookup(first, "dt")).node;
  const state = async (node: number) =>
    (await kernel.ask(OPERATION.getAttributes, node, words(0, 0, 0, 0))).errno;
  assert.deepEqual([await state(first), await state(second), await state(lsdb), await state(dt)], [
    0,
    116,
    0,
    0,
  ]);
  assert.equal((await kernel.lookup(1, "odd%2fname")).errno, 0);
});

Deno.test("whatever comes is refused or answered once", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.tuple(fc.nat(60), fc.nat(5), fc.uint8Array({ maxLength: 48 })), { maxLength: 30 }),
    async (requests) => {
      const kernel = new Kernel();
      const silent: readonly number[] = [
        OPERATION.forget,
        OPERATION.forgetMany,
        OPERATION.interrupt,
        OPERATION.destroy,
      ];
      for (const [operation, node, body] of requests) {
        try {
          if (silent.includes(operation)) kernel.tell(operation, node, body);
          else await kernel.ask(operation, node, body);
        } catch (thrown) {
          assert(thrown instanceof OuroError, String(thrown));
        }
      }
      assert.equal(kernel.files.full, false);
    },
  ));
  assert.throws(() => new Kernel().files.take(new Uint8Array(12)), ProtocolError);
});
