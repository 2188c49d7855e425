/** How the queue of a socket that listens is emptied. @module */
import assert from "node:assert/strict";
import { uid } from "../../contract/ids.ts";
import { openLibc } from "../c/libc.ts";
import { closeFd, netCalls } from "../c/net_calls.ts";
import { afterTurn } from "../turn.ts";
import { unixAddress, unixSocket } from "./data/unix_address.ts";
import { boundQueue, CLOSED_A_TURN, type Door, listenerAt, SIFT_PAUSE, siftAll } from "./sift.ts";

openLibc();
netCalls();

const NOTHING = new Uint8Array();

/** A socket that listens, and connections to it that nobody else has taken. */
class Queue implements AsyncDisposable {
  readonly #clients: number[] = [];

  private constructor(
    private readonly folder: string,
    private readonly listener: Deno.UnixListener,
    readonly fd: number,
  ) {}

  static async open(): Promise<Queue> {
    const folder = await Deno.makeTempDir({ prefix: "ouro-" });
    const listener = Deno.listen({ transport: "unix", path: `${folder}/s` });
    const fd = listenerAt(`${folder}/s`);
    assert(fd !== undefined);
    return new Queue(folder, listener, fd);
  }

  /** Connects at once as often as there is room, but no more often than this. @returns how often that was */
  connect(most: number): number {
    const address = unixAddress(`${this.folder}/s`);
    for (let count = 0; count < most; count++) {
      const fd = unixSocket();
      this.#clients.push(fd);
      if (netCalls().connect(fd, address, address.length) !== 0) return count;
    }
    return most;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const fd of this.#clients) closeFd(fd);
    this.listener.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A door that turns everybody away, and counts them. */
function closedDoor(seen: (count: number) => void = () => {}): Door & { count: number } {
  return {
    count: 0,
    refusal(user) {
      assert.equal(user, uid(Deno.uid() ?? 0));
      seen(++this.count);
      return NOTHING;
    },
    take: () => assert.fail("taken"),
  };
}

Deno.test("others have their turn after so many that were turned away, and after few that were taken", async () => {
  await using queue = await Queue.open();
  boundQueue(queue.fd, 400);
  queue.connect(300);
  const inTurns: number[] = [0];
  let over = false;
  const tick = () => {
    if (over) return;
    if (inTurns.at(-1) !== 0) inTurns.push(0);
    afterTurn(tick);
  };
  const count = () => inTurns[inTurns.length - 1]++;
  const pauses: number[] = [];
  const pause = (milliseconds: number) => {
    pauses.push(milliseconds);
    return Promise.resolve();
  };
  afterTurn(tick);
  await siftAll(() => queue.fd, closedDoor(count), pause);
  assert.deepEqual(inTurns.filter((turn) => turn > 0), [CLOSED_A_TURN, CLOSED_A_TURN, 44]);
  assert.deepEqual(pauses, [SIFT_PAUSE, SIFT_PAUSE], "it looks again, and finds nobody");

  inTurns.length = 1;
  inTurns[0] = 0;
  queue.connect(10);
  await siftAll(() => queue.fd, { refusal: () => undefined, take: (fd) => (closeFd(fd), count()) }, pause);
  over = true;
  assert.deepEqual(inTurns.filter((turn) => turn > 0), [4, 4, 2]);
});

Deno.test("while more come than can be turned away in a turn few may wait, so that nobody waits long", async () => {
  await using queue = await Queue.open();
  boundQueue(queue.fd, 400);
  queue.connect(CLOSED_A_TURN + 1);
  let room: number | undefined;
  const door = closedDoor((count) => {
    if (count === CLOSED_A_TURN + 1) room = queue.connect(1000);
  });
  await siftAll(() => queue.fd, door, () => Promise.resolve());
  assert.equal(room, CLOSED_A_TURN + 1, "the queue is short");
  assert.equal(queue.connect(1000), 513, "it is as long as always afterwards");
});

Deno.test("a socket that is closed meanwhile is looked at no more", async () => {
  await using queue = await Queue.open();
  queue.connect(CLOSED_A_TURN * 2);
  const door = closedDoor();
  await siftAll(() => door.count === 0 ? queue.fd : undefined, door, () => Promise.resolve());
  assert.equal(door.count, CLOSED_A_TURN);
});
