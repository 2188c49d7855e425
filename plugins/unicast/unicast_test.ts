/** Tests of the unicast IPCP type: its components at work together. @module */
import assert from "node:assert/strict";
import { ExistsError, InvalidError, IpcpError, NameError, PluginError } from "../../core/contract/errors.ts";
import { address } from "../../core/contract/ids.ts";
import type { Layer } from "../../core/contract/ipcp.ts";
import type { OptionDeclaration } from "../../core/contract/options.ts";
import type { Stats } from "../../core/contract/stats.ts";
import type { Done } from "../../core/contract/outcome.ts";
import type { Plugin } from "../../core/contract/plugin.ts";
import { QOS } from "../../core/contract/qos.ts";
import { SimulatedFlow } from "../../core/conformance/ipcp/simulated_upper.ts";
import { encodeCep } from "../../core/wire/layer/cep_message.ts";
import {
  decodeEnrollmentRequest,
  encodeEnrollmentResponse,
  wallTime,
} from "../../core/wire/layer/enrollment_message.ts";
import { encoded } from "../../tests/support/layer_encoding.ts";
import { ENROLLMENT } from "../../core/ipcp/connection/enrollment.ts";
import { hashOf, TestLayer, type TestMember } from "../testing/unicast_layer.ts";

const enroll = ({ ipcp }: TestMember, destination: string) => (done: Done<Layer>) =>
  ipcp.enroll?.(destination, done);

/** Sends a packet one way and takes it at the other end. */
function exchange(layer: TestLayer, from: SimulatedFlow | number, value: number): void {
  assert(from instanceof SimulatedFlow, `there is no flow: ${from}`);
  from.write(Uint8Array.of(value));
  layer.time.advance(50);
}

/** The flow that the process above a member was given last. */
function lastFlow(member: TestMember): { flow?: SimulatedFlow } {
  const found: { flow?: SimulatedFlow } = {};
  const { onRequest } = member.upper;
  member.upper.onRequest = (request, done) =>
    onRequest(request, (outcome) => {
      if (outcome.ok && outcome.value instanceof SimulatedFlow) found.flow = outcome.value;
      done(outcome);
    });
  return found;
}

Deno.test("bootstrap, enrollment and connections give the lines of the tutorial", async () => {
  const layer = await TestLayer.make();
  const a = layer.first("a");
  const form = ({ lines }: TestMember) => lines.splice(0).map((line) => line.replace(/\d+/g, "N"));
  assert.deepEqual(form(a), [
    "normal-ipcp(DB): IPCP got address N.",
    "directory(DB): Bootstrapping directory.",
    "directory(II): Directory bootstrapped.",
    "normal-ipcp(DB): Bootstrapped in layer net.",
  ]);
  const b = layer.joined("b", "a");
  assert.deepEqual(form(b), [
    "connection-manager(DB): Sending cacep info for protocol OEP to fd N.",
    "enrollment(DB): Getting boot information.",
    "enrollment(DB): Received enrollment info (N bytes).",
    "normal-ipcp(DB): IPCP got address N.",
    "normal-ipcp(II): Enrolled with a.",
  ]);
  layer.time.advance(10);
  assert.equal(a.lower.flows.size, 0, "the flow for the enrollment is gone");
  layer.connect(b, "a");
  layer.time.advance(2000);
  assert.deepEqual(form(b).filter((line) => !line.includes("Could not get nhop")), [
    "connection-manager(DB): Sending cacep info for protocol LSP to fd N.",
    "link-state-routing(DB): Type mgmt neighbor N added.",
    "connection-manager(DB): Sending cacep info for protocol dtp to fd N.",
    "dt(DB): Added fd N to SDU scheduler.",
    "link-state-routing(DB): Type dt neighbor N added.",
    "dht(DB): Enrollment of DHT completed.",
  ]);
});

