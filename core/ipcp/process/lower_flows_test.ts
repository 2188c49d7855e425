/** Tests of N-1 flows, between two processes' worth of them under a stand-in for the IRMd. @module */
import assert from "node:assert/strict";
import { NameError } from "../../contract/errors.ts";
import type { Lower, LowerFlow } from "../../contract/ipcp.ts";
import type { Outcome } from "../../contract/outcome.ts";
import { QOS } from "../../contract/qos.ts";
import { FdTable } from "../../kit/number_pool.ts";
import { FlowBroker } from "../../flow/irmd/flow_broker.ts";
import { TestingIrmd } from "../../testing/irmd.ts";
import { systemClock, systemRandom, systemTimers } from "../../os/clock.ts";
import { ControlConnection } from "../../os/unix/control_connection.ts";
import { fieldsOf, text } from "../../wire/local/fields.ts";
import { DataServer } from "./data_server.ts";
import { LowerFlows } from "./lower_flows.ts";

const log = { error() {}, warning() {}, info() {}, debug() {}, component: () => log };
const ports = { clock: systemClock, timers: systemTimers, random: systemRandom, log };

/** What an IPCP process has below it. */
class Below implements Disposable {
  readonly fds = new FdTable();
  readonly lower: LowerFlows;
  readonly server: DataServer;

  private constructor(readonly control: ControlConnection, readonly broker: FlowBroker, server: DataServer) {
    this.server = server;
    this.lower = new LowerFlows(broker, this.fds, ports);
  }

  static async open(irmd: TestingIrmd): Promise<Below> {
    const control = await ControlConnection.connect([`${irmd.folder}/irmd.sock`], {
      request: () => {},
      notification: (_method, params) => broker?.flowDown(params),
    }, (error) => broker?.end(error));
    const answer = fieldsOf(
      await control.call("hello", { protocol: 1, program: "x", role: "ipcp" }),
      "hello",
    );
    const path = text(answer, "data", 200);
    const server = new DataServer(path, systemTimers);
    const broker = new FlowBroker(control.peer, path, { ...ports, listener: server.listener });
    return new Below(control, broker, server);
  }

  [Symbol.dispose](): void {
    this.lower.end();
    this.control.close();
    this.server.close();
  }
}

const allocate = (lower: Lower, name: string): Promise<Outcome<LowerFlow>> =>
  new Promise((resolve) => lower.allocate(name, QOS.raw, resolve));

const accepted = (lower: Lower): Promise<LowerFlow> => new Promise((resolve) => lower.accept(resolve));

const packetOf = (flow: LowerFlow): Promise<number> =>
  new Promise((resolve) => flow.onPacket((packet) => resolve(packet[0])));

Deno.test("N-1 flows are allocated, accepted, carry packets and end", async () => {
  await using irmd = await TestingIrmd.start();
  using one = await Below.open(irmd);
  using other = await Below.open(irmd);
  // Somebody above is waited for at the same socket as flows from below.
  other.server.expect("ab".repeat(16), () => {});
  const incoming = accepted(other.lower);
  const outcome = await allocate(one.lower, "member");
  assert(outcome.ok, outcome.ok ? "" : String(outcome.error));
  const [ours, theirs] = [outcome.value, await incoming];
  assert.deepEqual([ours.fd, theirs.fd], [64, 64]);
  assert.equal(ours.send(Uint8Array.of(1)), true);
  assert.equal(await packetOf(theirs), 1);
  theirs.send(Uint8Array.of(2));
  assert.equal(await packetOf(ours), 2);
  const down = new Promise((resolve) => theirs.onDown(resolve));
  ours.deallocate();
  assert.equal(ours.send(Uint8Array.of(3)), false);
  await down;
  assert.equal(one.fds.take(), 64, "the number is free");
  theirs.deallocate();
});

Deno.test("an N-1 flow that cannot be had is an error", async () => {
  await using irmd = await TestingIrmd.start();
  using one = await Below.open(irmd);
  const outcome = await allocate(one.lower, "unknown member");
  assert(!outcome.ok && outcome.error instanceof NameError);
});

Deno.test("the end of the IPCP ends its N-1 flows at once", async () => {
  await using irmd = await TestingIrmd.start();
  using one = await Below.open(irmd);
  const other = await Below.open(irmd);
  const incoming = accepted(other.lower);
  const outcome = await allocate(one.lower, "member");
  assert(outcome.ok);
  await incoming;
  const down = new Promise((resolve) => outcome.value.onDown(resolve));
  other[Symbol.dispose]();
  await down;
});

Deno.test("an IPCP that ends after a flush has said all that it sent", async () => {
  await using irmd = await TestingIrmd.start();
  using one = await Below.open(irmd);
  const other = await Below.open(irmd);
  const incoming = accepted(other.lower);
  const outcome = await allocate(one.lower, "member");
  assert(outcome.ok);
  const received: number[] = [];
  outcome.value.onPacket((packet) => received.push(packet[0]));
  const down = new Promise((resolve) => outcome.value.onDown(resolve));
  const theirs = await incoming;
  const sent = Array.from({ length: 100 }, (_, index) => index);
  for (const value of sent) theirs.send(Uint8Array.of(value));
  theirs.deallocate();
  await new Promise<void>((resolve) => other.lower.flush(resolve));
  other[Symbol.dispose]();
  await down;
  assert.deepEqual(received, sent);
  await new Promise<void>((resolve) => other.lower.flush(resolve));
});

Deno.test("a requester that does not connect keeps nobody else waiting", async () => {
  await using irmd = await TestingIrmd.start();
  using one = await Below.open(irmd);
  using other = await Below.open(irmd);
  const incoming = accepted(other.lower);
  await one.control.call("flow.allocate", { name: "member" });
  const outcome = await allocate(one.lower, "member");
  assert(outcome.ok, outcome.ok ? "" : String(outcome.error));
  outcome.value.send(Uint8Array.of(5));
  assert.equal(await packetOf(await incoming), 5);
});
