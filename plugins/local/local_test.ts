/** Tests of the local IPCP type beyond its conformance: log lines, joined flows and statistics. @module */
import { NO_BYTES } from "../../core/kit/bytes.ts";
import assert from "node:assert/strict";
import * as errors from "../../core/contract/errors.ts";
import { fd, flowId, nameHash, pid } from "../../core/contract/ids.ts";
import type { Layer, UpperFlow } from "../../core/contract/ipcp.ts";
import { failure, success } from "../../core/contract/outcome.ts";
import type { Log } from "../../core/contract/ports.ts";
import { QOS } from "../../core/contract/qos.ts";
import { NO_NETWORKS } from "../../core/contract/network.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { local } from "./local.ts";

const HASH = nameHash("ab".repeat(32));
const made = (number: number): UpperFlow => ({
  id: flowId(number),
  fd: fd(64 + number),
  qos: QOS.raw,
  queued: 0,
  send: () => assert.fail("packets never come through the local IPCP"),
  onPacket: () => {},
  pause: () => {},
  resume: () => {},
  limit: () => {},
  suspend: () => {},
});

const FLOWS = [made(0), made(1)];
const flow = (number: number): UpperFlow => FLOWS[number];

/** A local IPCP in a layer where one hash is registered; `accepts`: somebody accepts requests, on flow 1. */
function makeLocal(accepts = true): { layer: Layer; lines: string[]; told: unknown[] } {
  const lines: string[] = [];
  const told: unknown[] = [];
  const time = new VirtualTime();
  const write = (level: string) => (text: string) => void lines.push(`${level} ${text}`);
  const log: Log = {
    error: write("EE"),
    warning: write("WW"),
    info: write("II"),
    debug: write("DB"),
    component: (name) => (lines.push(name), log),
  };
  const ipcp = local.create({ errors, log, make: () => assert.fail("it uses no other plugin") }, {
    clock: time,
    timers: time,
    random: new SeededRandom(1),
    log,
    name: "l",
    pid: pid(7),
    upper: {
      request: (_request, done) =>
        done(accepts ? success(flow(1)) : failure(new errors.IpcpError("nobody accepts"))),
      allocated: (of, { response }, mpl) => told.push(["allocated", of.id, response, mpl]),
      splice: (one, other) => told.push(["splice", one.id, other.id]),
      down: (of) => told.push(["down", of.id]),
    },
    networks: NO_NETWORKS,
    members: () => assert.fail("it has no members"),
    lower: { allocate: () => assert.fail("nothing is below"), accept: () => assert.fail("nothing is below") },
  });
  let layer: Layer | undefined;
  ipcp.bootstrap({ layer: "ll", options: { hash: "SHA3_256" } }, (outcome) => {
    if (outcome.ok) layer = outcome.value;
  });
  assert(layer);
  layer.register(HASH, () => {});
  assert.deepEqual(lines.splice(0), [
    "ipcpd-local",
    "II Bootstrapped local IPCP with pid 7.",
    "II Registered abababab.",
  ]);
  return { layer, lines, told };
}

Deno.test("a flow joins two processes, with an mpl of 100 ms and the reference's lines", () => {
  const { layer, lines, told } = makeLocal();
  layer.allocate(flow(0), { hash: HASH, qos: QOS.raw, data: NO_BYTES }, () => {});
  layer.respond(flow(1), { response: 0, data: NO_BYTES }, () => {});
  layer.deallocate(flow(1), 0, () => {});
  assert.deepEqual(told, [["splice", 0, 1], ["allocated", 0, 0, 100]]);
  assert.deepEqual(lines, [
    "DB Allocating flow to abababab on fd 64.",
    "II Pending local allocation request on fd 64.",
    "II Flow allocation completed, fds (64, 65).",
    "II Flow with fd 65 deallocated.",
  ]);
  assert.deepEqual(layer.stats?.(), {
    registered: 1,
    flows: 1,
    allocations: { completed: 1, failed: 0 },
  });
});

Deno.test("a refusal reaches the requester at once", () => {
  const { layer, lines, told } = makeLocal();
  layer.allocate(flow(0), { hash: HASH, qos: QOS.raw, data: NO_BYTES }, () => {});
  layer.respond(flow(1), { response: -1009, data: NO_BYTES }, () => {});
  assert.deepEqual(told, [["allocated", 0, -1009, 100]]);
  assert.equal(lines.at(-1), "DB Flow allocation failed: -1009");
  assert.deepEqual(layer.stats?.().flows, 0);
});

Deno.test("a request that nobody accepts fails with the IRMd's reason", () => {
  const { layer, lines } = makeLocal(false);
  let message = "";
  layer.allocate(flow(0), { hash: HASH, qos: QOS.raw, data: NO_BYTES }, (outcome) => {
    if (!outcome.ok) message = outcome.error.message;
  });
  assert.equal(message, "nobody accepts");
  assert.equal(lines.at(-1), "DB Flow allocation failed: -1003");
});
