/** Scenarios: what they mean, and what is said of those that are wrong. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { BUILTINS } from "../../../plugins/builtins.ts";
import { InvalidError } from "../../contract/errors.ts";
import type { PluginKind } from "../../contract/plugin_kind.ts";
import { READY_MADE } from "../ready/ready_made.ts";
import { namedFiles, type Overrides, readScenario } from "./read_scenario.ts";
import type { Scenario } from "./scenario.ts";

const declarations = BUILTINS.map(({ declaration }) => declaration);
const policies = (kind: PluginKind) => declarations.filter((declaration) => declaration.kind === kind);
const read = (text: string, over: Overrides = {}, graphml?: string): Scenario =>
  readScenario({ text, path: "f.toml", graphml }, policies, over);

const NET = '[topology]\nlinks = [["a", "b"], ["b", "c"]]\n[layer.net]\n';
const edges = ({ links }: Scenario) => links.map(({ ends }) => ends.join("-")).join(" ");

Deno.test("hosts are those that links name, in their order; links have what [link] says, unless they say it themselves", () => {
  const { hosts, links } = read(
    '[topology]\nlinks = [["x", "y"], { from = "y", to = "z", delay = "9ms", loss = "5%" }]\n[link]\nrate = "10Mb"\ndelay = "2ms"',
  );
  assert.deepEqual(hosts, ["x", "y", "z"]);
  assert.deepEqual(links.map(({ delay, rate, loss }) => [delay, rate, loss]), [[2, 10e6, 0], [
    9,
    10e6,
    0.05,
  ]]);
});

Deno.test("each shape has the links that its name promises", () => {
  const shape = (words: string) => edges(read(`[topology]\n${words}`));
  assert.equal(shape('shape = "line"\nnodes = 4'), "0-1 1-2 2-3");
  assert.equal(shape('shape = "ring"\nnodes = 4'), "0-1 0-3 1-2 2-3");
  assert.equal(shape('shape = "star"\nnodes = 4'), "0-1 0-2 0-3");
  assert.equal(shape('shape = "grid"\nnodes = 4'), "0-1 0-2 1-3 2-3");
  assert.equal(shape('shape = "tree"\nnodes = 7'), "0-1 0-2 1-3 1-4 2-5 2-6");
  assert.equal(read('[topology]\nshape = "random"\nnodes = 50\ndegree = 6').links.length, 150);
  const { links } = read('[topology]\nshape = "scale-free"\nnodes = 200');
  const degrees = Array.from(
    { length: 200 },
    (_, host) => links.filter(({ ends }) => ends.includes(host)).length,
  );
  assert(
    Math.max(...degrees) > 20 && degrees.filter((degree) => degree === 2).length > 60,
    degrees.join(" "),
  );
  assert.notEqual(
    shape('shape = "random"\nnodes = 50'),
    edges(read('seed = 2\n[topology]\nshape = "random"\nnodes = 50')),
    "another seed draws another graph",
  );
});

Deno.test("regions are joined as told, and layers of their borders stand on links and on the regions' layers", () => {
  const { hosts, links, layers } = read(
    '[topology]\nshape = "line"\nnodes = 4\nregions = 3\njoints = 1\n[layer.r]\neach = "region"\n' +
      '[layer.top]\nover = ["links", "r"]\nmembers = "borders"\nshape = "line"',
  );
  assert.deepEqual([hosts.length, hosts[5], links.length], [12, "r1n1", 3 * 3 + 3]);
  assert.deepEqual(layers.map(({ name, members }) => `${name}: ${members.join(" ")}`), [
    "r.0: 0 1 2 3",
    "r.1: 4 5 6 7",
    "r.2: 8 9 10 11",
    "top: 0 2 4 6 8 10",
  ]);
  const { carriers } = layers[3];
  assert.equal(carriers.filter((carrier) => "link" in carrier).length, 3);
  assert.deepEqual(carriers.flatMap((carrier) => "layer" in carrier ? [carrier.layer] : []).sort(), [
    0,
    1,
    2,
  ]);
});

Deno.test("a layer stands on the one before it, with as many levels as depth says", () => {
  const { layers } = read(`${NET}[layer.deep]\ndepth = 3\nmembers = ["a", "b"]\n[layer.top]`);
  assert.deepEqual(layers.map(({ name }) => name), ["net", "deep.1", "deep.2", "deep.3", "top"]);
  assert.deepEqual(layers.map(({ carriers }) => carriers[0]), [
    { link: 0 },
    { layer: 0 },
    { layer: 1 },
    { layer: 2 },
    { layer: 3 },
  ]);
});

Deno.test("options of layers are those of irm ipcp bootstrap, by the same words", () => {
  const { layers: [{ options, type }] } = read(
    `${NET}type = "normal"\nmax_ttl = 7\nrouting = "lfa"\nls_t_update = 3`,
  );
  assert.deepEqual([type, options], ["unicast", { ttl: "7", routing: "lfa", ls_t_update: "3" }]);
});

Deno.test("an option of a policy with the word of a key is no way to say two things at once", () => {
  const deep = { name: "depth", type: "integer", min: 1, max: 9, default: 2, help: "h" } as const;
  const policy = {
    kind: "congestion",
    name: "deep",
    apiVersion: 1,
    description: "d",
    options: [deep],
  } as const;
  const more = (kind: PluginKind) => [...policies(kind), ...kind === "congestion" ? [policy] : []];
  const layer = (words: string) =>
    readScenario({ text: `${NET}congestion = "deep"\n${words}`, path: "f.toml" }, more).layers.length;
  assert.equal(layer(""), 1);
  assert.throws(
    () => layer("depth = 3"),
    /line 5, column 1: a policy has the option depth, and a scenario the key/,
  );
});

Deno.test("flows and events name hosts, and times count from when the layers are up", () => {
  const { flows, events } = read(
    `${NET}[[flow]]\nfrom = ["a", "b"]\nto = "c"\nkind = "rate"\nrate = "8Mb"\ncount = 2\nqos = "voice"\nstop = "90s"\n` +
      '[[event]]\nat = "5s"\nheal = true\n[[event]]\nat = "2s"\ndown = ["c", "b"]\nsilent = true\n' +
      '[[event]]\nat = "3s"\npartition = ["a"]\n[[event]]\nat = "4s"\nkill = "b"',
  );
  const [{ from, to, interval, count, stop, qos }] = flows;
  assert.deepEqual({ from, to, interval, count, stop, qos }, {
    from: [0, 1],
    to: [2],
    interval: 1,
    count: 2,
    stop: 10_000,
    qos: "voice",
  });
  assert.deepEqual(events.map(({ at, text }) => `${at} ${text}`), [
    "2000 c–b down, silently",
    "3000 a cut off",
    "4000 kill b",
    "5000 all links up",
  ]);
});

Deno.test("values can be given from outside: for a place in the file, and for an option of all layers", () => {
  const text = `${NET}[layer.top]\n[[flow]]\nfrom = "a"\nto = "b"\nkind = "ping"`;
  const values = {
    congestion: "none",
    "layer.top.ttl": "9",
    "link.rate": "1Mb",
    "flow.1.count": "3",
    duration: "3s",
  };
  const { layers, links, flows, duration } = read(text, { values, seed: 9 });
  assert.deepEqual(layers.map(({ options }) => options), [{ congestion: "none" }, {
    congestion: "none",
    ttl: "9",
  }]);
  assert.deepEqual([links[0].rate, flows[0].count, duration], [1e6, 3, 3000]);
});

Deno.test("a value from outside for a place that the file does not have is an error that says which there are", () => {
  const text = `${NET}[layer.top]\n[[flow]]\nfrom = "a"\nto = "b"\nkind = "ping"`;
  for (
    const [key, wanted] of [
      ["flow.9.count", /there is no flow "9"; there are: 1/],
      ["flow.x.count", /there is no flow "x"; there are: 1/],
      ["event.1.at", /there is no event "1"; there are: none/],
      ["layer.topp.ttl", /there is no layer "topp".*; there are: .*top/],
    ] as const
  ) {
    assert.throws(() => read(text, { values: { [key]: "3" } }), wanted, key);
  }
});

Deno.test("what is wrong with a value from outside is told with its option, not with a line that does not have it", () => {
  const text = `${NET}ttl = 7\n[[flow]]\nfrom = "a"\nto = "b"\nkind = "ping"`;
  const faults: [string, string, RegExp][] = [
    ["layer.net.ttl", "0", /Invalid value for ttl/],
    ["congestion", "some", /Unknown parameter for congestion: "some"/],
    ["layer.net.tpye", "x", /tpye is not known here/],
    ["topology.links", "7", /links must be/],
    ["link.loss", "101%", /loss must be 0% to 100%/],
    ["link.dely", "1ms", /dely is no key.*delay/],
    ["flow.1.from", "x", /there is no host "x"/],
    ["flow.9.from", "a", /there is no flow "9"/],
    ["duration", "5", /duration must be a text with a unit, such as "10s"/],
    ["layer.net.shape", "ring", /a and c cannot be neighbours/],
    ["links.rate", "5Mb", /there is no table "links"; did you mean link\?/],
  ];
  for (const [key, value, message] of faults) {
    assert.throws(() => read(text, { values: { [key]: value } }), (thrown) => {
      assert(thrown instanceof InvalidError, key);
      assert(thrown.message.startsWith(`--set ${key}=${value}: `), thrown.message);
      assert.match(thrown.message, message);
      return true;
    });
  }
  assert.throws(
    () => read(`${NET}ttl = 0`, { values: { congestion: "none" } }),
    /f\.toml: line 4, column 1: Invalid value for ttl/,
  );
  assert.throws(
    () => read('[topology]\nlinks = [["a", "b"]]', { values: { congestion: "none" }, option: "--sweep" }),
    /--sweep congestion=none: "congestion" would be an option of layers, and there are none/,
  );
});

Deno.test("a graph of the Topology Zoo gives names, delays by places, and rates", () => {
  const graphml = `<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">
    <key attr.name="label" attr.type="string" for="node" id="d33" /><key attr.name="Latitude" for="node" id="d29" />
    <key attr.name="Longitude" for="node" id="d32" /><key attr.name="LinkSpeedRaw" for="edge" id="d35" />
    <graph edgedefault="undirected">
      <node id="0"><data key="d29">40.71427</data><data key="d32">-74.00597</data><data key="d33">New York</data></node>
      <node id="1"><data key="d29">41.85003</data><data key="d32">-87.65005</data><data key="d33">Chicago &amp; North</data></node>
      <node id="2"><data key="d33">New York</data></node>
      <edge source="1" target="0"><data key="d35">10000000000.0</data></edge>
      <edge source="0" target="1"/><edge source="0" target="2"/>
    </graph></graphml>`;
  const text = '[topology]\ngraphml = "zoo.graphml"';
  assert.equal(namedFiles({ text, path: "f" }).graphml, "zoo.graphml");
  const { hosts, links } = read(text, {}, graphml);
  assert.deepEqual(hosts, ["New York", "Chicago & North", "New York 2"]);
  assert.deepEqual(links.map(({ ends, delay, rate }) => [ends, delay, rate]), [
    [[0, 1], 5.729, 10e9],
    [[0, 2], 1, Infinity],
  ]);
});

Deno.test("a graph that is wrong is told with its own file and line", () => {
  const text = '[topology]\ngraphml = "zoo.graphml"';
  const faults: [string, RegExp][] = [
    ["<html>", /line 1: it is no GraphML: there is no <graphml> in it$/],
    ["<!-- a\n -->\n<graphml>\n</graphml>", /line 3: it has no <node>$/],
    ['<graphml>\n<node id="a"/>\n<node/>', /line 3: a <node> has no id$/],
    [
      '<graphml>\n<node id="a"/>\n\n<node id="a"/>',
      /line 4: the node "a" is there already: line 2$/,
    ],
    ['<graphml>\n<node id="a"/>\n<edge source="a"\ntarget="b"/>', /line 3: .*target "b", which is no node$/],
    ['<graphml>\n<node id="a"/>\n<edge target="a"/>', /line 3: an <edge> has no source$/],
  ];
  for (const [graph, message] of faults) {
    assert.throws(() => read(text, {}, graph), (thrown) => {
      assert(thrown instanceof InvalidError, graph);
      assert.match(thrown.message, /^Failed to load scenario f\.toml: line 2, column 1: zoo\.graphml: /);
      assert.match(thrown.message, message);
      return true;
    });
  }
});

Deno.test("links of a graph that count once, or not, are told with both their lines", () => {
  const edge = (from: string, to: string) => `<edge source="${from}" target="${to}"/>\n`;
  const graph = (edges: string) =>
    `<graphml>\n<node id="a"/>\n<node id="b"/>\n${edge("a", "b")}${edges}</graphml>`;
  const notes = (edges: string) => read('[topology]\ngraphml = "g"', {}, graph(edges)).notes;
  assert.deepEqual(notes(""), []);
  assert.deepEqual(notes(edge("b", "a") + edge("a", "a")), [
    "g: line 5: b and a are joined already, in line 4: it counts once",
    "g: line 6: the link from a to itself is left out",
  ]);
  assert.equal(notes(edge("b", "a").repeat(99)).at(-1), "g: 89 more links are left out likewise");
});

Deno.test("what is wrong is told with file, line and column, and with what is valid", () => {
  const flow = (words: string) => `${NET}[[flow]]\nfrom = "a"\nto = "c"\nkind = "ping"\n[[flow]]\n${words}`;
  const faults: [string, string, RegExp][] = [
    ["[topology", "1:2", /./],
    ["", "", /a scenario needs hosts: say \[topology\]/],
    ["sed = 1", "1:1", /sed is no key of a scenario; did you mean seed\?/],
    ["seed = -1", "1:1", /seed must be a whole number of 0 to/],
    ["duration = 10", "1:1", /duration must be a text with a unit, such as "10s"/],
    ["[topology]", "1:2", /needs one of: shape, links, graphml; none is given/],
    ['[topology]\nshape = "rign"\nnodes = 3', "2:1", /one of: line, ring.*it is "rign"; did you mean ring\?/],
    ['[topology]\nshape = "ring"', "1:2", /topology needs nodes, such as: nodes = 4/],
    ['[topology]\nshape = "ring"\nnodes = 3\ndegree = 2', "4:1", /this shape has no degree/],
    ['[topology]\nshape = "ring"\nnodes = 2', "3:1", /a ring has 3 nodes at least, not 2/],
    ['[topology]\nshape = "grid"\nnodes = 7', "3:1", /there is no such grid graph: 7 is a prime.*; 6 does/],
    ['[topology]\nshape = "random"\nnodes = 5\ndegree = 1', "4:1", /a degree of 1 leaves some of 5 without/],
    ['[topology]\nshape = "random"\nnodes = 5\ndegree = 5', "4:1", /a degree of 5 needs more than 5/],
    ['[topology]\nshape = "scale-free"\nnodes = 3\ndegree = 3', "4:1", /a degree of 3 needs more than 3/],
    ['[topology]\nshape = "line"\nnodes = 2\nregions = 1', "4:1", /regions must be a whole number of 2/],
    ['[topology]\nshape = "line"\nnodes = 2\nregions = 5\njoined = "grid"', "4:1", /5 is a prime number/],
    [`${NET}[layer.top]\nmembers = 2\nshape = "ring"`, "6:1", /a ring has 3 nodes at least, not 2/],
    [`${NET}[layer.top]\nmembers = 0`, "5:1", /members must be a whole number of 1/],
    [
      '[topology]\nshape = "line"\nnodes = 2000\n[layer.net]\ndepth = 64',
      "5:1",
      /with net\.51, all layers have more than 100000 members/,
    ],
    ['duration = "0s"', "1:1", /duration is "0s"; at least "1ms" is needed/],
    ['[topology]\nlinks = [["a", "b"],\n ["c", "d"]]', "2:1", /no path of links leads from a to c/],
    ['[topology]\nlinks = [["a", "b"],\n ["c"]]', "3:2", /links\[1\] must be two names/],
    [
      '[topology]\nlinks = [["a", "b"],\n {from = "b", to = "c", dely = "1ms"}]',
      "3:25",
      /dely is no key.*delay/,
    ],
    [
      '[topology]\nlinks = [["a", "b"],\n {from = "b", to = "a", delay = "9ms"}]',
      "3:2",
      /links\[1\] joins b and a, as links\[0\] does already; leave one out/,
    ],
    ['[topology]\nlinks = [["a", "b"],\n ["b", "b"]]', "3:2", /links\[1\] joins b to itself/],
    [
      `${NET}links = [["a", "b"], ["b", "c"],\n ["b", "a"]]`,
      "5:2",
      /links\[2\] joins b and a, as links\[0\] does already/,
    ],
    [`${NET}members = ["a", "b", "a"]`, "4:1", /a is given twice/],
    [`${NET}[link]\nrate = "fast"`, "5:1", /'fast' is not a rate/],
    [`${NET}[link]\nloss = "101%"`, "5:1", /loss must be 0% to 100%/],
    [`${NET}tpye = "x"`, "4:1", /tpye is not known here; did you mean type\?/],
    [`${NET}type = "local"`, "4:1", /cannot enroll.*unicast/],
    [`${NET}congestion = "mb-enc"`, "4:1", /Unknown parameter for congestion: "mb-enc".*mb-ecn/],
    [`${NET}ttl = 0`, "4:1", /Invalid value for ttl/],
    [`${NET}max_ttl = 0`, "4:1", /Invalid value for max_ttl/],
    [
      `${NET}foo = 0`,
      "4:1",
      /foo is not known here; there are: .*, links, addr, eid, ttl, addr_auth, directory/,
    ],
    [`${NET}members = ["a", "d"]`, "4:1", /there is no host "d"; there are: a, b, c/],
    [`${NET}members = ["a", "c"]`, "4:1", /a and c are not joined/],
    [`${NET}over = ["nett"]`, "4:1", /there is no layer before this one "nett"; there are: links/],
    [`${NET}shape = "ring"`, "4:1", /a and c cannot be neighbours: no link joins them/],
    [`${NET}[layer.links]`, "4:8", /cannot be called "links"/],
    [flow(""), "8:3", /flow 2 needs from, such as: from = "n0"/],
    [flow('from = "a"\nto = "x"'), "10:1", /there is no host "x"/],
    [flow('from = "a"\nto = "a"\nkind = "ping"'), "10:1", /needs two hosts/],
    [flow('from = "a"\nto = "c"\nkind = "rate"'), "11:1", /needs a rate/],
    [
      flow('from = "a"\nto = "c"\nkind = "ping"\nqos = "gold"'),
      "12:1",
      /one of: raw, best, video, voice, data/,
    ],
    [flow('from = "a"\nto = "c"\nkind = "ping"\nstart = "20s"'), "12:1", /sends nothing/],
    [`${NET}[[event]]\nat = "1s"`, "5:1", /needs one of: down, up, kill, start, partition, heal/],
    [`${NET}[[event]]\nat = "1s"\ndown = ["a", "c"]`, "6:1", /no link joins a and c/],
    [`${NET}[[event]]\nat = "60s"\nkill = "a"`, "5:1", /the scenario ends after 10s/],
  ];
  for (const [text, position, message] of faults) {
    const [line, column] = position.split(":");
    const place = position === "" ? "" : `: line ${line}, column ${column}`;
    assert.throws(() => read(text), (thrown) => {
      assert(thrown instanceof InvalidError, text);
      assert.match(thrown.message, new RegExp(`^Failed to (load|parse) scenario f\\.toml${place}: `), text);
      assert.match(thrown.message, message, text);
      return true;
    });
  }
});

Deno.test("any text gives a scenario or an InvalidError", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    try {
      read(text);
    } catch (thrown) {
      assert(thrown instanceof InvalidError);
    }
  }));
});

Deno.test("the scenarios that come with the program are right, and stand in docs/examples/scenarios", async () => {
  const folder = new URL("../../../docs/examples/scenarios/", import.meta.url);
  for (const { name, text } of READY_MADE) {
    assert(read(text).hosts.length > 1, name);
    assert.equal(await Deno.readTextFile(new URL(`${name}.toml`, folder)), text, name);
  }
  const nested = read(READY_MADE.find(({ name }) => name === "nested")?.text ?? "");
  const sizes = nested.layers.map(({ members }) => members.length);
  assert(sizes.reduce((sum, size) => sum + size, 0) >= 10_000, sizes.join(" "));
  assert(Math.max(...sizes) <= 1000, sizes.join(" "));
});
