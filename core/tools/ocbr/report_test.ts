/** What ocbr prints. @module */
import assert from "node:assert/strict";
import { Report } from "./report.ts";

Deno.test("as JSON, ocbr prints its statistics and nothing else", () => {
  const told = (json: boolean) => {
    const lines: string[] = [];
    const report = new Report({ print: (line) => lines.push(line), complain: () => {} }, json);
    report.say("New flow.");
    report.tell(64, { packets: 2, bytes: 1000, took: 4 }, ({ packets }) => `${packets} packets`);
    return lines;
  };
  assert.deepEqual(told(false), ["New flow.", "2 packets"]);
  const [line, ...rest] = told(true);
  assert.deepEqual(rest, []);
  assert.deepEqual(JSON.parse(line), { flow: 64, packets: 2, bytes: 1000, time: 4, megabitsPerSecond: 2 });
});