Deno.test("names are found and flows carry packets over several hops", async () => {
  const layer = await TestLayer.make();
  const members = layer.line("abcde");
  const [a, , c, , e] = members;
  layer.serve(e, "x");
  const found = lastFlow(e);
  for (const { layer: member } of members) {
    assert.equal(layer.ok<boolean>((done) => member?.query(hashOf("x"), done)), true);
    assert.equal(layer.ok<boolean>((done) => member?.query(hashOf("y"), done)), false);
  }
  for (const from of [a, c, e]) {
    const flow = layer.allocate(from, "x");
    exchange(layer, flow, 7);
    assert(found.flow && flow instanceof SimulatedFlow);
    assert.deepEqual(found.flow.received, [Uint8Array.of(7)]);
    exchange(layer, found.flow, 8);
    assert.deepEqual(flow.received, [Uint8Array.of(8)]);
    layer.ok((done: Done) => from.layer?.deallocate(flow, 0, done));
    layer.time.advance(100);
    assert.notEqual(found.flow.lost, undefined, "the other end was not told");
  }
  assert.equal(layer.allocate(a, "y"), new NameError("").errno);
});

Deno.test("a member that is cut off leaves a clear error, and is reached again when it is connected again", async () => {
  const layer = await TestLayer.make();
  const [a, b, c] = layer.line("abc");
  layer.serve(c, "x");
  assert(layer.allocate(a, "x") instanceof SimulatedFlow);
  for (const component of ["mgmt", "dt"]) {
    layer.ok((done: Done) => c.layer?.disconnect?.("b", component, done));
  }
  layer.time.advance(3000);
  assert.equal(layer.allocate(a, "x"), new IpcpError("").errno);
  assert.match(b.lines.join(), /\(II\): Data Transfer connection on fd \d+ is down/);
  layer.connect(c, "b");
  layer.time.advance(5000);
  assert(layer.allocate(a, "x") instanceof SimulatedFlow);
});

Deno.test("a ring routes around a lost adjacency", async () => {
  for (const routing of ["link_state", "lfa", "ecmp"]) {
    const layer = await TestLayer.make();
    const [a, , , d] = layer.line("abcd", { routing });
    layer.connect(d, "a");
    layer.time.advance(3000);
    layer.serve(d, "x");
    const found = lastFlow(d);
    const flow = layer.allocate(a, "x");
    layer.ok((done: Done) => d.layer?.disconnect?.("a", "dt", done));
    layer.time.advance(5000);
    exchange(layer, flow, 9);
    assert.deepEqual(found.flow?.received, [Uint8Array.of(9)], routing);
  }
});

Deno.test("what cannot be is refused, each with one clear error", async () => {
  const layer = await TestLayer.make();
  const a = layer.first("a");
  const b = layer.joined("b", "a");
  const connect = (to: string, component: string) => (done: Done) =>
    b.layer?.connect?.(to, component, QOS.raw, done);
  layer.ok(connect("a", "dt"));
  assert(layer.refused(connect("a", "dt")) instanceof ExistsError);
  assert(layer.refused(connect("b", "dt")) instanceof InvalidError);
  assert(layer.refused(connect("nobody", "mgmt")) instanceof NameError);
  assert.match(layer.refused(connect("a", "tea")).message, /no component "tea"; there are: mgmt, dt/);
  assert(layer.refused((done: Done) => b.layer?.disconnect?.("a", "tea", done)) instanceof InvalidError);
  assert(layer.refused(enroll(layer.fresh("c"), "nobody")) instanceof NameError);
  assert(a.lines.some((line) => line.includes("Added fd")), "the layer lives on");
});

const onlyHere: Plugin<"routing"> = {
  kind: "routing",
  name: "only_here",
  apiVersion: 1,
  description: "routes nothing",
  options: [{ name: "speed", type: "integer", min: 1, max: 9, default: 3, help: "speed" }],
  create: (_host, { options }) => ({
    forwarding: "simple",
    managementUp() {},
    managementDown() {},
    receive() {},
    adjacencyUp() {},
    adjacencyDown() {},
    members: () => [],
    stats: () => ({ speed: options.speed }),
    shutdown() {},
  }),
};

