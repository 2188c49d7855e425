import assert from "node:assert/strict";
import { FakeWorld, loadTool, REFERENCE, THIRD_PARTY } from "../../testing/irm/world.ts";
import { completeOuro } from "./complete_ouro.ts";

function world(): FakeWorld {
  const world = new FakeWorld();
  world.plugins = [...REFERENCE, THIRD_PARTY];
  world.answers["ipcp.list"] = [
    { pid: 1, name: "l1", type: "local", layer: "ll" },
    { pid: 2, name: "l2", type: "local", layer: "ll" },
    { pid: 3, name: "u1", type: "unicast", layer: null },
  ];
  world.answers["name.list"] = [{ name: "oping_server", balancing: "spillover" }];
  return world;
}

const completed = (words: readonly string[], from: FakeWorld) =>
  completeOuro(["irm", ...words], from, loadTool);

/** The words that are offered at the end of a line. */
async function offered(line: string, from = world()): Promise<string[]> {
  return (await completed(line.split(" "), from)).map((text) => text.split("\t")[0]);
}

const CASES: Record<string, string[]> = {
  "": ["ipcp", "bind", "unbind", "name", "status", "config", "help"],
  "i": ["ipcp"],
  "x": [],
  "x y": [],
  "i b": ["bootstrap"],
  "help ": ["ipcp", "bind", "unbind", "name", "status", "config"],
  "help ipcp c": ["create", "connect"],
  "ipcp create ": ["type", "name", "help"],
  "ipcp create type ": [
    "unicast",
    "broadcast",
    "udp4",
    "udp6",
    "eth-dix",
    "eth-llc",
    "local",
    "raptor",
    "pigeon",
  ],
  "ipcp create type local ": ["name"],
  "ipcp enroll type ": ["unicast", "broadcast"],
  "ipcp destroy name ": ["l1", "l2", "u1"],
  "i b t local ": ["layer", "name", "hash", "autobind"],
  "i b t local n x hash SHA3_2": ["SHA3_224", "SHA3_256"],
  "i b t eth-dix d": ["dev"],
  "i b t unicast routing ": ["link_state", "lfa", "ecmp"],
  "i b t unicast ls": ["ls_t_timeo", "ls_t_update", "ls_t_recalc"],
  "i b t unicast ttl ": [],
  "i b t pigeon r": ["rout"],
  "name register ": ["oping_server", "help"],
  "n r x ": ["layer", "ipcp"],
  "n r x layer ": ["ll"],
  "n r x layer ll ": ["layer", "ipcp"],
  "n r x ipcp l": ["l1", "l2"],
  "n l op": ["oping_server"],
  "n c x lb ": ["round-robin", "spillover"],
  "n c x sencpath ": [""],
  "bind program ": [""],
  "bind program x ": ["name", "user", "auto"],
  "bind program x user ": [""],
  "bind program x auto name y ": ["user", "--"],
  "bind program x auto -- ": [""],
  "bind ipcp ": ["l1", "l2", "u1"],
  "i con n u1 dst ": ["oping_server", "l1", "l2", "u1"],
  "i con n u1 comp ": ["mgmt", "dt", "*"],
  "i con n u1 qos v": ["video", "voice"],
  "i list as ": ["JSON"],
  "i c frob ": [],
  "i c help ": [],
};

for (const [line, words] of Object.entries(CASES)) {
  Deno.test(`completion of "irm ${line}"`, async () => assert.deepEqual(await offered(line), words));
}

Deno.test("without an IRMd, built-in words are offered and no names", async () => {
  const lonely = world();
  lonely.irmd = false;
  assert.deepEqual(await offered("n r ", lonely), ["help"]);
  assert.deepEqual(await offered("i c t lo", lonely), ["local"]);
});

Deno.test("each word comes with what it is", async () => {
  assert.deepEqual(await completed(["ipcp", "destroy", "name", "u"], world()), ["u1\tunicast IPCP"]);
  assert.deepEqual(await completed(["bind", "program", ""], world()), ["\tcommands"]);
});

Deno.test("names of tools come with what the tools are, internal ones not at all", async () => {
  for (const word of ["help", "man"]) {
    const lines = await completeOuro([word, ""], world(), loadTool);
    assert(lines.includes("irm\tcommand the IRM daemon"), lines.join("\n"));
    assert(!lines.some((line) => line.startsWith("ipcpd")), lines.join("\n"));
  }
});
