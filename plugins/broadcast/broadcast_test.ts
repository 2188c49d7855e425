/** Broadcast layers in virtual time, also with neighbours that behave as the reference. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { address } from "../../core/contract/ids.ts";
import type { LowerFlow } from "../../core/contract/ipcp.ts";
import type { Done } from "../../core/contract/outcome.ts";
import { QOS } from "../../core/contract/qos.ts";
import { ConnectionManager } from "../../core/ipcp/connection/connection_manager.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { testingLog } from "../../core/testing/log.ts";
import { COMPONENTS } from "../../core/wire/layer/cep_message.ts";
import type { SimulatedFlow } from "../../core/conformance/ipcp/simulated_upper.ts";
import { TestLayer, type TestMember } from "../testing/unicast_layer.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const texts = ({ received }: { readonly received: readonly Uint8Array[] }) =>
  received.map((packet) => new TextDecoder().decode(packet));

/** A process that joins the layer. */
function joined(layer: TestLayer, member: TestMember): SimulatedFlow {
  const flow = member.upper.flow(QOS.raw);
  layer.ok((done: Done) => member.layer?.join?.(flow, done));
  return flow;
}

/** Members a, b, c, … with a process each, connected as the pairs say. */
async function connected(names: string, pairs: readonly string[], seed = 0) {
  const layer = await TestLayer.make([], seed, "broadcast");
  const members = new Map<string, TestMember>();
  for (const name of names) {
    members.set(name, members.size === 0 ? layer.first(name) : layer.joined(name, names[0]));
  }
  const of = (name: string) => members.get(name) ?? assert.fail(name);
  for (const [from, to] of pairs) layer.connect(of(from), to);
  const processes = new Map([...members].map(([name, member]) => [name, joined(layer, member)]));
  return { layer, of, process: (name: string) => processes.get(name) ?? assert.fail(name), processes };
}

/** A member of the reference: no ids, no address, every packet goes to everybody else, as often as it comes. */
class ReferenceMember {
  readonly received: Uint8Array[] = [];
  readonly #flows = new Set<LowerFlow>();
  readonly #connections: ConnectionManager;