const routingOf = ({ layer }: TestMember): Stats[string] | undefined => layer?.stats?.().routing;

Deno.test("a layer with a third party's policy tells it, with its options, to new members", async () => {
  const layer = await TestLayer.make([onlyHere]);
  const given = {
    routing: "only_here",
    speed: "7",
    scheduling: "fifo",
    pff: "alternate",
    ttl: "9",
    hash: "SHA3_512",
  };
  layer.first("a", given);
  const b = layer.joined("b", "a");
  assert.deepEqual(routingOf(b), { speed: 7 });
  const { policies } = b.layer?.stats?.() ?? {};
  assert.deepEqual(policies, {
    addr_auth: "flat",
    directory: "DHT",
    routing: "only_here",
    congestion: "mb-ecn",
    scheduling: "fifo",
    hash: "SHA3_512",
    pff: "alternate",
  });
});

/** A registry with this version of the policy; it has the options `speed`, and those. */
const withVersion = (version: string | undefined, ...more: readonly OptionDeclaration[]) =>
  TestLayer.make([{ ...onlyHere, version, options: [...onlyHere.options, ...more] }]);

Deno.test("statistics tell the options that a layer and its policies have, where they were given and where not", async () => {
  const layer = await TestLayer.make([onlyHere]);
  layer.first("a", { routing: "only_here", ttl: "9" });
  const { options } = layer.joined("b", "a").layer?.stats?.() ?? {};
  assert.deepEqual(options, {
    ...{ addr: 4, eid: 8, ttl: 9, speed: 3 },
    ...{ dht_alpha: 3, dht_k: 8, dht_t_expire: 86400, dht_t_refresh: 900, dht_t_replicate: 900 },
  });
});

Deno.test("a new member whose policy has another version says so in its log and its statistics", async () => {
  const layer = await withVersion("1.2.0");
  layer.first("a", { routing: "only_here" });
  const burst = { name: "burst", type: "integer", min: 1, max: 9, default: 4, help: "burst" } as const;
  const cases = [
    ["1.2.0", [], []],
    ["1.10", [], ['routing "only_here" has version 1.10 here, and 1.2.0 in the layer']],
    [undefined, [burst], [
      'routing "only_here" has no version here, and 1.2.0 in the layer',
      'the layer does not say the option burst of routing "only_here", which is 4 here',
    ]],
  ] as const;
  for (const [version, more, told] of cases) {
    const { registry } = await withVersion(version, ...more);
    const b = layer.fresh(`b${version}`, registry);
    b.layer = layer.ok(enroll(b, "a"));
    const { enrollment } = b.layer.stats?.() ?? {};
    assert.deepEqual(
      enrollment,
      {
        enrolled: 0,
        failed: 0,
        pending: 0,
        ...told.length > 0 && { differences: told.map((what) => ({ what })) },
      },
    );
    assert.deepEqual(
      b.lines.filter((line) => line.includes("(WW)")),
      told.map((what) => `enrollment(WW): Enrolled with another plugin than the layer's: ${what}.`),
    );
    // It tells others the version that it has itself.
    const c = layer.fresh(`c${version}`, registry);
    c.layer = layer.ok(enroll(c, b.name));
    assert.equal(c.lines.some((line) => line.includes("(WW)")), false);
  }
  const { registry } = await withVersion("1.2.0");
  const later = await withVersion("1.2.0", burst);
  const d = layer.fresh("d", later.registry);
  d.layer = layer.ok(enroll(d, "a"));
  const e = layer.fresh("e", registry);
  e.layer = layer.ok(enroll(e, "d"));
  assert.match(e.lines.join(), /the layer has the option burst \(4\), which no plugin has here\./);
});

