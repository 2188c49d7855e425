/** operf's messages and its report. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  arrivedIn,
  isQuestion,
  numberIn,
  question,
  testIn,
  testMessage,
  writeNumber,
} from "./perf_message.ts";
import { PerfReport } from "./report.ts";

Deno.test("the first message is the reference's, and nothing else is taken for it", () => {
  assert.equal(testMessage("uni").toHex(), "00000000");
  assert.equal(testMessage("bi").toHex(), "01000000");
  assert.deepEqual([testIn(testMessage("uni")), testIn(testMessage("bi"))], ["uni", "bi"]);
  for (const bytes of [[], [2, 0, 0, 0], [255, 255, 255, 255], [0, 0, 0, 0, 0]]) {
    assert.equal(testIn(Uint8Array.from(bytes)), undefined);
  }
});

Deno.test("any bytes are read without a fault, and no packet of a test is a question or an answer", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
    testIn(bytes);
    arrivedIn(bytes);
    numberIn(bytes);
    assert(bytes.length < 64 || !isQuestion(bytes));
  }));
  assert(isQuestion(question()));
  const packet = new Uint8Array(64);
  writeNumber(packet, 0xfedcba98);
  assert.equal(numberIn(packet), 0xfedcba98);
});

Deno.test("the report has the reference's line, percentiles, and what is not known is left out", () => {
  const report = new PerfReport("perf", "bi", 1500);
  report.sent = { packets: 10, took: 1000 };
  assert.deepEqual(report.lines(false).slice(2), [
    "10 packets transmitted, time: 1000.000 ms, bandwidth: 0.120 Mb/s.",
  ]);
  for (const time of [1, 2, 3, 4]) report.roundTrip(time);
  report.arrived = { packets: 4, bytes: 6000, took: 1000 };
  const [, , line, rtt, percentiles] = report.lines(false);
  assert.equal(
    line,
    "10 packets transmitted, 4 received, 60% packet loss, time: 1000.000 ms, bandwidth: 0.048 Mb/s.",
  );
  assert.equal(rtt, "rtt min/avg/max/mdev = 1.000/2.500/4.000/1.291 ms");
  assert.match(percentiles, /^rtt p50\/p90\/p99\/p99\.9 = 2\.\d+ ms \/ 4\.\d+ ms/);
  assert.equal(report.lines(true).filter((text) => text.includes("█")).length, 4);
  assert.deepEqual(JSON.parse(JSON.stringify(report.data())).arrived, report.arrived);
});
