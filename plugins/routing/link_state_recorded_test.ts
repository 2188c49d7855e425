/** Link-state routing in the place of a recorded member of the reference, hearing what that one heard. @module */
import assert from "node:assert/strict";
import { ScriptedMember } from "../testing/routing.ts";

const RECORDED = new URL("../../tests/vectors/linkstate-line-ab.txt", import.meta.url);
const A = 0x9c8aa44d, B = 0x69fd8023, C = 0x9fb51a00;

/** Updates that B sent to A: milliseconds, source, destination, sequence number. */
function fromB(listing: string): [number, number, number, number][] {
  const lines = listing.matchAll(
    /^ *\d+ +([\d.]+) 0b0a>0a0b .* LSU dst=([0-9a-f]+) src=([0-9a-f]+) seq=(\d+)$/gm,
  );
  return [...lines].map(([, seconds, destination, source, sequence]) => [
    Number(seconds) * 1000,
    parseInt(source, 16),
    parseInt(destination, 16),
    Number(sequence),
  ]);
}

Deno.test("in a line A – B – C of the reference, C comes, ages out after its link was cut, and is back when it is heard of", async () => {
  const updates = fromB(await Deno.readTextFile(RECORDED));
  assert(updates.length > 20);
  const member = new ScriptedMember(undefined, {}, A);
  member.time.advance(2000);
  const peer = member.management(B);
  member.transfer(B, 70);
  const reached: [boolean, number][] = [];
  for (let now = 2000; now < 181_000; now += 100) {
    member.time.advance(100);
    for (const [at, source, destination, sequence] of updates) {
      if (at > now && at <= now + 100) member.hear(peer, source, destination, sequence);
    }
    const reaches = `${C}` in member.table;
    if (reaches !== (reached.at(-1)?.[0] ?? false)) reached.push([reaches, now / 1000]);
    assert.equal(`${B}` in member.table, now >= 2100, `B at ${now}`);
  }
  assert.deepEqual(reached.map(([reaches]) => reaches), [true, false, true]);
  const [came, went, back] = reached.map(([, seconds]) => seconds);
  // It came at 25.1 s; its last update before the cut was at 53.1 s; the next one was at 158.1 s.
  assert(came >= 25 && came < 25.5, `${came}`);
  assert(went >= 113 && went < 115.5, `${went}`);
  assert(back >= 158 && back < 158.5, `${back}`);
});
