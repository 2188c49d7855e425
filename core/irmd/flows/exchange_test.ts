/**
 * How the allocation protocol goes along with allocations.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AuthError, CryptError } from "../../contract/errors.ts";
import type { Outcome } from "../../contract/outcome.ts";
import { decodeOapHeader, encodeOapHeader, type OapHeader, oapTimestamp } from "../../wire/oap_header.ts";
import { emptyWorld, type LayerManners } from "../../testing/irmd/layer.ts";
import { hashOf } from "../../testing/irmd/plugins.ts";
import type { FakeProcess, World } from "../../testing/irmd/world.ts";
import { PLAIN_POLICY } from "../../security/policy/flow_policy.ts";
import { encrypting } from "../../testing/irmd/handshake.ts";
import { NOW } from "../../testing/security/certificates.ts";
import { ClientHandshake } from "../oap/client_handshake.ts";

const TOKEN = "00112233445566778899aabbccddeeff";
const PART = Uint8Array.of(1, 2, 3);

/** A world with a layer for each of `layers` in which `x` is registered, and a server that accepts twice. */
function layered(...layers: LayerManners[]): { world: World; server: FakeProcess } {
  const { world, manners } = emptyWorld({}, NOW);
  for (const [index, wanted] of layers.entries()) {
    manners.splices = manners.changes = undefined;
    Object.assign(manners, wanted);
    void world.command("ipcp.bootstrap", { name: `i${index}`, type: "local", layer: `l${index}` }).result;
    void world.command("name.register", { name: "x", ipcps: [`i${index}`] }).result;
  }
  const server = world.connect("server");
  world.command("bind.process", { name: "x", pid: server.pid });
  world.log();
  return { world, server };
}

/** Data of the messages that an IPCP got. */
const carried = (ipcp: FakeProcess, method: string): string[] =>
  ipcp.requests.filter((one) => one.method === method).map(({ params }) => params.data);

const decode = (data: string, hashLength: number): OapHeader =>
  decodeOapHeader(Uint8Array.fromBase64(data), hashLength);

const change = (fields: Partial<OapHeader>) => (data: string): string =>
  encodeOapHeader({ ...decode(data, 48), ...fields }).toBase64();

/** A request as another host would make it. */
function request({ time, random }: World): Uint8Array {
  let made: Outcome<ClientHandshake> | undefined;
  const context = { clock: time, random, name: "x", policy: PLAIN_POLICY };
  ClientHandshake.begin(context, PART, (outcome) => made = outcome);
  if (!made?.ok) throw new Error("no request was made");
  return made.value.request;
}

const pass = (world: World, data: Uint8Array) =>
  world.ipcps[0].ask("upper.request", { hash: hashOf("x"), data: data.toBase64() });

Deno.test("layers carry the headers, and processes see only their own data", () => {
  const { world, server } = layered({});
  const accepted = server.ask("flow.accept", { token: TOKEN });
  const allocated = world.connect("client").ask("flow.allocate", { name: "x", data: PART.toBase64() });
  world.time.advance(20);
  assert.deepEqual([accepted.result.data, allocated.result.data], [PART.toBase64(), ""]);
  const [asked] = carried(world.ipcps[0], "layer.allocate");
  assert.deepEqual(decode(asked, 0).data, PART);
  const [answered] = carried(world.ipcps[0], "layer.respond");
  assert.deepEqual(decode(answered, 48).id, decode(asked, 0).id);
});

Deno.test("a request without a valid header is answered -1009 at once; the process goes on waiting", () => {
  const { world, server } = layered({});
  const accepted = server.ask("flow.accept", { token: TOKEN });
  const valid = request(world);
  for (const data of [new Uint8Array(0), PART, valid.subarray(1)]) {
    const { error } = pass(world, data);
    assert(error instanceof AuthError && error.errno === 1009);
    assert.match(world.log(0).at(-1) ?? "", /^irmd\(WW\): Flow request for x refused: /);
  }
  assert.deepEqual([world.status().refusedRequests, world.status().flows, accepted.answers.length], [
    3,
    0,
    0,
  ]);
  assert.equal(pass(world, valid).result.flow, 0);
});

