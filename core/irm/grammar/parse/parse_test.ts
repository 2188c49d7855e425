import assert from "node:assert/strict";
import { QOS } from "../../../contract/qos.ts";
import { isGroup } from "../command.ts";
import { commandsOf, IRM } from "../../commands/tree.ts";
import { REFERENCE, THIRD_PARTY } from "../../../testing/irm/world.ts";
import { parse } from "./parse.ts";

const read = (line: string) => parse(IRM, line === "" ? [] : line.split(" "), REFERENCE);

/** The request of a line, as [method, params]. */
function request(line: string): unknown {
  const parsed = read(line);
  assert(parsed.kind === "request", `${line}: ${JSON.stringify(parsed)}`);
  return [parsed.method, parsed.params];
}

const video = { ...QOS.video, bandwidth: QOS.video.bandwidth.toString() };

const FORMS: Record<string, [method: string, params: unknown]> = {
  "ipcp create type local name l": ["ipcp.create", { type: "local", name: "l" }],
  "i c n l t normal": ["ipcp.create", { type: "unicast", name: "l" }],
  "ipcp destroy name l": ["ipcp.destroy", { name: "l" }],
  "ipcp enroll name u layer L autobind": ["ipcp.enrol", { name: "u", layer: "L", autobind: true }],
  "i e n u t b d v": ["ipcp.enrol", { name: "u", type: "broadcast", destination: "v", autobind: false }],
  "i enrol name u layer L dst v": ["ipcp.enrol", {
    name: "u",
    layer: "L",
    destination: "v",
    autobind: false,
  }],
  "ipcp connect name u dst v comp mgmt": ["ipcp.connect", { name: "u", destination: "v", component: "mgmt" }],
  "i con n u d v": ["ipcp.connect", { name: "u", destination: "v", component: "*" }],
  "i con n u d v c dt q video": ["ipcp.connect", {
    name: "u",
    destination: "v",
    component: "dt",
    qos: video,
  }],
  "ipcp disconnect name u dst v component dt": [
    "ipcp.disconnect",
    { name: "u", destination: "v", component: "dt" },
  ],
  "i di n u d v": ["ipcp.disconnect", { name: "u", destination: "v", component: "*" }],
  "ipcp list": ["ipcp.list", {}],
  "i l t eth l L n x": ["ipcp.list", { type: "eth-dix", layer: "L", name: "x" }],
  "ipcp stats name u": ["ipcp.stats", { name: "u" }],
  "status": ["status", {}],
  "bind program oping name s": ["bind.program", { program: "oping", name: "s", auto: false, arguments: [] }],
  "b p oping n s u alice user 12": ["bind.program", {
    program: "oping",
    name: "s",
    users: ["alice", "12"],
    auto: false,
    arguments: [],
  }],
  "b p oping n s auto": ["bind.program", { program: "oping", name: "s", auto: true, arguments: [] }],
  "b p oping n s auto -- -l -- x": [
    "bind.program",
    { program: "oping", name: "s", auto: true, arguments: ["-l", "--", "x"] },
  ],
  "bind process 12 name s": ["bind.process", { pid: 12, name: "s" }],
  "b proc 12 n s": ["bind.process", { pid: 12, name: "s" }],
  "bind ipcp l name s": ["bind.ipcp", { ipcp: "l", name: "s" }],
  "b i l n s": ["bind.ipcp", { ipcp: "l", name: "s" }],
  "bind ipcp name name s": ["bind.ipcp", { ipcp: "name", name: "s" }],
  "unbind program oping name s": ["unbind.program", { program: "oping", name: "s" }],
  "u p oping": ["unbind.program", { program: "oping" }],
  "unbind process 12 name s": ["unbind.process", { pid: 12, name: "s" }],
  "unbind ipcp l name s": ["unbind.ipcp", { ipcp: "l", name: "s" }],
  "name create s": ["name.create", { name: "s" }],
  "n c s lb spillover": ["name.create", { name: "s", balancing: "spillover" }],
  "n c s senc e ccrt c": ["name.create", { name: "s", paths: { sencpath: "e", ccrtpath: "c" } }],
  "name destroy s": ["name.destroy", { name: "s" }],
  "n d -- help": ["name.destroy", { name: "help" }],
  "n c help lb spillover": ["name.create", { name: "help", balancing: "spillover" }],
  "name register s layer L": ["name.register", { name: "s", layers: ["L"], ipcps: [] }],
  "n r s layer L l M ipcp a i b": ["name.register", { name: "s", layers: ["L", "M"], ipcps: ["a", "b"] }],
  "n reg layer layer layer": ["name.register", { name: "layer", layers: ["layer"], ipcps: [] }],
  "name unregister s ipcp a": ["name.unregister", { name: "s", layers: [], ipcps: ["a"] }],
  "name list": ["name.list", {}],
  "name list op": ["name.list", { prefix: "op" }],
  "name list list op": ["name.list", { prefix: "op" }],
  "n l": ["name.list", {}],
  "register name s layer L": ["name.register", { name: "s", layers: ["L"], ipcps: [] }],
  "r n s layer L": ["name.register", { name: "s", layers: ["L"], ipcps: [] }],
  "r n s i a": ["name.register", { name: "s", layers: [], ipcps: ["a"] }],
  "unregister name s layer L": ["name.unregister", { name: "s", layers: ["L"], ipcps: [] }],
  "unr n s l L": ["name.unregister", { name: "s", layers: ["L"], ipcps: [] }],
};

