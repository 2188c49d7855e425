import assert from "node:assert/strict";
import { LateFlows } from "./late_flows.ts";

/** A flow that says when it is closed. */
function flow() {
  const made = { closed: false, channel: { close: () => void (made.closed = true) } };
  return made;
}

Deno.test("a flow that comes late goes to one call of its kind, or to the next one", async () => {
  const late = new LateFlows<ReturnType<typeof flow>>();
  const [first, second] = [flow(), flow()];
  const woken: string[] = [];
  const calls = ["a", "a", "b"].map((kind, index) => {
    const leave = late.call(kind, () => (leave(), woken.push(`${kind}${index}`)));
    return leave;
  });
  await late.add("a", Promise.resolve(first));
  assert.deepEqual(woken, ["a0"]);
  assert.deepEqual([late.take("b"), late.take("a"), late.take("a")], [undefined, first, undefined]);
  for (const leave of calls) leave();
  await late.add("a", Promise.resolve(second));
  await late.add("a", Promise.resolve(undefined));
  await late.add("a", Promise.reject(new Error("refused")));
  assert.deepEqual([woken, late.take("a"), late.take("a")], [["a0"], second, undefined]);
});

Deno.test("flows that nobody has taken end with the connection to the IRMd, also those that come after", async () => {
  const late = new LateFlows<ReturnType<typeof flow>>();
  const [before, after] = [flow(), flow()];
  await late.add("", Promise.resolve(before));
  late.close();
  await late.add("", Promise.resolve(after));
  assert.deepEqual([before.closed, after.closed, late.take("")], [true, true, undefined]);
});
