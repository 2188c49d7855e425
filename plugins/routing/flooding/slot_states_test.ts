/** Tests of what is known of neighbours, slot by slot. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { SlotStates } from "./slot_states.ts";

/** What is known of one slot. */
interface State {
  owed: boolean;
  known: boolean;
  told: boolean;
}

/** Each change, and what it makes of a state. */
const CHANGES: Readonly<
  Record<string, [(states: SlotStates, slot: number) => void, (state: State) => State]>
> = {
  news: [(states, slot) => states.news(slot), () => ({ owed: true, known: false, told: false })],
  sent: [(states, slot) => states.settled(slot, true), () => ({ owed: false, known: true, told: false })],
  other: [(states, slot) => states.settled(slot, false), () => ({ owed: false, known: false, told: false })],
  changed: [(states, slot) => states.changed(slot), ({ owed }) => ({ owed, known: false, told: false })],
  owe: [(states, slot) => states.owe(slot), (state) => ({ ...state, owed: true })],
  again: [
    (states, slot) => states.oweAgain(slot),
    (state) => ({ ...state, owed: state.owed || !state.known || !state.told }),
  ],
  pay: [(states, slot) => states.pay(slot), (state) => ({ ...state, owed: false })],
  has: [(states, slot) => states.has(slot), (state) => ({ ...state, owed: false, known: true })],
  tell: [(states, slot) => states.tell(slot), (state) => ({ ...state, told: true })],
};

const changes = fc.array(fc.tuple(fc.constantFrom(...Object.keys(CHANGES)), fc.nat(300)), {
  maxLength: 200,
  size: "max",
});

Deno.test("each slot has a state of its own, and those that are owed are given in order", () => {
  fc.assert(fc.property(changes, (list) => {
    const states = new SlotStates();
    const model = new Map<number, State>();
    for (const [name, slot] of list) {
      const [change, meaning] = CHANGES[name];
      change(states, slot);
      model.set(slot, meaning(model.get(slot) ?? { owed: false, known: false, told: false }));
    }
    const found: number[] = [];
    for (let slot = states.next(0); slot >= 0; slot = states.next(slot + 1)) found.push(slot);
    const owed = [...model].filter(([, state]) => state.owed).map(([slot]) => slot);
    assert.deepEqual(found, owed.sort((a, b) => a - b));
  }));
});
