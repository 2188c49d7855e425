/** The tree of the RIB: what is in it, how its files look, and what is asked for them. @module */
import assert from "node:assert/strict";
import { IpcpError, NotFoundError } from "../../contract/errors.ts";
import { askOf, ribHost, WALL } from "../../testing/rib.ts";
import { Rib } from "./rib.ts";

const clock = (now = () => 0) => ({ now, wall: () => WALL });
const words = (path: string) => path.split("/").filter((word) => word !== "");

function fixture(host = ribHost()) {
  const rib = new Rib(askOf(host), clock());
  return {
    list: async (path: string) => {
      const found = await rib.find(words(path));
      assert(found.kind === "folder", path);
      return (await found.list()).map(({ name, kind }) => kind === "folder" ? `${name}/` : name);
    },
    file: async (path: string) => {
      const found = await rib.find(words(path));
      assert(found.kind === "file", path);
      return found;
    },
    text: async (path: string) => (await fixture(host).file(path)).text,
    fails: (path: string, message: RegExp) =>
      assert.rejects(rib.find(words(path)), (error) => {
        assert(error instanceof NotFoundError);
        assert.match(error.message, message);
        return true;
      }),
  };
}

Deno.test("the tree has the folders and files of the reference", async () => {
  const { list } = fixture();
  assert.deepEqual(await list(""), ["normal_1/", "odd%2fname/"]);
  assert.deepEqual(await list("normal_1"), [
    "_layer",
    "_state",
    "_type",
    "info/",
    "dht/",
    "dt/",
    "flow-allocator/",
    "lsdb/",
  ]);
  assert.deepEqual(await list("normal_1/info"), ["_layer", "_state", "_type"]);
  assert.deepEqual(await list("normal_1/dt"), ["0", "1", "65"]);
  assert.deepEqual(await list("normal_1/dht"), ["database", "stats"]);
  assert.deepEqual(await list("normal_1/flow-allocator"), ["66"]);
  assert.deepEqual(await list("normal_1/lsdb"), [
    ".dt ea.c7.9c.42",
    ".mgmt ea.c7.9c.42",
    "e1.87.b3.66--ea.c7.9c.42",
    "ea.c7.9c.42--e1.87.b3.66",
  ]);
});

Deno.test("an IPCP without components has its state, type and layer", async () => {
  const { list, text } = fixture();
  assert.deepEqual(await list("odd%2fname"), ["_layer", "_state", "_type", "info/"]);
  assert.equal(await text("odd%2fname/_layer"), "(null)\n");
  assert.equal(await text("odd%2fname/_state"), "init\n");
  assert.equal(await text("odd%2fname/info/_type"), "local\n");
});

Deno.test("names of all releases of the reference lead to the same files", async () => {
  const { text } = fixture();
  const dt = await text("normal_1/dt/65");
  assert.equal(await text("ipcpd-normal.4363/dt/65"), dt);
  assert.equal(await text("normal_1/dt.e1.87.b3.66/65"), dt);
  const adjacency = await text("normal_1/lsdb/e1.87.b3.66--ea.c7.9c.42");
  assert.equal(await text(`normal_1/lsdb/${0x66b387e1}.${0x429cc7ea}`), adjacency);
  assert.equal(
    await text(`normal_1/lsdb/dt.${0x429cc7ea}`),
    "addr: ea.c7.9c.42\nfds: 65\n",
  );
  assert.equal(await text("normal_1/info/_state"), await text("normal_1/_state"));
});

Deno.test("a path that leads nowhere says how far it leads and what is there", async () => {
  const { fails } = fixture();
  await fails("nono", /^there is no "nono"; there is: normal_1, odd%2fname$/);
  await fails("normal_1/nono", /^there is no "nono" in normal_1; there is: _layer, _state, .*, lsdb$/);
  await fails("normal_1/dt/9", /^there is no "9" in normal_1\/dt; there is: 0, 1, 65$/);
  await fails("normal_1/dt/65/x", /^there is no "x" in normal_1\/dt\/65$/);
  await fails("normal_1/dt.1/65", /^there is no "dt.1" in normal_1$/);
  await fails("normal_1/_state/x", /^there is no "x" in normal_1\/_state$/);
  await fails("normal_1/info/x", /^there is no "x" in normal_1\/info; there is: _layer/);
  await fails("odd%2fname/dt", /^there is no "dt" in odd%2fname$/);
});