Deno.test("a flow that asks for no security comes about whatever the clocks show; its id alone tells repeats", () => {
  const { world, server } = layered({});
  for (const apart of [-3_600_000, -25_000, 1000, 50_000_000]) {
    const header = decodeOapHeader(request(world), 0);
    const at = (wall: number) => encodeOapHeader({ ...header, timestamp: oapTimestamp(wall) });
    server.ask("flow.accept", { token: TOKEN });
    assert.equal(pass(world, at(world.time.wall() + apart)).answers[0]?.ok, true, `${apart} ms`);
    const { error } = pass(world, at(world.time.wall()));
    assert(error instanceof AuthError && /it was received before/.test(error.message));
  }
});

Deno.test("a flow with security from a host whose clock is apart is refused, and its end is told by how much", () => {
  const { world } = layered({});
  let made: Outcome<ClientHandshake> | undefined;
  const context = { clock: world.time, random: world.random, name: "x", policy: encrypting("X25519") };
  ClientHandshake.begin(context, PART, (outcome) => made = outcome);
  assert(made?.ok);
  const header = decodeOapHeader(made.value.request, 0);
  for (
    const [apart, words] of [
      [1000, "its clock is 1000 ms ahead of the clock of the host that was asked; set the clocks"],
      [
        -25_000,
        "it is 25000 ms old by the clock of the host that was asked; 20000 is the most: set the clocks",
      ],
    ] as const
  ) {
    const { error } = pass(
      world,
      encodeOapHeader({ ...header, timestamp: oapTimestamp(world.time.wall() + apart) }),
    );
    assert(error instanceof AuthError);
    assert.equal(error.told, `the request for a flow is refused: ${words}`);
    assert(world.log(0).some((line) => line.includes(words)), "both ends have the same words");
  }
});

Deno.test("a request that comes again is refused, also when the first still waits for a process", () => {
  const { world, server } = layered({});
  const valid = request(world);
  const first = pass(world, valid);
  assert(pass(world, valid).error instanceof AuthError);
  server.ask("flow.accept", { token: TOKEN });
  assert.equal(first.result.flow, 0);
  assert(pass(world, valid).error instanceof AuthError);
});

Deno.test("certificates and keys that cannot be read are refused to the layer and to the process that asks", () => {
  for (
    const [fields, Class, words] of [
      [{ certificate: PART }, AuthError, /certificate cannot be read/],
      [{ keyExchange: PART }, CryptError, /no known algorithm/],
    ] as const
  ) {
    const { world } = layered({});
    const { error } = pass(world, encodeOapHeader({ ...decodeOapHeader(request(world), 0), ...fields }));
    assert(error instanceof Class && words.test(error.message));
  }
  const { world, server } = layered({ changes: change({ certificate: PART }) });
  server.ask("flow.accept", { token: TOKEN });
  const allocated = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  assert(allocated.error instanceof AuthError);
  assert.match(allocated.error.message, /flow to "x" in layer "l0".*certificate cannot be read/);
});

Deno.test("an answer that does not fit its request ends the flow on both sides", () => {
  for (const splices of [true, false]) {
    for (
      const changes of [
        () => "",
        change({ id: new Uint8Array(16) }),
        change({ requestHash: new Uint8Array(48) }),
      ]
    ) {
      const { world, server } = layered({ splices, changes });
      const accepted = server.ask("flow.accept", { token: TOKEN });
      const allocated = world.connect("client").ask("flow.allocate", { name: "x" });
      world.time.advance(20);
      assert(allocated.error instanceof CryptError);
      assert.deepEqual(server.notified.map(({ method, params }) => [method, params.flow]), [[
        "flow.down",
        accepted.result.flow,
      ]]);
      assert.equal(world.status().flows, 1);
    }
  }
});

Deno.test("the next layer gets a request of its own", () => {
  const { world, server } = layered({ changes: () => "" }, {});
  const accepts = [0, 1].map(() => server.ask("flow.accept", { token: TOKEN }));
  const allocated = world.connect("client").ask("flow.allocate", { name: "x" });
  world.time.advance(20);
  assert.equal(allocated.error, undefined);
  assert(accepts.every(({ error }) => error === undefined));
  const ids = world.ipcps.map((ipcp) => decode(carried(ipcp, "layer.allocate")[0], 0).id.toHex());
  assert.notEqual(ids[0], ids[1]);
});
