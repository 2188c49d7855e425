/**
 * The third tutorial, as its readers play it: the files of the statistics, by the paths of 2018, with what they are there to show.
 *
 * @module
 */
import assert from "node:assert/strict";
import { writePrograms } from "../support/bin.ts";
import { Host } from "../support/host.ts";
import { Mounts, testWithMounts } from "../support/mounts.ts";

/** Where the tutorials have ended before: two members of a layer, connected, and a server that is known in that layer. */
const BEFORE = [
  "irm ipcp bootstrap type local name local_1 layer local_layer",
  "irm ipcp bootstrap type normal name normal_1 layer normal_layer autobind",
  "irm register name normal_1 layer local_layer",
  "irm register name normal_layer layer local_layer",
  "irm ipcp enroll name normal_2 layer normal_layer autobind",
  "irm ipcp connect name normal_2 dst normal_1 comp mgmt",
  "irm ipcp connect name normal_2 dst normal_1 comp dt",
];

/** What the tutorial lists of each member; A is its address, B that of the other, FD the N-1 flow. */
const TREE = ["dt/0", "dt/1", "dt/FD", "lsdb/B.A", "lsdb/A.B", "lsdb/dt.B", "lsdb/mgmt.B"];

/** Files of data transfer as the tutorial shows them, up to the first QoS cube. */
const shown = (endpoint: string) =>
  `Flow established at:       2018-03-07 18:47:43
Endpoint address: ${endpoint.padStart(28)}
Queued packets (rx):                         0
Queued packets (tx):                         0

Qos cube   0:
 sent (packets):                             4
 sent (bytes):                             268
 rcvd (packets):                             3
 rcvd (bytes):                             298
 local sent (packets):                       4
 local sent (bytes):                       268
 local rcvd (packets):                       3
 local rcvd (bytes):                       298
 dropped ttl (packets):                      0
 dropped ttl (bytes):                        0
 failed writes (packets):                    0
 failed writes (bytes):                      0
 failed nhop (packets):                      0
 failed nhop (bytes):                        0
`;

/** A text without what differs from run to run: numbers, and the zone of times, which came later. */
const form = (text: string) =>
  text.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d( \(UTC\))?/g, "TIME").replaceAll(/ +\d+$/gm, " N")
    .replaceAll(/ +TIME/g, " TIME");

const dotted = (address: string) => {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, Number(address), true);
  return [...new Uint8Array(view.buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join(".");
};

testWithMounts("tutorial 3 in the words of 2018: statistics as files", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ouro-rib-" });
  {
    await using mounts = await Mounts.make();
    await writePrograms(folder, ["oping"]);
    const rib = `${folder}/ouroboros`;
    await using host = await Host.start({ within: mounts.within, args: ["--rib", rib] });
    await host.irmd.waitFor(/RIB mounted at/);
    for (const command of BEFORE) await host.ok(command);
    await host.ok(`irm bind program ${folder}/oping name oping_server`);
    await host.ok("irm r n oping_server layer normal_layer");
    const server = host.spawn(["oping", "--listen"]);
    await server.waitFor(/Ouroboros ping server started/);
    await host.irmd.waitFor(/This process accepts flows for:\n.* +oping_server$/);

    /** Runs a command of the tutorial where the files are. */
    const play = async (command: string): Promise<string> => {
      const words = command.replaceAll("/tmp/ouroboros", rib).split(" ");
      const { code, stdout, stderr } = await host.program([...mounts.within, ...words]).ended;
      assert.equal(code, 0, `${command}: ${stderr}`);
      return stdout;
    };
    const found = (pattern: RegExp) => host.irmd.stdout.matchAll(pattern).map(([, one]) => one).toArray();
    const [, ...pids] = found(/Created IPCP (\d+)\./g);
    const addresses = found(/IPCP got address (\d+)\./g);
    const fds = found(/Added fd (\d+) to SDU scheduler\./g);
    assert.deepEqual([pids.length, addresses.length, fds.length], [2, 2, 2]);

    for (const [at, pid] of pids.entries()) {
      const [own, other] = [addresses[at], addresses[1 - at]];
      for (const path of TREE) {
        const real = path.replace("A", own).replace("B", other).replace("FD", fds[at]);
        assert.match(await play(`cat /tmp/ouroboros/ipcpd-normal.${pid}/${real}`), /./, path);
      }
    }
    const listed = await play("find /tmp/ouroboros -type f -path */dt/*");
    assert.deepEqual(
      listed.trim().split("\n").map((path) => path.slice(rib.length + 1)).sort(),
      ["normal_1", "normal_2"].flatMap((name, at) => ["0", "1", fds[at]].map((fd) => `${name}/dt/${fd}`)),
    );

    const [, second] = pids;
    const [neighbour] = addresses;
    const cat = (fd: string) => play(`cat /tmp/ouroboros/ipcpd-normal.${second}/dt/${fd}`);
    const startsAs = async (fd: string, endpoint: string) => {
      const wanted = form(shown(endpoint));
      assert.equal(form(await cat(fd)).slice(0, wanted.length), wanted);
    };
    await startsAs(fds[1], dotted(neighbour));
    await startsAs("0", "flow-allocator");
    await startsAs("1", "dht");
    const packets = async (fd: string, counter: string) =>
      Number(new RegExp(`^ ${counter} \\(packets\\): +(\\d+)$`, "m").exec(await cat(fd))?.[1]);
    assert((await packets("1", "local rcvd")) > 0, "packets of the directory");
    const [requests, sent] = [await packets("0", "local rcvd"), await packets(fds[1], "sent")];

    const client = host.spawn(["oping", "-n", "oping_server", "-i", "0"]);
    await client.waitFor(/^64 bytes from oping_server: seq=999 time=/);
    client.kill("SIGINT");
    assert.match((await client.ended).stdout, /^\d+ packets transmitted, \d+ received, /m);
    assert((await packets("0", "local rcvd")) > requests, "the request for the flow");
    assert((await packets(fds[1], "sent")) >= sent + 1000, "packets of oping");
    server.kill("SIGINT");
  }
  await Deno.remove(folder, { recursive: true });
});