  constructor(private readonly layer: TestLayer, name: string) {
    const lower = layer.network.host(name);
    const { time } = layer;
    const random = new SeededRandom(name.charCodeAt(0));
    this.#connections = new ConnectionManager(
      { clock: time, timers: time, random, log: testingLog([]) },
      lower,
    );
    const component = { name: COMPONENTS.transfer, protocol: "", version: 0, syntax: 0, address: address(0) };
    this.#connections.register(component, {
      up: ({ flow }) => {
        this.#flows.add(flow);
        flow.onPacket((packet) => {
          this.received.push(packet.slice());
          this.write(packet, flow);
        });
      },
      down: ({ flow }) => void this.#flows.delete(flow),
    });
    lower.accept((flow) => this.#connections.accepted(flow));
  }

  connect(destination: string): void {
    this.layer.ok((done) => this.#connections.connect(destination, COMPONENTS.transfer, QOS.raw, done));
  }

  write(packet: Uint8Array, from?: LowerFlow): void {
    for (const flow of this.#flows) if (flow !== from) flow.send(packet.slice());
  }
}

Deno.test("a packet reaches every process of every member once, but not who sent it", async () => {
  const { layer, process, of } = await connected("abcde", ["ba", "ca", "dc", "ec"]);
  const other = joined(layer, of("d"));
  process("d").write(bytes("one"));
  process("a").write(bytes("two"));
  layer.time.advance(20);
  for (const name of ["b", "c", "e"]) assert.deepEqual(texts(process(name)).sort(), ["one", "two"], name);
  assert.deepEqual(texts(other), ["one", "two"]);
  assert.deepEqual([texts(process("a")), texts(process("d"))], [["one"], ["two"]]);
});

Deno.test("in a ring, and with connections made twice, a packet comes once; the same again comes again", async () => {
  const { layer, processes } = await connected("abcde", ["ba", "cb", "dc", "ed", "ae", "ab", "ec"]);
  processes.get("a")?.write(bytes("again"));
  layer.time.advance(1);
  processes.get("a")?.write(bytes("again"));
  processes.get("c")?.write(bytes("again"));
  layer.time.advance(50);
  for (const [name, process] of processes) {
    assert.equal(process.received.length, name === "a" ? 1 : name === "c" ? 2 : 3, name);
  }
});

Deno.test("a neighbour of the reference gets what was written, and its packets reach all", async () => {
  const { layer, processes } = await connected("abc", ["ba", "cb"]);
  const reference = new ReferenceMember(layer, "r");
  reference.connect("b");
  processes.get("a")?.write(bytes("to all"));
  layer.time.advance(20);
  assert.deepEqual(texts(reference), ["to all"]);
  reference.write(bytes("from afar"));
  reference.write(bytes("from afar"));
  layer.time.advance(20);
  assert.deepEqual(texts(processes.get("a") ?? assert.fail()), ["from afar", "from afar"]);
  assert.deepEqual(texts(processes.get("c") ?? assert.fail()), ["to all", "from afar", "from afar"]);
});

Deno.test("a loop through members of the reference carries each packet once", async () => {
  const { layer, processes } = await connected("abc", ["ba", "cb"]);
  const [r, s] = [new ReferenceMember(layer, "r"), new ReferenceMember(layer, "s")];
  r.connect("a");
  s.connect("r");
  s.connect("c");
  for (const [index, name] of ["a", "b", "c"].entries()) processes.get(name)?.write(bytes(`${index}`));
  layer.time.advance(200);
  r.write(bytes("r"));
  layer.time.advance(1000);
  r.write(bytes("r"));
  layer.time.advance(200);
  for (const [name, process] of processes) {
    const own = `${["a", "b", "c"].indexOf(name)}`;
    const expected = ["0", "1", "2", "r", "r"].filter((text) => text !== own);
    assert.deepEqual(texts(process).sort(), expected, name);
  }
});

Deno.test("whatever the connections are, every member gets each packet once", async () => {
  const names = "abcdefg";
  const edges = fc.array(fc.tuple(fc.nat(names.length - 1), fc.nat(names.length - 1)), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(
      edges,
      fc.array(fc.nat(names.length - 1), { minLength: 1, maxLength: 6 }),
      async (extra, who) => {
        const line = [...names].slice(1).map((name, index) => name + names[index]);
        const more = extra.filter(([a, b]) => a !== b).map(([a, b]) => names[a] + names[b]);
        // The same connection twice in one direction is refused.
        const { layer, processes } = await connected(names, [...new Set([...line, ...more])]);
        for (const [index, writer] of who.entries()) {
          processes.get(names[writer])?.write(bytes(`${index}`));
          layer.time.advance(index % 2);
        }
        layer.time.advance(50);
        for (const [name, process] of processes) {
          const expected = who.flatMap((writer, index) => names[writer] === name ? [] : [`${index}`]);
          assert.deepEqual(texts(process).sort(), expected, name);
        }
      },
    ),
    { numRuns: 20 },
  );
});

Deno.test("processes are told what the narrowest neighbour carries, and longer packets are counted", async () => {
  const { layer, of, process } = await connected("ab", ["ba"]);
  assert.equal(process("a").maxPacket, 1399);
  const writer = process("a");
  writer.write(new Uint8Array(1399));
  writer.write(new Uint8Array(1400));
  layer.time.advance(10);
  assert.deepEqual(process("b").received.map(({ length }) => length), [1399]);
  const stats = JSON.stringify(of("a").layer?.stats?.());
  assert.match(stats, /"tooLong":1/);
});

Deno.test("a neighbour that lies in ids, lengths and hops does no harm", async () => {
  const { layer, process, of } = await connected("ab", ["ba"]);
  const lower = layer.network.find("a") ?? assert.fail();
  const random = new SeededRandom(5);
  const liar = layer.network.host("x");
  const connections = new ConnectionManager(
    { clock: layer.time, timers: layer.time, random, log: testingLog([]) },
    liar,
  );
  let flow: LowerFlow | undefined;
  connections.register(
    { name: COMPONENTS.transfer, protocol: "", version: 0, syntax: 0, address: address(7) },
    { up: (connection) => void (flow = connection.flow), down: () => {} },
  );
  layer.ok((done) => connections.connect("a", COMPONENTS.transfer, QOS.raw, done));
  assert(flow && lower);
  for (let length = 0; length < 40; length++) flow.send(new Uint8Array(length));
  for (let sent = 0; sent < 200; sent++) {
    flow.send(Uint8Array.from({ length: 1 + random.uint32() % 30 }, () => random.uint32()));
  }
  layer.time.advance(50);
  const before = process("b").received.length;
  process("a").write(bytes("still here"));
  layer.time.advance(10);
  assert.deepEqual(texts(process("b")).slice(before), ["still here"]);
  assert.match(JSON.stringify(of("a").layer?.stats?.()), /"malformed":[1-9]/);
});

Deno.test("flows to names are refused with what to do; a member that leaves is no neighbour any more", async () => {
  const { layer, of, process } = await connected("abc", ["ba", "cb"]);
  const refused = layer.allocate(of("a"), "n");
  assert.equal(typeof refused, "number");
  assert.match(
    layer.refused((done: Done) => of("a").layer?.connect?.("b", "mgmt", QOS.raw, done)).message,
    /no component "mgmt"; there is: dt/,
  );
  of("b").layer?.shutdown();
  of("b").lower.vanish();
  layer.time.advance(100);
  process("a").write(bytes("alone"));
  layer.time.advance(100);
  assert.deepEqual(texts(process("c")), []);
});
