/** The RIB of a member of ours beside that of one of theirs, in one layer: the same folders, and files of the same form. @module */
import assert from "node:assert/strict";
import { interop } from "./interop.ts";

/** Bytes after which theirs cuts the files of the link-state database. */
const CUT = 104;

/** A text without what differs between members and runs. */
const form = (text: string) =>
  text.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "TIME").replaceAll(/ +\d+$/gm, " N")
    .replaceAll(/\b[0-9a-f]{16}\b/g, "ID").replaceAll(/\b[0-9a-f]{2}(\.[0-9a-f]{2}){3}\b/g, "ADDRESS").trim();

interop("the RIB of ours is that of theirs", { ours: "a", theirs: "b", cables: ["ab"] }, async (hosts) => {
  const layer = await hosts.layerOver("ab", "eth-dix");
  await hosts.first("b", { [layer]: 1 });
  await hosts.join("a", "b", { [layer]: 1 });
  const [ours, theirs] = [hosts.on("a"), hosts.on("b")];
  // Theirs is mounted in the enclosure of its host.
  const folder = `/proc/${theirs.irmd.pid}/root/tmp/ouroboros/member-b`;
  const read = (path: string) => Deno.readTextFile(`${folder}/${path}`);
  const list = async (path: string) =>
    (await Array.fromAsync(Deno.readDir(`${folder}/${path}`), ({ name }) => name)).sort();
  const shown = (path: string) => ours.ok(`rib member-a/${path}`);
  const listed = async (path: string) => (await shown(path)).trim().split("\n");

  const [transfer = ""] = (await list("")).filter((name) => name.startsWith("dt."));
  assert.deepEqual(await list(""), ["dht", transfer, "flow-allocator", "info", "lsdb"]);
  for (const name of ["dht", "dt", "flow-allocator", "info", "lsdb"]) {
    assert((await listed("")).includes(`${name}/`), name);
  }
  assert.deepEqual(await list("info"), await listed("info"));
  for (const path of ["info/_state", "info/_type", "info/_layer"]) {
    assert.equal(await shown(path), await read(path), path);
  }
  for (const path of ["dht/stats", "dht/database"]) {
    assert.equal(form(await shown(path)), form(await read(path)), path);
  }
  const [neighbours, adjacencies] = [/^\.(dt|mgmt) /, /--/];
  const kinds = (names: readonly string[]) => names.filter((name) => neighbours.test(name)).map(form);
  assert.deepEqual(kinds(await list("lsdb")), kinds(await listed("lsdb")));
  const [theirsFirst, oursFirst] = [await list("lsdb"), await listed("lsdb")]
    .map((names) => names.find((name) => adjacencies.test(name)) ?? "");
  assert.equal(
    form((await shown(`lsdb/${oursFirst}`)).slice(0, CUT)),
    form(await read(`lsdb/${theirsFirst}`)),
  );
});
