/** @module */
import assert from "node:assert/strict";
import { address } from "../../contract/ids.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";
import { QOS } from "../../contract/qos.ts";
import { CEP_REJECT, encodeCep } from "../../wire/layer/cep_message.ts";
import { writeDataTransferHeader } from "../../../plugins/unicast/wire/data_transfer_header.ts";
import { unicastFormats } from "../../../plugins/unicast/wire/formats.ts";
import { Network } from "../network.ts";
import { ring } from "./topology.ts";
import { Traffic } from "./traffic.ts";

/** Sends packets over a new flow. */
function counted(...packets: readonly (readonly [Uint8Array, Uint8Array?])[]) {
  const network = new Network({ topology: ring(2) });
  const traffic = new Traffic(60, unicastFormats.transferHeader);
  network.observer = traffic.observe;
  network.nodes[1].names.add("bob");
  network.nodes[1].lower.accept(() => {});
  let flow: LowerFlow | undefined;
  network.nodes[0].lower.allocate("bob", QOS.raw, (outcome) => flow = outcome.ok ? outcome.value : undefined);
  network.scheduler.advance(10);
  for (const [packet, header] of packets) flow?.send(packet, header);
  return traffic.counts();
}

const cep = (component: string) =>
  encodeCep({ component, protocol: "p", version: 1, syntax: 0, address: address(7) });

function header(ttl: number, high: number, low: number): Uint8Array {
  const bytes = new Uint8Array(15);
  writeDataTransferHeader(bytes, 9, 0, ttl, 0, high, low);
  return bytes;
}

Deno.test("what follows connection establishment is counted for its component", () => {
  const body = new Uint8Array(24);
  const routing = counted([cep("Management")], [body], [body]);
  assert.deepEqual(routing.routing, { sent: 2, bytes: 48, messages: 2 });
  assert.deepEqual(routing.connection.sent, 1);
  assert.equal(counted([cep("Enrollment")], [body]).enrollment.sent, 2);
  assert.equal(counted([cep("Gossip")], [body]).other.sent, 2);
  assert.equal(counted([encodeCep(CEP_REJECT).subarray(1)], [body]).other.sent, 2);
});

Deno.test("packets of data transfer are told apart by their endpoint, and count as messages where they set out", () => {
  const payload = new Uint8Array(85);
  const counts = counted(
    [cep("Data Transfer")],
    [payload, header(60, 0, 0)],
    [payload, header(60, 0, 1)],
    [payload, header(59, 0, 1)],
    [payload, header(60, 5, 1)],
    [payload, header(60, 0, 64)],
    [Uint8Array.of(1)],
  );
  assert.deepEqual(counts.allocation, { sent: 1, bytes: 100, messages: 1 });
  assert.deepEqual(counts.directory, { sent: 2, bytes: 200, messages: 1 });
  assert.deepEqual(counts.data, { sent: 2, bytes: 200, messages: 2 });
  assert.deepEqual(counts.other, { sent: 1, bytes: 1, messages: 1 });
});
