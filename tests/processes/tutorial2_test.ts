/**
 * The second tutorial, as its readers play it: every command of both versions of the document (`tutorial2/*.txt`: commands
 * and the log lines that they give), in order, with the same lines in the same form.
 *
 * @module
 */
import assert from "node:assert/strict";
import { writePrograms } from "../support/bin.ts";
import { Host } from "../support/host.ts";

/** Some commands, and what the log says of them. */
interface Step {
  readonly commands: readonly string[];
  readonly lines: readonly string[];
  /** Lines of each of the two IPCPs of the new layer, in their order. */
  readonly ipcps: readonly (readonly string[])[];
}

/** Pids of the two IPCPs in the documents. */
const IPCPS = ["04363", "13569"];

/** A line with what differs from run to run taken out; hashes stay. */
const form = (line: string) => line.replace(/^==\d+== /, "").replace(/: +/, ": ").replace(/\b\d+\b/g, "N");

/** Whoever is quick never says it. */
const isOptional = (line: string) => line.includes("dt(DB): Could not get nhop");

/** Lines that the documents leave out, by the command that gives them: as the reference of their time has them. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "oping -n oping_server -c 5": "irmd(DB): Process N inherits name oping_server from program oping.",
  unregister: `ipcpd-local(II): Unregistered 4721372d.
irmd(II): Unregistered oping_server from local_layer.
irmd(DB): Partial deallocation of port_id N by process N.
irmd(DB): Partial deallocation of port_id N by process N.
irmd(II): Completed deallocation of port_id N by process N.
irmd(II): Completed deallocation of port_id N by process N.
irmd(DB): Dead process removed: N.`,
};

const PRELUDE = [
  "irm ipcp bootstrap type local name local_1 layer local_layer hash SHA3_224",
  "irm bind program oping name oping_server",
  "irm name register oping_server layer local_layer",
];

function readSteps(document: string): Step[] {
  return document.trim().split("\n\n").map((step) => {
    const all = step.split("\n");
    const commands = all.filter((line) => line.startsWith("$ ")).map((line) => line.slice(2));
    const told = all.filter((line) => line.startsWith("==") && !isOptional(line));
    const leftOut = Object.entries(LEFT_OUT).filter(([words]) =>
      commands.some((command) => command === words || command.includes(words))
    );
    const lines = [...told.map(form), ...leftOut.flatMap(([, text]) => text.split("\n"))];
    return { commands, lines, ipcps: linesOf(IPCPS, told) };
  });
}

/** What stands in `wanted` and not in `found`, each line as often as it does. */
function missing(wanted: readonly string[], found: readonly string[]): string[] {
  const left = [...found];
  return wanted.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Lines of processes, each in order: only those of different processes may interleave. */
const linesOf = (pids: readonly string[], lines: readonly string[]) =>
  pids.map((pid) => lines.filter((line) => line.startsWith(`==${pid}== `)).map(form));

for (const year of [2018, 2019]) {
  Deno.test(`tutorial 2 in the words of ${year}, line by line`, async () => {
    const steps = readSteps(await Deno.readTextFile(new URL(`tutorial2/${year}.txt`, import.meta.url)));
    assert.equal(steps.flatMap(({ commands }) => commands).length, 12);
    const programs = await Deno.makeTempDir();
    await writePrograms(programs, ["oping"]);
    const env = { PATH: `${programs}:${Deno.env.get("PATH")}` };
    await using host = await Host.start({ env });
    for (const command of PRELUDE) await host.run(command, { env });
    const server = host.spawn(["oping", "--listen"]);
    await host.irmd.waitFor(/This process accepts flows for:\n.* +oping_server$/);

    for (const { commands, lines, ipcps } of steps) {
      const start = host.irmd.lines.length;
      const log = () => host.irmd.lines.slice(start).filter((line) => !isOptional(line));
      const said = () => log().map(form);
      for (const command of commands) await play(host, command);
      await host.irmd.until(() => missing(lines, said()).length === 0, "line of the tutorial").catch(
        (thrown) => {
          const left = missing(lines, said()).join("\n");
          throw new Error(`after ${commands.join("; ")} there is no\n${left}`, { cause: thrown });
        },
      );
      assert.deepEqual(said().sort(), [...lines].sort(), commands.join("; "));
      const [, ...pids] = created(host.irmd.lines);
      assert.deepEqual(linesOf(pids, log()), ipcps.slice(0, pids.length), commands.join("; "));
    }
    checkPath(host.irmd.lines);
    await server.waitFor(/^Received 64 bytes on fd \d+\.$/, 10);

    host.irmd.kill("SIGINT");
    assert.equal((await host.irmd.ended).code, 0);
    await Deno.remove(programs, { recursive: true });
  });
}

async function play(host: Host, command: string): Promise<void> {
  const { code, stdout, stderr } = await host.run(command);
  assert.equal(code, 0, `${command}\n${stdout}${stderr}`);
  if (!command.startsWith("oping")) return assert.equal(stdout + stderr, "", command);
  assert.match(stdout, /^Pinging oping_server with 64 bytes of data \(5 packets\):\n\n/);
  assert.match(
    stdout,
    /^5 packets transmitted, 5 received, 0 out-of-order, 0% packet loss, time: /m,
  );
}

/** Pids of the IPCPs that were created, as logs have them. */
const created = (lines: readonly string[]) =>
  lines.flatMap((line) => /irmd\(II\): Created IPCP (\d+)\./.exec(line)?.[1].padStart(5, "0") ?? []);

/** The last flow goes over the normal layer: it arrives from the second IPCP, as the document ends. */
function checkPath(lines: readonly string[]): void {
  const arrived = lines.flatMap((line) =>
    /Flow req arrived from IPCP (\d+)/.exec(line)?.[1].padStart(5, "0") ?? []
  );
  const [local, , second] = created(lines);
  assert.deepEqual(arrived, [local, local, local, local, second]);
}
