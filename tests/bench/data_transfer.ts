/**
 * What a packet costs in data transfer and flow allocation, without sockets: flows that count and drop.
 *
 * @module
 */
import { instanceOf } from "../../core/testing/instance.ts";
import type { Congestion } from "../../core/contract/policies/congestion.ts";
import * as errors from "../../core/contract/errors.ts";
import { address, fd, flowId, nameHash } from "../../core/contract/ids.ts";
import type { LowerFlow, Upper, UpperFlow } from "../../core/contract/ipcp.ts";
import { success } from "../../core/contract/outcome.ts";
import type { PluginHost } from "../../core/contract/plugin.ts";
import type { Log, Ports } from "../../core/contract/ports.ts";
import { QOS } from "../../core/contract/qos.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { writeDataTransferHeader } from "../../plugins/unicast/wire/data_transfer_header.ts";
import { mbEcn } from "../../plugins/congestion/mb_ecn.ts";
import { none } from "../../plugins/congestion/none.ts";
import { simple } from "../../plugins/forwarding/simple.ts";
import { fifo } from "../../plugins/scheduling/fifo.ts";
import { DataTransfer } from "../../plugins/unicast/transfer/data_transfer.ts";
import { FlowAllocator } from "../../plugins/unicast/allocator/flow_allocator.ts";
import { markdown, median, type Row } from "./table.ts";

const PACKETS = 2_000_000;
const RUNS = 5;
const MAX_NS = 150;
const OWN = address(1);
const OTHER = address(0xa6b2a66c);
const FORWARDED = address(0x4ea009d6);

const log: Log = { error() {}, warning() {}, info() {}, debug() {}, component: () => log };
const host: PluginHost = {
  errors,
  log,
  make: () => {
    throw new errors.InternalError("no other plugin is used");
  },
};

/** An N-1 flow or an N+1 flow that drops what it is sent. */
class Drain implements LowerFlow, UpperFlow {
  readonly id = flowId(0);
  readonly qos = QOS.raw;
  readonly maxPacket = 65_000;
  readonly suspended = false;
  queued = 0;
  sent = 0;
  last = new Uint8Array(0);
  receive: (packet: Uint8Array) => void = () => {};
  paused = false;

  constructor(readonly fd: LowerFlow["fd"]) {}

  send(packet: Uint8Array, header?: Uint8Array): boolean {
    this.sent++;
    if (this.sent === 1 && header) this.last = Uint8Array.of(...header, ...packet);
    return true;
  }
  onPacket(receive: (packet: Uint8Array) => void): void {
    this.receive = receive;
  }
  onDrained(): void {}
  onChange(): void {}

  onDown(): void {}
  deallocate(): void {}
  limit(): void {}

  suspend(): void {}

  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
}

/** One member with one flow, allocated to itself's neighbour by a crafted answer. */
function member(congestion: Congestion) {
  const lower = new Drain(fd(64)), onward = new Drain(fd(65)), upper = new Drain(fd(66));
  const ports: Ports = {
    clock: { now: () => performance.now(), wall: () => Date.now() },
    timers: { after: () => ({ cancel() {} }) },
    random: new SeededRandom(1),
    log,
  };
  const parts = { ...ports, own: OWN, congestion, scheduling: fifo.create(host, {}) };
  const dataTransfer = new DataTransfer({ ...parts, maxTtl: 60, forwarding: instanceOf(simple, host, {}) });
  dataTransfer.addFlow(lower, OTHER);
  dataTransfer.addFlow(onward, FORWARDED);
  dataTransfer.replaceTable(new Map([[OTHER, [fd(64)]], [FORWARDED, [fd(65)]]]));
  let up = false;
  const above: Upper = {
    request: () => {},
    allocated: () => up = true,
    splice: () => {},
    down: () => {},
  };
  const allocator = new FlowAllocator({
    ...parts,
    hashLength: 32,
    dataTransfer,
    directory: { query: (_hash, done) => done(success([OTHER])) },
    upper: above,
  });
  const request = { hash: nameHash("00".repeat(32)), qos: QOS.raw, data: new Uint8Array(0) };
  allocator.allocate(upper, request, () => {});
  // The answer: the request's own EID comes back, behind a header for this member.
  const eid = lower.last.subarray(15 + 16, 15 + 24);
  const reply = new Uint8Array(15 + 61);
  writeDataTransferHeader(reply, OWN, 0, 60, 0, 0, 0);
  reply.set(eid, 15 + 8);
  reply.set([0xb4, 0x38, 0xa6, 0x73, 0, 0, 0, 0x42], 15 + 16);
  reply[15 + 58] = 1;
  lower.receive(reply);
  if (!up) throw new errors.InternalError("the flow did not come up");
  const view = new DataView(eid.buffer, eid.byteOffset);
  return { lower, upper, onward, eid: [view.getUint32(0), view.getUint32(4)] as const };
}

/** Nanoseconds of one packet, the middle of several runs. */
function nanoseconds(one: () => void): number {
  const times = Array.from({ length: RUNS + 1 }, () => {
    const start = performance.now();
    for (let count = 0; count < PACKETS; count++) one();
    return (performance.now() - start) * 1e6 / PACKETS;
  });
  return median(times.slice(1));
}

/** Measures each path of a packet. */
export function benchDataTransfer(): Row[] {
  const rows: Row[] = [];
  for (const plugin of [none, mbEcn]) {
    const { lower, upper, onward, eid } = member(instanceOf(plugin, host, {}));
    const payload = new Uint8Array(64);
    const arriving = new Uint8Array(15 + 64);
    writeDataTransferHeader(arriving, OWN, 0, 60, 0, eid[0], eid[1]);
    const passing = new Uint8Array(15 + 64);
    const measured: [string, () => void][] = [
      ["from an application", () => upper.receive(payload)],
      ["to an application", () => lower.receive(arriving)],
      ["forwarded", () => {
        writeDataTransferHeader(passing, FORWARDED, 0, 60, 0, 0x1234, 0x5678);
        lower.receive(passing);
      }],
    ];
    for (const [what, one] of measured) {
      const cost = nanoseconds(one);
      rows.push({
        what: `unicast without sockets, ${plugin.name}: a packet ${what}`,
        value: `${cost.toFixed(0)} ns`,
        required: `≤ ${MAX_NS} ns`,
        reached: cost <= MAX_NS,
      });
    }
    if (onward.sent === 0 || upper.sent === 0) throw new errors.InternalError("packets went astray");
  }
  return rows;
}

if (import.meta.main) console.log(markdown(benchDataTransfer()));