Deno.test("a new member whose policy has a version that does not fit that of the layer refuses, with both", async () => {
  const layer = await withVersion("1.2.0");
  const a = layer.first("a", { routing: "only_here" });
  const { registry } = await withVersion("2.0.0");
  const error = layer.refused(enroll(layer.fresh("b", registry), "a"));
  assert(error instanceof PluginError);
  assert.equal(
    error.message,
    'the layer uses routing "only_here" in version 1.2.0, and this host has 2.0.0: one does not fit the other',
  );
  layer.time.advance(10);
  assert.match(a.lines.join(), /\(WW\): Neighbor enrollment failed: the new member could not join/);
});

Deno.test("a new member without a plugin that the layer uses refuses by name", async () => {
  const layer = await TestLayer.make([onlyHere]);
  const other = await TestLayer.make();
  const a = layer.first("a", { routing: "only_here" });
  const b = layer.fresh("b", other.registry);
  const error = layer.refused(enroll(b, "a"));
  assert(error instanceof PluginError);
  assert.match(error.message, /there is no plugin routing "only_here"; known: link_state, lfa, ecmp/);
  layer.time.advance(10);
  assert.match(a.lines.join(), /\(WW\): Neighbor enrollment failed: the new member could not join/);
  layer.first("c");
  assert.equal(layer.ok(enroll(b, "c")).name, "net", "it can enroll elsewhere");
});

const always = (own: number): Plugin<"address"> => ({
  kind: "address",
  name: "always",
  apiVersion: 1,
  description: "one address for all",
  options: [],
  create: () => ({ draw: () => address(own) }),
});

Deno.test("a new member that can get no address but that of the one it enrolls with is refused", async () => {
  const layer = await TestLayer.make([always(7)]);
  const a = layer.first("a", { addr_auth: "always" });
  const error = layer.refused(enroll(layer.fresh("b"), "a"));
  assert(error instanceof ExistsError);
  assert.match(error.message, /the address policy always gives only 07\.00\.00\.00, which the member .* has/);
  layer.time.advance(10);
  assert.match(a.lines.join(), /\(WW\): Neighbor enrollment failed/);
  assert.equal(a.lower.flows.size, 0);
});

Deno.test("a configuration that is not valid is refused by the new member, with the option at fault", async () => {
  const good = {
    ...{ addr: 4, eid: 8, ttl: 60, addr_auth: "flat", congestion: "none" },
    ...{ routing: "link_state", ls_t_recalc: 4, ls_t_update: 15, ls_t_timeo: 60 },
    ...{
      directory: "DHT",
      dht_alpha: 3,
      dht_k: 8,
      dht_t_expire: 86400,
      dht_t_refresh: 900,
      dht_t_replicate: 900,
    },
  };
  const wrong: [Readonly<Record<string, string | number>>, RegExp][] = [
    [{ ttl: 256 }, /Invalid value for ttl: "256"\. It is a whole number of 1 to 255/],
    [{ ttl: 0 }, /Invalid value for ttl: "0"/],
    [{ addr: 8 }, /Invalid value for addr: "8"\. It is a whole number of 4 to 4/],
    [{ ls_t_update: 0 }, /Invalid value for ls_t_update: "0"/],
    [{ dht_k: 1000 }, /Invalid value for dht_k: "1000"/],
    [{ pff: 3 }, /Invalid value for pff: 3\. It is the name of a plugin of kind forwarding/],
    [{ scheduling: "lottery" }, /no plugin scheduling "lottery"/],
  ];
  const layer = await TestLayer.make();
  for (const [changes, error] of [...wrong, [{}, undefined] as const]) {
    layer.network.host("member").accept((flow) => {
      flow.onPacket((message) => {
        if (message.length !== 10) {
          return void flow.send(encodeCep({ ...ENROLLMENT, component: ENROLLMENT.name }));
        }
        const { id } = decodeEnrollmentRequest(message);
        const options = { ...good, ...changes };
        const configuration = encoded({
          type: "unicast",
          layer: "net",
          hash: "SHA3_256",
          options,
          peer: undefined,
        });
        flow.send(
          encodeEnrollmentResponse({ id, time: wallTime(layer.time.wall()), response: 0, configuration }),
        );
      });
    });
    const fresh = layer.fresh("b");
    if (error) assert.match(layer.refused(enroll(fresh, "member")).message, error);
    else {
      fresh.layer = layer.ok(enroll(fresh, "member"));
      assert.equal(fresh.layer.name, "net");
    }
    layer.time.advance(10);
    assert.equal(fresh.lower.flows.size, 0);
    (fresh.layer ?? fresh.ipcp).shutdown?.();
  }
  assert.equal(layer.time.armed, 0, "timers were left behind");
});

