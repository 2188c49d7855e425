/** Tests of the search for the largest packet that a path carries, in virtual time. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { VirtualTime } from "../../../core/sim/virtual_time.ts";
import type { EndpointId } from "../wire/flow_allocation_message.ts";
import { nextSize } from "./path_mtu_search.ts";
import { PathMtu } from "./path_mtu.ts";

/** A path of 20 ms to a member, and the search for its size. */
class TestPath {
  readonly time = new VirtualTime();
  /** What it carries; 0: nothing. */
  carries: number;
  /** The member answers probes. */
  answers = true;
  /** Loses every so many probes. */
  loses = Infinity;
  /** Sizes of probes, with the time. */
  readonly probes: [time: number, size: number][] = [];
  /** What users were told. */
  readonly told: number[] = [];
  readonly size: PathMtu;
  #ids = 0;

  constructor(carries: number, limit: number) {
    this.carries = carries;
    this.time.advance(1000);
    this.size = new PathMtu({
      clock: this.time,
      id: () => ({ high: ++this.#ids, low: 7 }),
      after: (delay, run) => this.time.after(delay, run),
      turn: () => 0,
      probe: (id, size) => this.#probe(id, size),
      changed: (size) => this.told.push(size),
    }, limit);
  }

  /** Sizes of the probes since this was last asked. */
  sizes(): number[] {
    return this.probes.splice(0).map(([, size]) => size);
  }

  #probe(id: EndpointId, size: number): void {
    this.probes.push([this.time.now(), size]);
    const lost = this.probes.length % this.loses === this.loses - 1;
    if (size > this.carries || !this.answers || lost) return;
    this.time.after(20, () => this.size.answered(id, size));
  }
}

Deno.test("a path that carries what the first hop does takes two probes, and one each 30 s after that", () => {
  const path = new TestPath(9000, 8985);
  path.size.start();
  path.time.advance(100);
  assert.deepEqual(path.sizes(), [61, 8985]);
  assert.deepEqual([path.size.size, path.size.state, path.told], [8985, "known", []]);
  path.time.advance(300_000);
  assert.deepEqual(path.sizes(), Array(9).fill(8985));
});

Deno.test("a path that carries less is found out: a size that works at once, then the exact one", () => {
  const path = new TestPath(1453, 8985);
  path.size.start();
  path.time.advance(3200);
  assert.deepEqual([path.size.size, path.size.state], [1453, "searching"]);
  assert.deepEqual(path.sizes().slice(0, 11), [61, 8985, 1200, 1433, 1453, 1481, 4000, 8933, 8985, 8985, 61]);
  assert.deepEqual(path.told, [1200, 1433, 1453]);
  path.time.advance(20_000);
  assert.deepEqual([path.size.size, path.size.state], [1453, "known"]);
  assert.equal(path.told.length, 3);
});

Deno.test("what the path carries is used after some round trips, not only when the search has ended", () => {
  for (const [carries, found] of [[1453, 1453], [1300, 1200], [8933, 8933]]) {
    const path = new TestPath(carries, 8985);
    path.size.start();
    path.time.advance(150);
    assert.equal(path.size.size, found);
    path.time.advance(30_000);
    assert(path.size.size <= carries && path.size.size >= carries - 8, `${path.size.size}`);
    // It becomes smaller while it is in use.
    const before = path.size.size;
    path.carries = 1210;
    path.size.routesChanged();
    path.time.advance(650);
    assert.equal(path.size.size, before > 1210 ? 1200 : before);
  }
});

Deno.test("one probe that gets lost does not make the path small for long", () => {
  const path = new TestPath(9000, 8985);
  path.size.start();
  path.time.advance(1000);
  path.loses = 3;
  path.time.advance(30_000);
  path.loses = Infinity;
  path.time.advance(2000);
  assert.equal(path.size.size, 8985);
  assert.equal(path.size.state, "known");
});

Deno.test("any path is found to 8 bytes, whatever the first hop carries and though probes get lost", () => {
  const sizes = fc.integer({ min: 62, max: 65_536 });
  fc.assert(
    fc.property(sizes, sizes, fc.constantFrom(Infinity, 4, 7), (carries, limit, loses) => {
      const path = new TestPath(carries, limit);
      path.loses = loses;
      path.size.start();
      path.time.advance(400_000);
      const most = Math.min(carries, limit);
      assert(path.size.size <= most, `${path.size.size} do not arrive`);
      if (loses === Infinity) assert(path.size.size >= most - 8, `${path.size.size} are less than need be`);
      assert(path.probes.length < 300, `${path.probes.length} probes`);
    }),
    { numRuns: 50 },
  );
});

Deno.test("the next size lies between, and the search ends", () => {
  const sizes = fc.integer({ min: 61, max: 65_536 });
  fc.assert(fc.property(sizes, sizes, sizes, (one, other, carries) => {
    let [low, high] = [Math.min(one, other), Math.max(one, other)];
    let steps = 0;
    for (let size; (size = nextSize(low, high)) !== undefined; steps++) {
      assert(size > low && size < high);
      if (size <= carries) low = size;
      else high = size;
    }
    assert(high - low <= 8 && steps < 40);
  }));
});

Deno.test("a member that answers no probe is believed to get all; it is asked seldom, with small probes only", () => {
  const path = new TestPath(1000, 8985);
  path.answers = false;
  path.size.start();
  path.time.advance(3_600_000);
  assert.deepEqual([path.size.size, path.size.state, path.told], [8985, "unanswered", []]);
  assert(path.probes.every(([, size]) => size === 61));
  assert(path.probes.length > 20 && path.probes.length < 40, `${path.probes.length} probes`);
  path.answers = true;
  path.time.advance(700_000);
  assert.equal(path.size.state, "known");
  assert(path.size.size <= 1000 && path.size.size > 992);
});

Deno.test("a path that carries nothing for a while does not become small", () => {
  for (const from of [0, 10, 1500, 30_000, 30_030, 31_500]) {
    const path = new TestPath(4000, 8985);
    path.size.start();
    path.time.advance(from);
    path.carries = 0;
    path.time.advance(200_000);
    path.carries = 4000;
    const { length } = path.told;
    path.time.advance(700_000);
    assert.equal(path.size.size, 4000, `cut off after ${from} ms`);
    assert(path.told.slice(length).every((size) => size >= 1200));
  }
});

Deno.test("a path that becomes smaller is noticed within half a minute, one that grows within ten", () => {
  const path = new TestPath(9000, 8985);
  path.size.start();
  path.time.advance(1000);
  path.carries = 1400;
  path.time.advance(35_000);
  assert.equal(path.size.size, 1400);
  path.carries = 9000;
  path.time.advance(610_000);
  assert.equal(path.size.size, 8985);
});

Deno.test("new routes are a reason to look at once", () => {
  const path = new TestPath(9000, 8985);
  path.size.start();
  path.time.advance(1000);
  path.carries = 1400;
  path.size.routesChanged();
  path.time.advance(4000);
  assert.equal(path.size.size, 1400);
  path.time.advance(100_000);
  path.carries = 9000;
  path.size.routesChanged();
  path.time.advance(1500);
  assert.equal(path.size.size, 8985);
  path.sizes();
  for (let count = 0; count < 100; count++) {
    path.size.routesChanged();
    path.time.advance(10);
  }
  assert(path.sizes().length <= 2, "a storm of new routes is no storm of probes");
});

Deno.test("what the first hop carries counts at once when it is less, and is tried when it is more", () => {
  const path = new TestPath(9000, 1485);
  path.size.limit(1400);
  assert.equal(path.size.size, 1400);
  path.size.start();
  path.time.advance(1000);
  path.size.limit(8985);
  assert.equal(path.size.size, 1400);
  path.time.advance(100);
  assert.equal(path.size.size, 8985);
  path.size.limit(1300);
  assert.equal(path.size.size, 1300);
  path.time.advance(100_000);
  assert.equal(path.size.size, 1300);
  const during = new TestPath(1200, 8985);
  during.size.start();
  during.time.advance(1500);
  during.sizes();
  during.size.limit(4000);
  during.time.advance(20_000);
  assert.equal(during.size.size, 1200);
  assert(during.sizes().every((size) => size <= 4000));
});

Deno.test("a path that nobody uses costs nothing, and what is known of it is kept", () => {
  const path = new TestPath(1400, 8985);
  path.size.start();
  path.time.advance(1500);
  path.size.stop();
  assert.equal(path.time.armed, 0);
  path.sizes();
  path.time.advance(1_000_000);
  assert.deepEqual(path.sizes(), []);
  path.size.start();
  path.time.advance(20_000);
  assert.equal(path.size.size, 1400);
  path.size.stop();
  path.size.start();
  path.sizes();
  path.time.advance(5000);
  assert.deepEqual(path.sizes(), [], "it was confirmed a moment ago");
});

Deno.test("answers that nobody waits for change nothing", () => {
  const path = new TestPath(0, 8985);
  path.size.start();
  path.time.advance(100);
  assert.equal(path.size.answered({ high: 99, low: 7 }, 61), false);
  assert.equal(path.size.answered({ high: 1, low: 7 }, 8985), false);
  assert.equal(path.size.state, "unanswered");
});
