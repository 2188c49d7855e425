/** Tests of deadlines on one timer. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { Agenda } from "./agenda.ts";

Deno.test("everything runs when it is due, with one timer at a time", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(100)), { maxLength: 30 }), (wanted) => {
    const time = new VirtualTime();
    const agenda = new Agenda(time, time);
    const ran: [number, number][] = [];
    const deadlines = [0, 1, 2, 3].map((index) => agenda.deadline((now) => ran.push([index, now])));
    const earliest = new Map<number, number>();
    for (const [index, due] of wanted) {
      deadlines[index].by(due);
      earliest.set(index, Math.min(due, earliest.get(index) ?? Infinity));
      assert.equal(time.armed, 1);
    }
    time.advance(200);
    assert.deepEqual(new Map(ran), earliest);
    assert.equal(ran.length, earliest.size);
    assert.equal(time.armed, 0);
  }));
});

Deno.test("what runs may want to run again, and others sooner", () => {
  const time = new VirtualTime();
  const agenda = new Agenda(time, time);
  const ran: string[] = [];
  const other = agenda.deadline((now) => ran.push(`other ${now}`));
  const again = agenda.deadline((now) => {
    ran.push(`again ${now}`);
    if (now < 30) again.by(now + 10);
    other.by(now + 1);
  });
  other.by(1000);
  again.by(10);
  time.advance(100);
  assert.deepEqual(ran, ["again 10", "other 11", "again 20", "other 21", "again 30", "other 31"]);
});

Deno.test("what was cleared does not run", () => {
  const time = new VirtualTime();
  const agenda = new Agenda(time, time);
  const deadline = agenda.deadline(() => assert.fail("it was cleared"));
  deadline.by(10);
  deadline.clear();
  time.advance(100);
});

Deno.test("nothing runs after shutdown, be it within a run", () => {
  const time = new VirtualTime();
  const agenda = new Agenda(time, time);
  const [first, second] = [
    agenda.deadline(() => {
      agenda.shutdown();
      second.by(0);
    }),
    agenda.deadline(() => assert.fail("it is over")),
  ];
  first.by(10);
  second.by(10);
  time.advance(100);
  second.by(200);
  time.advance(200);
  assert.equal(time.armed, 0);
});