Deno.test("statistics tell of every component, as plain data; a shutdown leaves nothing behind", async () => {
  const layer = await TestLayer.make();
  const [a, b, c] = layer.line("abc");
  layer.serve(c, "x");
  assert(layer.allocate(a, "x") instanceof SimulatedFlow);
  const stats = b.layer?.stats?.() ?? {};
  assert.deepEqual(JSON.parse(JSON.stringify(stats)), stats);
  assert.deepEqual(Object.keys(stats), [
    "address",
    "policies",
    "routing",
    "forwarding",
    "data transfer",
    "flow allocator",
    "directory",
    "options",
    "connections",
    "enrollment",
  ]);
  for (const member of [b, a, c]) {
    member.upper.over = true;
    member.layer?.shutdown();
    assert.equal(member.lower.flows.size, 0, "N-1 flows were left behind");
  }
  layer.time.advance(10);
  assert.equal(layer.time.armed, 0, "timers were left behind");
});

Deno.test("statistics show addresses as logs of packets do: four bytes in hexadecimal, the lowest first", async () => {
  const layer = await TestLayer.make();
  const [, b, c] = layer.line("abc");
  layer.serve(c, "x");
  assert(layer.allocate(b, "x") instanceof SimulatedFlow);
  const shown = JSON.stringify(b.layer?.stats?.());
  const fields = [
    ...shown.matchAll(/"(address|source|destination|neighbour|remoteAddress|peer)":("[^"]*"|\d+)/g),
  ];
  const ofMembers = fields.filter(([, , value]) => !/^"[abc]"$/.test(value));
  const names = new Set(ofMembers.map(([, name]) => name));
  assert.deepEqual(
    [...names].sort(),
    ["address", "destination", "neighbour", "peer", "remoteAddress", "source"],
  );
  for (const [field, , value] of ofMembers) assert.match(value, /^"[0-9a-f]{2}(\.[0-9a-f]{2}){3}"$/, field);
});

Deno.test("a member that comes back into its layer takes the address that it had, unless the member that it asks has it", async () => {
  const layer = await TestLayer.make();
  const a = layer.first("a");
  const own = a.layer?.address;
  assert(own !== undefined);
  const enrolled = (name: string, former: { layer: string; address: number }) =>
    layer.ok<Layer>((done) =>
      layer.fresh(name).ipcp.enroll?.("a", done, { ...former, address: address(former.address) })
    ).address;
  assert.equal(enrolled("b", { layer: "net", address: 77 }), 77);
  assert.notEqual(enrolled("c", { layer: "other", address: 78 }), 78);
  assert.notEqual(enrolled("d", { layer: "net", address: own }), own);
});

Deno.test("endpoint ids of another length than 8 bytes are taken, as in the reference, and a line says that they have 8", async () => {
  const layer = await TestLayer.make();
  const a = layer.first("a", { eid: "2" });
  assert.match(a.lines.join("\n"), /\(WW\): Endpoint ids of 2 bytes are not supported; they have 8\./);
  assert(a.layer);
});