for (const [line, expected] of Object.entries(FORMS)) {
  Deno.test(`irm ${line}`, () => assert.deepEqual(request(line), expected));
}

Deno.test("--json is as JSON wherever that is", () => {
  for (const command of ["ipcp list", "name list x", "status", "ipcp stats name n"]) {
    const [short, long] = [`${command} --json`, `${command} as JSON`].map(read);
    assert(short.kind === "request" && short.shown.as === "JSON", command);
    assert.deepEqual(short, long);
  }
  assert.equal(read("ipcp list --json as JSON").kind, "fault");
  assert.equal(read("name create x --json").kind, "fault");
});

Deno.test("where a type must be able to enroll, only such types are proposed", () => {
  const parsed = read("i e n x layer L type frob");
  assert(parsed.kind === "fault");
  assert.deepEqual(parsed.valid, ["unicast", "broadcast"]);
});

Deno.test("a keyword that comes twice is a fault", () => {
  for (const line of ["i c t local n a n b", "bind program a name s program b", "i e n a layer l au au"]) {
    const parsed = read(line);
    assert(parsed.kind === "fault" && /"\w+" comes twice\.$/.test(parsed.message), line);
  }
});

Deno.test("help is found at every level", () => {
  const lines = [
    "help",
    "h",
    "usage",
    "--help",
    "ipcp help",
    "i h",
    "i usage",
    "bind help",
    "unbind h",
    "name help",
  ];
  const commands = commandsOf(IRM).map(({ path }) => `${path.replace(/^irm /, "")} help`);
  for (
    const line of [
      ...lines,
      ...commands,
      "i c t local help",
      "help ipcp create",
      "help n c",
      "i b t u h h help",
    ]
  ) {
    const parsed = read(line);
    assert.equal(parsed.kind === "help" && parsed.status, 0, line);
  }
});

Deno.test("a level alone shows its usage and fails", () => {
  for (const [line, status] of Object.entries({ "": 255, ipcp: 1, bind: 1, unbind: 1, name: 1 })) {
    const parsed = read(line);
    assert(parsed.kind === "help" && isGroup(parsed.node), line);
    assert.equal(parsed.status, status, line);
  }
});

Deno.test("the options of a third party's type are words, too", () => {
  const words = "i b t pig n p l P rout colour red col blue".split(" ");
  const parsed = parse(IRM, words, [...REFERENCE, THIRD_PARTY]);
  assert(parsed.kind === "request", JSON.stringify(parsed));
  assert.deepEqual(parsed.params, {
    type: "pigeon",
    name: "p",
    layer: "P",
    autobind: false,
    options: { rout: "true", colour: "red,blue" },
  });
});

Deno.test("options without a type need the type of the IPCP", () => {
  assert.deepEqual(read("i b n x l L hash SHA3_224"), { kind: "typeless", name: "x" });
  assert.deepEqual(request("i b n x l L"), ["ipcp.bootstrap", {
    name: "x",
    layer: "L",
    autobind: false,
    options: {},
  }]);
});

Deno.test("autobind of a type that cannot enroll is switched off, with a warning", () => {
  const parsed = read("i b t local n x l L autobind");
  assert(parsed.kind === "request");
  assert.equal(parsed.params.autobind, false);
  assert.deepEqual(parsed.warnings, ["Can not bind this IPCP type, autobind disabled."]);
  const binding = read("i b t unicast n x l L au");
  assert(binding.kind === "request" && binding.params.autobind === true && binding.warnings.length === 0);
});

Deno.test("every example of the table is a command line that works", () => {
  for (const command of commandsOf(IRM)) {
    assert(command.examples.length > 0, command.path);
    for (const example of command.examples) {
      const parsed = read(example.replace(/^irm /, "").replaceAll("'", ""));
      assert(parsed.kind === "request", `${example}: ${JSON.stringify(parsed)}`);
      assert.equal(parsed.method, command.method, example);
    }
  }
});
