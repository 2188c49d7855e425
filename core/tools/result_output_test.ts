/** What tools print whose result may be asked for as JSON. @module */
import assert from "node:assert/strict";
import { ResultOutput } from "./result_output.ts";

function told(json: boolean) {
  const lines: string[] = [], complaints: string[] = [];
  const output = new ResultOutput(
    { print: (line) => lines.push(line), complain: (line) => complaints.push(line) },
    json,
  );
  output.print("New flow.");
  output.notice("Invalid id.");
  output.result({ packets: 2 }, ["2 packets", "none lost"]);
  output.complain("it is over");
  return { lines, complaints };
}

Deno.test("for people a tool prints what happens, what goes wrong and the lines of its result", () => {
  const { lines, complaints } = told(false);
  assert.deepEqual(lines, ["New flow.", "Invalid id.", "2 packets", "none lost"]);
  assert.deepEqual(complaints, ["it is over"]);
});

Deno.test("as JSON a tool prints its result and nothing else; what goes wrong is a complaint", () => {
  const { lines, complaints } = told(true);
  assert.deepEqual(lines, ['{"packets":2}']);
  assert.deepEqual(complaints, ["Invalid id.", "it is over"]);
});
