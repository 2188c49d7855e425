/** Tests of the end of N-1 flows. @module */
import assert from "node:assert/strict";
import { fd } from "../../contract/ids.ts";
import { QOS } from "../../contract/qos.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { type LowerPort, NMinusOneFlow } from "./lower_flow.ts";

function makeFlow() {
  const time = new VirtualTime();
  const told: string[] = [];
  let flushed = () => {};
  let change = () => {};
  const port: { -readonly [name in keyof LowerPort]: LowerPort[name] } = {
    queued: 0,
    maxPacket: 1400,
    suspended: false,
    send: () => true,
    onPacket: () => {},
    onDrained: () => {},
    onChange: (changed) => change = changed,
    onDown: () => {},
    flush: (done) => flushed = done,
    close: () => told.push("closed"),
  };
  const flow = new NMinusOneFlow(fd(64), QOS.raw, port, time, () => told.push("ended"));
  return { time, told, flow, port, flush: () => flushed(), change: () => change() };
}

Deno.test("a flow that is deallocated ends when all is sent", () => {
  const { time, told, flow, flush } = makeFlow();
  flow.deallocate();
  flow.deallocate();
  assert.deepEqual([told, flow.send(Uint8Array.of(1))], [[], false]);
  flush();
  assert.deepEqual(told, ["closed", "ended"]);
  assert.equal(time.armed, 0);
});

Deno.test("an end that takes nothing does not keep a flow from ending", () => {
  const { time, told, flow, flush } = makeFlow();
  flow.deallocate();
  time.advance(1000);
  assert.deepEqual(told, ["closed", "ended"]);
  flush();
  assert.equal(told.length, 2);
});

Deno.test("what a flow carries changes with its data connection, until it is deallocated", () => {
  const { told, flow, port, change } = makeFlow();
  flow.onChange(() => told.push(`${flow.maxPacket} ${flow.suspended}`));
  [port.maxPacket, port.suspended] = [1200, true];
  change();
  flow.deallocate();
  change();
  assert.deepEqual(told, ["1200 true"]);
});