Deno.test("files have the form of the reference", async (t) => {
  const { text } = fixture();
  const texts: string[] = [];
  for (
    const path of [
      "dt/65",
      "dt/1",
      "flow-allocator/66",
      "dht/stats",
      "dht/database",
      "lsdb/e1.87.b3.66--ea.c7.9c.42",
    ]
  ) texts.push(`== ${path}`, await text(`normal_1/${path}`));
  await t.assertSnapshot(texts.join("\n"));
  assert.equal((await text("normal_1/dht/stats")).length, 545);
  assert.equal((await text("normal_1/lsdb/e1.87.b3.66--ea.c7.9c.42")).length, 109);
});

Deno.test("a file of the link-state database is as old as what it tells of, others are new", async () => {
  const { file } = fixture();
  assert.equal((await file("normal_1/lsdb/ea.c7.9c.42--e1.87.b3.66")).modified, WALL - 1000);
  assert.equal((await file("normal_1/dt/65")).modified, undefined);
});

Deno.test("what a type of third parties leaves out is zero or empty", async () => {
  const host = ribHost();
  const odd = {
    directory: { database: [{ key: "00" }] },
    "data transfer": { flows: [{ fd: 3 }, { fd: "x" }] },
  };
  host.set("x", { ipcp: { name: "x", type: "unicast", pid: 9, state: "odd" }, unicast: odd });
  const { text, list } = fixture(host);
  assert.deepEqual(await list("x/dt"), ["3", "0"]);
  assert.match(await text("x/dt/3"), /^Flow established at: +1970-01-01 00:00:00 \(UTC\)$/m);
  assert.match(await text("x/dht/database"), /^Key: K<00>$/m);
  assert.equal(await text("x/_state"), "null\n");
});

Deno.test("who looks around asks once, who wants to know it now asks again", async () => {
  const asked: string[] = [];
  let now = 0;
  const rib = new Rib(askOf(ribHost(), asked), clock(() => now), 100);
  for (let count = 0; count < 3; count++) await rib.find(["normal_1", "dt", "65"]);
  assert.deepEqual(asked.splice(0), ["ipcp.list", "ipcp.stats"]);
  await rib.find(["normal_1", "dt", "65"], true);
  assert.deepEqual(asked.splice(0), ["ipcp.list", "ipcp.stats"]);
  now = 100;
  await rib.find(["normal_1", "dt", "65"]);
  assert.deepEqual(asked, ["ipcp.list", "ipcp.stats"]);
});

Deno.test("an IPCP that is slow is waited for once, however many look around, and its failure is theirs", async () => {
  const ask = askOf(ribHost());
  let asked = 0;
  let now = 0;
  const slow = Promise.withResolvers<unknown>();
  const rib = new Rib(
    (method, params) => method === "ipcp.list" ? ask(method, params) : (asked++, slow.promise),
    clock(() => now),
    100,
  );
  const state = () => assert.rejects(rib.find(["normal_1", "_state"]), IpcpError);
  const waiting = [state(), state()];
  await rib.find(["normal_1", "_type"]);
  now = 500;
  waiting.push(state());
  slow.reject(new IpcpError("it gave no statistics"));
  await Promise.all(waiting);
  now = 550;
  await state();
  assert.equal(asked, 1);
});

Deno.test("an IPCP that does not answer is no missing file", async () => {
  const ask = askOf(ribHost());
  const rib = new Rib(
    (method, params) =>
      method === "ipcp.list" ? ask(method, params) : Promise.reject(new IpcpError("it gave no statistics")),
    clock(),
  );
  await assert.rejects(rib.find(["normal_1", "dt", "65"]), IpcpError);
});
