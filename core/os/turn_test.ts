import assert from "node:assert/strict";
import { afterCall, endCall } from "./turn.ts";

Deno.test("calls that are put off run in their order when what runs now has run, and those that they put off after them", async () => {
  const order: string[] = [];
  afterCall(() => {
    order.push("first");
    afterCall(() => order.push("last"));
  });
  afterCall(() => order.push("second"));
  order.push("now");
  await Promise.resolve();
  assert.deepEqual(order, ["now", "first", "second", "last"]);
});

Deno.test("a call that is put off and throws keeps no other from being called", async () => {
  const order: string[] = [];
  afterCall(() => order.push("first"));
  afterCall(() => {
    throw new Error("its own fault");
  });
  afterCall(() => order.push("last"));
  assert.throws(endCall, /its own fault/);
  await Promise.resolve();
  assert.deepEqual(order, ["first", "last"]);
});
