/** Flows whose data connection breaks under programs that only write. @module */
import assert from "node:assert/strict";
import { FlowDownError } from "../../contract/errors.ts";
import { QOS, type QosSpec } from "../../contract/qos.ts";
import { virtualEnd } from "../../testing/flow_ends.ts";
import { TestingCipher } from "../../testing/flow_pair.ts";

const KINDS: readonly (readonly [string, QosSpec])[] = [
  ["raw", QOS.raw],
  ["raw without time-out", { ...QOS.raw, timeout: 0 }],
  ["raw with checksum", { ...QOS.raw, ber: 0 }],
  ["best", QOS.best],
  ["data", QOS.data],
];
/** More than any buffer, window or queue takes. */
const MANY = 100_000;
const PACKET = new Uint8Array(1000);

const make = (qos: QosSpec, encrypted: boolean) =>
  virtualEnd(qos, encrypted ? new TestingCipher() : undefined);

for (const [name, qos] of KINDS) {
  for (const encrypted of [false, true]) {
    const kind = `${name}${encrypted ? ", encrypted" : ""}`;
    Deno.test(`who writes in a loop to a flow that is gone gets the error at once: ${kind}`, async () => {
      const { flow, far } = make(qos, encrypted);
      await flow.write(PACKET);
      far.close();
      let written = 0;
      // No turn of the event loop, in which the end of the connection could be read, comes between these writes.
      const failed = (async () => {
        for (; written < MANY; written++) await flow.write(PACKET);
      })();
      await assert.rejects(failed, FlowDownError);
      await assert.rejects(flow.write(PACKET), FlowDownError);
      assert.throws(() => flow.tryWrite(PACKET), FlowDownError);
      await flow[Symbol.asyncDispose](); // The error was told.
    });

    Deno.test(`a write that waits fails when the flow breaks, also while packets wait to be read: ${kind}`, async () => {
      const { flow, below } = make(qos, encrypted);
      let waiting: Promise<void> | undefined;
      for (let written = 0; waiting === undefined && written < MANY; written++) {
        if (!flow.tryWrite(PACKET)) waiting = flow.write(PACKET);
      }
      assert(waiting, "it takes no end of packets");
      const failed = assert.rejects(waiting, FlowDownError);
      below.lose("the other end is gone");
      await failed;
      await flow.deallocate({ linger: 0 }).catch(() => {});
    });
  }
}
