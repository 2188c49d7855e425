/** Tests of what processes above are told of their flows' largest packets, and that flows are suspended. @module */
import { NO_BYTES } from "../../kit/bytes.ts";
import assert from "node:assert/strict";
import { nameHash } from "../../contract/ids.ts";
import type { Layer, UpperFlow } from "../../contract/ipcp.ts";
import { DONE, success } from "../../contract/outcome.ts";
import { QOS } from "../../contract/qos.ts";
import { fieldsOf } from "../../wire/local/fields.ts";
import { FakePort, HostFixture } from "../../testing/ipcp/host.ts";

const TOKEN = "00112233445566778899aabbccddeeff";
const HASH = "ab".repeat(32);

/** What an IPCP type says of its layer. */
const layer = (maxPacket?: number): Partial<Layer> => ({ mpl: 7, maxPacket });

/** A flow that was asked for, and the process above that has not connected yet. */
function asked(ipcp: Partial<Layer>, before: (flow: UpperFlow) => void = () => {}) {
  const flows: UpperFlow[] = [];
  const fixture = HostFixture.operational(Object.assign(
    ipcp,
    {
      allocate: (flow, _request, done) => {
        flows.push(flow);
        done(DONE);
      },
    } satisfies Partial<Layer>,
  ));
  fixture.ask("layer.allocate", { flow: 3, token: TOKEN, hash: HASH, data: "" });
  const [flow] = flows;
  before(flow);
  fixture.context?.upper.allocated(flow, { response: 0, data: NO_BYTES }, 7);
  const [, params] = fixture.told[0];
  const attach = () => {
    const port = new FakePort();
    fixture.expected.get(TOKEN)?.(port);
    return port;
  };
  return { flow, told: fieldsOf(params, "params").maxPacket, attach };
}

Deno.test("an allocation tells the largest packet of the layer, or of the flow where it has a limit", () => {
  assert.equal(asked(layer()).told, undefined);
  assert.equal(asked(layer(1400)).told, 1400);
  assert.equal(asked(layer(1400), (flow) => flow.limit(1200)).told, 1200);
  assert.equal(asked(layer(), (flow) => flow.limit(1200)).told, 1200);
  assert.equal(asked(layer(2 ** 31)).told, 1_048_576);
});

Deno.test("what changes before the process above connects is told when it does, and only if it is new", () => {
  const { flow, attach } = asked(layer(1400));
  flow.limit(1300);
  flow.limit(1200);
  flow.suspend(true);
  flow.send(Uint8Array.of(1));
  const port = attach();
  assert.deepEqual(port.news, [["limit", 1200, 0], ["suspend", true, 0]]);
  assert.deepEqual(port.sent, [1]);
  const same = asked(layer(1400));
  same.flow.limit(1200);
  same.flow.limit(1400);
  same.flow.suspend(true);
  same.flow.suspend(false);
  assert.deepEqual(same.attach().news, []);
});

Deno.test("what changes later is told at once, and once", () => {
  const { flow, attach } = asked(layer(1400));
  const port = attach();
  for (const limit of [1300, 1300, 1500]) flow.limit(limit);
  for (const suspended of [false, true, true, false]) flow.suspend(suspended);
  assert.deepEqual(port.news, [
    ["limit", 1300, 0],
    ["limit", 1500, 0],
    ["suspend", true, 0],
    ["suspend", false, 0],
  ]);
});

Deno.test("a request that arrives carries what the layer says at that time", () => {
  const says = layer(1400);
  const fixture = HostFixture.operational(says);
  let offered: UpperFlow | undefined;
  const ask = () =>
    fixture.context?.upper.request({ hash: nameHash(HASH), qos: QOS.raw, data: NO_BYTES }, (outcome) => {
      if (outcome.ok) offered = outcome.value;
    });
  ask();
  fixture.asked[0](success({ flow: 5 }));
  offered?.limit(1200);
  fixture.ask("layer.respond", { flow: 5, response: 0, data: "", connect: { path: "/p", token: TOKEN } });
  const port = new FakePort();
  fixture.connecting[0][1](success(port));
  assert.deepEqual(port.news, [["limit", 1200, 0]]);
  const limits = () => {
    const { mpl, maxPacket } = fieldsOf(fixture.told.at(-1)?.[1], "params");
    return [mpl, maxPacket];
  };
  assert.deepEqual(limits(), [7, 1400]);
  Object.assign(fixture.layer, { mpl: 9, maxPacket: 1000 });
  ask();
  assert.deepEqual(limits(), [9, 1000]);
});

Deno.test("a flow that was joined to a broadcast learns its largest packet from the answer, and from its data connection", () => {
  const fixture = HostFixture.operational(
    { ...layer(1400), join: (_flow, done) => done(DONE) },
    ["join"],
  );
  const answer = fixture.ask("layer.join", { flow: 0, token: TOKEN });
  assert.deepEqual(answer, success({ maxPacket: 1400 }));
  const port = new FakePort();
  fixture.expected.get(TOKEN)?.(port);
  assert.deepEqual(port.news, [["limit", 1400, 0]]);
});
