/** How iteration over packets ends: in order when the other end closes the flow, with an error when it is lost. @module */
import assert from "node:assert/strict";
import { FlowDownError, FlowPeerError, ProtocolError, TimedOutError } from "../contract/errors.ts";
import { QOS, type QosSpec } from "../contract/qos.ts";
import { type VirtualEnd, virtualEnd } from "../testing/flow_ends.ts";
import type { Flow } from "./flow.ts";

const settle = async () => {
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
};

/** Both ways to come by all packets. */
const WAYS: Readonly<Record<string, (flow: Flow) => Promise<void>>> = {
  "for await": async (flow) => {
    for await (const _ of flow) assert.fail("nothing was sent");
  },
  readable: async (flow) => {
    for await (const _ of flow.readable) assert.fail("nothing was sent");
  },
};

/** What happens to a flow, and the cause of the error that comes of it; left out: there is none. */
const ENDS: readonly {
  readonly what: string;
  readonly qos: QosSpec;
  readonly cause?: typeof FlowPeerError | typeof TimedOutError | typeof ProtocolError;
  happens(end: VirtualEnd): unknown;
}[] = [
  { what: "the other end closes it", qos: QOS.raw, happens: ({ far }) => far.close() },
  { what: "the other end closes it", qos: QOS.data, happens: ({ far }) => far.close() },
  {
    what: "the other end is silent for too long",
    qos: QOS.raw,
    cause: FlowPeerError,
    happens: ({ time }) => time.advance(200_000),
  },
  {
    what: "the other end of a flow with a protocol is silent for too long",
    qos: QOS.best,
    cause: FlowPeerError,
    happens: ({ time }) => time.advance(200_000),
  },
  {
    what: "the other end acknowledges nothing",
    qos: { ...QOS.data, timeout: 0 },
    cause: TimedOutError,
    happens: async ({ flow, time }) => {
      await flow.write(new Uint8Array(1));
      time.advance(200_000);
    },
  },
  {
    what: "the other end breaks the protocol",
    qos: QOS.raw,
    cause: ProtocolError,
    happens: ({ far }) => far.write(new Uint8Array([0x7f, 0xff, 0xff, 0xff])),
  },
];

for (const { what, qos, cause, happens } of ENDS) {
  for (const [way, use] of Object.entries(WAYS)) {
    Deno.test(`${way} ${cause ? "fails" : "ends"} when ${what} (${qos.loss === 0 ? "reliable" : "not reliable"})`, async () => {
      const made = virtualEnd(qos);
      const used = use(made.flow);
      used.catch(() => undefined);
      await settle();
      await happens(made);
      await settle();
      if (!cause) return await used;
      await assert.rejects(used, (error) => error instanceof FlowDownError && error.cause instanceof cause);
      assert(made.flow.down?.cause instanceof cause);
    });
  }
}
