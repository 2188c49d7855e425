/** What a member of a unicast layer does with peers that garble, are silent, or go half-way: it logs once and serves on. @module */
import assert from "node:assert/strict";
import { FlowDownError } from "../../core/contract/errors.ts";
import { address } from "../../core/contract/ids.ts";
import { connect, type Ouroboros } from "../../core/flow/client.ts";
import type { Flow } from "../../core/flow/flow.ts";
import { decodeCep, encodeCep } from "../../core/wire/layer/cep_message.ts";
import { UnicastHost } from "../support/unicast_layer.ts";

const GARBAGE = new Uint8Array(40).fill(0xff);
const COMPONENTS = {
  enrollment: { component: "Enrollment", protocol: "OEP", version: 1, syntax: 0, address: address(0) },
  management: { component: "Management", protocol: "LSP", version: 1, syntax: 0, address: address(4711) },
  transfer: { component: "Data Transfer", protocol: "dtp", version: 1, syntax: 2, address: address(4711) },
};

/** A stranger to member `a` that has introduced itself as a component. */
async function introduced(client: Ouroboros, component: keyof typeof COMPONENTS): Promise<Flow> {
  const flow = await client.allocate("a");
  await flow.write(encodeCep(COMPONENTS[component]));
  const answer = decodeCep(await flow.read());
  assert.equal(answer.component, COMPONENTS[component].component);
  return flow;
}

const closed = (flow: Flow) =>
  assert.rejects(async () => {
    for (;;) await flow.read();
  }, FlowDownError);

Deno.test("a member closes what is garbled or silent, at every step, and serves on", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.first("a");
  await using client = await connect({ runtimeFolder: host.folder });

  await client.allocate("a");
  await introduced(client, "enrollment");
  const garbled = await client.allocate("a");
  await garbled.write(GARBAGE);
  await closed(garbled);
  const unknown = await client.allocate("a");
  await unknown.write(encodeCep({ ...COMPONENTS.enrollment, component: "Tea" }));
  assert.equal((await unknown.read()).toHex(), "0a001200180028004000");
  await closed(unknown);
  const halfWay = await introduced(client, "enrollment");
  await halfWay.deallocate();
  const enrollee = await introduced(client, "enrollment");
  await enrollee.write(GARBAGE);
  await closed(enrollee);

  await layer.join("b", "a");
  await host.irmd.waitFor(/\(WW\): Refused a connection on fd \d+: there is no component "Tea" here\./);
  const warnings = host.log.filter((line) => /^(connection-manager|enrollment)\(WW\)/.test(line));
  assert.equal(warnings.length, 3, warnings.join("\n"));
  await host.ok("irm name register svc ipcp b");
  await layer.pinged();
});

Deno.test("a neighbour that garbles routing, data transfer, allocation and directory does no harm", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.line("a", "b");
  await using client = await connect({ runtimeFolder: host.folder });
  const management = await introduced(client, "management");
  const transfer = await introduced(client, "transfer");
  const { address: own } = (await layer.stats("a")).unicast;
  assert(typeof own === "string");
  const packetFor = (eid: number, payload: Uint8Array) => {
    const packet = new Uint8Array(15 + payload.length);
    // As texts, addresses have their bytes in the order of the wire.
    packet.setFromHex(own.replaceAll(".", ""));
    packet[5] = 60;
    packet[7] = eid;
    packet.set(payload, 15);
    return packet;
  };
  for (const length of [0, 1, 23, 24, 25, 500]) await management.write(new Uint8Array(length).fill(0xee));
  for (const length of [0, 1, 14, 15, 16]) await transfer.write(GARBAGE.subarray(0, length));
  for (const eid of [0, 1, 2, 63, 64]) {
    await transfer.write(packetFor(eid, new Uint8Array(0)));
    await transfer.write(packetFor(eid, GARBAGE));
  }
  await layer.pinged();
  for (const component of ["dt", "flow-allocator", "dht"]) {
    const count = host.log.filter((line) => line.startsWith(`${component}(WW)`)).length;
    assert(count >= 1 && count <= 2, `${component} warned ${count} times`);
  }
  await Promise.all([management.deallocate(), transfer.deallocate()]);
  await host.irmd.waitFor(/Data Transfer connection on fd \d+ is down/);
  await layer.untilReaches("a", ["b"]);
  await layer.pinged();
});

Deno.test("a peer that closes every flow is given up, whatever it is asked", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.first("a");
  await using client = await connect({ runtimeFolder: host.folder });
  await host.ok(`irm bind process ${Deno.pid} name ghost`);
  await host.ok("irm name register ghost layer ll");
  const commands = [
    "ipcp enroll name b layer net dst ghost",
    "ipcp connect name a dst ghost comp mgmt",
    "ipcp connect name a dst ghost comp dt",
  ];
  const answers = commands.map((command) => host.irm(command));
  for (let flow = 0; flow < 5 * commands.length; flow++) await (await client.accept()).deallocate();
  for (const { code, stderr } of await Promise.all(answers)) {
    assert.equal(code, 1);
    assert.match(stderr, /the N-1 flow is down: /);
  }
  await layer.join("b", "a");
});
