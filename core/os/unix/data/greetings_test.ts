/** Who has to make room among those that have not said hello, and who is not heard any more. @module */
import assert from "node:assert/strict";
import { type Uid, uid } from "../../../contract/ids.ts";
import type { ByteStream } from "../../../kit/byte_stream.ts";
import { TestingTimers } from "../../../testing/timers.ts";
import type { TurnedAway } from "../../../wire/local/turned_away.ts";
import { Greetings } from "./greetings.ts";

const HOSTILE = uid(65534), HONEST = uid(1000);

const silent = (): ByteStream => ({ open() {}, read: () => undefined, write: () => 0, close() {} });

class Scene {
  readonly timers = new TestingTimers();
  readonly told: TurnedAway[][] = [];
  readonly greetings = new Greetings(this.timers, (all) => this.told.push([...all]));

  /** So many connections come of a user. @returns them, and those of all that had to go */
  come(count: number, user: Uid | undefined): { readonly came: ByteStream[]; readonly gone: ByteStream[] } {
    const came: ByteStream[] = [], gone: ByteStream[] = [];
    for (let made = 0; made < count; made++) {
      const stream = silent();
      came.push(stream);
      const leaving = this.greetings.add(
        stream,
        user,
        this.timers.after(1000, () => this.greetings.fail(stream)),
      );
      for (const left of leaving) assert(this.greetings.fail(left));
      gone.push(...leaving);
    }
    return { came, gone };
  }

  /** So many connections of a user come to nothing. */
  fail(count: number, user: Uid): void {
    for (let made = 0; made < count; made++) {
      for (const stream of this.come(1, user).came) assert(this.greetings.fail(stream));
    }
  }
}

Deno.test("while there are few, nobody has to go", () => {
  const scene = new Scene();
  assert.deepEqual(scene.come(64, HOSTILE).gone, []);
  assert(scene.greetings.crowded);
  scene.timers.advance(1000);
  assert.equal([...scene.greetings.all].length, 0);
});

Deno.test("where there are many, the user with too many loses his oldest, and others none", () => {
  const scene = new Scene();
  const { came } = scene.come(64, HOSTILE);
  assert.deepEqual(scene.come(2, HOSTILE).gone, came.slice(0, 2));
  assert.deepEqual(scene.come(32, HONEST).gone, []);
});

Deno.test("users that are not known have what there is for all", () => {
  const scene = new Scene();
  assert.deepEqual(scene.come(512, undefined).gone, []);
  const { came, gone } = scene.come(1, undefined);
  assert.deepEqual(gone, came, "the last one goes");
});

Deno.test("a user of whom too many came to nothing is not heard for the rest of a second, and others are", () => {
  const scene = new Scene();
  const { greetings, timers } = scene;
  scene.fail(255, HOSTILE);
  assert(!greetings.closes(HOSTILE));
  scene.fail(1, HOSTILE);
  assert(greetings.closes(HOSTILE));
  assert(!greetings.closes(HONEST));
  timers.advance(999);
  assert(greetings.closes(HOSTILE));
  assert.deepEqual(scene.told, []);
  timers.advance(1);
  assert.deepEqual(scene.told, [[{ user: HOSTILE, failed: 256, unheard: 2 }]]);
  assert(!greetings.closes(HOSTILE));
  assert(!greetings.crowded);
  assert.equal(timers.armed, 0);
});

Deno.test("of few that came to nothing nobody is told", () => {
  const scene = new Scene();
  scene.fail(63, HOSTILE);
  scene.timers.advance(10_000);
  assert.deepEqual(scene.told, []);
});

Deno.test("a stream that is not here cannot fail", () => {
  const { greetings } = new Scene();
  assert.equal(greetings.fail(silent()), false);
  assert(!greetings.crowded);
});
