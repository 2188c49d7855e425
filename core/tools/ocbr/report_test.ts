/** What ocbr counts. @module */
import assert from "node:assert/strict";
import { countData } from "./report.ts";

Deno.test("as JSON, ocbr tells packets, bytes, time and rate of a flow", () => {
  assert.deepEqual(countData(64, { packets: 2, bytes: 1000, took: 4 }), {
    flow: 64,
    packets: 2,
    bytes: 1000,
    time: 4,
    megabitsPerSecond: 2,
  });
});
